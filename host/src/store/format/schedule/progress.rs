//! How far a schedule has come.

use super::super::failure::Failure;
use super::super::id::Execution;
use super::super::payload::{self, Payload};
use super::super::run::Status;
use super::super::{Malformed, run};
use super::{Overlap, overlap, read_overlap};
use mainspring_core::Timestamp;
use mainspring_core::schedule as core;

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Progress {
    #[prost(fixed64, tag = "1")]
    random_seed_0: u64,
    #[prost(fixed64, tag = "2")]
    random_seed_1: u64,
    #[prost(uint64, tag = "3")]
    asked: u64,
    #[prost(uint64, tag = "4")]
    handled_ms: u64,
    #[prost(message, repeated, tag = "5")]
    buffer: Vec<Buffered>,
    #[prost(message, repeated, tag = "6")]
    backfills: Vec<Backfill>,
    #[prost(message, repeated, tag = "7")]
    running: Vec<Running>,
    #[prost(message, repeated, tag = "8")]
    recent: Vec<Taken>,
    #[prost(message, required, tag = "9")]
    counts: Counts,
    #[prost(message, optional, tag = "10")]
    last_completion: Option<Payload>,
    #[prost(message, optional, tag = "11")]
    last_failure: Option<Failure>,
    #[prost(string, optional, tag = "12")]
    last_refusal: Option<String>,
    #[prost(message, repeated, tag = "13")]
    refused: Vec<Running>,
}

#[derive(Clone, Copy, PartialEq, prost::Message)]
struct Buffered {
    #[prost(uint64, tag = "1")]
    nominal_ms: u64,
    #[prost(uint64, tag = "2")]
    due_ms: u64,
    #[prost(enumeration = "Overlap", optional, tag = "3")]
    overlap: Option<i32>,
    #[prost(bool, tag = "4")]
    manual: bool,
}

#[derive(Clone, Copy, PartialEq, prost::Message)]
struct Backfill {
    #[prost(uint64, tag = "1")]
    handled_ms: u64,
    #[prost(uint64, tag = "2")]
    end_ms: u64,
    #[prost(enumeration = "Overlap", optional, tag = "3")]
    overlap: Option<i32>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Running {
    #[prost(message, required, tag = "1")]
    execution: Execution,
    #[prost(uint64, tag = "2")]
    due_ms: u64,
    #[prost(bool, tag = "3")]
    is_started: bool,
    #[prost(bool, tag = "4")]
    overlaps: bool,
    #[prost(enumeration = "Stop", optional, tag = "5")]
    stop: Option<i32>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Taken {
    #[prost(message, required, tag = "1")]
    execution: Execution,
    #[prost(uint64, tag = "2")]
    due_ms: u64,
    #[prost(uint64, tag = "3")]
    started_ms: u64,
    #[prost(enumeration = "Status", tag = "4")]
    status: i32,
}

#[derive(Clone, Copy, PartialEq, prost::Message)]
struct Counts {
    #[prost(uint64, tag = "1")]
    started: u64,
    #[prost(uint64, tag = "2")]
    missed: u64,
    #[prost(uint64, tag = "3")]
    overlapped: u64,
    #[prost(uint64, tag = "4")]
    dropped: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, prost::Enumeration)]
#[repr(i32)]
pub(super) enum Stop {
    Cancel = 0,
    Terminate = 1,
}

impl From<&core::Progress> for Progress {
    fn from(progress: &core::Progress) -> Self {
        Self {
            random_seed_0: progress.random_seed.0,
            random_seed_1: progress.random_seed.1,
            asked: progress.asked,
            handled_ms: progress.handled.as_millis(),
            buffer: progress.buffer.iter().map(Buffered::from).collect(),
            backfills: progress.backfills.iter().map(Backfill::from).collect(),
            running: progress.running.iter().map(Running::from).collect(),
            recent: progress.recent.iter().map(Taken::from).collect(),
            counts: progress.counts.into(),
            last_completion: payload::optional(progress.last_completion.as_ref()),
            last_failure: progress.last_failure.as_ref().map(Failure::from),
            last_refusal: progress.last_refusal.clone(),
            refused: progress.refused.iter().map(Running::from).collect(),
        }
    }
}

impl TryFrom<Progress> for core::Progress {
    type Error = Malformed;

    fn try_from(stored: Progress) -> Result<Self, Malformed> {
        Ok(Self {
            random_seed: (stored.random_seed_0, stored.random_seed_1),
            asked: stored.asked,
            handled: Timestamp::from_millis(stored.handled_ms),
            buffer: read_all(stored.buffer)?,
            backfills: read_all(stored.backfills)?,
            running: read_all(stored.running)?,
            recent: read_all(stored.recent)?,
            counts: stored.counts.into(),
            last_completion: stored.last_completion.map(mainspring_core::Payload::from),
            last_failure: stored
                .last_failure
                .map(mainspring_core::Failure::try_from)
                .transpose()?,
            last_refusal: stored.last_refusal,
            refused: read_all(stored.refused)?,
        })
    }
}

fn read_all<S, T: TryFrom<S>>(stored: Vec<S>) -> Result<Vec<T>, T::Error> {
    stored.into_iter().map(T::try_from).collect()
}

impl From<&core::Buffered> for Buffered {
    fn from(start: &core::Buffered) -> Self {
        Self {
            nominal_ms: start.nominal.as_millis(),
            due_ms: start.due.as_millis(),
            overlap: start.overlap.map(overlap),
            manual: start.manual,
        }
    }
}

impl TryFrom<Buffered> for core::Buffered {
    type Error = Malformed;

    fn try_from(stored: Buffered) -> Result<Self, Malformed> {
        Ok(Self {
            nominal: Timestamp::from_millis(stored.nominal_ms),
            due: Timestamp::from_millis(stored.due_ms),
            overlap: stored.overlap.map(read_overlap).transpose()?,
            manual: stored.manual,
        })
    }
}

impl From<&core::Backfill> for Backfill {
    fn from(backfill: &core::Backfill) -> Self {
        Self {
            handled_ms: backfill.handled.as_millis(),
            end_ms: backfill.end.as_millis(),
            overlap: backfill.overlap.map(overlap),
        }
    }
}

impl TryFrom<Backfill> for core::Backfill {
    type Error = Malformed;

    fn try_from(stored: Backfill) -> Result<Self, Malformed> {
        Ok(Self {
            handled: Timestamp::from_millis(stored.handled_ms),
            end: Timestamp::from_millis(stored.end_ms),
            overlap: stored.overlap.map(read_overlap).transpose()?,
        })
    }
}

impl From<&core::Running> for Running {
    fn from(run: &core::Running) -> Self {
        Self {
            execution: (&run.execution).into(),
            due_ms: run.due.as_millis(),
            is_started: run.is_started,
            overlaps: run.overlaps,
            stop: run.stop.map(stop),
        }
    }
}

impl TryFrom<Running> for core::Running {
    type Error = Malformed;

    fn try_from(stored: Running) -> Result<Self, Malformed> {
        Ok(Self {
            execution: stored.execution.try_into()?,
            due: Timestamp::from_millis(stored.due_ms),
            is_started: stored.is_started,
            overlaps: stored.overlaps,
            stop: stored.stop.map(read_stop).transpose()?,
        })
    }
}

impl From<&core::Taken> for Taken {
    fn from(taken: &core::Taken) -> Self {
        Self {
            execution: (&taken.execution).into(),
            due_ms: taken.due.as_millis(),
            started_ms: taken.started.as_millis(),
            status: Status::from(taken.status).into(),
        }
    }
}

impl TryFrom<Taken> for core::Taken {
    type Error = Malformed;

    fn try_from(stored: Taken) -> Result<Self, Malformed> {
        Ok(Self {
            execution: stored.execution.try_into()?,
            due: Timestamp::from_millis(stored.due_ms),
            started: Timestamp::from_millis(stored.started_ms),
            status: run::read_status(stored.status)?,
        })
    }
}

impl From<core::Counts> for Counts {
    fn from(counts: core::Counts) -> Self {
        Self {
            started: counts.started,
            missed: counts.missed,
            overlapped: counts.overlapped,
            dropped: counts.dropped,
        }
    }
}

impl From<Counts> for core::Counts {
    fn from(stored: Counts) -> Self {
        Self {
            started: stored.started,
            missed: stored.missed,
            overlapped: stored.overlapped,
            dropped: stored.dropped,
        }
    }
}

pub(super) fn stop(stop: core::Stop) -> i32 {
    match stop {
        core::Stop::Cancel => Stop::Cancel.into(),
        core::Stop::Terminate => Stop::Terminate.into(),
    }
}

pub(super) fn read_stop(stored: i32) -> Result<core::Stop, Malformed> {
    let field = "schedule.stop";
    match Stop::try_from(stored) {
        Ok(Stop::Cancel) => Ok(core::Stop::Cancel),
        Ok(Stop::Terminate) => Ok(core::Stop::Terminate),
        Err(_) => Err(Malformed::Unknown { field, value: stored }),
    }
}
