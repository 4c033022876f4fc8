//! The store alone: what the engine made durable, made durable again without guests, threads and task queues.

use super::measure::{Measured, Measuring, histogram, micros};
use super::recording::{Recording, steps};
use mainspring::store::redb::{Options, RedbStore};
use mainspring::store::{ShardId, Store};
use std::path::Path;
use std::time::{Duration, Instant};

/// Writes the recording for that long, each time into a new store. What counts is the time that the store takes, without
/// that in which it is made and its batches are copied.
pub(crate) fn measure(directory: &Path, recording: &Recording, duration: Duration) -> anyhow::Result<Measured> {
    let mut all = Measured::default();
    for pass in 0_u32.. {
        if all.elapsed >= duration {
            break;
        }
        let store = RedbStore::open(&directory.join(pass.to_string()), Options::default())?;
        for shard in 0..store.shards() {
            store.acquire(ShardId(shard))?;
        }
        let (mut count, mut latency, mut elapsed) = (0, histogram(), Duration::ZERO);
        let measuring = Measuring::begin()?;
        for commit in &recording.commits {
            // At hand, as what a shard has just made is.
            let batches = commit.clone();
            let began = Instant::now();
            store.append(&batches)?;
            let took = began.elapsed();
            elapsed += took;
            let of_commit = steps(commit);
            latency.record_n(micros(took), of_commit)?;
            count += of_commit;
        }
        // What is in the log alone still has to go to the database, as it does whenever the log is full.
        let began = Instant::now();
        store.acquire(ShardId(0))?;
        elapsed += began.elapsed();
        let measured = measuring.end(count, latency)?;
        all.add(Measured { elapsed, ..measured })?;
    }
    Ok(all)
}
