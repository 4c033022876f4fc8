//! What a run is sent: signals, and updates with their answers.

use super::{Writer, execution_to_wire};
use crate::server::convert::{header_to_wire, outcome_to_wire, payloads_to_wire};
use mainspring_api::temporal::{
    enums::v1::EventType,
    history::v1 as wire,
    update::v1::{Input, Meta, Request},
};
use mainspring_core::{SignalReceived, Timestamp, UpdateOutcome, UpdateRequest};

/// An update that was accepted.
pub(super) struct Accepted<'a> {
    event: i64,
    update: &'a UpdateRequest,
}

impl<'a> Writer<'a> {
    pub(super) fn signalled(&mut self, time: Timestamp, signal: &SignalReceived) {
        self.push(
            time,
            EventType::WorkflowExecutionSignaled,
            wire::WorkflowExecutionSignaledEventAttributes {
                signal_name: signal.name.clone(),
                input: payloads_to_wire(&signal.input),
                identity: signal.identity.clone(),
                header: header_to_wire(&signal.headers),
                request_id: signal.request_id.clone(),
                external_workflow_execution: signal.sender.as_ref().map(execution_to_wire),
                ..Default::default()
            },
        );
    }

    pub(super) fn update_accepted(&mut self, time: Timestamp, update: &'a UpdateRequest) {
        let event = self.next_id();
        self.updates.insert(&update.id, Accepted { event, update });
        let request = Request {
            meta: Some(meta(update)),
            input: Some(Input {
                header: header_to_wire(&update.headers),
                name: update.name.clone(),
                args: payloads_to_wire(&update.input),
            }),
            ..Default::default()
        };
        self.push(
            time,
            EventType::WorkflowExecutionUpdateAccepted,
            wire::WorkflowExecutionUpdateAcceptedEventAttributes {
                protocol_instance_id: update.id.clone(),
                accepted_request_message_id: format!("{}/request", update.id),
                accepted_request_sequencing_event_id: event - 1,
                accepted_request: Some(request),
            },
        );
    }

    pub(super) fn update_completed(&mut self, time: Timestamp, update_id: &str, outcome: &UpdateOutcome) {
        let Some(Accepted { event, update }) = self.updates.remove(update_id) else {
            return;
        };
        self.push(
            time,
            EventType::WorkflowExecutionUpdateCompleted,
            wire::WorkflowExecutionUpdateCompletedEventAttributes {
                meta: Some(meta(update)),
                accepted_event_id: event,
                outcome: Some(outcome_to_wire(outcome)),
            },
        );
    }
}

fn meta(update: &UpdateRequest) -> Meta {
    Meta {
        update_id: update.id.clone(),
        identity: update.identity.clone(),
    }
}
