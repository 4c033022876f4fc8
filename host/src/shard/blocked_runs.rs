//! Which runs are blocked, for whoever lists runs: it can be read while the shard is busy.

use super::request::Blocked;
use mainspring_core::RunId;
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

/// The blocked runs of a shard. Cloning shares them.
///
/// A run is blocked in memory only: after a restart it is blocked again once it has been tried again, which is at once.
#[derive(Clone, Debug, Default)]
pub struct BlockedRuns(Arc<RwLock<BTreeMap<RunId, Blocked>>>);

impl BlockedRuns {
    /// Why the run cannot go on, if it cannot.
    pub fn get(&self, run: RunId) -> Option<Blocked> {
        let runs = self.0.read().unwrap_or_else(PoisonError::into_inner);
        runs.get(&run).cloned()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.read().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// The runs.
    pub fn ids(&self) -> Vec<RunId> {
        let runs = self.0.read().unwrap_or_else(PoisonError::into_inner);
        runs.keys().copied().collect()
    }

    pub(super) fn set(&self, run: RunId, blocked: Option<Blocked>) {
        let mut runs = self.0.write().unwrap_or_else(PoisonError::into_inner);
        match blocked {
            Some(blocked) => runs.insert(run, blocked),
            None => runs.remove(&run),
        };
    }
}
