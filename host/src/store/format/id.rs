//! Ids as fields.

use super::Malformed;
use bytes::Bytes;
use mainspring_core as core;
use mainspring_core::{Digest, RunId};

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Execution {
    #[prost(string, tag = "1")]
    workflow_id: String,
    #[prost(bytes = "bytes", tag = "2")]
    run_id: Bytes,
}

impl From<&core::Execution> for Execution {
    fn from(execution: &core::Execution) -> Self {
        Self {
            workflow_id: execution.workflow_id.clone(),
            run_id: run_id(execution.run_id),
        }
    }
}

impl TryFrom<Execution> for core::Execution {
    type Error = Malformed;

    fn try_from(stored: Execution) -> Result<Self, Malformed> {
        Ok(Self {
            workflow_id: stored.workflow_id,
            run_id: read_run_id(&stored.run_id, "execution.run_id")?,
        })
    }
}

pub(super) fn run_id(id: RunId) -> Bytes {
    Bytes::copy_from_slice(id.as_bytes())
}

pub(super) fn digest(digest: Digest) -> Bytes {
    Bytes::copy_from_slice(digest.as_bytes())
}

pub(super) fn read_run_id(bytes: &[u8], field: &'static str) -> Result<RunId, Malformed> {
    let bytes = bytes.try_into().map_err(|_| Malformed::Unfit { field })?;
    Ok(RunId::from_bytes(bytes))
}

pub(super) fn read_digest(bytes: &[u8], field: &'static str) -> Result<Digest, Malformed> {
    let bytes = bytes.try_into().map_err(|_| Malformed::Unfit { field })?;
    Ok(Digest::from_bytes(bytes))
}

pub(super) fn read_optional_run_id(bytes: Option<Bytes>, field: &'static str) -> Result<Option<RunId>, Malformed> {
    bytes.map(|bytes| read_run_id(&bytes, field)).transpose()
}
