//! A clock that goes with the machine's, and can be set ahead of it.

use crate::engine::{Ambient, Machine};
use mainspring_core::{Millis, RunId, Timestamp};
use std::sync::atomic::{AtomicU64, Ordering};

/// The machine's chance, and its clock with a lead that only grows.
#[derive(Debug, Default)]
pub(in crate::engine) struct LeadingClock {
    lead_ms: AtomicU64,
}

impl LeadingClock {
    /// Sets the clock ahead to a moment. One that has been is passed over.
    pub(super) fn set_to(&self, moment: Timestamp) {
        let ahead = moment.since(self.now());
        self.lead_ms.fetch_add(ahead.get(), Ordering::SeqCst);
    }
}

impl Ambient for LeadingClock {
    fn now(&self) -> Timestamp {
        Machine.now().after(Millis::new(self.lead_ms.load(Ordering::SeqCst)))
    }

    fn new_id(&self) -> RunId {
        Machine.new_id()
    }

    fn random_seed(&self) -> (u64, u64) {
        Machine.random_seed()
    }
}
