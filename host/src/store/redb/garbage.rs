//! Histories of runs that are gone, until they are removed from the journal. A row is the last chunk that is left of one.

use super::super::StoreError;
use super::error::{corrupt, failed};
use super::table::{self, Definition, Rows};
use super::{journal, key};
use mainspring_core::RunId;

pub(super) const TABLE: Definition = Definition::new("garbage");

/// Notes a history that nobody reads any more, by its last chunk.
pub(super) fn put(rows: &mut Rows<'_>, last_chunk: u64, run: RunId) -> Result<(), StoreError> {
    table::put(rows, &key::position(last_chunk), key::run(&run))
}

/// Removes chunks from the journal, at most so many, and notes what is left.
pub(super) fn remove(rows: &mut Rows<'_>, journal: &mut Rows<'_>, chunks_max: u64) -> Result<(), StoreError> {
    let mut left = chunks_max;
    while left > 0 {
        let Some((last_chunk, run)) = take_first(rows)? else {
            return Ok(());
        };
        let mut next = Some(last_chunk);
        while let Some(position) = next.filter(|_| left > 0) {
            next = journal::remove(journal, run, position)?;
            left -= 1;
        }
        if let Some(position) = next {
            put(rows, position, run)?;
        }
    }
    Ok(())
}

fn take_first(rows: &mut Rows<'_>) -> Result<Option<(u64, RunId)>, StoreError> {
    let first = rows.pop_first().map_err(failed("remove a history"))?;
    let read = |key: &[u8], run: &[u8]| Some((key::last_u64(key)?, key::last_run(run)?));
    first
        .map(|(key, run)| {
            read(key.value(), run.value()).ok_or_else(|| corrupt("a history to be removed", "a short row"))
        })
        .transpose()
}
