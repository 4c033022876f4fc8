//! Events of what somebody outside, or another run, wants of the run.

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
}

#[derive(Clone, PartialEq, prost::Message)]
pub(in crate::store::format) struct CancelRequested {
    #[prost(string, tag = "1")]
    reason: String,
    #[prost(string, tag = "2")]
    identity: String,
    #[prost(string, tag = "3")]
    request_id: String,
}

impl From<&core::SignalReceived> for SignalReceived {
    fn from(signal: &core::SignalReceived) -> Self {
        Self {
            name: signal.name.clone(),
            input: payload::list(&signal.input),
            headers: payload::map(&signal.headers),
            identity: signal.identity.clone(),
            request_id: signal.request_id.clone(),
        }
    }
}

impl From<SignalReceived> for core::SignalReceived {
    fn from(stored: SignalReceived) -> Self {
        Self {
            name: stored.name,
            input: payload::read_list(stored.input),
            headers: payload::read_map(stored.headers),
            identity: stored.identity,
            request_id: stored.request_id,
        }
    }
}

impl CancelRequested {
    pub(super) fn new(reason: &str, identity: &str, request_id: &str) -> Self {
        Self {
            reason: reason.into(),
            identity: identity.into(),
            request_id: request_id.into(),
        }
    }

    pub(super) fn read(self) -> core::Event {
        core::Event::CancelRequested {
            reason: self.reason,
            identity: self.identity,
            request_id: self.request_id,
        }
    }
}
