//! What the store knows about itself, and who owns its shards.

use super::super::log::Key;
use super::super::{ShardId, StoreError};
use super::error::corrupt;
use super::key;
use super::table::{self, Definition, Readable, Rows};

pub(super) const TABLE: Definition = Definition::new("meta");
pub(super) const EPOCHS: Definition = Definition::new("epochs");

const LAYOUT_VERSION: &[u8] = b"layout_version";
const SHARDS: &[u8] = b"shards";
const LOGGED: &[u8] = b"logged";
const LOG_KEY: &[u8] = b"log_key";

pub(super) fn put_layout_version(rows: &mut Rows<'_>, version: u64) -> Result<(), StoreError> {
    table::put(rows, LAYOUT_VERSION, &version.to_be_bytes())
}

pub(super) fn layout_version(rows: &impl Readable) -> Result<u64, StoreError> {
    number(rows, LAYOUT_VERSION)?.ok_or_else(|| corrupt("the layout version", "it is missing"))
}

pub(super) fn put_shards(rows: &mut Rows<'_>, shards: u16) -> Result<(), StoreError> {
    table::put(rows, SHARDS, &u64::from(shards).to_be_bytes())
}

pub(super) fn shards(rows: &impl Readable) -> Result<u16, StoreError> {
    let shards = number(rows, SHARDS)?.and_then(|shards| u16::try_from(shards).ok());
    shards
        .filter(|shards| *shards > 0)
        .ok_or_else(|| corrupt("the number of shards", "it is missing"))
}

/// The number of the log's last record that the database has.
pub(super) fn logged(rows: &impl Readable) -> Result<u64, StoreError> {
    Ok(number(rows, LOGGED)?.unwrap_or(0))
}

pub(super) fn put_logged(rows: &mut Rows<'_>, sequence: u64) -> Result<(), StoreError> {
    table::put(rows, LOGGED, &sequence.to_be_bytes())
}

/// What the log's records are hashed with.
pub(super) fn log_key(rows: &impl Readable) -> Result<Key, StoreError> {
    let key = rows.value(LOG_KEY)?.and_then(|key| key[..].try_into().ok());
    key.map(Key).ok_or_else(|| corrupt("the log's key", "it is missing"))
}

pub(super) fn put_log_key(rows: &mut Rows<'_>, key: &Key) -> Result<(), StoreError> {
    table::put(rows, LOG_KEY, &key.0)
}

/// The epochs' table: the epoch in which a shard is owned; 0 if it never was.
pub(super) fn epoch(rows: &impl Readable, shard: ShardId) -> Result<u64, StoreError> {
    Ok(number(rows, &key::shard(shard))?.unwrap_or(0))
}

pub(super) fn put_epoch(rows: &mut Rows<'_>, shard: ShardId, epoch: u64) -> Result<(), StoreError> {
    table::put(rows, &key::shard(shard), &epoch.to_be_bytes())
}

fn number(rows: &impl Readable, key: &[u8]) -> Result<Option<u64>, StoreError> {
    let Some(value) = rows.value(key)? else {
        return Ok(None);
    };
    let bytes = value[..]
        .try_into()
        .map_err(|_| corrupt("a number about the store", "it is not 8 bytes"))?;
    Ok(Some(u64::from_be_bytes(bytes)))
}
