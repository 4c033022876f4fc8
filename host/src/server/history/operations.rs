//! Timers and activities.

use super::{HOST_IDENTITY, OperationEvents, Writer, count_to_wire, task_queue_to_wire};
use crate::server::convert::{
    duration_to_wire, failure_to_wire, header_to_wire, payloads_to_wire, priority_to_wire, retry_policy_to_wire,
    retry_state_to_wire, timeout_to_wire, user_metadata_to_wire,
};
use mainspring_api::temporal::{common::v1::ActivityType, enums::v1::EventType, history::v1 as wire};
use mainspring_core::{
    ActivityRequest, AttemptEnd, CancellationType, Failure, OperationId, Payload, RetryState, TimerRequest, Timestamp,
};

impl Writer<'_> {
    pub(super) fn timer_started(&mut self, time: Timestamp, operation: OperationId, request: &TimerRequest) {
        self.begin(operation);
        let attributes = wire::TimerStartedEventAttributes {
            timer_id: operation.to_string(),
            start_to_fire_timeout: Some(duration_to_wire(request.after)),
            workflow_task_completed_event_id: self.task_completed,
        };
        let metadata = user_metadata_to_wire(request.summary.as_ref(), request.details.as_ref());
        self.push_described(time, EventType::TimerStarted, attributes, metadata);
    }

    pub(super) fn timer_cancelled(&mut self, time: Timestamp, operation: OperationId) {
        self.push(
            time,
            EventType::TimerCanceled,
            wire::TimerCanceledEventAttributes {
                timer_id: operation.to_string(),
                started_event_id: self.operation(operation).begun,
                workflow_task_completed_event_id: self.task_completed,
                identity: HOST_IDENTITY.to_owned(),
            },
        );
    }

    pub(super) fn timer_fired(&mut self, time: Timestamp, operation: OperationId) {
        self.push(
            time,
            EventType::TimerFired,
            wire::TimerFiredEventAttributes {
                timer_id: operation.to_string(),
                started_event_id: self.operation(operation).begun,
            },
        );
    }

    pub(super) fn activity_scheduled(&mut self, time: Timestamp, operation: OperationId, request: &ActivityRequest) {
        self.begin(operation).is_given_up = request.cancellation == CancellationType::Abandon;
        let task_queue = request.task_queue.as_deref().unwrap_or(self.task_queue());
        let attributes = wire::ActivityTaskScheduledEventAttributes {
            activity_id: request.activity_id.clone().unwrap_or_else(|| operation.to_string()),
            activity_type: Some(ActivityType {
                name: request.activity_type.clone(),
            }),
            task_queue: Some(task_queue_to_wire(task_queue)),
            header: header_to_wire(&request.headers),
            input: payloads_to_wire(&request.input),
            schedule_to_close_timeout: Some(timeout_to_wire(request.timeouts.schedule_to_close)),
            schedule_to_start_timeout: Some(timeout_to_wire(request.timeouts.schedule_to_start)),
            start_to_close_timeout: Some(timeout_to_wire(request.timeouts.start_to_close)),
            heartbeat_timeout: Some(timeout_to_wire(request.timeouts.heartbeat)),
            workflow_task_completed_event_id: self.task_completed,
            retry_policy: Some(retry_policy_to_wire(&request.retry.clone().unwrap_or_default())),
            priority: request.priority.as_ref().map(priority_to_wire),
            ..Default::default()
        };
        let metadata = user_metadata_to_wire(request.summary.as_ref(), request.details.as_ref());
        self.push_described(time, EventType::ActivityTaskScheduled, attributes, metadata);
    }

    /// As Temporal has it, a message to the activity; nothing where the workflow only turns its back on it.
    pub(super) fn activity_cancel_requested(&mut self, time: Timestamp, operation: OperationId) {
        if self.operation(operation).is_given_up {
            return;
        }
        let cancel_requested = self.next_id();
        self.operations.entry(operation).or_default().cancel_requested = cancel_requested;
        self.push(
            time,
            EventType::ActivityTaskCancelRequested,
            wire::ActivityTaskCancelRequestedEventAttributes {
                scheduled_event_id: self.operation(operation).begun,
                workflow_task_completed_event_id: self.task_completed,
            },
        );
    }

    pub(super) fn activity_completed(&mut self, time: Timestamp, attempt: &AttemptEnd, output: Option<&Payload>) {
        let started_event_id = self.attempt_started(attempt);
        self.push(
            time,
            EventType::ActivityTaskCompleted,
            wire::ActivityTaskCompletedEventAttributes {
                result: payloads_to_wire(output),
                scheduled_event_id: self.operation(attempt.operation).begun,
                started_event_id,
                identity: attempt.identity.clone(),
                ..Default::default()
            },
        );
    }

    pub(super) fn activity_failed(
        &mut self,
        time: Timestamp,
        attempt: &AttemptEnd,
        failure: &Failure,
        retry_state: RetryState,
    ) {
        let started_event_id = self.attempt_started(attempt);
        self.push(
            time,
            EventType::ActivityTaskFailed,
            wire::ActivityTaskFailedEventAttributes {
                failure: Some(failure_to_wire(failure)),
                scheduled_event_id: self.operation(attempt.operation).begun,
                started_event_id,
                identity: attempt.identity.clone(),
                retry_state: retry_state_to_wire(retry_state).into(),
                ..Default::default()
            },
        );
    }

    pub(super) fn activity_timed_out(
        &mut self,
        time: Timestamp,
        attempt: &AttemptEnd,
        failure: &Failure,
        retry_state: RetryState,
    ) {
        let started_event_id = self.attempt_started(attempt);
        self.push(
            time,
            EventType::ActivityTaskTimedOut,
            wire::ActivityTaskTimedOutEventAttributes {
                failure: Some(failure_to_wire(failure)),
                scheduled_event_id: self.operation(attempt.operation).begun,
                started_event_id,
                retry_state: retry_state_to_wire(retry_state).into(),
            },
        );
    }

    pub(super) fn activity_cancelled(&mut self, time: Timestamp, attempt: &AttemptEnd, details: &[Payload]) {
        let started_event_id = self.attempt_started(attempt);
        let operation = self.operation(attempt.operation);
        self.push(
            time,
            EventType::ActivityTaskCanceled,
            wire::ActivityTaskCanceledEventAttributes {
                details: payloads_to_wire(details),
                latest_cancel_requested_event_id: operation.cancel_requested,
                scheduled_event_id: operation.begun,
                started_event_id,
                identity: attempt.identity.clone(),
                ..Default::default()
            },
        );
    }

    /// Writes that a worker had taken the attempt, if one had, and returns the id of that event, or 0.
    fn attempt_started(&mut self, attempt: &AttemptEnd) -> i64 {
        let Some(started) = attempt.started else { return 0 };
        let id = self.next_id();
        self.push(
            started,
            EventType::ActivityTaskStarted,
            wire::ActivityTaskStartedEventAttributes {
                scheduled_event_id: self.operation(attempt.operation).begun,
                identity: attempt.identity.clone(),
                attempt: count_to_wire(attempt.attempt),
                last_failure: attempt.last_failure.as_ref().map(failure_to_wire),
                ..Default::default()
            },
        );
        id
    }

    fn begin(&mut self, operation: OperationId) -> &mut OperationEvents {
        let begun = self.next_id();
        let events = self.operations.entry(operation).or_default();
        events.begun = begun;
        events
    }
}
