//! What the engine lends to those who make requests: its clock, its chance, its key and its settings.

use crate::engine::{Engine, HostKey, Settings, TimeSkipping};
use mainspring_core::{RunId, Timestamp};

impl Engine {
    /// The present moment, for stamping what comes from outside.
    pub fn now(&self) -> Timestamp {
        self.parts.ambient.now()
    }

    /// What steers the clock, if it can be steered.
    pub fn time_skipping(&self) -> Option<TimeSkipping> {
        self.parts.time_skipping.clone()
    }

    /// A new id, for a run or a request.
    pub fn new_id(&self) -> RunId {
        self.parts.ambient.new_id()
    }

    /// A new run's seed.
    pub fn random_seed(&self) -> (u64, u64) {
        self.parts.ambient.random_seed()
    }

    /// The host's secret, for tokens that only this host can have made.
    pub fn host_key(&self) -> &HostKey {
        &self.parts.host_key
    }

    /// How the engine was set up.
    pub fn settings(&self) -> &Settings {
        &self.parts.settings
    }
}
