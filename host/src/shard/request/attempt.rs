//! Attempts at activities, for those who make them.

use super::address::AttemptTarget;
use super::run::RunError;
use mainspring_core::{Failure, Millis, Payload, Priority, Refused, RetryPolicy, Timestamp};
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
    /// What the worker names it by.
    pub target: AttemptTarget,
    /// The type of the workflow that asked for it.
    pub workflow_type: String,
    /// What is to be done.
    pub request: Arc<mainspring_core::ActivityRequest>,
    /// The queue that it came through.
    pub task_queue: String,
    /// Its place among others, as far as it or its workflow says.
    pub priority: Option<Priority>,
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
    /// The activity's name within its run.
    pub fn activity_id(&self) -> String {
        self.request
            .activity_id
            .clone()
            .unwrap_or_else(|| self.target.operation.to_string())
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
