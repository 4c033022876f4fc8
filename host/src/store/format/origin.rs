//! Where runs come from.

use super::Malformed;
use super::failure::Failure;
use super::id::{self, Execution};
use super::payload::{self, Payload};
use bytes::Bytes;
use mainspring_core as core;
use mainspring_core::{OperationId, ShownEventId, Timestamp};

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Origin {
    #[prost(uint64, optional, tag = "1")]
    begins_ms: Option<u64>,
    #[prost(bool, tag = "2")]
    begins_with_message: bool,
    #[prost(string, tag = "3")]
    cron_schedule: String,
    #[prost(uint64, optional, tag = "4")]
    expiration_ms: Option<u64>,
    #[prost(message, optional, tag = "5")]
    predecessor: Option<Predecessor>,
    #[prost(message, optional, tag = "6")]
    last_completion: Option<Payload>,
    #[prost(message, optional, tag = "7")]
    last_failure: Option<Failure>,
    #[prost(message, optional, tag = "8")]
    parent: Option<Parent>,
    #[prost(message, optional, tag = "9")]
    root: Option<Execution>,
    #[prost(message, optional, tag = "10")]
    taken_before: Option<TakenBefore>,
    #[prost(string, optional, tag = "11")]
    scheduled_by: Option<String>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct TakenBefore {
    #[prost(string, repeated, tag = "1")]
    signals: Vec<String>,
    #[prost(string, optional, tag = "2")]
    cancellation: Option<String>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Predecessor {
    #[prost(bytes = "bytes", tag = "1")]
    run_id: Bytes,
    #[prost(enumeration = "Reason", tag = "2")]
    reason: i32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, prost::Enumeration)]
#[repr(i32)]
enum Reason {
    Continuation = 0,
    Retry = 1,
    Cron = 2,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Parent {
    #[prost(string, tag = "1")]
    namespace: String,
    #[prost(message, required, tag = "2")]
    execution: Execution,
    #[prost(uint64, tag = "3")]
    operation: u64,
    #[prost(uint64, optional, tag = "4")]
    initiated: Option<u64>,
}

impl From<&core::Origin> for Origin {
    fn from(origin: &core::Origin) -> Self {
        Self {
            begins_ms: origin.begins.map(Timestamp::as_millis),
            begins_with_message: origin.begins_with_message,
            cron_schedule: origin.cron_schedule.clone(),
            expiration_ms: origin.expiration.map(Timestamp::as_millis),
            predecessor: origin.predecessor.map(Predecessor::from),
            last_completion: payload::optional(origin.last_completion.as_ref()),
            last_failure: origin.last_failure.as_ref().map(Failure::from),
            parent: origin.parent.as_ref().map(Parent::from),
            root: origin.root.as_ref().map(Execution::from),
            taken_before: TakenBefore::unless_empty(&origin.taken_before),
            scheduled_by: origin.scheduled_by.clone(),
        }
    }
}

impl TryFrom<Origin> for core::Origin {
    type Error = Malformed;

    fn try_from(stored: Origin) -> Result<Self, Malformed> {
        Ok(Self {
            begins: stored.begins_ms.map(Timestamp::from_millis),
            begins_with_message: stored.begins_with_message,
            cron_schedule: stored.cron_schedule,
            expiration: stored.expiration_ms.map(Timestamp::from_millis),
            predecessor: stored.predecessor.map(core::Predecessor::try_from).transpose()?,
            last_completion: stored.last_completion.map(core::Payload::from),
            last_failure: stored.last_failure.map(core::Failure::try_from).transpose()?,
            parent: stored.parent.map(core::Parent::try_from).transpose()?,
            root: stored.root.map(core::Execution::try_from).transpose()?,
            taken_before: stored.taken_before.map(core::TakenBefore::from).unwrap_or_default(),
            scheduled_by: stored.scheduled_by,
        })
    }
}

impl TakenBefore {
    fn unless_empty(taken: &core::TakenBefore) -> Option<Self> {
        (*taken != core::TakenBefore::default()).then(|| Self {
            signals: taken.signals.clone(),
            cancellation: taken.cancellation.clone(),
        })
    }
}

impl From<TakenBefore> for core::TakenBefore {
    fn from(stored: TakenBefore) -> Self {
        Self {
            signals: stored.signals,
            cancellation: stored.cancellation,
        }
    }
}

impl From<core::Predecessor> for Predecessor {
    fn from(predecessor: core::Predecessor) -> Self {
        let reason = match predecessor.reason {
            core::SuccessionReason::Continuation => Reason::Continuation,
            core::SuccessionReason::Retry => Reason::Retry,
            core::SuccessionReason::Cron => Reason::Cron,
        };
        Self {
            run_id: id::run_id(predecessor.run_id),
            reason: reason.into(),
        }
    }
}

impl TryFrom<Predecessor> for core::Predecessor {
    type Error = Malformed;

    fn try_from(stored: Predecessor) -> Result<Self, Malformed> {
        let (field, value) = ("predecessor.reason", stored.reason);
        let reason = Reason::try_from(value).map_err(|_| Malformed::Unknown { field, value })?;
        Ok(Self {
            run_id: id::read_run_id(&stored.run_id, "predecessor.run_id")?,
            reason: match reason {
                Reason::Continuation => core::SuccessionReason::Continuation,
                Reason::Retry => core::SuccessionReason::Retry,
                Reason::Cron => core::SuccessionReason::Cron,
            },
        })
    }
}

impl From<&core::Parent> for Parent {
    fn from(parent: &core::Parent) -> Self {
        Self {
            namespace: parent.namespace.clone(),
            execution: (&parent.execution).into(),
            operation: parent.operation.0,
            initiated: parent.initiated.map(|it| it.0),
        }
    }
}

impl TryFrom<Parent> for core::Parent {
    type Error = Malformed;

    fn try_from(stored: Parent) -> Result<Self, Malformed> {
        Ok(Self {
            namespace: stored.namespace,
            execution: stored.execution.try_into()?,
            operation: OperationId(stored.operation),
            initiated: stored.initiated.map(ShownEventId),
        })
    }
}
