//! Which run is the current one of a workflow id.

use super::super::StoreError;
use super::error::{corrupt, failed};
use super::key;
use super::table::{self, Definition, Readable, Rows};
use mainspring_core::RunId;

pub(super) const TABLE: Definition = Definition::new("current");

pub(super) fn put(rows: &mut Rows<'_>, namespace: &str, workflow_id: &str, run: RunId) -> Result<(), StoreError> {
    table::put(rows, &key::text_and(namespace, workflow_id.as_bytes()), key::run(&run))
}

/// Leaves a workflow id without a current run.
pub(super) fn remove(rows: &mut Rows<'_>, namespace: &str, workflow_id: &str) -> Result<(), StoreError> {
    table::remove(rows, &key::text_and(namespace, workflow_id.as_bytes()))
}

pub(super) fn get(rows: &impl Readable, namespace: &str, workflow_id: &str) -> Result<Option<RunId>, StoreError> {
    let key = key::text_and(namespace, workflow_id.as_bytes());
    let row = rows.get(key.as_slice()).map_err(failed("read the current run"))?;
    let run = row.map(|row| row.value().try_into().map(RunId::from_bytes));
    run.transpose().map_err(|_| {
        corrupt(
            format!("the current run of workflow {workflow_id}"),
            "it is not a run id",
        )
    })
}
