//! Children, from the parent's side.

use super::{Writer, run_id_to_wire, task_queue_to_wire};
use crate::server::convert::{
    failure_to_wire, header_to_wire, id_reuse_to_wire, memo_to_wire, parent_close_to_wire, payloads_to_wire,
    priority_to_wire, retry_policy_to_wire, retry_state_to_wire, search_attributes_to_wire, timeout_to_wire,
    user_metadata_to_wire,
};
use mainspring_api::temporal::{
    common::v1::{WorkflowExecution, WorkflowType},
    enums::v1::{EventType, StartChildWorkflowExecutionFailedCause as NotStartedCause},
    history::v1 as wire,
};
use mainspring_core::{
    ChildCancellationType, ChildNotStarted, ChildOutcome, ChildRequest, OperationId, RunId, Timestamp,
};

/// A child that has not come to its end.
pub(super) struct Child<'a> {
    request: &'a ChildRequest,
    workflow_id: String,
    /// Its first run, once it has started.
    run_id: Option<RunId>,
    initiated: i64,
    started: i64,
}

impl Child<'_> {
    fn execution(&self) -> WorkflowExecution {
        WorkflowExecution {
            workflow_id: self.workflow_id.clone(),
            run_id: run_id_to_wire(self.run_id),
        }
    }

    fn workflow_type(&self) -> Option<WorkflowType> {
        Some(WorkflowType {
            name: self.request.workflow_type.clone(),
        })
    }
}

impl<'a> Writer<'a> {
    pub(super) fn child_initiated(&mut self, time: Timestamp, operation: OperationId, request: &'a ChildRequest) {
        let Some(parent) = self.started else { return };
        let child = Child {
            request,
            workflow_id: request.workflow_id_under(self.reset_run.unwrap_or(parent.execution.run_id), operation),
            run_id: None,
            initiated: self.next_id(),
            started: 0,
        };
        let task_queue = request.task_queue.as_deref().unwrap_or(self.task_queue());
        let attributes = wire::StartChildWorkflowExecutionInitiatedEventAttributes {
            namespace: self.namespace(),
            workflow_id: child.workflow_id.clone(),
            workflow_type: child.workflow_type(),
            task_queue: Some(task_queue_to_wire(task_queue)),
            input: payloads_to_wire(&request.input),
            workflow_execution_timeout: Some(timeout_to_wire(request.timeouts.execution)),
            workflow_run_timeout: Some(timeout_to_wire(request.timeouts.run)),
            workflow_task_timeout: Some(timeout_to_wire(request.timeouts.task)),
            parent_close_policy: parent_close_to_wire(request.parent_close).into(),
            workflow_task_completed_event_id: self.task_completed,
            workflow_id_reuse_policy: id_reuse_to_wire(request.reuse, request.conflict).into(),
            retry_policy: request.retry.as_ref().map(retry_policy_to_wire),
            cron_schedule: request.cron_schedule.clone(),
            header: header_to_wire(&request.headers),
            memo: memo_to_wire(&request.memo),
            search_attributes: search_attributes_to_wire(&request.search_attributes),
            priority: request.priority.as_ref().map(priority_to_wire),
            ..Default::default()
        };
        self.children.insert(operation, child);
        let metadata = user_metadata_to_wire(request.summary.as_ref(), request.details.as_ref());
        let event_type = EventType::StartChildWorkflowExecutionInitiated;
        self.push_described(time, event_type, attributes, metadata);
    }

    /// As Temporal has it, a message to the child; nothing where the parent only turns its back on it.
    pub(super) fn child_cancel_requested(&mut self, time: Timestamp, operation: OperationId, reason: &str) {
        let Some(child) = self.children.get(&operation) else {
            return;
        };
        if child.request.cancellation != ChildCancellationType::Abandon {
            let execution = child.execution();
            self.request_cancel_initiated(time, operation, execution, true, reason);
        }
    }

    pub(super) fn child_started(&mut self, time: Timestamp, operation: OperationId, run_id: RunId) {
        let (namespace, started) = (self.namespace(), self.next_id());
        let Some(child) = self.children.get_mut(&operation) else {
            return;
        };
        child.run_id = Some(run_id);
        child.started = started;
        let attributes = wire::ChildWorkflowExecutionStartedEventAttributes {
            namespace,
            initiated_event_id: child.initiated,
            workflow_execution: Some(child.execution()),
            workflow_type: child.workflow_type(),
            header: header_to_wire(&child.request.headers),
            ..Default::default()
        };
        self.push(time, EventType::ChildWorkflowExecutionStarted, attributes);
    }

    pub(super) fn child_not_started(&mut self, time: Timestamp, operation: OperationId, cause: &ChildNotStarted) {
        let Some(child) = self.children.remove(&operation) else {
            return;
        };
        // Temporal has no word for most of what a refusal can be.
        let cause = match cause {
            ChildNotStarted::WorkflowIdInUse => NotStartedCause::WorkflowAlreadyExists,
            ChildNotStarted::Refused(_) => NotStartedCause::Unspecified,
        };
        let attributes = wire::StartChildWorkflowExecutionFailedEventAttributes {
            namespace: self.namespace(),
            workflow_type: child.workflow_type(),
            workflow_id: child.workflow_id,
            cause: cause.into(),
            initiated_event_id: child.initiated,
            workflow_task_completed_event_id: self.task_completed,
            ..Default::default()
        };
        self.push(time, EventType::StartChildWorkflowExecutionFailed, attributes);
    }

    pub(super) fn child_closed(&mut self, time: Timestamp, operation: OperationId, outcome: &ChildOutcome) {
        let Some(child) = self.children.remove(&operation) else {
            return;
        };
        let namespace = self.namespace();
        let (workflow_execution, workflow_type) = (Some(child.execution()), child.workflow_type());
        let (initiated_event_id, started_event_id) = (child.initiated, child.started);
        match outcome {
            ChildOutcome::Completed(output) => self.push(
                time,
                EventType::ChildWorkflowExecutionCompleted,
                wire::ChildWorkflowExecutionCompletedEventAttributes {
                    result: payloads_to_wire(output),
                    namespace,
                    workflow_execution,
                    workflow_type,
                    initiated_event_id,
                    started_event_id,
                    ..Default::default()
                },
            ),
            ChildOutcome::Failed(failure, retry_state) => self.push(
                time,
                EventType::ChildWorkflowExecutionFailed,
                wire::ChildWorkflowExecutionFailedEventAttributes {
                    failure: Some(failure_to_wire(failure)),
                    namespace,
                    workflow_execution,
                    workflow_type,
                    initiated_event_id,
                    started_event_id,
                    retry_state: retry_state_to_wire(*retry_state).into(),
                    ..Default::default()
                },
            ),
            ChildOutcome::Cancelled(details) => self.push(
                time,
                EventType::ChildWorkflowExecutionCanceled,
                wire::ChildWorkflowExecutionCanceledEventAttributes {
                    details: payloads_to_wire(details),
                    namespace,
                    workflow_execution,
                    workflow_type,
                    initiated_event_id,
                    started_event_id,
                    ..Default::default()
                },
            ),
            ChildOutcome::TimedOut(retry_state) => self.push(
                time,
                EventType::ChildWorkflowExecutionTimedOut,
                wire::ChildWorkflowExecutionTimedOutEventAttributes {
                    namespace,
                    workflow_execution,
                    workflow_type,
                    initiated_event_id,
                    started_event_id,
                    retry_state: retry_state_to_wire(*retry_state).into(),
                    ..Default::default()
                },
            ),
            ChildOutcome::Terminated => self.push(
                time,
                EventType::ChildWorkflowExecutionTerminated,
                wire::ChildWorkflowExecutionTerminatedEventAttributes {
                    namespace,
                    workflow_execution,
                    workflow_type,
                    initiated_event_id,
                    started_event_id,
                    ..Default::default()
                },
            ),
        }
    }
}
