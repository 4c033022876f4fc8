//! A run's history in Temporal's shape.
//!
//! The journal's events are our own; tools know Temporal's. Where Temporal has several events for one of ours they
//! are written one after the other: an activation is a workflow task scheduled, started and completed; the end of an
//! activity is its start followed by its end, as Temporal itself writes them once no retry follows. So what is shown
//! of a longer history begins with what was shown of a shorter one, and event ids never change.
//!
//! Pure: records in, events out.

mod causes;
mod children;
mod closing;
mod externals;
mod messages;
mod operations;
mod reset;
mod run;
mod started;

pub(crate) use reset::events_before;

use super::convert::timestamp_to_wire;
use children::Child;
use externals::Outgoing;
use mainspring_api::temporal::{
    common::v1::WorkflowExecution,
    enums::v1::{EventType, TaskQueueKind},
    history::v1::{HistoryEvent, history_event::Attributes},
    sdk::v1::UserMetadata,
    taskqueue::v1::TaskQueue,
};
use mainspring_core::{Event, Execution, OperationId, Record, RunId, RunStarted, ShownEventId, Timestamp};
use messages::Accepted;
use std::collections::BTreeMap;

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

/// The event of a child's beginning in its parent's history, as tools see it.
pub(crate) fn child_initiated(records: &[Record], child: OperationId) -> Option<i64> {
    let mut history = Writer::default();
    for record in records {
        if matches!(record.event, Event::ChildInitiated { operation, .. } if operation == child) {
            return Some(history.next_id());
        }
        history.write(record);
    }
    None
}

/// The history so far, and what later events refer back to.
#[derive(Default)]
struct Writer<'a> {
    events: Vec<HistoryEvent>,
    /// The first event.
    started: Option<&'a RunStarted>,
    /// The run that the history is of since it was last reset, if it was.
    reset_run: Option<RunId>,
    /// The latest workflow task's completion: commands belong to it.
    task_completed: i64,
    operations: BTreeMap<OperationId, OperationEvents>,
    children: BTreeMap<OperationId, Child<'a>>,
    externals: BTreeMap<OperationId, Outgoing>,
    updates: BTreeMap<&'a str, Accepted<'a>>,
}

/// The ids of an operation's events.
#[derive(Clone, Copy, Default)]
struct OperationEvents {
    begun: i64,
    cancel_requested: i64,
    /// A request to cancel it is for the workflow only, which turns its back on it.
    is_given_up: bool,
}

impl<'a> Writer<'a> {
    fn write(&mut self, record: &'a Record) {
        let time = record.time;
        match &record.event {
            Event::RunStarted(started) => self.started(time, started),
            Event::RunReset(reset) => self.reset(time, reset),
            Event::Activated(activated) => self.workflow_task(time, activated),
            Event::ActivityScheduled { operation, request } => self.activity_scheduled(time, *operation, request),
            Event::TimerStarted { operation, request } => self.timer_started(time, *operation, request),
            Event::ActivityCancelRequested { operation } => self.activity_cancel_requested(time, *operation),
            Event::TimerCancelled { operation } => self.timer_cancelled(time, *operation),
            Event::SearchAttributesUpserted(attributes) => self.search_attributes_upserted(time, attributes),
            Event::MemoUpserted(memo) => self.memo_upserted(time, memo),
            Event::Patched { patch_id, deprecated } => self.patched(time, patch_id, *deprecated),
            Event::ChildInitiated { operation, request } => self.child_initiated(time, *operation, request),
            Event::ChildCancelRequested { operation, reason } => self.child_cancel_requested(time, *operation, reason),
            Event::ExternalSignalInitiated { operation, signal } => self.signal_initiated(time, *operation, signal),
            Event::ExternalCancelInitiated {
                operation,
                target,
                reason,
            } => self.cancel_initiated(time, *operation, target, reason),
            Event::ExternalCancelled { operation } => self.external_given_up(time, *operation),
            Event::UpdateCompleted { update_id, outcome } => self.update_completed(time, update_id, outcome),
            Event::RunCompleted { output, successor } => self.completed(time, output.as_ref(), *successor),
            Event::RunFailed {
                failure,
                retry_state,
                successor,
            } => self.failed(time, failure, *retry_state, *successor),
            Event::RunContinuedAsNew {
                continuation,
                successor,
            } => self.continued_as_new(time, continuation, *successor),
            Event::RunCancelled { details } => self.cancelled(time, details),
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
            Event::TimerFired { operation } => self.timer_fired(time, *operation),
            Event::ChildStarted { operation, run_id } => self.child_started(time, *operation, *run_id),
            Event::ChildNotStarted { operation, cause } => self.child_not_started(time, *operation, cause),
            Event::ChildClosed { operation, outcome } => self.child_closed(time, *operation, outcome),
            Event::ExternalResolved { operation, result } => self.external_resolved(time, *operation, *result),
            Event::UpdateAccepted(update) => self.update_accepted(time, update),
            Event::SignalReceived(signal) => self.signalled(time, signal),
            Event::CancelRequested {
                reason,
                identity,
                sender,
                ..
            } => self.cancel_requested(time, reason, identity, sender.as_ref()),
            Event::RunPaused(pause) => self.paused(time, pause),
            Event::RunResumed(resumption) => self.resumed(time, resumption),
            Event::RunTerminated {
                reason,
                details,
                identity,
                ..
            } => self.terminated(time, reason, details, identity),
            Event::RunTimedOut { retry_state, successor } => self.timed_out(time, *retry_state, *successor),
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

    /// Where activities go that say nothing of it; activations are shown on it, too.
    fn task_queue(&self) -> &'a str {
        self.started.map_or("", |started| &started.task_queue)
    }

    fn namespace(&self) -> String {
        self.started
            .map(|started| started.namespace.clone())
            .unwrap_or_default()
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

/// A run as histories and descriptions name it.
pub(crate) fn execution_to_wire(execution: &Execution) -> WorkflowExecution {
    WorkflowExecution {
        workflow_id: execution.workflow_id.clone(),
        run_id: execution.run_id.to_string(),
    }
}

pub(crate) fn count_to_wire(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

/// An event of another history, as that one is shown; 0 where it is not known.
pub(crate) fn shown_id_to_wire(id: Option<ShownEventId>) -> i64 {
    id.map_or(0, |id| i64::try_from(id.0).unwrap_or(i64::MAX))
}

/// A run that there need not be, which the wire writes as nothing.
fn run_id_to_wire(run_id: Option<RunId>) -> String {
    run_id.map(|run_id| run_id.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
