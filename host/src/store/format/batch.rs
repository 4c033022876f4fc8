//! Batches, as the log in front of the database keeps them until the database has them.

use super::attempt::Attempt;
use super::chunk::Chunk;
use super::head::StoredHead;
use super::message::Message;
use super::run::Summary;
use super::schedule::Schedule;
use super::{Malformed, decode, encode, id};
use crate::store::{Batch, Epoch, RunWrite, ScheduleWrite, ShardId};
use bytes::Bytes;
use mainspring_core as core;
use mainspring_core::OperationId;
use std::sync::Arc;

#[derive(Clone, PartialEq, prost::Message)]
struct Batches {
    #[prost(message, repeated, tag = "1")]
    batches: Vec<StoredBatch>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct StoredBatch {
    #[prost(uint32, tag = "1")]
    shard: u32,
    #[prost(uint64, tag = "2")]
    epoch: u64,
    #[prost(message, repeated, tag = "3")]
    runs: Vec<StoredWrite>,
    #[prost(message, repeated, tag = "4")]
    outbox: Vec<OutboxChange>,
    #[prost(bytes = "bytes", repeated, tag = "5")]
    deletions: Vec<Bytes>,
    #[prost(message, repeated, tag = "6")]
    schedules: Vec<ScheduleChange>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct StoredWrite {
    #[prost(bytes = "bytes", tag = "1")]
    run: Bytes,
    /// A chunk as the journal has it, with its own version.
    #[prost(bytes = "bytes", optional, tag = "2")]
    chunk: Option<Bytes>,
    #[prost(uint64, tag = "3")]
    events: u64,
    /// A row of heads, with its own version.
    #[prost(bytes = "bytes", tag = "4")]
    head: Bytes,
    #[prost(message, repeated, tag = "5")]
    attempts: Vec<AttemptChange>,
    #[prost(message, optional, tag = "6")]
    summary: Option<Summary>,
    #[prost(bool, tag = "7")]
    becomes_current: bool,
}

#[derive(Clone, PartialEq, prost::Message)]
struct AttemptChange {
    #[prost(uint64, tag = "1")]
    operation: u64,
    /// None forgets it.
    #[prost(message, optional, tag = "2")]
    attempt: Option<Attempt>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct OutboxChange {
    #[prost(uint64, tag = "1")]
    number: u64,
    /// None forgets it.
    #[prost(message, optional, tag = "2")]
    message: Option<Message>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct ScheduleChange {
    #[prost(string, tag = "1")]
    namespace: String,
    #[prost(string, tag = "2")]
    id: String,
    /// None forgets it.
    #[prost(message, optional, tag = "3")]
    schedule: Option<Schedule>,
}

/// Encodes what one append makes durable.
pub(in crate::store) fn encode_batches(batches: &[Batch]) -> Bytes {
    encode(&Batches {
        batches: batches.iter().map(StoredBatch::from).collect(),
    })
}

/// Reads what [`encode_batches`] wrote.
pub(in crate::store) fn decode_batches(bytes: Bytes) -> Result<Vec<Batch>, Malformed> {
    let stored: Batches = decode(bytes)?;
    stored.batches.into_iter().map(Batch::try_from).collect()
}

impl From<&Batch> for StoredBatch {
    fn from(batch: &Batch) -> Self {
        let outbox = batch.outbox.iter().map(|(number, message)| OutboxChange {
            number: *number,
            message: message.as_ref().map(Message::from),
        });
        Self {
            shard: batch.shard.0.into(),
            epoch: batch.epoch.0,
            runs: batch.runs.iter().map(StoredWrite::from).collect(),
            outbox: outbox.collect(),
            deletions: batch.deletions.iter().copied().map(id::run_id).collect(),
            schedules: batch.schedules.iter().map(ScheduleChange::from).collect(),
        }
    }
}

impl TryFrom<StoredBatch> for Batch {
    type Error = Malformed;

    fn try_from(stored: StoredBatch) -> Result<Self, Malformed> {
        let shard = stored.shard.try_into();
        let runs: Result<Vec<_>, _> = stored.runs.into_iter().map(RunWrite::try_from).collect();
        let outbox = stored.outbox.into_iter().map(|change| {
            let message = change.message.map(core::Message::try_from).transpose()?;
            Ok((change.number, message))
        });
        let deletions = stored.deletions.iter();
        let deletions = deletions.map(|run| id::read_run_id(run, "batch.deletions"));
        Ok(Self {
            shard: ShardId(shard.map_err(|_| Malformed::Unfit { field: "batch.shard" })?),
            epoch: Epoch(stored.epoch),
            runs: runs?,
            outbox: outbox.collect::<Result<_, Malformed>>()?,
            deletions: deletions.collect::<Result<_, Malformed>>()?,
            schedules: stored
                .schedules
                .into_iter()
                .map(ScheduleWrite::try_from)
                .collect::<Result<_, _>>()?,
        })
    }
}

impl From<&ScheduleWrite> for ScheduleChange {
    fn from(write: &ScheduleWrite) -> Self {
        Self {
            namespace: write.namespace.clone(),
            id: write.id.clone(),
            schedule: write.schedule.as_deref().map(Schedule::from),
        }
    }
}

impl TryFrom<ScheduleChange> for ScheduleWrite {
    type Error = Malformed;

    fn try_from(stored: ScheduleChange) -> Result<Self, Malformed> {
        let schedule = stored.schedule.map(core::schedule::Schedule::try_from).transpose()?;
        Ok(Self {
            namespace: stored.namespace,
            id: stored.id,
            schedule: schedule.map(Arc::new),
        })
    }
}

impl From<&RunWrite> for StoredWrite {
    fn from(write: &RunWrite) -> Self {
        let head = StoredHead {
            head: write.head,
            last_chunk: None,
        };
        let attempts = write.attempts.iter().map(|(operation, attempt)| AttemptChange {
            operation: operation.0,
            attempt: attempt.as_ref().map(Attempt::from),
        });
        Self {
            run: id::run_id(write.run),
            chunk: write.chunk.as_ref().map(|chunk| chunk.bytes().clone()),
            events: write.chunk.as_ref().map_or(0, Chunk::events),
            head: Bytes::copy_from_slice(&head.encode()),
            attempts: attempts.collect(),
            summary: write.summary.as_deref().map(Summary::from),
            becomes_current: write.becomes_current,
        }
    }
}

impl TryFrom<StoredWrite> for RunWrite {
    type Error = Malformed;

    fn try_from(stored: StoredWrite) -> Result<Self, Malformed> {
        let attempts = stored.attempts.into_iter().map(|change| {
            let attempt = change.attempt.map(core::Attempt::try_from).transpose()?;
            Ok((OperationId(change.operation), attempt))
        });
        Ok(Self {
            run: id::read_run_id(&stored.run, "write.run")?,
            chunk: stored.chunk.map(|bytes| Chunk::from_stored(bytes, stored.events)),
            head: StoredHead::decode(&stored.head)?.head,
            attempts: attempts.collect::<Result<_, Malformed>>()?,
            summary: stored
                .summary
                .map(|summary| summary.try_into().map(Arc::new))
                .transpose()?,
            becomes_current: stored.becomes_current,
        })
    }
}
