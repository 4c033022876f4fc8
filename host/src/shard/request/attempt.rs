//! Attempts at activities, for those who make them.

use super::address::AttemptRef;
use super::run::RunError;
use mainspring_core::{
    ActivityRequest, Failure, Millis, OperationId, Payload, Priority, Refused, RetryPolicy, RunStarted, Timestamp,
};
use std::sync::Arc;

/// Who takes an attempt.
#[derive(Clone, Debug)]
pub struct Worker {
    /// How it names itself.
    pub identity: String,
    /// Where it runs.
    pub place: mainspring_core::Place,
}

/// How an attempt ended.
#[derive(Clone, Debug)]
pub enum AttemptOutcome {
    /// With a result, if it has one.
    Completed(Option<Payload>),
    /// With a failure, and what the worker last reported, if it says so.
    Failed(Box<Failure>, Vec<Payload>),
    /// Because it was to be cancelled.
    Cancelled(Vec<Payload>),
    /// The worker never received it.
    Returned,
}

/// An attempt, as its worker gets it.
#[derive(Clone, Debug)]
pub struct ActivityTask {
    /// What the run that asked for it was started with.
    pub(in crate::shard) run: Arc<RunStarted>,
    /// The operation that it is in that run.
    pub(in crate::shard) operation: OperationId,
    /// The number that names the attempt.
    pub(in crate::shard) number: u32,
    /// What is to be done.
    pub request: Arc<ActivityRequest>,
    /// When the activity was scheduled.
    pub scheduled: Timestamp,
    /// Which attempt it is taken for, from 1; after a reset it is the first again.
    pub attempt: u32,
    /// When this attempt became ready.
    pub attempt_scheduled: Timestamp,
    /// When the worker took it.
    pub started: Timestamp,
    /// What an earlier attempt last reported.
    pub heartbeat: Vec<Payload>,
}

impl ActivityTask {
    /// What the worker names it by.
    pub fn target(&self) -> AttemptRef<'_> {
        AttemptRef {
            namespace: &self.run.namespace,
            execution: &self.run.execution,
            operation: self.operation,
            attempt: self.number,
        }
    }

    /// The type of the workflow that asked for it.
    pub fn workflow_type(&self) -> &str {
        &self.run.workflow_type
    }

    /// The queue that it came through.
    pub fn task_queue(&self) -> &str {
        self.request.task_queue_in(&self.run)
    }

    /// Its place among others, as far as it or its workflow says.
    pub fn priority(&self) -> Option<Priority> {
        self.request.priority_in(&self.run)
    }

    /// The activity's name within its run.
    pub fn activity_id(&self) -> String {
        self.request.id_as(self.operation)
    }

    /// The policy that holds.
    pub fn retry_policy(&self) -> RetryPolicy {
        self.request.retry.clone().unwrap_or_default()
    }

    /// How long one attempt may take, at most.
    pub fn start_to_close(&self) -> Option<Millis> {
        self.request.timeouts.start_to_close
    }
}

/// Why a worker's report was not taken.
#[derive(Debug, thiserror::Error)]
pub enum AttemptError {
    /// The run has no pending activity of that id.
    #[error("the run has no pending activity with the id {0:?}: it is over, or never was")]
    UnknownActivity(String),
    /// The attempt is over, or never was.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The run could not be reached.
    #[error(transparent)]
    Run(#[from] RunError),
}
