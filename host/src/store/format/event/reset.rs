//! How a run begins again at a point of a history.

use super::super::{Malformed, id};
use bytes::Bytes;
use mainspring_core as core;

#[derive(Clone, PartialEq, prost::Message)]
pub(in crate::store::format) struct RunReset {
    #[prost(bytes = "bytes", tag = "1")]
    base: Bytes,
    #[prost(bytes = "bytes", tag = "2")]
    run_id: Bytes,
    #[prost(fixed64, tag = "3")]
    random_seed_0: u64,
    #[prost(fixed64, tag = "4")]
    random_seed_1: u64,
    #[prost(string, tag = "5")]
    module: String,
    #[prost(string, tag = "6")]
    reason: String,
    #[prost(string, tag = "7")]
    identity: String,
    #[prost(string, tag = "8")]
    request_id: String,
}

impl From<&core::RunReset> for RunReset {
    fn from(reset: &core::RunReset) -> Self {
        Self {
            base: id::run_id(reset.base),
            run_id: id::run_id(reset.run_id),
            random_seed_0: reset.random_seed.0,
            random_seed_1: reset.random_seed.1,
            module: reset.module.clone(),
            reason: reset.reason.clone(),
            identity: reset.identity.clone(),
            request_id: reset.request_id.clone(),
        }
    }
}

impl TryFrom<RunReset> for core::RunReset {
    type Error = Malformed;

    fn try_from(stored: RunReset) -> Result<Self, Malformed> {
        Ok(Self {
            base: id::read_run_id(&stored.base, "run_reset.base")?,
            run_id: id::read_run_id(&stored.run_id, "run_reset.run_id")?,
            random_seed: (stored.random_seed_0, stored.random_seed_1),
            module: stored.module,
            reason: stored.reason,
            identity: stored.identity,
            request_id: stored.request_id,
        })
    }
}
