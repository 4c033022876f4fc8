//! The one place that reads the clock and draws randomness.

use mainspring_core::{RunId, Timestamp};
use std::time::{SystemTime, UNIX_EPOCH};
use uuid::Uuid;

/// Clock and entropy, handed to everything that needs them.
pub trait Ambient: Send + Sync + 'static {
    /// The present moment. May go backwards when the host's clock is set.
    fn now(&self) -> Timestamp;

    /// A new UUID of version 7.
    fn new_id(&self) -> RunId;

    /// 128 random bits.
    fn random_seed(&self) -> (u64, u64);
}

/// The machine's own clock and entropy.
#[derive(Clone, Copy, Debug, Default)]
pub struct Machine;

impl Ambient for Machine {
    fn now(&self) -> Timestamp {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_millis(u64::try_from(since_epoch.as_millis()).unwrap_or(u64::MAX))
    }

    fn new_id(&self) -> RunId {
        RunId::from_bytes(Uuid::now_v7().into_bytes())
    }

    fn random_seed(&self) -> (u64, u64) {
        Uuid::new_v4().as_u64_pair()
    }
}
