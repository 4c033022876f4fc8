//! What is set about task queues and workflow types, by namespace and name. What is back at its default has no row.

use super::super::format::{decode_task_queue, decode_workflow_type, encode_task_queue, encode_workflow_type};
use super::super::{StoreError, TaskQueueSettings, WorkflowTypeSettings};
use super::error::{corrupt, failed};
use super::key;
use super::table::{self, Definition, Rows, Snapshot};
use bytes::Bytes;

pub(super) const TASK_QUEUES: Definition = Definition::new("task_queues");
pub(super) const WORKFLOW_TYPES: Definition = Definition::new("workflow_types");

pub(super) fn put_task_queue(rows: &mut Rows<'_>, settings: &TaskQueueSettings) -> Result<(), StoreError> {
    let key = key_of(&settings.namespace, &settings.name);
    match settings.is_default() {
        true => table::remove(rows, &key),
        false => table::put(rows, &key, &encode_task_queue(settings)),
    }
}

pub(super) fn task_queues(rows: &Snapshot) -> Result<Vec<TaskQueueSettings>, StoreError> {
    let range = rows.range::<&[u8]>(..).map_err(failed("list task queues"))?;
    let queues = range.map(|row| {
        let (_, value) = row.map_err(failed("list task queues"))?;
        let value = Bytes::copy_from_slice(value.value());
        decode_task_queue(value).map_err(|reason| corrupt("the settings of a task queue", reason))
    });
    queues.collect()
}

pub(super) fn put_workflow_type(rows: &mut Rows<'_>, settings: &WorkflowTypeSettings) -> Result<(), StoreError> {
    let key = key_of(&settings.namespace, &settings.name);
    match settings.is_default() {
        true => table::remove(rows, &key),
        false => table::put(rows, &key, &encode_workflow_type(settings)),
    }
}

pub(super) fn workflow_types(rows: &Snapshot) -> Result<Vec<WorkflowTypeSettings>, StoreError> {
    let range = rows.range::<&[u8]>(..).map_err(failed("list workflow types"))?;
    let types = range.map(|row| {
        let (_, value) = row.map_err(failed("list workflow types"))?;
        let value = Bytes::copy_from_slice(value.value());
        decode_workflow_type(value).map_err(|reason| corrupt("the settings of a workflow type", reason))
    });
    types.collect()
}

fn key_of(namespace: &str, name: &str) -> Vec<u8> {
    let mut key = key::text_and(namespace, &[]);
    key::push_text(&mut key, name);
    key
}
