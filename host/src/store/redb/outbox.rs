//! What the runs of a shard have to tell others.

use super::super::format::{decode_message, encode_message};
use super::super::{ShardId, StoreError};
use super::error::{corrupt, failed};
use super::key;
use super::table::{self, Definition, Rows, Snapshot};
use bytes::Bytes;
use mainspring_core::Message;

pub(super) const TABLE: Definition = Definition::new("outbox");

/// Keeps a message, or (none) forgets it.
pub(super) fn put(
    rows: &mut Rows<'_>,
    shard: ShardId,
    number: u64,
    message: Option<&Message>,
) -> Result<(), StoreError> {
    let key = key::message(shard, number);
    match message {
        Some(message) => table::put(rows, &key, &encode_message(message)),
        None => table::remove(rows, &key),
    }
}

/// The messages of a shard, in the order of their numbers.
pub(super) fn of_shard(rows: &Snapshot, shard: ShardId) -> Result<Vec<(u64, Message)>, StoreError> {
    let first = key::message(shard, 0);
    let last = key::message(shard, u64::MAX);
    let range = rows
        .range(first.as_slice()..=last.as_slice())
        .map_err(failed("read the outbox"))?;
    let messages = range.map(|row| {
        let (key, value) = row.map_err(failed("read the outbox"))?;
        let number = key::last_u64(key.value()).ok_or_else(|| corrupt("the outbox", "a short key"))?;
        let message = decode_message(Bytes::copy_from_slice(value.value()))
            .map_err(|reason| corrupt(format!("message {number} of shard {}", shard.0), reason))?;
        Ok((number, message))
    });
    messages.collect()
}
