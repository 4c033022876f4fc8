//! A run's history in Temporal's shape.
//!
//! The journal's events are our own; tools know Temporal's. Where Temporal has several events for one of ours they
//! are written one after the other: an activation is a workflow task scheduled, started and completed; the end of an
//! activity is its start followed by its end, as Temporal itself writes them once no retry follows. So what is shown
//! of a longer history begins with what was shown of a shorter one, and event ids never change.
//!
//! Pure: records in, events out.

use super::convert::{
    duration_to_wire, failure_to_wire, header_to_wire, memo_to_wire, payloads_to_wire, priority_to_wire,
    retry_policy_to_wire, retry_state_to_wire, search_attributes_to_wire, timeout_to_wire, timestamp_to_wire,
    user_metadata_to_wire,
};
use mainspring_api::temporal::{
    common::v1::{ActivityType, WorkflowType},
    enums::v1::{EventType, RetryState as WireRetryState, TaskQueueKind},
    history::v1::{self as wire, HistoryEvent, history_event::Attributes},
    sdk::v1::UserMetadata,
    taskqueue::v1::TaskQueue,
};
use mainspring_core::{
    Activated, ActivityRequest, AttemptEnd, Event, Failure, Millis, OperationId, Payload, Record, RetryState,
    RunStarted, SignalReceived, TimerRequest, Timestamp,
};
use std::collections::BTreeMap;

/// What Temporal's tools expect of a workflow that says nothing of it.
const WORKFLOW_TASK_TIMEOUT: Millis = Millis::from_secs(10);

/// Who completes workflow tasks here: there are no workflow workers.
const HOST_IDENTITY: &str = "mainspring";

/// The events that Temporal's tools are shown for these records, which are a history's from the first on.
pub(crate) fn to_wire(records: &[Record]) -> Vec<HistoryEvent> {
    let mut history = Writer::default();
    for record in records {
        history.write(record);
    }
    history.events
}

/// The history so far, and what later events refer back to.
#[derive(Default)]
struct Writer {
    events: Vec<HistoryEvent>,
    /// The first event's task queue, on which the activations are shown.
    task_queue: String,
    has_retry_policy: bool,
    /// The latest workflow task's completion: commands belong to it.
    task_completed: i64,
    operations: BTreeMap<OperationId, OperationEvents>,
}

/// The ids of an operation's events.
#[derive(Clone, Copy, Default)]
struct OperationEvents {
    begun: i64,
    cancel_requested: i64,
}

impl Writer {
    fn write(&mut self, record: &Record) {
        let time = record.time;
        match &record.event {
            Event::RunStarted(started) => self.started(time, started),
            Event::Activated(activated) => self.workflow_task(time, activated),
            Event::ActivityScheduled { operation, request } => self.activity_scheduled(time, *operation, request),
            Event::TimerStarted { operation, request } => self.timer_started(time, *operation, request),
            Event::ActivityCancelRequested { operation } => self.activity_cancel_requested(time, *operation),
            Event::TimerCancelled { operation } => self.timer_cancelled(time, *operation),
            Event::SearchAttributesUpserted(attributes) => self.push(
                time,
                EventType::UpsertWorkflowSearchAttributes,
                wire::UpsertWorkflowSearchAttributesEventAttributes {
                    workflow_task_completed_event_id: self.task_completed,
                    search_attributes: search_attributes_to_wire(attributes),
                },
            ),
            Event::MemoUpserted(memo) => self.push(
                time,
                EventType::WorkflowPropertiesModified,
                wire::WorkflowPropertiesModifiedEventAttributes {
                    workflow_task_completed_event_id: self.task_completed,
                    upserted_memo: memo_to_wire(memo),
                },
            ),
            Event::RunCompleted { output } => self.push(
                time,
                EventType::WorkflowExecutionCompleted,
                wire::WorkflowExecutionCompletedEventAttributes {
                    result: payloads_to_wire(output),
                    workflow_task_completed_event_id: self.task_completed,
                    ..Default::default()
                },
            ),
            Event::RunFailed { failure } => self.push(
                time,
                EventType::WorkflowExecutionFailed,
                wire::WorkflowExecutionFailedEventAttributes {
                    failure: Some(failure_to_wire(failure)),
                    retry_state: self.run_retry_state().into(),
                    workflow_task_completed_event_id: self.task_completed,
                    ..Default::default()
                },
            ),
            Event::RunCancelled { details } => self.push(
                time,
                EventType::WorkflowExecutionCanceled,
                wire::WorkflowExecutionCanceledEventAttributes {
                    workflow_task_completed_event_id: self.task_completed,
                    details: payloads_to_wire(details),
                },
            ),
            Event::ActivityCompleted { attempt, output } => self.activity_completed(time, attempt, output.as_ref()),
            Event::ActivityFailed {
                attempt,
                failure,
                retry_state,
            } => {
                self.activity_failed(time, attempt, failure, *retry_state);
            }
            Event::ActivityTimedOut {
                attempt,
                failure,
                retry_state,
            } => {
                self.activity_timed_out(time, attempt, failure, *retry_state);
            }
            Event::ActivityCancelled { attempt, details } => self.activity_cancelled(time, attempt, details),
            Event::TimerFired { operation } => self.push(
                time,
                EventType::TimerFired,
                wire::TimerFiredEventAttributes {
                    timer_id: operation.to_string(),
                    started_event_id: self.operation(*operation).begun,
                },
            ),
            Event::SignalReceived(signal) => self.signalled(time, signal),
            Event::CancelRequested { reason, identity, .. } => self.push(
                time,
                EventType::WorkflowExecutionCancelRequested,
                wire::WorkflowExecutionCancelRequestedEventAttributes {
                    cause: reason.clone(),
                    identity: identity.clone(),
                    ..Default::default()
                },
            ),
            Event::RunTerminated {
                reason,
                details,
                identity,
            } => self.push(
                time,
                EventType::WorkflowExecutionTerminated,
                wire::WorkflowExecutionTerminatedEventAttributes {
                    reason: reason.clone(),
                    details: payloads_to_wire(details),
                    identity: identity.clone(),
                },
            ),
            Event::RunTimedOut => self.push(
                time,
                EventType::WorkflowExecutionTimedOut,
                wire::WorkflowExecutionTimedOutEventAttributes {
                    retry_state: self.run_retry_state().into(),
                    ..Default::default()
                },
            ),
        }
    }

    fn push(&mut self, time: Timestamp, event_type: EventType, attributes: impl Into<Attributes>) {
        self.push_described(time, event_type, attributes, None);
    }

    fn push_described(
        &mut self,
        time: Timestamp,
        event_type: EventType,
        attributes: impl Into<Attributes>,
        user_metadata: Option<UserMetadata>,
    ) {
        let event_id = self.next_id();
        self.events.push(HistoryEvent {
            event_id,
            event_time: Some(timestamp_to_wire(time)),
            event_type: event_type.into(),
            task_id: event_id,
            user_metadata,
            attributes: Some(attributes.into()),
            ..Default::default()
        });
    }

    fn next_id(&self) -> i64 {
        self.events.len() as i64 + 1
    }

    /// The ids of an operation's events; zeros where the history lacks its beginning, which it never does.
    fn operation(&self, operation: OperationId) -> OperationEvents {
        self.operations.get(&operation).copied().unwrap_or_default()
    }

    fn run_retry_state(&self) -> WireRetryState {
        if self.has_retry_policy {
            WireRetryState::MaximumAttemptsReached
        } else {
            WireRetryState::RetryPolicyNotSet
        }
    }
}

/// The run itself.
impl Writer {
    fn started(&mut self, time: Timestamp, started: &RunStarted) {
        self.task_queue.clone_from(&started.task_queue);
        self.has_retry_policy = started.retry.is_some();
        let run_id = started.execution.run_id.to_string();
        let expiration = Millis::deadline(started.timeouts.execution, time);
        let attributes = wire::WorkflowExecutionStartedEventAttributes {
            workflow_type: Some(WorkflowType {
                name: started.workflow_type.clone(),
            }),
            task_queue: Some(task_queue_to_wire(&started.task_queue)),
            input: payloads_to_wire(&started.input),
            workflow_execution_timeout: Some(timeout_to_wire(started.timeouts.execution)),
            workflow_run_timeout: Some(timeout_to_wire(started.timeouts.run)),
            workflow_task_timeout: Some(duration_to_wire(started.timeouts.task.unwrap_or(WORKFLOW_TASK_TIMEOUT))),
            original_execution_run_id: run_id,
            identity: started.identity.clone(),
            first_execution_run_id: started.first_run_id.to_string(),
            retry_policy: started.retry.as_ref().map(retry_policy_to_wire),
            attempt: count_to_wire(started.attempt),
            workflow_execution_expiration_time: expiration.map(timestamp_to_wire),
            memo: memo_to_wire(&started.memo),
            search_attributes: search_attributes_to_wire(&started.search_attributes),
            header: header_to_wire(&started.headers),
            workflow_id: started.execution.workflow_id.clone(),
            priority: started.priority.as_ref().map(priority_to_wire),
            ..Default::default()
        };
        let metadata = user_metadata_to_wire(started.summary.as_ref(), started.details.as_ref());
        self.push_described(time, EventType::WorkflowExecutionStarted, attributes, metadata);
    }

    fn workflow_task(&mut self, time: Timestamp, activated: &Activated) {
        let scheduled = self.next_id();
        self.push(
            time,
            EventType::WorkflowTaskScheduled,
            wire::WorkflowTaskScheduledEventAttributes {
                task_queue: Some(task_queue_to_wire(&self.task_queue)),
                start_to_close_timeout: Some(duration_to_wire(WORKFLOW_TASK_TIMEOUT)),
                attempt: 1,
            },
        );
        let started = self.next_id();
        self.push(
            time,
            EventType::WorkflowTaskStarted,
            wire::WorkflowTaskStartedEventAttributes {
                scheduled_event_id: scheduled,
                identity: HOST_IDENTITY.to_owned(),
                suggest_continue_as_new: activated.continue_as_new_suggested,
                history_size_bytes: i64::try_from(activated.history_bytes).unwrap_or(i64::MAX),
                ..Default::default()
            },
        );
        self.task_completed = self.next_id();
        self.push(
            time,
            EventType::WorkflowTaskCompleted,
            wire::WorkflowTaskCompletedEventAttributes {
                scheduled_event_id: scheduled,
                started_event_id: started,
                identity: format!("{HOST_IDENTITY}/{}", activated.module),
                ..Default::default()
            },
        );
    }

    fn signalled(&mut self, time: Timestamp, signal: &SignalReceived) {
        self.push(
            time,
            EventType::WorkflowExecutionSignaled,
            wire::WorkflowExecutionSignaledEventAttributes {
                signal_name: signal.name.clone(),
                input: payloads_to_wire(&signal.input),
                identity: signal.identity.clone(),
                header: header_to_wire(&signal.headers),
                request_id: signal.request_id.clone(),
                ..Default::default()
            },
        );
    }
}

/// Timers and activities.
impl Writer {
    fn timer_started(&mut self, time: Timestamp, operation: OperationId, request: &TimerRequest) {
        self.begin(operation);
        let attributes = wire::TimerStartedEventAttributes {
            timer_id: operation.to_string(),
            start_to_fire_timeout: Some(duration_to_wire(request.after)),
            workflow_task_completed_event_id: self.task_completed,
        };
        let metadata = user_metadata_to_wire(request.summary.as_ref(), request.details.as_ref());
        self.push_described(time, EventType::TimerStarted, attributes, metadata);
    }

    fn timer_cancelled(&mut self, time: Timestamp, operation: OperationId) {
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

    fn activity_scheduled(&mut self, time: Timestamp, operation: OperationId, request: &ActivityRequest) {
        self.begin(operation);
        let task_queue = request.task_queue.as_ref().unwrap_or(&self.task_queue);
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

    fn activity_cancel_requested(&mut self, time: Timestamp, operation: OperationId) {
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

    fn activity_completed(&mut self, time: Timestamp, attempt: &AttemptEnd, output: Option<&Payload>) {
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

    fn activity_failed(&mut self, time: Timestamp, attempt: &AttemptEnd, failure: &Failure, retry_state: RetryState) {
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

    fn activity_timed_out(
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

    fn activity_cancelled(&mut self, time: Timestamp, attempt: &AttemptEnd, details: &[Payload]) {
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

    fn begin(&mut self, operation: OperationId) {
        let begun = OperationEvents {
            begun: self.next_id(),
            ..Default::default()
        };
        self.operations.insert(operation, begun);
    }
}

/// A task queue as histories and descriptions name it.
pub(crate) fn task_queue_to_wire(name: &str) -> TaskQueue {
    TaskQueue {
        name: name.to_owned(),
        kind: TaskQueueKind::Normal.into(),
        ..Default::default()
    }
}

pub(crate) fn count_to_wire(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests;
