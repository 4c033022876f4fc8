//! Wishes to pause something, or to let it go on.

use mainspring_core as core;

#[derive(Clone, PartialEq, Eq, prost::Message)]
pub(super) struct Pause {
    #[prost(string, tag = "1")]
    reason: String,
    #[prost(string, tag = "2")]
    identity: String,
    #[prost(string, tag = "3")]
    request_id: String,
}

impl From<&core::Pause> for Pause {
    fn from(pause: &core::Pause) -> Self {
        Self {
            reason: pause.reason.clone(),
            identity: pause.identity.clone(),
            request_id: pause.request_id.clone(),
        }
    }
}

impl From<Pause> for core::Pause {
    fn from(stored: Pause) -> Self {
        Self {
            reason: stored.reason,
            identity: stored.identity,
            request_id: stored.request_id,
        }
    }
}
