//! Who has something to do at which moment.

use mainspring_core::Timestamp;
use std::collections::hash_map::RandomState;
use std::collections::{BTreeSet, HashMap};
use std::hash::{BuildHasher, Hash};

/// The moments of many, hashed by `S`. Invariant: at most one entry each.
#[derive(Debug)]
pub(super) struct Agenda<K, S = RandomState> {
    by_time: BTreeSet<(Timestamp, K)>,
    by_key: HashMap<K, Timestamp, S>,
}

impl<K: Clone + Ord + Hash, S: BuildHasher> Agenda<K, S> {
    /// Puts somebody at that moment, or takes him off.
    pub(super) fn set(&mut self, key: K, due: Option<Timestamp>) {
        if self.by_key.get(&key).copied() == due {
            return;
        }
        if let Some(earlier) = self.by_key.remove(&key) {
            self.by_time.remove(&(earlier, key.clone()));
        }
        if let Some(due) = due {
            self.by_key.insert(key.clone(), due);
            self.by_time.insert((due, key));
        }
    }

    /// Takes off whose moment came first, if it has come.
    pub(super) fn take_due(&mut self, now: Timestamp) -> Option<K> {
        let (due, key) = self.by_time.first().cloned()?;
        (due <= now).then(|| self.set(key.clone(), None))?;
        Some(key)
    }

    /// The earliest moment.
    pub(super) fn next(&self) -> Option<Timestamp> {
        self.by_time.first().map(|(due, _)| *due)
    }
}

impl<K, S: Default> Default for Agenda<K, S> {
    fn default() -> Self {
        Self {
            by_time: BTreeSet::new(),
            by_key: HashMap::default(),
        }
    }
}
