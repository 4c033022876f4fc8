//! How a run ends, and which run follows it.

use super::{Writer, run_id_to_wire, started::WORKFLOW_TASK_TIMEOUT, task_queue_to_wire};
use crate::server::convert::{
    duration_to_wire, header_to_wire, memo_to_wire, payloads_to_wire, retry_state_to_wire, search_attributes_to_wire,
    timeout_to_wire,
};
use mainspring_api::temporal::{
    common::v1::WorkflowType,
    enums::v1::{ContinueAsNewInitiator, EventType},
    history::v1 as wire,
};
use mainspring_core::{Continuation, Failure, Payload, RetryState, RunId, Timestamp};

impl Writer<'_> {
    pub(super) fn completed(&mut self, time: Timestamp, output: Option<&Payload>, successor: Option<RunId>) {
        self.push(
            time,
            EventType::WorkflowExecutionCompleted,
            wire::WorkflowExecutionCompletedEventAttributes {
                result: payloads_to_wire(output),
                workflow_task_completed_event_id: self.task_completed,
                new_execution_run_id: run_id_to_wire(successor),
            },
        );
    }

    pub(super) fn failed(
        &mut self,
        time: Timestamp,
        failure: &Failure,
        retry_state: RetryState,
        successor: Option<RunId>,
    ) {
        self.push(
            time,
            EventType::WorkflowExecutionFailed,
            wire::WorkflowExecutionFailedEventAttributes {
                failure: Some(self.own_failure(failure)),
                retry_state: retry_state_to_wire(retry_state).into(),
                workflow_task_completed_event_id: self.task_completed,
                new_execution_run_id: run_id_to_wire(successor),
            },
        );
    }

    pub(super) fn timed_out(&mut self, time: Timestamp, retry_state: RetryState, successor: Option<RunId>) {
        self.push(
            time,
            EventType::WorkflowExecutionTimedOut,
            wire::WorkflowExecutionTimedOutEventAttributes {
                retry_state: retry_state_to_wire(retry_state).into(),
                new_execution_run_id: run_id_to_wire(successor),
            },
        );
    }

    pub(super) fn cancelled(&mut self, time: Timestamp, details: &[Payload]) {
        self.push(
            time,
            EventType::WorkflowExecutionCanceled,
            wire::WorkflowExecutionCanceledEventAttributes {
                workflow_task_completed_event_id: self.task_completed,
                details: payloads_to_wire(details),
            },
        );
    }

    pub(super) fn terminated(&mut self, time: Timestamp, reason: &str, details: &[Payload], identity: &str) {
        self.push(
            time,
            EventType::WorkflowExecutionTerminated,
            wire::WorkflowExecutionTerminatedEventAttributes {
                reason: reason.to_owned(),
                details: payloads_to_wire(details),
                identity: identity.to_owned(),
            },
        );
    }

    /// What the guest left open is as it was in this run.
    pub(super) fn continued_as_new(&mut self, time: Timestamp, asked: &Continuation, successor: RunId) {
        let Some(old) = self.started else { return };
        let workflow_type = asked.workflow_type.as_ref().unwrap_or(&old.workflow_type);
        let task_queue = asked.task_queue.as_ref().unwrap_or(&old.task_queue);
        let task_timeout = asked.timeouts.task.or(old.timeouts.task);
        self.push(
            time,
            EventType::WorkflowExecutionContinuedAsNew,
            wire::WorkflowExecutionContinuedAsNewEventAttributes {
                new_execution_run_id: successor.to_string(),
                workflow_type: Some(WorkflowType {
                    name: workflow_type.clone(),
                }),
                task_queue: Some(task_queue_to_wire(task_queue)),
                input: payloads_to_wire(&asked.input),
                workflow_run_timeout: Some(timeout_to_wire(asked.timeouts.run.or(old.timeouts.run))),
                workflow_task_timeout: Some(duration_to_wire(task_timeout.unwrap_or(WORKFLOW_TASK_TIMEOUT))),
                workflow_task_completed_event_id: self.task_completed,
                backoff_start_interval: asked.backoff.map(duration_to_wire),
                initiator: ContinueAsNewInitiator::Workflow.into(),
                last_completion_result: payloads_to_wire(&old.origin.last_completion),
                header: header_to_wire(&asked.headers),
                memo: asked.memo.as_ref().and_then(memo_to_wire),
                search_attributes: asked.search_attributes.as_ref().and_then(search_attributes_to_wire),
                ..Default::default()
            },
        );
    }
}
