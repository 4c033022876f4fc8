//! Batch operations.

use super::later::execution;
use super::{map, payload, run};
use crate::store::{
    BatchAction, BatchOperation, BatchPosition, BatchProgress, BatchReset, BatchRuns, BatchState, BatchTarget,
    ResetPoint,
};
use mainspring_core::{Reapply, Timestamp};

/// Every kind, each with the name of a golden file of its own.
pub(in crate::store) fn batch_operations() -> Vec<(&'static str, BatchOperation)> {
    let operation = |action, runs, progress| BatchOperation {
        namespace: "default".into(),
        id: "job-1".into(),
        runs,
        action,
        reason: "out of stock".into(),
        identity: "somebody@host".into(),
        per_second: 0.5,
        started: Timestamp::from_millis(1_700_000_000_000),
        progress,
    };
    let query = || BatchRuns::Query("WorkflowType = 'order'".into());
    let listed = BatchRuns::Listed(vec![
        BatchTarget {
            workflow_id: "order-1".into(),
            run_id: Some(run(1)),
        },
        BatchTarget {
            workflow_id: "order-2".into(),
            run_id: None,
        },
    ]);
    let signal = BatchAction::Signal {
        name: "hurry".into(),
        input: vec![payload("1"), payload("null")],
        headers: map("trace"),
    };
    let reset = BatchReset {
        point: ResetPoint::Last,
        reapply: Reapply {
            signals: true,
            updates: false,
            cancel_requests: true,
        },
    };
    let under_way = BatchProgress {
        total: Some(700),
        done: 300,
        failed: 1,
        under_way: vec![execution("order-7", 11), execution("order-8", 10)],
        next: BatchPosition::Before(run(9)),
        ..BatchProgress::default()
    };
    let over = |state, end_reason: &str, next| BatchProgress {
        state,
        closed: Some(Timestamp::from_millis(1_700_000_009_000)),
        end_reason: end_reason.into(),
        total: Some(2),
        done: 1,
        failed: 1,
        under_way: Vec::new(),
        next,
    };
    let stopped = over(BatchState::Failed, "enough of it", BatchPosition::After(300));
    let completed = over(BatchState::Completed, "", BatchPosition::End);
    vec![
        ("signal", operation(signal, query(), under_way)),
        (
            "terminate",
            operation(BatchAction::Terminate(vec![payload("51")]), listed, stopped),
        ),
        (
            "cancel",
            operation(BatchAction::RequestCancel, query(), BatchProgress::default()),
        ),
        ("delete", operation(BatchAction::Delete, query(), completed)),
        (
            "reset",
            operation(BatchAction::Reset(reset), query(), BatchProgress::default()),
        ),
    ]
}
