//! The journal: chunks of all runs in the order in which they were written.
//!
//! Positions count up, so that writing touches only the tree's right edge. Those that are used again are the last ones,
//! and only if their chunks are gone when the store is opened: nothing points there any more. A chunk points back at its
//! run's chunk before; a history is read, and removed, from its end to its beginning.

use super::super::StoreError;
use super::super::format::Chunk;
use super::error::{corrupt, failed};
use super::key;
use super::table::{self, Definition, Readable, Rows, Snapshot};
use bytes::{Buf, BufMut, Bytes};
use mainspring_core::{Event, Record, RunId};

pub(super) const TABLE: Definition = Definition::new("journal");

const PREFIX_BYTES: usize = 16 + 8 + 8;

/// What the journal knows about a chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Prefix {
    pub(super) run: RunId,
    /// The position of the run's chunk before, if this is not its first.
    pub(super) previous: Option<u64>,
    /// The id of the chunk's first event.
    pub(super) first_event: u64,
}

/// Appends a chunk.
pub(super) fn append(rows: &mut Rows<'_>, position: u64, prefix: Prefix, chunk: &Chunk) -> Result<(), StoreError> {
    let chunk = chunk.bytes();
    let mut row = rows
        .insert_reserve(key::position(position).as_slice(), PREFIX_BYTES + chunk.len())
        .map_err(failed("write the journal"))?;
    let mut to = row.as_mut();
    to.put_slice(prefix.run.as_bytes());
    to.put_u64(prefix.previous.unwrap_or(0));
    to.put_u64(prefix.first_event);
    to.put_slice(chunk);
    Ok(())
}

/// The position after the last one that is used. The first is 1.
pub(super) fn next_position(rows: &impl Readable) -> Result<u64, StoreError> {
    let last = rows.last().map_err(failed("read the journal"))?;
    let last = last.map(|(key, _)| key::last_u64(key.value()).ok_or_else(|| corrupt("the journal", "a short key")));
    Ok(last.transpose()?.unwrap_or(0) + 1)
}

/// The `length` events of a run whose last chunk is at `last`.
pub(super) fn history(rows: &Snapshot, run: RunId, last: u64, length: u64) -> Result<Vec<Record>, StoreError> {
    let mut chunks = Vec::new();
    let mut next = Some(last);
    while let Some(position) = next {
        let (prefix, events) = chunk(rows, run, position)?;
        next = prefix.previous;
        chunks.push((position, prefix, events));
    }
    let mut records = Vec::new();
    for (position, prefix, events) in chunks.into_iter().rev() {
        let what = || format!("chunk {position} of run {run}");
        if prefix.first_event != records.len() as u64 + 1 {
            return Err(corrupt(what(), format!("it begins with event {}", prefix.first_event)));
        }
        records.extend(Chunk::decode(events).map_err(|reason| corrupt(what(), reason))?);
    }
    if records.len() as u64 != length {
        let reason = format!("{} events instead of {length}", records.len());
        return Err(corrupt(format!("the history of run {run}"), reason));
    }
    Ok(records)
}

/// The last event of the chunk at `last`.
pub(super) fn last_event(rows: &Snapshot, run: RunId, last: u64) -> Result<Option<Event>, StoreError> {
    let (_, events) = chunk(rows, run, last)?;
    let records = Chunk::decode(events).map_err(|reason| corrupt(format!("chunk {last} of run {run}"), reason))?;
    Ok(records.into_iter().next_back().map(|record| record.event))
}

/// Removes a chunk of a run that is gone, and returns the position of the run's chunk before. Where there is no such
/// chunk, the run's history ends: what cannot be found from here stays, and nobody reads it.
pub(super) fn remove(rows: &mut Rows<'_>, of: RunId, position: u64) -> Result<Option<u64>, StoreError> {
    match chunk(rows, of, position) {
        Ok((prefix, _)) => {
            table::remove(rows, &key::position(position))?;
            Ok(prefix.previous)
        }
        Err(StoreError::Corrupt { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

fn chunk(rows: &impl Readable, of: RunId, position: u64) -> Result<(Prefix, Bytes), StoreError> {
    let what = || format!("chunk {position} of run {of}");
    let mut row = rows
        .value(&key::position(position))?
        .ok_or_else(|| corrupt(what(), "it is missing"))?;
    if row.len() < PREFIX_BYTES {
        return Err(corrupt(what(), "it is too short"));
    }
    let mut run = [0; 16];
    row.copy_to_slice(&mut run);
    let previous = row.get_u64();
    let prefix = Prefix {
        run: RunId::from_bytes(run),
        previous: (previous != 0).then_some(previous),
        first_event: row.get_u64(),
    };
    if prefix.run != of {
        return Err(corrupt(what(), format!("it belongs to run {}", prefix.run)));
    }
    // So reading ends whatever the bytes say.
    if previous >= position {
        return Err(corrupt(what(), format!("it points ahead, at {previous}")));
    }
    Ok((prefix, row))
}
