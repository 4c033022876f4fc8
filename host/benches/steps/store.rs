//! The store alone: the bytes of a step, without guests, threads and task queues.

use super::measure::{Measured, Measuring, histogram, micros};
use mainspring::store::format::Chunk;
use mainspring::store::redb::{Options, RedbStore};
use mainspring::store::{Batch, RunHead, RunWrite, ShardId, Store};
use mainspring_core::{
    Activated, ActivityRequest, ActivityTimeouts, AttemptEnd, CancellationType, Digest, Event, Millis, OperationId,
    Payload, Record, RunId, Timestamp,
};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What a step of the engine takes in the journal, about.
pub(crate) const STEP_BYTES: usize = 260;

pub(crate) fn measure(directory: &Path, concurrency: usize, duration: Duration) -> anyhow::Result<Measured> {
    let store = RedbStore::open(directory, Options::default())?;
    let shard = ShardId(0);
    let epoch = store.acquire(shard)?;
    let chunk = Chunk::encode(&step());
    let mut heads = vec![RunHead::default(); concurrency];
    let (mut steps, mut latency) = (0, histogram());
    let measuring = Measuring::begin()?;
    while measuring.elapsed() < duration {
        let runs = heads.iter_mut().enumerate().map(|(at, head)| {
            head.length += chunk.events();
            head.bytes += chunk.size_bytes();
            RunWrite {
                run: run_id(at),
                chunk: Some(chunk.clone()),
                head: *head,
                attempts: vec![(OperationId(3), None)],
                summary: None,
                becomes_current: false,
            }
        });
        let batches = [Batch {
            shard,
            epoch,
            runs: runs.collect(),
            outbox: Vec::new(),
            deletions: Vec::new(),
            schedules: Vec::new(),
        }];
        let began = Instant::now();
        store.append(&batches)?;
        latency.record_n(micros(began.elapsed()), concurrency as u64)?;
        steps += concurrency as u64;
    }
    measuring.end(steps, latency)
}

fn run_id(at: usize) -> RunId {
    let mut bytes = *blake3::hash(&at.to_be_bytes())
        .as_bytes()
        .first_chunk::<16>()
        .expect("a hash has 32 bytes");
    bytes[..6].copy_from_slice(&[1, 0x8c, 0, 0, 0, 0]);
    RunId::from_bytes(bytes)
}

fn step() -> Vec<Record> {
    let now = Timestamp::from_millis(1_700_000_000_000);
    let record = |event| Record { time: now, event };
    let attempt = AttemptEnd {
        operation: OperationId(3),
        attempt: 1,
        started: Some(now),
        identity: "in-process@4711".into(),
        last_failure: None,
    };
    let request = ActivityRequest {
        activity_type: "noop".into(),
        activity_id: None,
        task_queue: None,
        input: vec![Payload::encoded("json/plain", "3")],
        headers: Vec::new(),
        timeouts: ActivityTimeouts {
            start_to_close: Some(Millis::from_secs(30)),
            ..Default::default()
        },
        retry: None,
        cancellation: CancellationType::TryCancel,
        local: false,
        priority: None,
        summary: None,
        details: None,
    };
    let activated = Activated {
        module: Digest::from_bytes([7; 32]),
        history_bytes: 1_234,
        continue_as_new_suggested: false,
    };
    vec![
        record(Event::ActivityCompleted {
            attempt,
            output: Some(Payload::encoded("json/plain", "3")),
        }),
        record(Event::Activated(activated)),
        record(Event::ActivityScheduled {
            operation: OperationId(4),
            request: Arc::new(request),
        }),
    ]
}
