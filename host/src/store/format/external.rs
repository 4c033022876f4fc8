//! Messages of a guest to other runs: whom they are for, what they say, what became of them.

use super::Malformed;
use super::id;
use super::payload::{self, NamedPayload, Payload};
use bytes::Bytes;
use mainspring_core as core;
use mainspring_core::{NotDelivered, OperationId};

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct ExternalTarget {
    #[prost(string, tag = "1")]
    workflow_id: String,
    #[prost(bytes = "bytes", optional, tag = "2")]
    run_id: Option<Bytes>,
    #[prost(bool, tag = "3")]
    child_only: bool,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct ExternalSignal {
    #[prost(message, required, tag = "1")]
    target: ExternalTarget,
    #[prost(string, tag = "2")]
    name: String,
    #[prost(message, repeated, tag = "3")]
    input: Vec<Payload>,
    #[prost(message, repeated, tag = "4")]
    headers: Vec<NamedPayload>,
}

/// What became of the message that an operation is.
#[derive(Clone, Copy, PartialEq, prost::Message)]
pub(super) struct Delivery {
    #[prost(uint64, tag = "1")]
    operation: u64,
    #[prost(enumeration = "DeliveryResult", tag = "2")]
    result: i32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, prost::Enumeration)]
#[repr(i32)]
enum DeliveryResult {
    Delivered = 0,
    NotFound = 1,
    Cancelled = 2,
    TooLarge = 3,
}

impl From<&core::ExternalTarget> for ExternalTarget {
    fn from(target: &core::ExternalTarget) -> Self {
        Self {
            workflow_id: target.workflow_id.clone(),
            run_id: target.run_id.map(id::run_id),
            child_only: target.child_only,
        }
    }
}

impl TryFrom<ExternalTarget> for core::ExternalTarget {
    type Error = Malformed;

    fn try_from(stored: ExternalTarget) -> Result<Self, Malformed> {
        Ok(Self {
            workflow_id: stored.workflow_id,
            run_id: id::read_optional_run_id(stored.run_id, "external_target.run_id")?,
            child_only: stored.child_only,
        })
    }
}

impl From<&core::ExternalSignal> for ExternalSignal {
    fn from(signal: &core::ExternalSignal) -> Self {
        Self {
            target: (&signal.target).into(),
            name: signal.name.clone(),
            input: payload::list(&signal.input),
            headers: payload::map(&signal.headers),
        }
    }
}

impl TryFrom<ExternalSignal> for core::ExternalSignal {
    type Error = Malformed;

    fn try_from(stored: ExternalSignal) -> Result<Self, Malformed> {
        Ok(Self {
            target: stored.target.try_into()?,
            name: stored.name,
            input: payload::read_list(stored.input),
            headers: payload::read_map(stored.headers),
        })
    }
}

impl Delivery {
    pub(super) fn new(operation: OperationId, result: Result<(), NotDelivered>) -> Self {
        let result = match result {
            Ok(()) => DeliveryResult::Delivered,
            Err(NotDelivered::NotFound) => DeliveryResult::NotFound,
            Err(NotDelivered::Cancelled) => DeliveryResult::Cancelled,
            Err(NotDelivered::TooLarge) => DeliveryResult::TooLarge,
        };
        Self {
            operation: operation.0,
            result: result.into(),
        }
    }

    pub(super) fn read(self) -> Result<(OperationId, Result<(), NotDelivered>), Malformed> {
        let (field, value) = ("delivery.result", self.result);
        let result = DeliveryResult::try_from(value).map_err(|_| Malformed::Unknown { field, value })?;
        let result = match result {
            DeliveryResult::Delivered => Ok(()),
            DeliveryResult::NotFound => Err(NotDelivered::NotFound),
            DeliveryResult::Cancelled => Err(NotDelivered::Cancelled),
            DeliveryResult::TooLarge => Err(NotDelivered::TooLarge),
        };
        Ok((OperationId(self.operation), result))
    }
}
