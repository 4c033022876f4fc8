//! Live guests of runs that are at rest, kept for as long as there is room. Each shard has its own.

use super::guest::Guest;
use crate::run_map::RunMap;
use mainspring_core::RunId;
use std::collections::BTreeMap;

/// Guests by run. What goes first when room is needed is the guest that has not been used for longest.
///
/// A cache and nothing more: a guest that is gone is rebuilt by replay.
#[derive(Debug)]
pub struct InstanceCache<G> {
    bytes_max: usize,
    bytes: usize,
    guests: RunMap<Entry<G>>,
    /// Invariant: the same runs as in `guests`, by their `put`.
    by_age: BTreeMap<u64, RunId>,
    puts: u64,
}

#[derive(Debug)]
struct Entry<G> {
    guest: G,
    /// What the guest occupied when it was put here. It changes only in use, and in use it is not here.
    bytes: usize,
    put: u64,
}

impl<G: Guest> InstanceCache<G> {
    /// A cache for guests that together occupy at most `bytes_max`.
    pub fn new(bytes_max: usize) -> Self {
        Self {
            bytes_max,
            bytes: 0,
            guests: RunMap::default(),
            by_age: BTreeMap::new(),
            puts: 0,
        }
    }

    /// Takes the run's guest out, to be used and then put back, or dropped if it failed.
    pub fn take(&mut self, run: &RunId) -> Option<G> {
        let entry = self.guests.remove(run)?;
        self.by_age.remove(&entry.put);
        self.bytes -= entry.bytes;
        Some(entry.guest)
    }

    /// Keeps the run's guest as the one used last, in place of any other of the run. Others give way where
    /// there is no room, and a guest that is larger than the whole cache is not kept.
    pub fn put(&mut self, run: RunId, guest: G) {
        drop(self.take(&run));
        let (bytes, put) = (guest.resident_bytes(), self.puts);
        if bytes > self.bytes_max {
            return;
        }
        self.puts += 1;
        self.bytes += bytes;
        self.by_age.insert(put, run);
        self.guests.insert(run, Entry { guest, bytes, put });
        while self.bytes > self.bytes_max && self.evict_oldest() {}
    }

    /// Drops the guest that has not been used for longest. `false` if there is none.
    pub fn evict_oldest(&mut self) -> bool {
        match self.by_age.first_key_value() {
            Some((_, &run)) => self.take(&run).is_some(),
            None => false,
        }
    }

    /// What the guests occupy together, by [their own estimate](Guest::resident_bytes).
    pub const fn bytes(&self) -> usize {
        self.bytes
    }

    /// How many guests there are.
    pub fn len(&self) -> usize {
        self.guests.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.guests.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wasm::{CommandSink, GuestError, Question};
    use mainspring_core::{Activation, Failure, Payload, UpdateRequest};
    use std::collections::BTreeSet;

    /// A guest that only has a size.
    struct Sized(usize);

    impl Guest for Sized {
        fn activate<S: CommandSink>(&mut self, _: Activation, sink: S) -> (S, Result<(), GuestError>) {
            (sink, Ok(()))
        }

        fn query(&mut self, _: Question, _: BTreeSet<String>) -> Result<Result<Payload, Failure>, GuestError> {
            Ok(Ok(Payload::default()))
        }

        fn validate_update(
            &mut self,
            _: UpdateRequest,
            _: BTreeSet<String>,
        ) -> Result<Result<(), Failure>, GuestError> {
            Ok(Ok(()))
        }

        fn was_asked(&self) -> bool {
            false
        }

        fn resident_bytes(&self) -> usize {
            self.0
        }
    }

    fn run(number: u8) -> RunId {
        RunId::from_bytes([number; 16])
    }

    /// Puts guests with these sizes, run 0 first, into a cache of 100 bytes; says which runs are still there.
    fn kept(sizes: &[usize]) -> Vec<u8> {
        let mut cache = InstanceCache::new(100);
        for (number, &size) in (0..).zip(sizes) {
            cache.put(run(number), Sized(size));
            assert!(cache.bytes() <= 100);
        }
        (0..sizes.len() as u8)
            .filter(|&number| cache.take(&run(number)).is_some())
            .collect()
    }

    #[test]
    fn the_oldest_give_way() {
        assert_eq!(kept(&[50, 50]), [0, 1]);
        assert_eq!(kept(&[50, 50, 1]), [1, 2]);
        assert_eq!(kept(&[30, 30, 30, 90]), [3]);
    }

    #[test]
    fn what_never_fits_drives_nobody_out() {
        assert_eq!(kept(&[50, 101, 50]), [0, 2]);
    }

    #[test]
    fn use_makes_young() {
        let mut cache = InstanceCache::new(100);
        cache.put(run(1), Sized(50));
        cache.put(run(2), Sized(50));
        let guest = cache.take(&run(1)).expect("it is there");
        assert_eq!(cache.bytes(), 50);
        cache.put(run(1), guest);
        cache.put(run(3), Sized(50));
        assert!(cache.take(&run(2)).is_none());
        assert!(cache.take(&run(1)).is_some());
    }

    #[test]
    fn a_run_has_one_guest_and_eviction_comes_to_an_end() {
        let mut cache = InstanceCache::new(100);
        cache.put(run(1), Sized(10));
        cache.put(run(1), Sized(20));
        assert_eq!((cache.len(), cache.bytes()), (1, 20));
        assert!(cache.evict_oldest());
        assert!(!cache.evict_oldest());
        assert!(cache.is_empty());
        assert_eq!(cache.bytes(), 0);
    }
}
