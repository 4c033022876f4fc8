//! Why something did not succeed, in the structure that Temporal's SDKs understand.
//!
//! The format is `temporal.api.failure.v1.Failure`, with its chain of causes laid flat.

use crate::{Millis, Payload, RunId};
use std::fmt;

/// A failure: its outermost layer first, each layer caused by the next. Invariant: never empty.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure(Vec<FailureLayer>);

/// One link of the chain of causes.
#[derive(Clone, Debug, PartialEq)]
pub struct FailureLayer {
    /// For people.
    pub message: String,
    /// The SDK or system that made this layer.
    pub source: String,
    /// As the language prints it; empty where there is none.
    pub stack_trace: String,
    /// Message and stack trace as a codec encrypted them, if one did.
    pub encoded_attributes: Option<Payload>,
    /// What kind of failure, with the data of that kind.
    pub info: FailureInfo,
}

/// The kinds of failure.
#[derive(Clone, Debug, PartialEq)]
pub enum FailureInfo {
    /// User code said so.
    Application(ApplicationFailure),
    /// It was cancelled; with the details that it left.
    Cancelled(Vec<Payload>),
    /// The workflow was terminated.
    Terminated,
    /// A timeout elapsed.
    Timeout {
        /// Which one.
        kind: TimeoutKind,
        /// What the activity last reported.
        last_heartbeat: Vec<Payload>,
    },
    /// The server itself failed.
    Server {
        /// Whether trying again is pointless.
        non_retryable: bool,
    },
    /// An activity failed, because of the next layer.
    Activity(ActivityFailure),
    /// A child workflow failed, because of the next layer.
    ChildWorkflow(ChildWorkflowFailure),
    /// A layer without a kind of its own.
    Unspecified,
}

/// A failure that user code made.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ApplicationFailure {
    /// The failure's type, as the user named it.
    pub kind: String,
    /// Whether the retry policy is to be ignored.
    pub non_retryable: bool,
    /// Whether it is expected, and no error to those who watch logs and metrics.
    pub benign: bool,
    /// Data for whoever handles it.
    pub details: Vec<Payload>,
    /// Replaces the delay that the retry policy would give.
    pub next_retry_delay: Option<Millis>,
}

/// Which activity failed, and why it was not tried again.
#[derive(Clone, Debug, PartialEq)]
pub struct ActivityFailure {
    /// The activity's type.
    pub activity_type: String,
    /// The activity's name within its run.
    pub activity_id: String,
    /// Who ran the last attempt.
    pub identity: String,
    /// Why there was no further attempt.
    pub retry_state: RetryState,
}

/// Which child workflow failed, and why it was not tried again.
#[derive(Clone, Debug, PartialEq)]
pub struct ChildWorkflowFailure {
    /// The child's type.
    pub workflow_type: String,
    /// The child's workflow id.
    pub workflow_id: String,
    /// The child's run, if it had started.
    pub run_id: Option<RunId>,
    /// Why there was no further attempt.
    pub retry_state: RetryState,
}

/// The four timeouts of an activity; a workflow's own is `StartToClose`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeoutKind {
    /// One attempt took too long.
    StartToClose,
    /// No worker took it in time.
    ScheduleToStart,
    /// All attempts together took too long.
    ScheduleToClose,
    /// The worker fell silent.
    Heartbeat,
}

/// Why there was no further attempt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RetryState {
    /// Nobody said.
    #[default]
    Unspecified,
    /// There will be a further attempt.
    InProgress,
    /// The failure forbids it, or the policy does for its type.
    NonRetryableFailure,
    /// The next attempt would begin after the overall timeout.
    Timeout,
    /// The policy's attempts are used up.
    MaximumAttemptsReached,
    /// There is no policy.
    RetryPolicyNotSet,
    /// The server failed.
    InternalServerError,
    /// Its cancellation was asked for.
    CancelRequested,
}

impl Failure {
    /// A failure of one layer.
    pub fn new(layer: FailureLayer) -> Self {
        Self(vec![layer])
    }

    /// The failure with these layers, outermost first; `None` if there are none.
    pub fn from_layers(layers: Vec<FailureLayer>) -> Option<Self> {
        (!layers.is_empty()).then_some(Self(layers))
    }

    /// All layers, outermost first.
    pub fn layers(&self) -> &[FailureLayer] {
        &self.0
    }

    /// The outermost layer.
    pub fn outermost(&self) -> &FailureLayer {
        &self.0[0]
    }

    /// All layers, outermost first, by value.
    pub fn into_layers(self) -> Vec<FailureLayer> {
        self.0
    }

    /// This failure as the cause of `layer`.
    pub fn wrapped_in(mut self, layer: FailureLayer) -> Self {
        self.0.insert(0, layer);
        self
    }
}

impl FailureLayer {
    /// A layer that the engine itself makes.
    pub fn of_engine(message: impl Into<String>, info: FailureInfo) -> Self {
        Self {
            message: message.into(),
            source: "mainspring".into(),
            stack_trace: String::new(),
            encoded_attributes: None,
            info,
        }
    }
}

impl TimeoutKind {
    /// How people know it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::StartToClose => "start-to-close",
            Self::ScheduleToStart => "schedule-to-start",
            Self::ScheduleToClose => "schedule-to-close",
            Self::Heartbeat => "heartbeat",
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (depth, layer) in self.0.iter().enumerate() {
            if depth > 0 {
                f.write_str(": ")?;
            }
            f.write_str(&layer.message)?;
        }
        Ok(())
    }
}
