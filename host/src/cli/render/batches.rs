//! Batch operations.

use super::style::{BAD, BUSY, FAINT, GOOD, HEADING, PLAIN, Paint};
use super::table::{Cell, Table};
use crate::cli::time::{Viewpoint, between, format_duration, from_wire};
use mainspring_api::temporal::batch::v1::BatchOperationInfo;
use mainspring_api::temporal::enums::v1::{BatchOperationState, BatchOperationType};
use mainspring_api::temporal::workflowservice::v1::DescribeBatchOperationResponse;
use std::fmt::Write as _;

/// Batch operations as a table.
pub(crate) fn list(operations: &[BatchOperationInfo], view: &Viewpoint) -> String {
    let mut table = Table::new(&["STATE", "DOES", "STARTED", "TOOK", "JOB ID"]);
    for operation in operations {
        let (paint, state) = state(operation.state());
        let started = from_wire(operation.start_time.as_ref());
        let closed = from_wire(operation.close_time.as_ref());
        let took = started
            .zip(closed)
            .map(|(started, closed)| format_duration(between(started, closed)));
        table.row(vec![
            Cell::new(paint, state),
            Cell::new(PLAIN, does(operation.operation_type())),
            Cell::new(PLAIN, started.map(|time| view.relative(time)).unwrap_or_default()),
            Cell::new(PLAIN, took.unwrap_or_default()),
            Cell::new(FAINT, operation.job_id.clone()),
        ]);
    }
    table.render()
}

/// How far one is.
pub(crate) fn full(operation: &DescribeBatchOperationResponse, view: &Viewpoint) -> String {
    let (paint, state) = state(operation.state());
    let mut text = format!("{}  {}\n", HEADING.paint(&operation.job_id), paint.paint(state));
    let mut fact = |name: &str, value: String| {
        if !value.is_empty() {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "  {name:<10}{value}");
        }
    };
    fact("does", does(operation.operation_type()).to_owned());
    fact("which", which(operation));
    fact("reason", operation.reason.clone());
    fact("by", operation.identity.clone());
    let moment = |time| from_wire(time).map(|time| format!("{} ({})", view.wall_clock(time), view.relative(time)));
    fact("started", moment(operation.start_time.as_ref()).unwrap_or_default());
    fact("ended", moment(operation.close_time.as_ref()).unwrap_or_default());
    let counted = match operation.failure_operation_count {
        0 => String::new(),
        failed => format!(", {failed} failed"),
    };
    let (done, total) = (operation.complete_operation_count, operation.total_operation_count);
    fact("done", format!("{done} of {total}{counted}"));
    text
}

fn which(operation: &DescribeBatchOperationResponse) -> String {
    match operation.executions.len() {
        0 => operation.query.clone(),
        listed => format!("{listed} that are listed"),
    }
}

const fn state(state: BatchOperationState) -> (Paint, &'static str) {
    match state {
        BatchOperationState::Running => (BUSY, "running"),
        BatchOperationState::Completed => (GOOD, "completed"),
        BatchOperationState::Failed => (BAD, "stopped"),
        BatchOperationState::Unspecified => (PLAIN, "unknown"),
    }
}

const fn does(operation: BatchOperationType) -> &'static str {
    match operation {
        BatchOperationType::TerminateWorkflow => "terminate",
        BatchOperationType::CancelWorkflow => "cancel",
        BatchOperationType::SignalWorkflow => "signal",
        BatchOperationType::DeleteWorkflow => "delete",
        BatchOperationType::ResetWorkflow => "reset",
        // Other servers have more.
        _ => "something else",
    }
}
