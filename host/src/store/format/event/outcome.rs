//! Events that close a run.

use super::super::Malformed;
use super::super::command::Continuation;
use super::super::failure::{self, Failure, Layer, RetryState};
use super::super::id;
use super::super::payload::{self, Payload};
use bytes::Bytes;
use mainspring_core as core;
use mainspring_core::RunId;

#[derive(Clone, PartialEq, prost::Message)]
pub(in crate::store::format) struct RunCompleted {
    #[prost(message, optional, tag = "1")]
    output: Option<Payload>,
    #[prost(bytes = "bytes", optional, tag = "2")]
    successor: Option<Bytes>,
}

/// Once, the event was nothing but a [`Failure`]: tag 1 is what tag 1 is there.
#[derive(Clone, PartialEq, prost::Message)]
pub(in crate::store::format) struct RunFailed {
    #[prost(message, repeated, tag = "1")]
    layers: Vec<Layer>,
    #[prost(enumeration = "RetryState", tag = "2")]
    retry_state: i32,
    #[prost(bytes = "bytes", optional, tag = "3")]
    successor: Option<Bytes>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(in crate::store::format) struct RunTimedOut {
    #[prost(enumeration = "RetryState", tag = "1")]
    retry_state: i32,
    #[prost(bytes = "bytes", optional, tag = "2")]
    successor: Option<Bytes>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(in crate::store::format) struct RunContinuedAsNew {
    #[prost(message, required, tag = "1")]
    continuation: Continuation,
    #[prost(bytes = "bytes", tag = "2")]
    successor: Bytes,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(in crate::store::format) struct RunTerminated {
    #[prost(string, tag = "1")]
    reason: String,
    #[prost(message, repeated, tag = "2")]
    details: Vec<Payload>,
    #[prost(string, tag = "3")]
    identity: String,
    #[prost(bytes = "bytes", optional, tag = "4")]
    successor: Option<Bytes>,
}

fn read_successor(stored: Option<Bytes>) -> Result<Option<RunId>, Malformed> {
    id::read_optional_run_id(stored, "successor")
}

impl RunCompleted {
    pub(super) fn new(output: Option<&core::Payload>, successor: Option<RunId>) -> Self {
        Self {
            output: payload::optional(output),
            successor: successor.map(id::run_id),
        }
    }

    pub(super) fn read(self) -> Result<core::Event, Malformed> {
        Ok(core::Event::RunCompleted {
            output: self.output.map(core::Payload::from),
            successor: read_successor(self.successor)?,
        })
    }
}

impl RunFailed {
    pub(super) fn new(failure: &core::Failure, state: core::RetryState, successor: Option<RunId>) -> Self {
        Self {
            layers: Failure::from(failure).layers,
            retry_state: failure::retry_state(state),
            successor: successor.map(id::run_id),
        }
    }

    pub(super) fn read(self) -> Result<core::Event, Malformed> {
        Ok(core::Event::RunFailed {
            failure: Failure { layers: self.layers }.try_into()?,
            retry_state: failure::read_retry_state(self.retry_state)?,
            successor: read_successor(self.successor)?,
        })
    }
}

impl RunTimedOut {
    pub(super) fn new(state: core::RetryState, successor: Option<RunId>) -> Self {
        Self {
            retry_state: failure::retry_state(state),
            successor: successor.map(id::run_id),
        }
    }

    pub(super) fn read(self) -> Result<core::Event, Malformed> {
        Ok(core::Event::RunTimedOut {
            retry_state: failure::read_retry_state(self.retry_state)?,
            successor: read_successor(self.successor)?,
        })
    }
}

impl RunContinuedAsNew {
    pub(super) fn new(continuation: &core::Continuation, successor: RunId) -> Self {
        Self {
            continuation: continuation.into(),
            successor: id::run_id(successor),
        }
    }

    pub(super) fn read(self) -> Result<core::Event, Malformed> {
        Ok(core::Event::RunContinuedAsNew {
            continuation: Box::new(self.continuation.into()),
            successor: id::read_run_id(&self.successor, "successor")?,
        })
    }
}

impl RunTerminated {
    pub(super) fn new(reason: &str, details: &[core::Payload], identity: &str, successor: Option<RunId>) -> Self {
        Self {
            reason: reason.into(),
            details: payload::list(details),
            identity: identity.into(),
            successor: successor.map(id::run_id),
        }
    }

    pub(super) fn read(self) -> Result<core::Event, Malformed> {
        Ok(core::Event::RunTerminated {
            reason: self.reason,
            details: payload::read_list(self.details),
            identity: self.identity,
            successor: read_successor(self.successor)?,
        })
    }
}
