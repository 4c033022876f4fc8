//! Ids as fields.

use super::Malformed;
use bytes::Bytes;
use mainspring_core::{Digest, RunId};

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
