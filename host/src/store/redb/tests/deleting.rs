//! What is deleted is gone at once, and its space is used again.

use crate::store::format::Chunk;
use crate::store::redb::{Options, RedbStore, journal, table};
use crate::store::{Batch, Epoch, RunHead, RunWrite, ShardId, Store, samples};
use ::redb::ReadableTableMetadata;
use mainspring_core::{Record, RunId, RunStatus};
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;

const SHARD: ShardId = ShardId(0);

fn open(directory: &Path) -> RedbStore {
    let options = Options {
        shards: 1,
        // So short that the database is synced often.
        log_bytes: 1 << 20,
        ..Options::default()
    };
    RedbStore::open(directory, options).expect("the store opens")
}

fn batch(epoch: Epoch) -> Batch {
    Batch {
        shard: SHARD,
        epoch,
        runs: Vec::new(),
        outbox: Vec::new(),
        deletions: Vec::new(),
        schedules: Vec::new(),
    }
}

/// One more step of a run; the first has its summary.
fn step(run: RunId, head: &mut RunHead, events: &[Record]) -> RunWrite {
    let chunk = Chunk::encode(events);
    let is_first = head.length == 0;
    head.length += chunk.events();
    head.bytes += chunk.size_bytes();
    let mut summary = samples::summary(RunStatus::Running);
    summary.execution.run_id = run;
    summary.execution.workflow_id = run.to_string();
    RunWrite {
        run,
        chunk: Some(chunk),
        head: *head,
        attempts: Vec::new(),
        summary: is_first.then(|| Arc::new(summary)),
        becomes_current: is_first,
    }
}

fn chunks(store: &RedbStore) -> u64 {
    let rows = table::read(&store.snapshot().unwrap(), journal::TABLE).unwrap();
    rows.len().unwrap()
}

#[test]
fn a_long_history_is_gone_at_once_and_leaves_the_journal_in_parts() {
    const STEPS: u64 = 3_000;
    let directory = TempDir::new().unwrap();
    let mut store = open(directory.path());
    let mut epoch = store.acquire(SHARD).unwrap();
    let (long, other) = (samples::run(1), samples::run(2));
    let (mut head, mut other_head) = (RunHead::default(), RunHead::default());
    let events = samples::records();
    let steps: Vec<_> = (0..STEPS)
        .map(|_| Batch {
            runs: vec![step(long, &mut head, &events[..2])],
            ..batch(epoch)
        })
        .collect();
    store.append(&steps).unwrap();
    store
        .append(&[Batch {
            runs: vec![step(other, &mut other_head, &events)],
            deletions: vec![long],
            ..batch(epoch)
        }])
        .unwrap();
    assert_eq!(store.run(long).unwrap(), None);
    assert_eq!(store.history(long).unwrap(), []);
    assert_eq!(store.current_run("default", &long.to_string()).unwrap(), None);
    assert_eq!(store.open_runs(SHARD, None, 9).unwrap(), [(other, other_head)]);
    let mut left = chunks(&store);
    assert!(
        left > STEPS / 2,
        "a long history goes in one transaction: {left} chunks are left"
    );

    let mut appends = 0;
    while left > 1 {
        if appends == 2 {
            drop(store);
            store = open(directory.path());
            epoch = store.acquire(SHARD).unwrap();
        }
        store
            .append(&[Batch {
                outbox: vec![(1, None)],
                ..batch(epoch)
            }])
            .unwrap();
        let now = chunks(&store);
        assert!(now < left, "nothing went");
        left = now;
        appends += 1;
    }
    assert!(appends > 2, "{appends}");
    assert_eq!(store.history(other).unwrap(), events);
}

#[test]
fn the_file_does_not_grow_while_runs_come_and_go() {
    const ROUNDS: u8 = 60;
    const RUNS: u8 = 40;
    const STEPS: usize = 12;
    let directory = TempDir::new().unwrap();
    let store = open(directory.path());
    let epoch = store.acquire(SHARD).unwrap();
    let events = samples::records();
    let size = || std::fs::metadata(directory.path().join("journal.redb")).unwrap().len();
    let mut sizes = Vec::new();
    for round in 0..ROUNDS {
        // Two generations of ids, in turn: one comes while the other is still being removed.
        let runs: Vec<_> = (0..RUNS)
            .map(|number| samples::run(number + RUNS * (round % 2)))
            .collect();
        let mut heads = vec![RunHead::default(); runs.len()];
        for _ in 0..STEPS {
            let steps = runs.iter().zip(&mut heads).map(|(run, head)| step(*run, head, &events));
            store
                .append(&[Batch {
                    runs: steps.collect(),
                    ..batch(epoch)
                }])
                .unwrap();
        }
        store
            .append(&[Batch {
                deletions: runs,
                ..batch(epoch)
            }])
            .unwrap();
        sizes.push(size());
    }
    let (early, late) = (sizes[usize::from(ROUNDS / 4)], sizes[usize::from(ROUNDS - 1)]);
    assert!(late <= early + early / 4, "the file grows on: {sizes:?}");
}
