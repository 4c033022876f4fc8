//! Summaries of runs, and which runs a namespace has. Run ids begin with their time, so their order is time's.

use super::super::format::{decode_summary, encode_summary};
use super::super::{RunSummary, StoreError};
use super::error::{corrupt, failed};
use super::key;
use super::table::{self, Definition, Readable, Rows, Snapshot};
use mainspring_core::RunId;

pub(super) const TABLE: Definition = Definition::new("runs");
pub(super) const OF_NAMESPACE: Definition = Definition::new("runs_of_namespace");

pub(super) fn put(rows: &mut Rows<'_>, run: RunId, summary: &RunSummary) -> Result<(), StoreError> {
    table::put(rows, key::run(&run), &encode_summary(summary))
}

pub(super) fn get(rows: &Snapshot, run: RunId) -> Result<Option<RunSummary>, StoreError> {
    let row = rows.value(key::run(&run))?;
    let summary =
        row.map(|row| decode_summary(row).map_err(|reason| corrupt(format!("the summary of run {run}"), reason)));
    summary.transpose()
}

pub(super) fn list_in_namespace(rows: &mut Rows<'_>, namespace: &str, run: RunId) -> Result<(), StoreError> {
    table::put(rows, &key::text_and(namespace, key::run(&run)), &[])
}

/// The latest first.
pub(super) fn in_namespace_before(
    rows: &Snapshot,
    namespace: &str,
    before: Option<RunId>,
    limit: usize,
) -> Result<Vec<RunId>, StoreError> {
    let begin = key::text_and(namespace, &[]);
    let end = match before {
        Some(before) => key::text_and(namespace, key::run(&before)),
        None => key::after_text(begin.clone()),
    };
    let range = rows
        .range(begin.as_slice()..end.as_slice())
        .map_err(failed("list runs"))?;
    let runs = range.rev().take(limit).map(|row| {
        let (key, _) = row.map_err(failed("list runs"))?;
        key::last_run(key.value()).ok_or_else(|| corrupt("the list of runs", "a short key"))
    });
    runs.collect()
}
