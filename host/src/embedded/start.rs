//! Starting a workflow.

use super::{JsonError, Mainspring, WorkflowHandle, json};
use crate::engine::CallError;
use crate::shard::{IdConflictPolicy, IdReusePolicy, StartError, StartRequest};
use mainspring_core::{Execution, Millis, Payload, WorkflowTimeouts};
use serde::Serialize;
use std::time::Duration;

/// A workflow about to be started.
#[derive(Clone)]
#[must_use = "nothing is started before `start` is awaited"]
pub struct WorkflowStart {
    mainspring: Mainspring,
    workflow_type: String,
    workflow_id: String,
    task_queue: String,
    timeouts: WorkflowTimeouts,
    reuse: IdReusePolicy,
    conflict: IdConflictPolicy,
}

/// Why a workflow was not started.
#[derive(Debug, thiserror::Error)]
pub enum StartWorkflowError {
    /// The argument cannot be encoded.
    #[error(transparent)]
    Argument(#[from] JsonError),
    /// The engine refused.
    #[error(transparent)]
    Start(#[from] CallError<StartError>),
}

const DEFAULT_TASK_QUEUE: &str = "default";

impl WorkflowStart {
    pub(super) fn new(mainspring: Mainspring, workflow_type: &str, workflow_id: &str) -> Self {
        Self {
            mainspring,
            workflow_type: workflow_type.to_owned(),
            workflow_id: workflow_id.to_owned(),
            task_queue: DEFAULT_TASK_QUEUE.to_owned(),
            timeouts: WorkflowTimeouts::default(),
            reuse: IdReusePolicy::default(),
            conflict: IdConflictPolicy::default(),
        }
    }

    /// Where its activities go; `default` if nothing is said.
    pub fn task_queue(mut self, task_queue: impl Into<String>) -> Self {
        self.task_queue = task_queue.into();
        self
    }

    /// How long a run may take.
    pub fn run_timeout(mut self, timeout: Duration) -> Self {
        self.timeouts.run = Some(Millis::new(u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX)));
        self
    }

    /// What a closed run of the same workflow id means.
    pub fn id_reuse(mut self, policy: IdReusePolicy) -> Self {
        self.reuse = policy;
        self
    }

    /// What an open run of the same workflow id means.
    pub fn id_conflict(mut self, policy: IdConflictPolicy) -> Self {
        self.conflict = policy;
        self
    }

    /// Starts it with one argument. Durable when it returns.
    pub async fn start(self, argument: &impl Serialize) -> Result<WorkflowHandle, StartWorkflowError> {
        let input = vec![json::encode(argument)?];
        self.start_with(input).await
    }

    /// Starts it with any number of arguments, in whatever encoding. Durable when it returns.
    pub async fn start_with(self, input: Vec<Payload>) -> Result<WorkflowHandle, StartWorkflowError> {
        let engine = &self.mainspring.engine;
        let request = StartRequest {
            namespace: self.mainspring.namespace.clone(),
            execution: Execution {
                workflow_id: self.workflow_id.clone(),
                run_id: engine.new_id(),
            },
            random_seed: engine.random_seed(),
            workflow_type: self.workflow_type,
            task_queue: self.task_queue,
            input,
            headers: Vec::new(),
            timeouts: self.timeouts,
            retry: None,
            cron_schedule: String::new(),
            start_delay: None,
            memo: Vec::new(),
            search_attributes: Vec::new(),
            priority: None,
            identity: format!("embedded@{}", std::process::id()),
            request_id: engine.new_id().to_string(),
            summary: None,
            details: None,
            reuse: self.reuse,
            conflict: self.conflict,
            parentage: None,
            scheduled: None,
        };
        let started = engine.start_workflow(request).await?;
        Ok(WorkflowHandle::new(
            self.mainspring.clone(),
            &self.workflow_id,
            Some(started.run_id),
        ))
    }
}
