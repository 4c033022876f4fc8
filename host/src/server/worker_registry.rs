//! The workers that say of themselves that they are there. In memory: after a restart they say it again.

use mainspring_api::temporal::worker::v1::WorkerHeartbeat;
use mainspring_core::{Millis, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A worker that has been silent for so long is forgotten. They say something every minute.
const SILENCE_MAX: Millis = Millis::from_secs(3_600);

/// Workers that are known, of all namespaces. Of one more, the one that has been silent for longest is forgotten.
const WORKERS_MAX: usize = 10_000;

/// All of them. Cloning shares them.
#[derive(Clone, Default)]
pub(crate) struct WorkerRegistry {
    known: Arc<Mutex<Known>>,
}

/// Namespace and instance key of a worker.
type Key = (String, String);

/// Invariant: one entry a worker in both.
#[derive(Default)]
struct Known {
    by_key: BTreeMap<Key, (Timestamp, Arc<WorkerHeartbeat>)>,
    by_time: BTreeSet<(Timestamp, Key)>,
}

impl WorkerRegistry {
    /// Takes what a worker says of itself.
    pub(crate) fn record(&self, namespace: &str, heartbeat: WorkerHeartbeat, now: Timestamp) {
        let key = (namespace.to_owned(), heartbeat.worker_instance_key.clone());
        let mut known = self.at(now);
        known.forget(&key);
        if known.by_key.len() >= WORKERS_MAX {
            known.forget_first();
        }
        known.by_time.insert((now, key.clone()));
        known.by_key.insert(key, (now, Arc::new(heartbeat)));
    }

    /// One worker.
    pub(crate) fn get(&self, namespace: &str, instance_key: &str, now: Timestamp) -> Option<Arc<WorkerHeartbeat>> {
        let known = self.at(now);
        let (_, heartbeat) = known.by_key.get(&(namespace.to_owned(), instance_key.to_owned()))?;
        Some(heartbeat.clone())
    }

    /// The workers of a namespace whose instance keys come after this one, by instance key.
    pub(crate) fn after(&self, namespace: &str, instance_key: &str, now: Timestamp) -> Vec<Arc<WorkerHeartbeat>> {
        let known = self.at(now);
        let from = (namespace.to_owned(), instance_key.to_owned());
        let of_namespace = known
            .by_key
            .range(from.clone()..)
            .take_while(|((of, _), _)| of == namespace);
        let after = of_namespace.filter(|(key, _)| **key != from);
        after.map(|(_, (_, heartbeat))| heartbeat.clone()).collect()
    }

    /// What is known at a moment.
    fn at(&self, now: Timestamp) -> MutexGuard<'_, Known> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        while known
            .by_time
            .first()
            .is_some_and(|(at, _)| now.since(*at) > SILENCE_MAX)
        {
            known.forget_first();
        }
        known
    }
}

impl Known {
    fn forget(&mut self, key: &Key) {
        if let Some((at, _)) = self.by_key.remove(key) {
            self.by_time.remove(&(at, key.clone()));
        }
    }

    fn forget_first(&mut self) {
        if let Some((_, key)) = self.by_time.pop_first() {
            self.by_key.remove(&key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heartbeat(key: impl ToString) -> WorkerHeartbeat {
        WorkerHeartbeat {
            worker_instance_key: key.to_string(),
            ..Default::default()
        }
    }

    fn keys(registry: &WorkerRegistry, after: &str, now: Timestamp) -> Vec<String> {
        let workers = registry.after("default", after, now);
        workers.iter().map(|it| it.worker_instance_key.clone()).collect()
    }

    #[test]
    fn workers_are_listed_by_key_within_their_namespace_until_they_are_silent_for_long() {
        let registry = WorkerRegistry::default();
        let start = Timestamp::from_millis(1_700_000_000_000);
        registry.record("default", heartbeat("b"), start);
        registry.record("default", heartbeat("a"), start);
        registry.record("other", heartbeat("c"), start);
        assert_eq!(keys(&registry, "", start), ["a", "b"]);
        assert_eq!(keys(&registry, "a", start), ["b"]);
        assert!(registry.get("other", "c", start).is_some());
        assert!(registry.get("default", "c", start).is_none());
        let later = start.after(SILENCE_MAX);
        registry.record("default", heartbeat("b"), later);
        assert_eq!(keys(&registry, "", later.after(Millis::new(1))), ["b"]);
    }

    #[test]
    fn of_too_many_workers_the_longest_silent_is_forgotten() {
        let registry = WorkerRegistry::default();
        let at = |millis: usize| Timestamp::from_millis(1_700_000_000_000 + millis as u64);
        for number in 0..=WORKERS_MAX {
            registry.record("default", heartbeat(number), at(number));
        }
        let now = at(WORKERS_MAX);
        assert!(registry.get("default", "0", now).is_none());
        assert_eq!(keys(&registry, "", now).len(), WORKERS_MAX);
        assert_eq!(registry.at(now).by_time.len(), WORKERS_MAX);
    }
}
