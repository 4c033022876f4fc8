//! The power goes at any moment: what was acknowledged is there, and of the rest each batch wholly or not at all.

use super::disk::{Chance, Disk};
use super::dump::{Dump, dump};
use super::plan::{self, Caller, LOG_BYTES, Operation, SHARDS, WritePlan};
use crate::store::memory::MemoryStore;
use crate::store::redb::{OpenError, Options, RedbStore};
use crate::store::{Batch, Store, StoreError};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use tempfile::TempDir;

fn open(disk: &Disk, components: &TempDir) -> Result<RedbStore, OpenError> {
    let options = Options {
        shards: SHARDS,
        log_bytes: LOG_BYTES,
        ..Options::default()
    };
    RedbStore::open_on(
        disk.file("journal"),
        Box::new(disk.file("log")),
        components.path(),
        options,
    )
}

/// Everything that was acknowledged, to be done again in a model.
#[derive(Default)]
struct Acknowledged {
    appends: Vec<Vec<Batch>>,
}

impl Acknowledged {
    /// What a store has to answer that took these, and then perhaps one more.
    fn dump(&self, unacknowledged: Option<&Vec<Batch>>) -> Dump {
        let memory = MemoryStore::new(SHARDS);
        for batches in self.appends.iter().chain(unacknowledged) {
            let mut batches = batches.clone();
            for batch in &mut batches {
                batch.epoch = memory.acquire(batch.shard).expect("memory does not fail");
            }
            memory.append(&batches).expect("memory does not fail");
        }
        dump(&memory).expect("memory does not fail")
    }
}

/// Opens a store on what the power loss has left, with further power losses while it recovers.
fn recover(mut disk: Disk, components: &TempDir, chance: &mut Chance) -> (Disk, RedbStore) {
    loop {
        disk = disk.after_power_loss(chance);
        if chance.below(3) == 0 {
            disk.fail_after(1 + chance.below(6));
        }
        match open(&disk, components) {
            Ok(store) if !disk.is_dead() => return (disk, store),
            Ok(_) => {}
            Err(error) => assert!(disk.is_dead(), "it does not open: {error}"),
        }
    }
}

fn survive(plans: &[Vec<WritePlan>], seed: u64) {
    let chance = &mut Chance(seed);
    let components = TempDir::new().unwrap();
    let mut disk = Disk::default();
    let mut store = open(&disk, &components).expect("an empty disk takes a store");
    let mut caller = Caller::default();
    let mut acknowledged = Acknowledged::default();
    caller.acquire_all(&[&store]).unwrap();
    disk.fail_after(1 + chance.below(60));
    for plan in plans {
        let before = caller.clone();
        let batches = caller.batches(plan);
        let mut was_told = false;
        let outcome = match chance.below(2) {
            0 => store.append(&batches),
            _ => {
                let outcome = store.append_and_tell(&batches, &mut || was_told = true);
                assert!(was_told || outcome.is_err(), "nobody was told");
                outcome
            }
        };
        let Err(error) = outcome else {
            acknowledged.appends.push(batches);
            continue;
        };
        assert!(matches!(error, StoreError::Io { .. }), "{error}");
        assert!(store.append(&batches).is_err(), "a store that failed goes on");
        if was_told {
            assert!(dump(&store).is_err(), "what was acknowledged is not there");
        }
        drop(store);
        (disk, store) = recover(disk, &components, chance);
        let found = dump(&store).expect("what is found can be read");
        if was_told || found == acknowledged.dump(Some(&batches)) {
            acknowledged.appends.push(batches);
            assert_eq!(found, acknowledged.dump(None));
        } else {
            assert_eq!(found, acknowledged.dump(None));
            caller = before;
        }
        // Epochs go on from the stored ones: the shards are owned anew.
        disk.fail_after(u64::MAX);
        caller.acquire_all(&[&store]).unwrap();
        disk.fail_after(1 + chance.below(60));
    }
}

#[test]
fn power_losses_lose_nothing_acknowledged() {
    let append = plan::operation().prop_filter_map("an append", |operation| match operation {
        Operation::Append(plans) => Some(plans),
        _ => None,
    });
    let config = Config {
        cases: 40,
        failure_persistence: None,
        rng_seed: RngSeed::Random,
        ..Config::default()
    };
    let work = (prop::collection::vec(append, 1..40), any::<u64>());
    TestRunner::new(config)
        .run(&work, |(plans, seed)| {
            survive(&plans, seed);
            Ok(())
        })
        .unwrap();
}
