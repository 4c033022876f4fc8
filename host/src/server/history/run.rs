//! What happens to a run while it is open: activations, requests to cancel it, and what it says about itself.

use super::{
    HOST_IDENTITY, Writer, execution_to_wire, shown_id_to_wire, started::WORKFLOW_TASK_TIMEOUT, task_queue_to_wire,
};
use crate::server::convert::{duration_to_wire, json_payload, memo_to_wire, search_attributes_to_wire};
use mainspring_api::temporal::{common::v1::Payloads, enums::v1::EventType, history::v1 as wire};
use mainspring_core::{Activated, CancelSender, Pause, PayloadMap, Timestamp};
use serde_json::json;

/// The marker by which Temporal's SDKs know a patch, and the name of the entry that describes it.
const PATCH_MARKER: &str = "core_patch";
const PATCH_DATA: &str = "patch-data";

impl Writer<'_> {
    pub(super) fn workflow_task(&mut self, time: Timestamp, activated: &Activated) {
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

    pub(super) fn cancel_requested(
        &mut self,
        time: Timestamp,
        reason: &str,
        identity: &str,
        sender: Option<&CancelSender>,
    ) {
        self.push(
            time,
            EventType::WorkflowExecutionCancelRequested,
            wire::WorkflowExecutionCancelRequestedEventAttributes {
                cause: reason.to_owned(),
                identity: identity.to_owned(),
                external_initiated_event_id: shown_id_to_wire(sender.and_then(|it| it.initiated)),
                external_workflow_execution: sender.map(|it| execution_to_wire(&it.execution)),
            },
        );
    }

    pub(super) fn paused(&mut self, time: Timestamp, pause: &Pause) {
        self.push(
            time,
            EventType::WorkflowExecutionPaused,
            wire::WorkflowExecutionPausedEventAttributes {
                identity: pause.identity.clone(),
                reason: pause.reason.clone(),
                request_id: pause.request_id.clone(),
            },
        );
        self.may_be_ignored();
    }

    pub(super) fn resumed(&mut self, time: Timestamp, resumption: &Pause) {
        self.push(
            time,
            EventType::WorkflowExecutionUnpaused,
            wire::WorkflowExecutionUnpausedEventAttributes {
                identity: resumption.identity.clone(),
                reason: resumption.reason.clone(),
                request_id: resumption.request_id.clone(),
            },
        );
        self.may_be_ignored();
    }

    /// The last event means nothing to who does not know its kind.
    fn may_be_ignored(&mut self) {
        if let Some(event) = self.events.last_mut() {
            event.worker_may_ignore = true;
        }
    }

    pub(super) fn search_attributes_upserted(&mut self, time: Timestamp, attributes: &PayloadMap) {
        self.push(
            time,
            EventType::UpsertWorkflowSearchAttributes,
            wire::UpsertWorkflowSearchAttributesEventAttributes {
                workflow_task_completed_event_id: self.task_completed,
                search_attributes: search_attributes_to_wire(attributes),
            },
        );
    }

    pub(super) fn memo_upserted(&mut self, time: Timestamp, memo: &PayloadMap) {
        self.push(
            time,
            EventType::WorkflowPropertiesModified,
            wire::WorkflowPropertiesModifiedEventAttributes {
                workflow_task_completed_event_id: self.task_completed,
                upserted_memo: memo_to_wire(memo),
            },
        );
    }

    pub(super) fn patched(&mut self, time: Timestamp, patch_id: &str, deprecated: bool) {
        let data = Payloads {
            payloads: vec![json_payload(&json!({ "id": patch_id, "deprecated": deprecated }))],
        };
        self.push(
            time,
            EventType::MarkerRecorded,
            wire::MarkerRecordedEventAttributes {
                marker_name: PATCH_MARKER.to_owned(),
                details: [(PATCH_DATA.to_owned(), data)].into(),
                workflow_task_completed_event_id: self.task_completed,
                ..Default::default()
            },
        );
    }
}
