//! Events of activities.

use super::super::Malformed;
use super::super::command::ActivityRequest;
use super::super::failure::{self, Failure, RetryState};
use super::super::payload::{self, Payload};
use mainspring_core as core;
use mainspring_core::{OperationId, Timestamp};
use std::sync::Arc;

#[derive(Clone, PartialEq, prost::Message)]
pub(in crate::store::format) struct ActivityScheduled {
    #[prost(uint64, tag = "1")]
    operation: u64,
    #[prost(message, required, tag = "2")]
    request: ActivityRequest,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(in crate::store::format) struct AttemptEnd {
    #[prost(uint64, tag = "1")]
    operation: u64,
    #[prost(uint32, tag = "2")]
    attempt: u32,
    #[prost(uint64, optional, tag = "3")]
    started_ms: Option<u64>,
    #[prost(string, tag = "4")]
    identity: String,
    #[prost(message, optional, tag = "5")]
    last_failure: Option<Failure>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(in crate::store::format) struct ActivityCompleted {
    #[prost(message, required, tag = "1")]
    attempt: AttemptEnd,
    #[prost(message, optional, tag = "2")]
    output: Option<Payload>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(in crate::store::format) struct ActivityEndedBadly {
    #[prost(message, required, tag = "1")]
    attempt: AttemptEnd,
    #[prost(message, required, tag = "2")]
    failure: Failure,
    #[prost(enumeration = "RetryState", tag = "3")]
    retry_state: i32,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(in crate::store::format) struct ActivityCancelled {
    #[prost(message, required, tag = "1")]
    attempt: AttemptEnd,
    #[prost(message, repeated, tag = "2")]
    details: Vec<Payload>,
}

impl ActivityScheduled {
    pub(super) fn new(operation: OperationId, request: &core::ActivityRequest) -> Self {
        Self {
            operation: operation.0,
            request: request.into(),
        }
    }

    pub(super) fn read(self) -> Result<core::Event, Malformed> {
        Ok(core::Event::ActivityScheduled {
            operation: OperationId(self.operation),
            request: Arc::new(self.request.try_into()?),
        })
    }
}

impl From<&core::AttemptEnd> for AttemptEnd {
    fn from(end: &core::AttemptEnd) -> Self {
        Self {
            operation: end.operation.0,
            attempt: end.attempt,
            started_ms: end.started.map(Timestamp::as_millis),
            identity: end.identity.clone(),
            last_failure: end.last_failure.as_ref().map(Failure::from),
        }
    }
}

impl TryFrom<AttemptEnd> for core::AttemptEnd {
    type Error = Malformed;

    fn try_from(stored: AttemptEnd) -> Result<Self, Malformed> {
        Ok(Self {
            operation: OperationId(stored.operation),
            attempt: stored.attempt,
            started: stored.started_ms.map(Timestamp::from_millis),
            identity: stored.identity,
            last_failure: stored.last_failure.map(core::Failure::try_from).transpose()?,
        })
    }
}

impl ActivityCompleted {
    pub(super) fn new(attempt: &core::AttemptEnd, output: Option<&core::Payload>) -> Self {
        Self {
            attempt: attempt.into(),
            output: payload::optional(output),
        }
    }

    pub(super) fn read(self) -> Result<core::Event, Malformed> {
        Ok(core::Event::ActivityCompleted {
            attempt: self.attempt.try_into()?,
            output: self.output.map(core::Payload::from),
        })
    }
}

impl ActivityEndedBadly {
    pub(super) fn new(attempt: &core::AttemptEnd, failure: &core::Failure, state: core::RetryState) -> Self {
        Self {
            attempt: attempt.into(),
            failure: failure.into(),
            retry_state: failure::retry_state(state),
        }
    }

    pub(super) fn read(self) -> Result<(core::AttemptEnd, core::Failure, core::RetryState), Malformed> {
        let state = failure::read_retry_state(self.retry_state)?;
        Ok((self.attempt.try_into()?, self.failure.try_into()?, state))
    }
}

impl ActivityCancelled {
    pub(super) fn new(attempt: &core::AttemptEnd, details: &[core::Payload]) -> Self {
        Self {
            attempt: attempt.into(),
            details: payload::list(details),
        }
    }

    pub(super) fn read(self) -> Result<core::Event, Malformed> {
        Ok(core::Event::ActivityCancelled {
            attempt: self.attempt.try_into()?,
            details: payload::read_list(self.details),
        })
    }
}
