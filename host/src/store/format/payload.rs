//! Payloads and maps of them.

use bytes::Bytes;
use mainspring_core as core;

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Payload {
    #[prost(message, repeated, tag = "1")]
    metadata: Vec<Metadata>,
    #[prost(bytes = "bytes", tag = "2")]
    data: Bytes,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Metadata {
    #[prost(string, tag = "1")]
    key: String,
    #[prost(bytes = "bytes", tag = "2")]
    value: Bytes,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct NamedPayload {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(message, required, tag = "2")]
    payload: Payload,
}

/// What may have no value.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Output {
    #[prost(message, optional, tag = "1")]
    output: Option<Payload>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Payloads {
    #[prost(message, repeated, tag = "1")]
    payloads: Vec<Payload>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct NamedPayloads {
    #[prost(message, repeated, tag = "1")]
    payloads: Vec<NamedPayload>,
}

impl From<&core::Payload> for Payload {
    fn from(payload: &core::Payload) -> Self {
        let metadata = payload.metadata.iter().map(|(key, value)| Metadata {
            key: key.to_owned(),
            value,
        });
        Self {
            metadata: metadata.collect(),
            data: payload.data.clone(),
        }
    }
}

impl From<Payload> for core::Payload {
    fn from(stored: Payload) -> Self {
        let metadata = stored.metadata.into_iter().map(|entry| (entry.key, entry.value));
        Self {
            metadata: core::Metadata::new(metadata.collect()),
            data: stored.data,
        }
    }
}

impl From<Option<&core::Payload>> for Output {
    fn from(output: Option<&core::Payload>) -> Self {
        Self {
            output: optional(output),
        }
    }
}

impl From<Output> for Option<core::Payload> {
    fn from(stored: Output) -> Self {
        stored.output.map(core::Payload::from)
    }
}

impl From<&[core::Payload]> for Payloads {
    fn from(payloads: &[core::Payload]) -> Self {
        Self {
            payloads: list(payloads),
        }
    }
}

impl From<Payloads> for Vec<core::Payload> {
    fn from(stored: Payloads) -> Self {
        read_list(stored.payloads)
    }
}

impl From<&core::PayloadMap> for NamedPayloads {
    fn from(payloads: &core::PayloadMap) -> Self {
        Self {
            payloads: map(payloads),
        }
    }
}

impl From<NamedPayloads> for core::PayloadMap {
    fn from(stored: NamedPayloads) -> Self {
        read_map(stored.payloads)
    }
}

pub(super) fn optional(payload: Option<&core::Payload>) -> Option<Payload> {
    payload.map(Payload::from)
}

pub(super) fn list(payloads: &[core::Payload]) -> Vec<Payload> {
    payloads.iter().map(Payload::from).collect()
}

pub(super) fn read_list(stored: Vec<Payload>) -> Vec<core::Payload> {
    stored.into_iter().map(core::Payload::from).collect()
}

pub(super) fn map(payloads: &core::PayloadMap) -> Vec<NamedPayload> {
    let named = payloads.iter().map(|(name, payload)| NamedPayload {
        name: name.clone(),
        payload: payload.into(),
    });
    named.collect()
}

pub(super) fn read_map(stored: Vec<NamedPayload>) -> core::PayloadMap {
    let named = stored.into_iter().map(|entry| (entry.name, entry.payload.into()));
    named.collect()
}
