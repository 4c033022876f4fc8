//! Messages to other runs. A request to cancel a child is one of them.

use super::{Writer, run_id_to_wire};
use crate::server::convert::{header_to_wire, payloads_to_wire};
use mainspring_api::temporal::{
    common::v1::WorkflowExecution,
    enums::v1::{
        CancelExternalWorkflowExecutionFailedCause as CancelFailedCause, EventType,
        SignalExternalWorkflowExecutionFailedCause as SignalFailedCause,
    },
    history::v1 as wire,
};
use mainspring_core::{ExternalSignal, ExternalTarget, NotDelivered, OperationId, Timestamp};

/// A message that has not been answered.
pub(super) struct Outgoing {
    initiated: i64,
    target: WorkflowExecution,
    is_signal: bool,
}

impl Writer<'_> {
    pub(super) fn signal_initiated(&mut self, time: Timestamp, operation: OperationId, signal: &ExternalSignal) {
        let target = target_to_wire(&signal.target);
        self.send(operation, target.clone(), true);
        self.push(
            time,
            EventType::SignalExternalWorkflowExecutionInitiated,
            wire::SignalExternalWorkflowExecutionInitiatedEventAttributes {
                workflow_task_completed_event_id: self.task_completed,
                namespace: self.namespace(),
                workflow_execution: Some(target),
                signal_name: signal.name.clone(),
                input: payloads_to_wire(&signal.input),
                child_workflow_only: signal.target.child_only,
                header: header_to_wire(&signal.headers),
                ..Default::default()
            },
        );
    }

    pub(super) fn cancel_initiated(
        &mut self,
        time: Timestamp,
        operation: OperationId,
        target: &ExternalTarget,
        reason: &str,
    ) {
        self.request_cancel_initiated(time, operation, target_to_wire(target), target.child_only, reason);
    }

    pub(super) fn request_cancel_initiated(
        &mut self,
        time: Timestamp,
        operation: OperationId,
        target: WorkflowExecution,
        child_workflow_only: bool,
        reason: &str,
    ) {
        self.send(operation, target.clone(), false);
        self.push(
            time,
            EventType::RequestCancelExternalWorkflowExecutionInitiated,
            wire::RequestCancelExternalWorkflowExecutionInitiatedEventAttributes {
                workflow_task_completed_event_id: self.task_completed,
                namespace: self.namespace(),
                workflow_execution: Some(target),
                child_workflow_only,
                reason: reason.to_owned(),
                ..Default::default()
            },
        );
    }

    /// Temporal knows no message that is given up; it reads as one that failed for no cause that is known.
    pub(super) fn external_given_up(&mut self, time: Timestamp, operation: OperationId) {
        self.external_resolved(time, operation, Err(NotDelivered::Cancelled));
    }

    pub(super) fn external_resolved(
        &mut self,
        time: Timestamp,
        operation: OperationId,
        result: Result<(), NotDelivered>,
    ) {
        let Some(message) = self.externals.remove(&operation) else {
            return;
        };
        let namespace = self.namespace();
        let workflow_execution = Some(message.target);
        let initiated_event_id = message.initiated;
        match (message.is_signal, result) {
            (true, Ok(())) => self.push(
                time,
                EventType::ExternalWorkflowExecutionSignaled,
                wire::ExternalWorkflowExecutionSignaledEventAttributes {
                    initiated_event_id,
                    namespace,
                    workflow_execution,
                    ..Default::default()
                },
            ),
            (false, Ok(())) => self.push(
                time,
                EventType::ExternalWorkflowExecutionCancelRequested,
                wire::ExternalWorkflowExecutionCancelRequestedEventAttributes {
                    initiated_event_id,
                    namespace,
                    workflow_execution,
                    ..Default::default()
                },
            ),
            (true, Err(cause)) => self.push(
                time,
                EventType::SignalExternalWorkflowExecutionFailed,
                wire::SignalExternalWorkflowExecutionFailedEventAttributes {
                    cause: signal_cause_to_wire(cause).into(),
                    workflow_task_completed_event_id: self.task_completed,
                    namespace,
                    workflow_execution,
                    initiated_event_id,
                    ..Default::default()
                },
            ),
            (false, Err(cause)) => self.push(
                time,
                EventType::RequestCancelExternalWorkflowExecutionFailed,
                wire::RequestCancelExternalWorkflowExecutionFailedEventAttributes {
                    cause: cancel_cause_to_wire(cause).into(),
                    workflow_task_completed_event_id: self.task_completed,
                    namespace,
                    workflow_execution,
                    initiated_event_id,
                    ..Default::default()
                },
            ),
        }
    }

    fn send(&mut self, operation: OperationId, target: WorkflowExecution, is_signal: bool) {
        let message = Outgoing {
            initiated: self.next_id(),
            target,
            is_signal,
        };
        self.externals.insert(operation, message);
    }
}

fn target_to_wire(target: &ExternalTarget) -> WorkflowExecution {
    WorkflowExecution {
        workflow_id: target.workflow_id.clone(),
        run_id: run_id_to_wire(target.run_id),
    }
}

const fn signal_cause_to_wire(cause: NotDelivered) -> SignalFailedCause {
    match cause {
        NotDelivered::NotFound => SignalFailedCause::ExternalWorkflowExecutionNotFound,
        // Temporal has no word for them.
        NotDelivered::Cancelled | NotDelivered::TooLarge => SignalFailedCause::Unspecified,
    }
}

const fn cancel_cause_to_wire(cause: NotDelivered) -> CancelFailedCause {
    match cause {
        NotDelivered::NotFound => CancelFailedCause::ExternalWorkflowExecutionNotFound,
        NotDelivered::Cancelled | NotDelivered::TooLarge => CancelFailedCause::Unspecified,
    }
}
