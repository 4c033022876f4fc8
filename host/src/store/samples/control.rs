//! What operators have set.

use crate::store::{Change, Rate, TaskQueueSettings, WorkflowTypeSettings};
use mainspring_core::Timestamp;

pub(in crate::store) fn task_queue() -> TaskQueueSettings {
    TaskQueueSettings {
        namespace: "default".into(),
        name: "orders".into(),
        rate: Some(Rate {
            per_second: 2.5,
            change: change("the bank asked for it"),
        }),
        key_rate: Some(Rate {
            per_second: 0.0,
            change: change(""),
        }),
        weights: [("large".into(), 9.0), ("small".into(), 0.5)].into(),
        concurrency: Some(300),
        paused: Some(change("the bank is closed")),
    }
}

pub(in crate::store) fn workflow_type() -> WorkflowTypeSettings {
    WorkflowTypeSettings {
        namespace: "default".into(),
        name: "processOrder".into(),
        paused: Some(change("it charges twice")),
    }
}

fn change(reason: &str) -> Change {
    Change {
        reason: reason.into(),
        identity: "ann".into(),
        at: Timestamp::from_millis(1_700_000_000_000),
    }
}
