//! Starts.

use super::run::RunError;
use crate::shard::KnownTypes;
use mainspring_core::{
    Execution, Failure, IdConflictPolicy, IdReusePolicy, Millis, Parent, Payload, PayloadMap, Priority, RetryPolicy,
    RunId, WorkflowTimeouts,
};

/// A new workflow.
#[derive(Clone, Debug)]
pub struct StartRequest {
    /// Its tenant.
    pub namespace: String,
    /// The workflow id, and the run id to be used if a run is started.
    pub execution: Execution,
    /// The seed to be used if a run is started.
    pub random_seed: (u64, u64),
    /// Its type.
    pub workflow_type: String,
    /// Where its activities go unless they say otherwise.
    pub task_queue: String,
    /// Its input, one payload an argument.
    pub input: Vec<Payload>,
    /// Context that travels beside the input.
    pub headers: PayloadMap,
    /// How long it may take.
    pub timeouts: WorkflowTimeouts,
    /// When it is tried again.
    pub retry: Option<RetryPolicy>,
    /// When each next run of it begins, as a cron expression; empty for never. Invariant: it has been parsed.
    pub cron_schedule: String,
    /// How long it waits before it begins, unless a message comes first.
    pub start_delay: Option<Millis>,
    /// What people describe it with.
    pub memo: PayloadMap,
    /// What people find it by.
    pub search_attributes: PayloadMap,
    /// The default place of its activities in their queues.
    pub priority: Option<Priority>,
    /// Who starts it.
    pub identity: String,
    /// The key by which the request is recognised when it comes again; empty for none.
    pub request_id: String,
    /// One line about it, for tools.
    pub summary: Option<Payload>,
    /// More about it, for tools.
    pub details: Option<Payload>,
    /// What a closed run of the same workflow id means.
    pub reuse: IdReusePolicy,
    /// What an open run of the same workflow id means.
    pub conflict: IdConflictPolicy,
    /// Whose child it is, if it is one.
    pub parentage: Option<Parentage>,
    /// The schedule that starts it, if one does.
    pub scheduled: Option<Scheduled>,
}

/// What a schedule gives a workflow on its way.
#[derive(Clone, Debug, PartialEq)]
pub struct Scheduled {
    /// The schedule, of the same tenant.
    pub by: String,
    /// What the workflow before it answered.
    pub last_completion: Option<Payload>,
    /// Why the workflow before it failed, if it did.
    pub last_failure: Option<Failure>,
}

/// Whose child a workflow is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parentage {
    /// The run that asked for it.
    pub parent: Parent,
    /// The topmost of its parents.
    pub root: Execution,
}

/// The answer to a start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Started {
    /// The run.
    pub run_id: RunId,
    /// Whether this request started it.
    pub is_new: bool,
}

/// Why nothing was started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The workflow id is taken, and the policies forbid to use it again.
    #[error("workflow {workflow_id:?} has {} with run id {run_id}", if *.is_open { "already started" } else { "run before" })]
    AlreadyStarted {
        /// The workflow id.
        workflow_id: String,
        /// The run that has it.
        run_id: RunId,
        /// The request that started that run.
        request_id: String,
        /// Whether that run is still open.
        is_open: bool,
    },
    /// No module of the namespace has the type.
    #[error("no module in namespace {namespace:?} has a workflow type {workflow_type:?}; {known}")]
    UnknownWorkflowType {
        /// The namespace.
        namespace: String,
        /// The type that was asked for.
        workflow_type: String,
        /// The types that there are.
        known: KnownTypes,
    },
    /// Its cron schedule cannot be kept.
    #[error("cron_schedule: {0}")]
    Cron(String),
    /// The run could not be reached.
    #[error(transparent)]
    Run(#[from] RunError),
}
