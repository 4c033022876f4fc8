//! Batch operations by namespace and id.

use super::super::format::{decode_batch_operation, encode_batch_operation};
use super::super::{BatchOperation, StoreError};
use super::error::{corrupt, failed};
use super::key;
use super::table::{self, Definition, Readable, Rows, Snapshot};
use bytes::Bytes;

pub(super) const TABLE: Definition = Definition::new("batch_operations");

pub(super) fn put(rows: &mut Rows<'_>, operation: &BatchOperation) -> Result<(), StoreError> {
    let key = key::text_and(&operation.namespace, operation.id.as_bytes());
    table::put(rows, &key, &encode_batch_operation(operation))
}

pub(super) fn remove(rows: &mut Rows<'_>, namespace: &str, id: &str) -> Result<(), StoreError> {
    table::remove(rows, &key::text_and(namespace, id.as_bytes()))
}

pub(super) fn get(rows: &Snapshot, namespace: &str, id: &str) -> Result<Option<BatchOperation>, StoreError> {
    let row = rows.value(&key::text_and(namespace, id.as_bytes()))?;
    row.map(read).transpose()
}

pub(super) fn of_namespace(rows: &Snapshot, namespace: &str) -> Result<Vec<BatchOperation>, StoreError> {
    let first = key::text_and(namespace, &[]);
    let end = key::after_text(first.clone());
    let range = rows.range(first.as_slice()..end.as_slice());
    let range = range.map_err(failed("list batch operations"))?;
    let operations = range.map(|row| {
        let (_, value) = row.map_err(failed("list batch operations"))?;
        read(Bytes::copy_from_slice(value.value()))
    });
    operations.collect()
}

fn read(row: Bytes) -> Result<BatchOperation, StoreError> {
    decode_batch_operation(row).map_err(|reason| corrupt("a batch operation", reason))
}
