//! The limit: a preallocated file, one write and one fdatasync for all steps that are under way.

use super::measure::{Measured, Measuring, histogram, micros};
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::time::{Duration, Instant};

const FILE_BYTES: u64 = 64 << 20;
/// What a step of the engine takes in the journal, about.
const STEP_BYTES: usize = 260;

pub(crate) fn measure(file: &Path, concurrency: usize, duration: Duration) -> anyhow::Result<Measured> {
    let file = File::options()
        .read(true)
        .write(true)
        .create(true)
        .truncate(true)
        .open(file)?;
    let zeros = vec![0; 1 << 20];
    for at in (0..FILE_BYTES).step_by(zeros.len()) {
        file.write_all_at(&zeros, at)?;
    }
    file.sync_all()?;
    let record = vec![7; STEP_BYTES * concurrency];
    let (mut at, mut steps, mut latency) = (0, 0, histogram());
    let measuring = Measuring::begin()?;
    while measuring.elapsed() < duration {
        let began = Instant::now();
        file.write_all_at(&record, at)?;
        file.sync_data()?;
        latency.record_n(micros(began.elapsed()), concurrency as u64)?;
        at += record.len() as u64;
        if at + record.len() as u64 > FILE_BYTES {
            at = 0;
        }
        steps += concurrency as u64;
    }
    measuring.end(steps, latency)
}
