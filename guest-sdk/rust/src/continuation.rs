//! Going on as a new run with a short history.

use std::time::Duration;

use crate::bindings::mainspring::workflow::outcome::Continuation;
use crate::bindings::mainspring::workflow::types::WorkflowTimeouts;
use crate::duration::millis;
use crate::failure::Failure;
use crate::payload::IntoArguments;
use crate::visibility::Values;

/// A new run that takes this one's place: what [`crate::Workflow::continue_as_new`] makes, with more to set.
#[derive(Clone, Debug, PartialEq)]
pub struct ContinueAsNew(pub(crate) Continuation);

impl ContinueAsNew {
    /// A new run of the same workflow with these arguments.
    ///
    /// # Panics
    /// If an argument has no payload form.
    pub fn new(arguments: impl IntoArguments) -> Self {
        let input = arguments
            .into_arguments()
            .unwrap_or_else(|error| panic!("an argument of the next run: {error}"));
        Self(Continuation {
            workflow_type: None,
            task_queue: None,
            input,
            headers: Vec::new(),
            timeouts: WorkflowTimeouts {
                execution: None,
                run: None,
                task: None,
            },
            retry_policy: None,
            memo: None,
            search_attributes: None,
            backoff: None,
        })
    }

    /// Goes on as another workflow type.
    #[must_use]
    pub fn workflow_type(mut self, name: impl Into<String>) -> Self {
        self.0.workflow_type = Some(name.into());
        self
    }

    /// Goes on in another queue.
    #[must_use]
    pub fn task_queue(mut self, name: impl Into<String>) -> Self {
        self.0.task_queue = Some(name.into());
        self
    }

    /// Replaces the memo.
    #[must_use]
    pub fn memo(mut self, memo: Values) -> Self {
        self.0.memo = Some(memo.into_payloads());
        self
    }

    /// Replaces the search attributes.
    #[must_use]
    pub fn search_attributes(mut self, attributes: Values) -> Self {
        self.0.search_attributes = Some(attributes.into_payloads());
        self
    }

    /// Begins the new run later.
    #[must_use]
    pub fn after(mut self, delay: Duration) -> Self {
        self.0.backoff = Some(millis(delay));
        self
    }

    /// What the workflow function returns to end this run. It is no failure, but like one it leaves the function by `return` or `?`.
    pub fn into_result<T>(self) -> Result<T, Failure> {
        Err(Failure::continuing(self))
    }
}
