//! Summaries of runs, and which runs a namespace has. Run ids begin with their time, so their order is time's.

use super::super::format::{decode_summary, encode_summary};
use super::super::{RunSummary, StoreError};
use super::error::{corrupt, failed};
use super::key;
use super::table::{self, Definition, Readable, Rows};
use bytes::Bytes;
use mainspring_core::RunId;

pub(super) const TABLE: Definition = Definition::new("runs");
pub(super) const OF_NAMESPACE: Definition = Definition::new("runs_of_namespace");

pub(super) fn put(rows: &mut Rows<'_>, run: RunId, summary: &RunSummary) -> Result<(), StoreError> {
    table::put(rows, key::run(&run), &encode_summary(summary))
}

pub(super) fn get(rows: &impl Readable, run: RunId) -> Result<Option<RunSummary>, StoreError> {
    let row = rows.value(key::run(&run))?;
    let summary =
        row.map(|row| decode_summary(row).map_err(|reason| corrupt(format!("the summary of run {run}"), reason)));
    summary.transpose()
}

pub(super) fn list_in_namespace(rows: &mut Rows<'_>, namespace: &str, run: RunId) -> Result<(), StoreError> {
    table::put(rows, &key::text_and(namespace, key::run(&run)), &[])
}

pub(super) fn remove(rows: &mut Rows<'_>, run: RunId) -> Result<(), StoreError> {
    table::remove(rows, key::run(&run))
}

/// Does something with every summary that there is.
pub(super) fn for_each(
    rows: &impl Readable,
    mut each: impl FnMut(&RunSummary) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    for row in rows.iter().map_err(failed("read summaries"))? {
        let (_, summary) = row.map_err(failed("read summaries"))?;
        let summary = decode_summary(Bytes::copy_from_slice(summary.value()));
        each(&summary.map_err(|reason| corrupt("a summary", reason))?)?;
    }
    Ok(())
}

pub(super) fn unlist_in_namespace(rows: &mut Rows<'_>, namespace: &str, run: RunId) -> Result<(), StoreError> {
    table::remove(rows, &key::text_and(namespace, key::run(&run)))
}

/// What the keys of a namespace's runs begin with.
pub(super) fn of_namespace(namespace: &str) -> Vec<u8> {
    key::text_and(namespace, &[])
}
