//! Whom a request is about, and where its answer goes.

use super::run::RunError;
use mainspring_core::{Execution, OperationId, RunId};
use tokio::sync::oneshot;

/// Where an answer goes. Nobody may be waiting for it any more.
pub type Reply<T> = oneshot::Sender<T>;

/// A run, as a caller names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Its tenant.
    pub namespace: String,
    /// Its workflow id.
    pub workflow_id: String,
    /// Its run id; the current run if there is none.
    pub run_id: Option<RunId>,
    /// The run that began the chain that it is of, if it must be of a certain one.
    pub first_run_id: Option<RunId>,
}

/// One attempt at an activity, as a worker names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttemptTarget {
    /// Its tenant.
    pub namespace: String,
    /// The run that asked for it.
    pub execution: Execution,
    /// The operation that it is in that run.
    pub operation: OperationId,
    /// Which attempt, from 1: the number that names it.
    pub attempt: u32,
}

/// The same for who has it at hand and need not keep it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttemptRef<'a> {
    /// Its tenant.
    pub namespace: &'a str,
    /// The run that asked for it.
    pub execution: &'a Execution,
    /// The operation that it is in that run.
    pub operation: OperationId,
    /// Which attempt, from 1: the number that names it.
    pub attempt: u32,
}

impl<'a> From<&'a AttemptTarget> for AttemptRef<'a> {
    fn from(target: &'a AttemptTarget) -> Self {
        Self {
            namespace: &target.namespace,
            execution: &target.execution,
            operation: target.operation,
            attempt: target.attempt,
        }
    }
}

impl From<AttemptRef<'_>> for AttemptTarget {
    fn from(target: AttemptRef<'_>) -> Self {
        Self {
            namespace: target.namespace.to_owned(),
            execution: target.execution.clone(),
            operation: target.operation,
            attempt: target.attempt,
        }
    }
}

impl Target {
    /// The current run of the workflow id.
    pub fn current(namespace: impl Into<String>, workflow_id: impl Into<String>) -> Self {
        Self {
            namespace: namespace.into(),
            workflow_id: workflow_id.into(),
            run_id: None,
            first_run_id: None,
        }
    }

    /// This run and no other.
    pub fn of(namespace: &str, execution: &Execution) -> Self {
        Self {
            run_id: Some(execution.run_id),
            ..Self::current(namespace, &execution.workflow_id)
        }
    }

    pub(crate) fn not_found(&self) -> RunError {
        RunError::NotFound {
            workflow_id: self.workflow_id.clone(),
            run_id: self.run_id,
            first_run_id: self.first_run_id,
        }
    }
}
