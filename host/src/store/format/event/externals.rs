//! Events of messages to other runs.

use super::super::Malformed;
use super::super::external::{ExternalSignal, ExternalTarget};
use mainspring_core as core;
use mainspring_core::OperationId;

#[derive(Clone, PartialEq, prost::Message)]
pub(in crate::store::format) struct ExternalSignalInitiated {
    #[prost(uint64, tag = "1")]
    operation: u64,
    #[prost(message, required, tag = "2")]
    signal: ExternalSignal,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(in crate::store::format) struct ExternalCancelInitiated {
    #[prost(uint64, tag = "1")]
    operation: u64,
    #[prost(message, required, tag = "2")]
    target: ExternalTarget,
    #[prost(string, tag = "3")]
    reason: String,
}

impl ExternalSignalInitiated {
    pub(super) fn new(operation: OperationId, signal: &core::ExternalSignal) -> Self {
        Self {
            operation: operation.0,
            signal: signal.into(),
        }
    }

    pub(super) fn read(self) -> Result<core::Event, Malformed> {
        Ok(core::Event::ExternalSignalInitiated {
            operation: OperationId(self.operation),
            signal: Box::new(self.signal.try_into()?),
        })
    }
}

impl ExternalCancelInitiated {
    pub(super) fn new(operation: OperationId, target: &core::ExternalTarget, reason: &str) -> Self {
        Self {
            operation: operation.0,
            target: target.into(),
            reason: reason.into(),
        }
    }

    pub(super) fn read(self) -> Result<core::Event, Malformed> {
        Ok(core::Event::ExternalCancelInitiated {
            operation: OperationId(self.operation),
            target: self.target.try_into()?,
            reason: self.reason,
        })
    }
}
