//! Heads: where each run stands, and where in the journal its last chunk is.

use super::super::StoreError;
use super::super::format::StoredHead;
use super::error::{corrupt, failed};
use super::key;
use super::table::{self, Definition, Readable, Rows};
use mainspring_core::RunId;

pub(super) const TABLE: Definition = Definition::new("heads");

pub(super) fn put(rows: &mut Rows<'_>, run: RunId, head: &StoredHead) -> Result<(), StoreError> {
    table::put(rows, key::run(&run), &head.encode())
}

pub(super) fn remove(rows: &mut Rows<'_>, run: RunId) -> Result<(), StoreError> {
    table::remove(rows, key::run(&run))
}

pub(super) fn get(rows: &impl Readable, run: RunId) -> Result<Option<StoredHead>, StoreError> {
    let row = rows.get(key::run(&run).as_slice()).map_err(failed("read a head"))?;
    let head = row.map(|row| StoredHead::decode(row.value()));
    head.transpose()
        .map_err(|reason| corrupt(format!("the head of run {run}"), reason))
}
