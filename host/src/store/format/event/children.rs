//! Events of children that their parent is the cause of. For what it hears of them, see [`child`](super::super::child).

use super::super::Malformed;
use super::super::child::ChildRequest;
use mainspring_core as core;
use mainspring_core::OperationId;

#[derive(Clone, PartialEq, prost::Message)]
pub(in crate::store::format) struct ChildInitiated {
    #[prost(uint64, tag = "1")]
    operation: u64,
    #[prost(message, required, tag = "2")]
    request: ChildRequest,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(in crate::store::format) struct ChildCancelRequested {
    #[prost(uint64, tag = "1")]
    operation: u64,
    #[prost(string, tag = "2")]
    reason: String,
}

impl ChildInitiated {
    pub(super) fn new(operation: OperationId, request: &core::ChildRequest) -> Self {
        Self {
            operation: operation.0,
            request: request.into(),
        }
    }

    pub(super) fn read(self) -> Result<core::Event, Malformed> {
        Ok(core::Event::ChildInitiated {
            operation: OperationId(self.operation),
            request: Box::new(self.request.try_into()?),
        })
    }
}

impl ChildCancelRequested {
    pub(super) fn new(operation: OperationId, reason: &str) -> Self {
        Self {
            operation: operation.0,
            reason: reason.into(),
        }
    }

    pub(super) fn read(self) -> core::Event {
        core::Event::ChildCancelRequested {
            operation: OperationId(self.operation),
            reason: self.reason,
        }
    }
}
