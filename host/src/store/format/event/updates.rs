//! Events of updates.

use super::super::Malformed;
use super::super::failure::Failure;
use super::super::payload::{self, NamedPayload, Output, Payload};
use mainspring_core as core;

#[derive(Clone, PartialEq, prost::Message)]
pub(in crate::store::format) struct UpdateAccepted {
    #[prost(string, tag = "1")]
    id: String,
    #[prost(string, tag = "2")]
    name: String,
    #[prost(message, repeated, tag = "3")]
    input: Vec<Payload>,
    #[prost(message, repeated, tag = "4")]
    headers: Vec<NamedPayload>,
    #[prost(string, tag = "5")]
    identity: String,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(in crate::store::format) struct UpdateCompleted {
    #[prost(string, tag = "1")]
    update_id: String,
    #[prost(oneof = "Outcome", tags = "2, 3")]
    outcome: Option<Outcome>,
}

#[derive(Clone, PartialEq, prost::Oneof)]
enum Outcome {
    #[prost(message, tag = "2")]
    Completed(Output),
    #[prost(message, tag = "3")]
    Failed(Failure),
}

impl From<&core::UpdateRequest> for UpdateAccepted {
    fn from(request: &core::UpdateRequest) -> Self {
        Self {
            id: request.id.clone(),
            name: request.name.clone(),
            input: payload::list(&request.input),
            headers: payload::map(&request.headers),
            identity: request.identity.clone(),
        }
    }
}

impl From<UpdateAccepted> for core::UpdateRequest {
    fn from(stored: UpdateAccepted) -> Self {
        Self {
            id: stored.id,
            name: stored.name,
            input: payload::read_list(stored.input),
            headers: payload::read_map(stored.headers),
            identity: stored.identity,
        }
    }
}

impl UpdateCompleted {
    pub(super) fn new(update_id: &str, outcome: &core::UpdateOutcome) -> Self {
        let outcome = match outcome {
            Ok(output) => Outcome::Completed(output.as_ref().into()),
            Err(failure) => Outcome::Failed(failure.into()),
        };
        Self {
            update_id: update_id.into(),
            outcome: Some(outcome),
        }
    }

    pub(super) fn read(self) -> Result<core::Event, Malformed> {
        let outcome = self.outcome.ok_or(Malformed::Missing("update_completed.outcome"))?;
        Ok(core::Event::UpdateCompleted {
            update_id: self.update_id,
            outcome: match outcome {
                Outcome::Completed(output) => Ok(output.into()),
                Outcome::Failed(failure) => Err(failure.try_into()?),
            },
        })
    }
}
