//! Attempts at activities that have not come to their end.

use super::super::StoreError;
use super::super::format::{decode_attempt, encode_attempt};
use super::error::{corrupt, failed};
use super::key;
use super::table::{self, Definition, Readable, Rows, Snapshot};
use bytes::Bytes;
use mainspring_core::{Attempt, OperationId, RunId};

pub(super) const TABLE: Definition = Definition::new("attempts");

/// Keeps an attempt, or (none) forgets it.
pub(super) fn put(
    rows: &mut Rows<'_>,
    run: RunId,
    operation: OperationId,
    attempt: Option<&Attempt>,
) -> Result<(), StoreError> {
    let key = key::attempt(run, operation);
    match attempt {
        Some(attempt) => table::put(rows, &key, &encode_attempt(attempt)),
        None => table::remove(rows, &key),
    }
}

/// Forgets all attempts of a run.
pub(super) fn forget_all(rows: &mut Rows<'_>, run: RunId) -> Result<(), StoreError> {
    for (operation, _) in stored(rows, run)? {
        put(rows, run, operation, None)?;
    }
    Ok(())
}

/// The attempts of a run, in the order of their operations.
pub(super) fn of_run(rows: &Snapshot, run: RunId) -> Result<Vec<(OperationId, Attempt)>, StoreError> {
    let attempts = stored(rows, run)?.into_iter().map(|(operation, bytes)| {
        let attempt = decode_attempt(bytes)
            .map_err(|reason| corrupt(format!("the attempt at operation {operation} of run {run}"), reason))?;
        Ok((operation, attempt))
    });
    attempts.collect()
}

fn stored(rows: &impl Readable, run: RunId) -> Result<Vec<(OperationId, Bytes)>, StoreError> {
    let first = key::attempt(run, OperationId(0));
    let last = key::attempt(run, OperationId(u64::MAX));
    let range = rows
        .range(first.as_slice()..=last.as_slice())
        .map_err(failed("read attempts"))?;
    let attempts = range.map(|row| {
        let (key, value) = row.map_err(failed("read attempts"))?;
        let operation = key::last_u64(key.value()).ok_or_else(|| corrupt("the attempts", "a short key"))?;
        Ok((OperationId(operation), Bytes::copy_from_slice(value.value())))
    });
    attempts.collect()
}
