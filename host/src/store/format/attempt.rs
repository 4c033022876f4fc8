//! Attempts at activities that have not come to their end.

use super::failure::Failure;
use super::intervention::Intervention;
use super::payload::{self, Payload};
use super::{Malformed, decode, encode};
use bytes::Bytes;
use mainspring_core as core;
use mainspring_core::{Place, Timestamp};

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Attempt {
    #[prost(uint32, tag = "1")]
    number: u32,
    #[prost(oneof = "Phase", tags = "2, 3, 4, 5")]
    phase: Option<Phase>,
    #[prost(message, optional, tag = "6")]
    last_failure: Option<Failure>,
    #[prost(string, tag = "7")]
    last_identity: String,
    #[prost(message, repeated, tag = "8")]
    heartbeat: Vec<Payload>,
    #[prost(uint64, optional, tag = "9")]
    heartbeat_at_ms: Option<u64>,
    #[prost(uint64, optional, tag = "10")]
    last_failed_ms: Option<u64>,
    #[prost(message, optional, tag = "11")]
    intervention: Option<Intervention>,
}

/// Each with its moment, in milliseconds since the Unix epoch.
#[derive(Clone, Copy, PartialEq, prost::Oneof)]
enum Phase {
    #[prost(uint64, tag = "2")]
    Ready(u64),
    #[prost(uint64, tag = "3")]
    BackingOff(u64),
    #[prost(uint64, tag = "4")]
    StartedRemote(u64),
    #[prost(uint64, tag = "5")]
    StartedInProcess(u64),
}

/// Encodes an attempt.
pub(in crate::store) fn encode_attempt(attempt: &core::Attempt) -> Bytes {
    encode(&Attempt::from(attempt))
}

/// Reads what [`encode_attempt`] wrote.
pub(in crate::store) fn decode_attempt(bytes: Bytes) -> Result<core::Attempt, Malformed> {
    decode::<Attempt>(bytes)?.try_into()
}

impl From<&core::Attempt> for Attempt {
    fn from(attempt: &core::Attempt) -> Self {
        let phase = match attempt.phase {
            core::Phase::Ready(since) => Phase::Ready(since.as_millis()),
            core::Phase::BackingOff(until) => Phase::BackingOff(until.as_millis()),
            core::Phase::Started(since, Place::Remote) => Phase::StartedRemote(since.as_millis()),
            core::Phase::Started(since, Place::InProcess) => Phase::StartedInProcess(since.as_millis()),
        };
        Self {
            number: attempt.number,
            phase: Some(phase),
            last_failure: attempt.last_failure.as_ref().map(Failure::from),
            last_identity: attempt.last_identity.clone(),
            heartbeat: payload::list(&attempt.heartbeat),
            heartbeat_at_ms: attempt.heartbeat_at.map(Timestamp::as_millis),
            last_failed_ms: attempt.last_failed.map(Timestamp::as_millis),
            intervention: attempt.intervention.as_deref().map(Intervention::from),
        }
    }
}

impl TryFrom<Attempt> for core::Attempt {
    type Error = Malformed;

    fn try_from(stored: Attempt) -> Result<Self, Malformed> {
        let phase = match stored.phase.ok_or(Malformed::Missing("attempt.phase"))? {
            Phase::Ready(since) => core::Phase::Ready(Timestamp::from_millis(since)),
            Phase::BackingOff(until) => core::Phase::BackingOff(Timestamp::from_millis(until)),
            Phase::StartedRemote(since) => core::Phase::Started(Timestamp::from_millis(since), Place::Remote),
            Phase::StartedInProcess(since) => core::Phase::Started(Timestamp::from_millis(since), Place::InProcess),
        };
        Ok(Self {
            number: stored.number,
            phase,
            last_failure: stored.last_failure.map(core::Failure::try_from).transpose()?,
            last_identity: stored.last_identity,
            heartbeat: payload::read_list(stored.heartbeat),
            heartbeat_at: stored.heartbeat_at_ms.map(Timestamp::from_millis),
            last_failed: stored.last_failed_ms.map(Timestamp::from_millis),
            intervention: stored.intervention.map(|it| Box::new(it.into())),
        })
    }
}
