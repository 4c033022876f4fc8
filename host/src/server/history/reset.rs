//! Resets: how they are shown, and the points that Temporal's tools name.

use super::{HOST_IDENTITY, Writer, started::WORKFLOW_TASK_TIMEOUT, task_queue_to_wire};
use crate::server::convert::duration_to_wire;
use mainspring_api::temporal::{
    enums::v1::{EventType, WorkflowTaskFailedCause},
    failure::v1::{Failure, ResetWorkflowFailureInfo, failure::FailureInfo},
    history::v1 as wire,
};
use mainspring_core::{Event, Record, RunReset, Timestamp};

/// Why an event is no point to which a run can be reset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PointError {
    /// It is an event of another kind.
    #[error(
        "event {event} is not where a workflow task was started or completed; {}",
        .before.map_or("the run has no such event before it".into(), |id| format!("the last such event before it is {id}"))
    )]
    NoWorkflowTask {
        /// The event that was named.
        event: i64,
        /// The last one before it that could have been.
        before: Option<i64>,
    },
    /// There is no such event.
    #[error("there is no event {event}; the history ends with event {last}")]
    NoEvent {
        /// The event that was named.
        event: i64,
        /// The last that there is.
        last: i64,
    },
}

/// How many of these records, which are a history's from the first on, are kept if the run is reset to the workflow task
/// of which that event is the start or the end.
pub(crate) fn events_before(records: &[Record], event: i64) -> Result<usize, PointError> {
    let mut history = Writer::default();
    let mut before = None;
    for (place, record) in records.iter().enumerate() {
        let scheduled = history.next_id();
        history.write(record);
        let last = history.next_id() - 1;
        let is_task = matches!(record.event, Event::Activated(_) | Event::RunReset(_));
        if (scheduled..=last).contains(&event) {
            return match is_task && event > scheduled {
                true => Ok(place),
                false => Err(PointError::NoWorkflowTask { event, before }),
            };
        }
        if is_task {
            before = Some(last);
        }
    }
    let last = history.next_id() - 1;
    Err(PointError::NoEvent { event, last })
}

impl Writer<'_> {
    /// As Temporal has it: the workflow task at the point fails, and the next one does its work.
    pub(super) fn reset(&mut self, time: Timestamp, reset: &RunReset) {
        self.reset_run = Some(reset.run_id);
        let scheduled = self.next_id();
        self.push(
            time,
            EventType::WorkflowTaskScheduled,
            wire::WorkflowTaskScheduledEventAttributes {
                task_queue: Some(task_queue_to_wire(self.task_queue())),
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
                ..Default::default()
            },
        );
        let failure = Failure {
            message: reset.reason.clone(),
            source: HOST_IDENTITY.to_owned(),
            failure_info: Some(FailureInfo::ResetWorkflowFailureInfo(
                ResetWorkflowFailureInfo::default(),
            )),
            ..Default::default()
        };
        self.push(
            time,
            EventType::WorkflowTaskFailed,
            wire::WorkflowTaskFailedEventAttributes {
                scheduled_event_id: scheduled,
                started_event_id: started,
                cause: WorkflowTaskFailedCause::ResetWorkflow.into(),
                failure: Some(failure),
                identity: reset.identity.clone(),
                base_run_id: reset.base.to_string(),
                new_run_id: reset.run_id.to_string(),
                ..Default::default()
            },
        );
    }
}
