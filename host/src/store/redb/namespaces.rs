//! Namespaces by name.

use super::super::format::{decode_namespace, encode_namespace};
use super::super::{Namespace, StoreError};
use super::error::{corrupt, failed};
use super::table::{self, Definition, Rows, Snapshot};
use bytes::Bytes;

pub(super) const TABLE: Definition = Definition::new("namespaces");

pub(super) fn put(rows: &mut Rows<'_>, namespace: &Namespace) -> Result<(), StoreError> {
    table::put(rows, namespace.name.as_bytes(), &encode_namespace(namespace))
}

pub(super) fn remove(rows: &mut Rows<'_>, name: &str) -> Result<(), StoreError> {
    table::remove(rows, name.as_bytes())
}

pub(super) fn all(rows: &Snapshot) -> Result<Vec<Namespace>, StoreError> {
    let range = rows.range::<&[u8]>(..).map_err(failed("list namespaces"))?;
    let namespaces = range.map(|row| {
        let (_, value) = row.map_err(failed("list namespaces"))?;
        decode_namespace(Bytes::copy_from_slice(value.value())).map_err(|reason| corrupt("a namespace", reason))
    });
    namespaces.collect()
}
