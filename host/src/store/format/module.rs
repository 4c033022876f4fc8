//! Versions of modules.

use super::{Malformed, decode, encode, id};
use crate::store::ModuleVersion;
use bytes::Bytes;
use mainspring_core::Timestamp;

#[derive(Clone, PartialEq, prost::Message)]
struct Version {
    #[prost(string, tag = "1")]
    namespace: String,
    #[prost(string, tag = "2")]
    name: String,
    #[prost(bytes = "bytes", tag = "3")]
    digest: Bytes,
    #[prost(uint64, tag = "4")]
    size_bytes: u64,
    #[prost(uint64, tag = "5")]
    pushed_ms: u64,
}

/// Encodes a module's version.
pub(in crate::store) fn encode_module_version(version: &ModuleVersion) -> Bytes {
    encode(&Version {
        namespace: version.namespace.clone(),
        name: version.name.clone(),
        digest: id::digest(version.digest),
        size_bytes: version.size_bytes,
        pushed_ms: version.pushed.as_millis(),
    })
}

/// Reads what [`encode_module_version`] wrote.
pub(in crate::store) fn decode_module_version(bytes: Bytes) -> Result<ModuleVersion, Malformed> {
    let stored: Version = decode(bytes)?;
    Ok(ModuleVersion {
        namespace: stored.namespace,
        name: stored.name,
        digest: id::read_digest(&stored.digest, "module.digest")?,
        size_bytes: stored.size_bytes,
        pushed: Timestamp::from_millis(stored.pushed_ms),
    })
}
