//! Schedules by shard, namespace and id: a shard finds its own together, and a list those of a namespace, shard by shard.

use super::super::format::{decode_schedule, encode_schedule};
use super::super::{ScheduleWrite, ShardId, StoreError};
use super::error::{corrupt, failed};
use super::key;
use super::table::{self, Definition, Readable, Rows, Snapshot};
use bytes::Bytes;
use mainspring_core::schedule::Schedule;
use std::ops::Bound;

pub(super) const TABLE: Definition = Definition::new("schedules");

/// Keeps a schedule, or forgets it.
pub(super) fn put(rows: &mut Rows<'_>, shard: ShardId, write: &ScheduleWrite) -> Result<(), StoreError> {
    let key = key::schedule(shard, &write.namespace, &write.id);
    match &write.schedule {
        Some(schedule) => table::put(rows, &key, &encode_schedule(schedule)),
        None => table::remove(rows, &key),
    }
}

pub(super) fn get(rows: &Snapshot, shard: ShardId, namespace: &str, id: &str) -> Result<Option<Schedule>, StoreError> {
    let value = rows.value(&key::schedule(shard, namespace, id))?;
    value.map(read).transpose()
}

/// Schedules of a shard by namespace and id, after the given one.
pub(super) fn of_shard(
    rows: &Snapshot,
    shard: ShardId,
    after: Option<(&str, &str)>,
    limit: usize,
) -> Result<Vec<Schedule>, StoreError> {
    let first = key::shard(shard).to_vec();
    let start = match after {
        Some((namespace, id)) => Bound::Excluded(key::schedule(shard, namespace, id)),
        None => Bound::Included(first),
    };
    let values = values(rows, start, key::shard(ShardId(shard.0 + 1)).to_vec(), limit)?;
    values.into_iter().map(|(_, value)| read(value)).collect()
}

/// Schedules of a namespace by id, after the given one.
pub(super) fn of_namespace(
    rows: &Snapshot,
    shards: u16,
    namespace: &str,
    after: Option<&str>,
    limit: usize,
) -> Result<Vec<Schedule>, StoreError> {
    let mut found = Vec::new();
    for shard in (0..shards).map(ShardId) {
        let first = key::schedule(shard, namespace, "");
        let start = match after {
            Some(id) => Bound::Excluded(key::schedule(shard, namespace, id)),
            None => Bound::Included(first.clone()),
        };
        let prefix = first.len();
        let values = values(rows, start, key::after_text(first), limit)?;
        found.extend(values.into_iter().map(|(key, value)| (key[prefix..].to_vec(), value)));
    }
    found.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
    found.truncate(limit);
    found.into_iter().map(|(_, value)| read(value)).collect()
}

fn values(
    rows: &Snapshot,
    start: Bound<Vec<u8>>,
    end: Vec<u8>,
    limit: usize,
) -> Result<Vec<(Vec<u8>, Bytes)>, StoreError> {
    let start = start.as_ref().map(Vec::as_slice);
    let range = rows
        .range::<&[u8]>((start, Bound::Excluded(end.as_slice())))
        .map_err(failed("list schedules"))?;
    let values = range.take(limit).map(|row| {
        let (key, value) = row.map_err(failed("list schedules"))?;
        Ok((key.value().to_vec(), Bytes::copy_from_slice(value.value())))
    });
    values.collect()
}

fn read(value: Bytes) -> Result<Schedule, StoreError> {
    decode_schedule(value).map_err(|reason| corrupt("a schedule", reason))
}
