//! Versions of modules, each module's oldest first.

use super::super::format::{decode_module_version, encode_module_version};
use super::super::{ModuleVersion, StoreError};
use super::error::{corrupt, failed};
use super::key;
use super::table::{self, Definition, Rows, Snapshot};
use ::redb::ReadableTable;
use bytes::Bytes;

pub(super) const TABLE: Definition = Definition::new("modules");

/// Makes this the module's last version, unless the last one has the same component.
pub(super) fn put(rows: &mut Rows<'_>, version: &ModuleVersion) -> Result<(), StoreError> {
    let mut key = key::text_and(&version.namespace, &[]);
    key::push_text(&mut key, &version.name);
    let number = match last_of(rows, &key)? {
        Some((_, last)) if last.digest == version.digest => return Ok(()),
        Some((number, _)) => number + 1,
        None => 1,
    };
    key.extend(number.to_be_bytes());
    table::put(rows, &key, &encode_module_version(version))
}

pub(super) fn all(rows: &Snapshot) -> Result<Vec<ModuleVersion>, StoreError> {
    let range = rows.range::<&[u8]>(..).map_err(failed("list modules"))?;
    let versions = range.map(|row| {
        let (_, value) = row.map_err(failed("list modules"))?;
        read(value.value())
    });
    versions.collect()
}

fn last_of(rows: &Rows<'_>, module: &[u8]) -> Result<Option<(u64, ModuleVersion)>, StoreError> {
    let end = key::after_text(module.to_vec());
    let mut range = rows.range(module..end.as_slice()).map_err(failed("read a module"))?;
    let last = range.next_back().map(|row| {
        let (key, value) = row.map_err(failed("read a module"))?;
        let number = key::last_u64(key.value()).ok_or_else(|| corrupt("the modules", "a short key"))?;
        Ok((number, read(value.value())?))
    });
    last.transpose()
}

fn read(value: &[u8]) -> Result<ModuleVersion, StoreError> {
    decode_module_version(Bytes::copy_from_slice(value)).map_err(|reason| corrupt("a module's version", reason))
}
