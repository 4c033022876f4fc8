//! Which runs of a shard are open.

use super::super::{ShardId, StoreError};
use super::error::{corrupt, failed};
use super::key;
use super::table::{self, Definition, Rows, Snapshot};
use mainspring_core::RunId;
use std::ops::Bound;

pub(super) const TABLE: Definition = Definition::new("open_runs");

pub(super) fn set(rows: &mut Rows<'_>, shard: ShardId, run: RunId, is_open: bool) -> Result<(), StoreError> {
    let key = key::open(shard, run);
    if is_open {
        table::put(rows, &key, &[])
    } else {
        table::remove(rows, &key)
    }
}

/// In the order of their ids.
pub(super) fn after(
    rows: &Snapshot,
    shard: ShardId,
    after: Option<RunId>,
    limit: usize,
) -> Result<Vec<RunId>, StoreError> {
    let first = key::open(shard, RunId::from_bytes([0; 16]));
    let last = key::open(shard, RunId::from_bytes([u8::MAX; 16]));
    let after = after.map(|run| key::open(shard, run));
    let begin = match &after {
        Some(after) => Bound::Excluded(after.as_slice()),
        None => Bound::Included(first.as_slice()),
    };
    let range = rows
        .range::<&[u8]>((begin, Bound::Included(last.as_slice())))
        .map_err(failed("list open runs"))?;
    let runs = range.take(limit).map(|row| {
        let (key, _) = row.map_err(failed("list open runs"))?;
        key::last_run(key.value()).ok_or_else(|| corrupt("the list of open runs", "a short key"))
    });
    runs.collect()
}
