//! Which runs of a shard are closed, for each namespace in the order in which they closed: what retention asks.

use super::super::{RunSummary, ShardId, StoreError};
use super::error::{corrupt, failed};
use super::key;
use super::table::{self, Definition, Rows, Snapshot};
use mainspring_core::{RunId, Timestamp};

pub(super) const TABLE: Definition = Definition::new("closed_runs");

/// Makes the row of a run say what its summary says now; none if it is gone.
pub(super) fn change(
    rows: &mut Rows<'_>,
    shard: ShardId,
    before: Option<&RunSummary>,
    now: Option<&RunSummary>,
) -> Result<(), StoreError> {
    let row = |run: &RunSummary| Some(key::closed(shard, &run.namespace, run.closed?, run.execution.run_id));
    let (before, now) = (before.and_then(row), now.and_then(row));
    if before == now {
        return Ok(());
    }
    if let Some(gone) = before {
        table::remove(rows, &gone)?;
    }
    now.map_or(Ok(()), |new| table::put(rows, &new, &[]))
}

/// Those that closed until then, the earliest first.
pub(super) fn until(
    rows: &Snapshot,
    shard: ShardId,
    namespace: &str,
    until: Timestamp,
    limit: usize,
) -> Result<Vec<RunId>, StoreError> {
    let first = key::closed_in(shard, namespace);
    let last = key::closed(shard, namespace, until, RunId::from_bytes([u8::MAX; 16]));
    let range = rows.range(first.as_slice()..=last.as_slice());
    let range = range.map_err(failed("list closed runs"))?;
    let runs = range.take(limit).map(|row| {
        let (key, _) = row.map_err(failed("list closed runs"))?;
        key::last_run(key.value()).ok_or_else(|| corrupt("the list of closed runs", "a short key"))
    });
    runs.collect()
}
