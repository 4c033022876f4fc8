//! Events of what somebody outside, or another run, wants of the run.

use super::super::Malformed;
use super::super::id::Execution;
use super::super::payload::{self, NamedPayload, Payload};
use mainspring_core as core;

#[derive(Clone, PartialEq, prost::Message)]
pub(in crate::store::format) struct SignalReceived {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(message, repeated, tag = "2")]
    input: Vec<Payload>,
    #[prost(message, repeated, tag = "3")]
    headers: Vec<NamedPayload>,
    #[prost(string, tag = "4")]
    identity: String,
    #[prost(string, tag = "5")]
    request_id: String,
    #[prost(message, optional, tag = "6")]
    sender: Option<Execution>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(in crate::store::format) struct CancelRequested {
    #[prost(string, tag = "1")]
    pub(super) reason: String,
    #[prost(string, tag = "2")]
    pub(super) identity: String,
    #[prost(string, tag = "3")]
    pub(super) request_id: String,
    #[prost(message, optional, tag = "4")]
    pub(super) sender: Option<Execution>,
    #[prost(uint64, optional, tag = "5")]
    pub(super) initiated: Option<u64>,
}

impl From<&core::SignalReceived> for SignalReceived {
    fn from(signal: &core::SignalReceived) -> Self {
        Self {
            name: signal.name.clone(),
            input: payload::list(&signal.input),
            headers: payload::map(&signal.headers),
            identity: signal.identity.clone(),
            request_id: signal.request_id.clone(),
            sender: signal.sender.as_ref().map(Execution::from),
        }
    }
}

impl TryFrom<SignalReceived> for core::SignalReceived {
    type Error = Malformed;

    fn try_from(stored: SignalReceived) -> Result<Self, Malformed> {
        Ok(Self {
            name: stored.name,
            input: payload::read_list(stored.input),
            headers: payload::read_map(stored.headers),
            identity: stored.identity,
            request_id: stored.request_id,
            sender: stored.sender.map(core::Execution::try_from).transpose()?,
        })
    }
}

impl CancelRequested {
    pub(super) fn read(self) -> Result<core::Event, Malformed> {
        let initiated = self.initiated.map(core::ShownEventId);
        let execution = self.sender.map(core::Execution::try_from).transpose()?;
        Ok(core::Event::CancelRequested {
            reason: self.reason,
            identity: self.identity,
            request_id: self.request_id,
            sender: execution.map(|execution| core::CancelSender { execution, initiated }),
        })
    }
}
