//! Maps by run that need no order.

use mainspring_core::RunId;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// A map by run. It is looked up several times a step, and a run's id is random already: the host draws it, so nobody
/// can choose ids that meet.
pub(crate) type RunMap<V> = HashMap<RunId, V, RandomBits>;

/// Hashes runs by the random bits of their ids.
pub(crate) type RandomBits = BuildHasherDefault<LastBytes>;

/// Takes the last eight bytes for the hash: all but two of the bits of a UUID that are random for certain.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct LastBytes(u64);

impl Hasher for LastBytes {
    fn write(&mut self, bytes: &[u8]) {
        if let Some(last) = bytes.last_chunk() {
            self.0 = u64::from_be_bytes(*last);
        }
    }

    /// The length, which is the same for all.
    fn write_usize(&mut self, _: usize) {}

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::hash::BuildHasher;

    #[test]
    fn the_hash_of_a_run_is_the_end_of_its_id() {
        let id = RunId::parse("0193d5a1-0000-7000-8000-0000000000ff").expect("it is an id");
        let hash = RandomBits::default().hash_one(id);
        assert_eq!(hash, 0x8000_0000_0000_00ff);
    }
}
