//! Tables of bytes by bytes: redb's own encodings of typed keys change between its versions, ours do not.

use super::super::StoreError;
use super::error::failed;
use super::key;
use ::redb::{ReadOnlyTable, ReadTransaction, ReadableTable, Table, TableDefinition, WriteTransaction};
use bytes::Bytes;

/// The name of a table.
pub(super) type Definition = TableDefinition<'static, &'static [u8], &'static [u8]>;

/// A table that is being written.
pub(super) type Rows<'t> = Table<'t, &'static [u8], &'static [u8]>;

/// A table as a snapshot has it.
pub(super) type Snapshot = ReadOnlyTable<&'static [u8], &'static [u8]>;

/// A table that can be read, whether or not it can be written.
pub(super) trait Readable: ReadableTable<&'static [u8], &'static [u8]> {
    /// A copy of the value under a key.
    fn value(&self, key: &[u8]) -> Result<Option<Bytes>, StoreError> {
        let row = self.get(key).map_err(failed("read"))?;
        Ok(row.map(|row| Bytes::copy_from_slice(row.value())))
    }
}

impl<T: ReadableTable<&'static [u8], &'static [u8]>> Readable for T {}

/// Opens a table for writing; creates it where there is none.
pub(super) fn write(transaction: &WriteTransaction, table: Definition) -> Result<Rows<'_>, StoreError> {
    transaction.open_table(table).map_err(failed("open a table"))
}

/// Opens a table for reading.
pub(super) fn read(transaction: &ReadTransaction, table: Definition) -> Result<Snapshot, StoreError> {
    transaction.open_table(table).map_err(failed("open a table"))
}

/// Puts a row.
pub(super) fn put(rows: &mut Rows<'_>, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
    rows.insert(key, value).map_err(failed("write a row"))?;
    Ok(())
}

/// Removes all rows of a namespace: their keys begin with it.
pub(super) fn remove_namespace(
    transaction: &WriteTransaction,
    table: Definition,
    namespace: &str,
) -> Result<(), StoreError> {
    let first = key::text_and(namespace, &[]);
    let end = key::after_text(first.clone());
    let mut rows = write(transaction, table)?;
    rows.retain_in(first.as_slice()..end.as_slice(), |_, _| false)
        .map_err(failed("remove rows"))
}

/// Removes a row, if it is there.
pub(super) fn remove(rows: &mut Rows<'_>, key: &[u8]) -> Result<(), StoreError> {
    rows.remove(key).map_err(failed("remove a row"))?;
    Ok(())
}
