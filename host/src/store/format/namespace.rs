//! Namespaces.

use super::{Malformed, decode, encode, id};
use crate::store::Namespace;
use bytes::Bytes;
use mainspring_core::Timestamp;

#[derive(Clone, PartialEq, prost::Message)]
struct Stored {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(bytes = "bytes", tag = "2")]
    id: Bytes,
    #[prost(string, tag = "3")]
    description: String,
    #[prost(uint64, tag = "4")]
    registered_ms: u64,
}

/// Encodes a namespace.
pub(in crate::store) fn encode_namespace(namespace: &Namespace) -> Bytes {
    encode(&Stored {
        name: namespace.name.clone(),
        id: id::run_id(namespace.id),
        description: namespace.description.clone(),
        registered_ms: namespace.registered.as_millis(),
    })
}

/// Reads what [`encode_namespace`] wrote.
pub(in crate::store) fn decode_namespace(bytes: Bytes) -> Result<Namespace, Malformed> {
    let stored: Stored = decode(bytes)?;
    Ok(Namespace {
        name: stored.name,
        id: id::read_run_id(&stored.id, "namespace.id")?,
        description: stored.description,
        registered: Timestamp::from_millis(stored.registered_ms),
    })
}
