//! A workflow that has been started.

use super::{JsonError, Mainspring, json};
use crate::engine::CallError;
use crate::shard::{CancelRequest, QueryError, RunError, Target, Termination};
use crate::wasm::Question;
use mainspring_core::{Event, Failure, RunId, SignalReceived};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// One run, or the current run of a workflow id.
#[derive(Clone)]
pub struct WorkflowHandle {
    mainspring: Mainspring,
    target: Target,
}

/// Why a workflow has no result.
#[derive(Debug, thiserror::Error)]
pub enum ResultError {
    /// It failed.
    #[error("the workflow failed: {0}")]
    Failed(Failure),
    /// It was asked to cancel itself, and did.
    #[error("the workflow was cancelled")]
    Cancelled,
    /// It was closed from outside.
    #[error("the workflow was terminated: {0}")]
    Terminated(String),
    /// It took too long.
    #[error("the workflow timed out")]
    TimedOut,
    /// The result is of another type.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// The run could not be reached.
    #[error(transparent)]
    Run(#[from] CallError<RunError>),
}

/// Why a run was not reached with a value.
#[derive(Debug, thiserror::Error)]
pub enum SendError<E> {
    /// The value cannot be encoded, or the answer is of another type.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// The engine refused.
    #[error(transparent)]
    Call(CallError<E>),
}

impl WorkflowHandle {
    pub(super) fn new(mainspring: Mainspring, workflow_id: &str, run_id: Option<RunId>) -> Self {
        let target = Target {
            run_id,
            ..Target::current(&mainspring.namespace, workflow_id)
        };
        Self { mainspring, target }
    }

    /// The workflow id.
    pub fn workflow_id(&self) -> &str {
        &self.target.workflow_id
    }

    /// The run, if the handle is of one run.
    pub const fn run_id(&self) -> Option<RunId> {
        self.target.run_id
    }

    /// Waits until the workflow is over, for as long as that takes, and gives its result: that of the last run, if
    /// others follow this one.
    pub async fn result<T: DeserializeOwned>(&self) -> Result<T, ResultError> {
        let mut target = self.target.clone();
        loop {
            let last = self.last_event(&mut target).await?;
            if let Some(successor) = last.as_ref().and_then(Event::successor) {
                target.run_id = Some(successor);
                continue;
            }
            return match last {
                Some(Event::RunCompleted { output, .. }) => Ok(json::decode(output.as_ref())?),
                Some(Event::RunFailed { failure, .. }) => Err(ResultError::Failed(failure)),
                Some(Event::RunCancelled { .. }) => Err(ResultError::Cancelled),
                Some(Event::RunTerminated { reason, .. }) => Err(ResultError::Terminated(reason)),
                Some(Event::RunTimedOut { .. }) => Err(ResultError::TimedOut),
                // It was deleted in the meantime.
                None => Err(ResultError::Run(CallError::Refused(target.not_found()))),
                _ => Err(ResultError::Run(CallError::Refused(RunError::Store(
                    "the history has no end".into(),
                )))),
            };
        }
    }

    /// The event that closes the run, once it is closed; `target` is then that one run.
    async fn last_event(&self, target: &mut Target) -> Result<Option<Event>, ResultError> {
        let engine = &self.mainspring.engine;
        // No history is as long: only its end is waited for, and not every step.
        let progress = engine.progress(target.clone(), u64::MAX).await?;
        target.run_id = Some(progress.run_id);
        match progress.end {
            Some(end) => Ok(Some(Arc::unwrap_or_clone(end))),
            None => Ok(engine.last_event(progress.run_id).await?),
        }
    }

    /// Sends a signal. Durable when it returns.
    pub async fn signal(&self, name: &str, argument: &impl Serialize) -> Result<(), SendError<RunError>> {
        let signal = SignalReceived {
            name: name.to_owned(),
            input: vec![json::encode(argument)?],
            headers: Vec::new(),
            identity: format!("embedded@{}", std::process::id()),
            request_id: self.mainspring.engine.new_id().to_string(),
            sender: None,
        };
        self.mainspring
            .engine
            .signal(self.target.clone(), signal)
            .await
            .map_err(SendError::Call)
    }

    /// Asks about the run's state.
    pub async fn query<T: DeserializeOwned>(
        &self,
        name: &str,
        argument: &impl Serialize,
    ) -> Result<T, SendError<QueryError>> {
        let question = Question {
            name: name.to_owned(),
            input: vec![json::encode(argument)?],
            headers: Vec::new(),
        };
        let answer = self
            .mainspring
            .engine
            .query(self.target.clone(), question)
            .await
            .map_err(SendError::Call)?;
        Ok(json::decode(Some(&answer))?)
    }

    /// Asks the run to cancel itself. Durable when it returns.
    pub async fn request_cancel(&self, reason: &str) -> Result<(), CallError<RunError>> {
        let request = CancelRequest {
            reason: reason.to_owned(),
            ..CancelRequest::default()
        };
        self.mainspring
            .engine
            .request_cancel(self.target.clone(), request)
            .await
    }

    /// Closes the run without asking it. Durable when it returns.
    pub async fn terminate(&self, reason: &str) -> Result<(), CallError<RunError>> {
        let termination = Termination {
            reason: reason.to_owned(),
            ..Termination::default()
        };
        self.mainspring.engine.terminate(self.target.clone(), termination).await
    }

    /// Removes the run with everything that is kept of it; an open one is closed first. Durable when it returns.
    pub async fn delete(&self) -> Result<(), CallError<RunError>> {
        self.mainspring.engine.delete(self.target.clone()).await
    }
}
