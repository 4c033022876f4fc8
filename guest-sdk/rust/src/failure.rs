//! Failures: layers, the outermost first, each caused by the next.

use std::fmt;
use std::time::Duration;

use crate::bindings::mainspring::workflow::types as wit;
use crate::continuation::ContinueAsNew;
use crate::duration::millis;
use crate::payload::{FromPayload, PayloadError, ToPayload};

pub use wit::{
    ActivityFailure, ApplicationFailure, ChildWorkflowFailure, FailureInfo, FailureLayer, RetryState, TimeoutKind,
};

/// How layers made by this SDK name their maker.
const SOURCE: &str = "mainspring-rust";

/// Why something did not succeed: a workflow, an activity, a child, or one operation that was cancelled.
///
/// It keeps everything that was said on the way: a failed activity arrives as an activity layer (who, and why there was no further attempt) caused by what the worker reported.
/// A workflow that returns it with `?` adds nothing and loses nothing.
#[derive(Clone, PartialEq)]
pub struct Failure(Box<Inner>);

#[derive(Clone, PartialEq)]
struct Inner {
    /// Invariant: never empty.
    layers: Vec<FailureLayer>,
    /// Not a failure at all but the way out of a run that goes on in the next one; see [`crate::Workflow::continue_as_new`].
    continuation: Option<ContinueAsNew>,
}

impl Failure {
    /// A failure of the workflow's own making. `kind` is what callers and retry policies go by (`type` in other languages).
    pub fn application(kind: impl Into<String>, message: impl fmt::Display) -> Self {
        let info = FailureInfo::Application(ApplicationFailure {
            kind: kind.into(),
            non_retryable: false,
            benign: false,
            details: Vec::new(),
            next_retry_delay: None,
        });
        Self::of_one_layer(message.to_string(), info)
    }

    /// An operation or a run that was cancelled.
    pub fn cancelled(message: impl fmt::Display) -> Self {
        Self::of_one_layer(message.to_string(), FailureInfo::Cancelled(Vec::new()))
    }

    /// Forbids retries, if the outermost layer is an application failure.
    #[must_use]
    pub fn non_retryable(self) -> Self {
        self.map_application(|application| application.non_retryable = true)
    }

    /// Says that this was to be expected, and is no error to those who watch logs and metrics, if the outermost layer is an application failure.
    #[must_use]
    pub fn benign(self) -> Self {
        self.map_application(|application| application.benign = true)
    }

    /// Overrides the delay before the next retry, if the outermost layer is an application failure.
    #[must_use]
    pub fn next_retry_delay(self, delay: Duration) -> Self {
        self.map_application(|application| application.next_retry_delay = Some(millis(delay)))
    }

    /// Adds a value that callers can read, if the outermost layer is an application failure.
    ///
    /// # Panics
    /// If the value has no payload form.
    #[must_use]
    pub fn with_detail(self, detail: &(impl ToPayload + ?Sized)) -> Self {
        let payload = detail
            .to_payload()
            .unwrap_or_else(|error| panic!("a failure's detail: {error}"));
        self.map_application(|application| application.details.push(payload))
    }

    /// Adds `cause` below what is there.
    #[must_use]
    pub fn caused_by(mut self, cause: Failure) -> Self {
        self.0.layers.extend(cause.0.layers);
        self
    }

    /// The outermost layer's message.
    pub fn message(&self) -> &str {
        &self.0.layers[0].message
    }

    /// All layers, the outermost first; never empty.
    pub fn layers(&self) -> &[FailureLayer] {
        &self.0.layers
    }

    /// What caused the outermost layer.
    pub fn cause(&self) -> Option<Failure> {
        let (_, layers) = self.0.layers.split_first()?;
        (!layers.is_empty()).then(|| Self::from_layers(layers.to_vec()))
    }

    /// The outermost application layer: what code of a workflow or an activity said.
    pub fn as_application(&self) -> Option<&ApplicationFailure> {
        self.find(|info| {
            if let FailureInfo::Application(application) = info {
                Some(application)
            } else {
                None
            }
        })
    }

    /// Is an application failure of this kind in the chain?
    pub fn is_application(&self, kind: &str) -> bool {
        self.0
            .layers
            .iter()
            .any(|layer| matches!(&layer.info, FailureInfo::Application(it) if it.kind == kind))
    }

    /// Reads detail number `index` of the outermost application layer; `None` if there is no such detail.
    pub fn detail<T: FromPayload>(&self, index: usize) -> Option<Result<T, PayloadError>> {
        self.as_application()?.details.get(index).map(T::from_payload)
    }

    /// The activity that failed, if it was one.
    pub fn as_activity(&self) -> Option<&ActivityFailure> {
        self.find(|info| {
            if let FailureInfo::Activity(activity) = info {
                Some(activity)
            } else {
                None
            }
        })
    }

    /// The child workflow that failed, if it was one.
    pub fn as_child_workflow(&self) -> Option<&ChildWorkflowFailure> {
        self.find(|info| {
            if let FailureInfo::ChildWorkflow(child) = info {
                Some(child)
            } else {
                None
            }
        })
    }

    /// Which time limit was exceeded, if one was.
    pub fn timeout_kind(&self) -> Option<TimeoutKind> {
        self.find(|info| {
            if let FailureInfo::Timeout(timeout) = info {
                Some(&timeout.kind)
            } else {
                None
            }
        })
        .copied()
    }

    /// Was a time limit exceeded?
    pub fn is_timeout(&self) -> bool {
        self.timeout_kind().is_some()
    }

    /// Was the run, or the operation that this came from, cancelled?
    pub fn is_cancelled(&self) -> bool {
        // An activity or a child reports its own cancellation one layer down.
        let told = self
            .0
            .layers
            .iter()
            .find(|layer| !matches!(layer.info, FailureInfo::Activity(_) | FailureInfo::ChildWorkflow(_)));
        told.is_some_and(|layer| matches!(layer.info, FailureInfo::Cancelled(_)))
    }

    pub(crate) fn from_layers(mut layers: Vec<FailureLayer>) -> Self {
        if layers.is_empty() {
            layers.push(layer(String::new(), FailureInfo::Unspecified));
        }
        Self(Box::new(Inner {
            layers,
            continuation: None,
        }))
    }

    pub(crate) fn into_layers(self) -> Vec<FailureLayer> {
        self.0.layers
    }

    pub(crate) fn continuing(continuation: ContinueAsNew) -> Self {
        let message = "the run continues as a new one".to_owned();
        let layers = vec![layer(message, FailureInfo::Unspecified)];
        Self(Box::new(Inner {
            layers,
            continuation: Some(continuation),
        }))
    }

    pub(crate) fn into_continuation(self) -> Result<ContinueAsNew, Self> {
        match self.0.continuation {
            Some(continuation) => Ok(continuation),
            None => Err(self),
        }
    }

    fn of_one_layer(message: String, info: FailureInfo) -> Self {
        Self::from_layers(vec![layer(message, info)])
    }

    fn map_application(mut self, change: impl FnOnce(&mut ApplicationFailure)) -> Self {
        if let FailureInfo::Application(application) = &mut self.0.layers[0].info {
            change(application);
        }
        self
    }

    fn find<'a, T: 'a>(&'a self, select: impl Fn(&'a FailureInfo) -> Option<&'a T>) -> Option<&'a T> {
        self.0.layers.iter().find_map(|layer| select(&layer.info))
    }
}

/// All messages, outermost first.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, layer) in self.0.layers.iter().enumerate() {
            let separator = if index == 0 { "" } else { ": " };
            write!(f, "{separator}{}", layer.message)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Failure").field(&self.0.layers).finish()
    }
}

impl std::error::Error for Failure {}

fn layer(message: String, info: FailureInfo) -> FailureLayer {
    FailureLayer {
        message,
        source: SOURCE.to_owned(),
        stack_trace: String::new(),
        encoded_attributes: None,
        info,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed_activity(cause: Failure) -> Failure {
        let info = FailureInfo::Activity(ActivityFailure {
            activity_type: "chargeCard".to_owned(),
            activity_id: "1".to_owned(),
            identity: "worker".to_owned(),
            retry_state: RetryState::NonRetryableFailure,
        });
        Failure::of_one_layer("activity error".to_owned(), info).caused_by(cause)
    }

    #[test]
    fn layers_are_found_by_what_they_are() {
        let declined = Failure::application("CardDeclined", "no funds")
            .non_retryable()
            .with_detail(&402);
        let failure = failed_activity(declined.clone());
        assert_eq!(failure.to_string(), "activity error: no funds");
        assert!(failure.is_application("CardDeclined") && !failure.is_application("UnknownOrder"));
        assert_eq!(failure.as_activity().unwrap().activity_type, "chargeCard");
        assert_eq!(failure.detail::<u32>(0).unwrap().unwrap(), 402);
        assert_eq!(failure.cause(), Some(declined));
        assert!(!failure.is_cancelled() && !failure.is_timeout());
    }

    #[test]
    fn a_cancelled_activity_is_a_cancellation_but_not_something_caused_by_one() {
        assert!(failed_activity(Failure::cancelled("stop")).is_cancelled());
        assert!(
            !Failure::application("Cleanup", "left a mess")
                .caused_by(Failure::cancelled("stop"))
                .is_cancelled()
        );
    }
}
