//! What runs tell each other.

use super::later::{child_outcomes, child_request, deliveries, execution, not_started, parent, signal};
use super::{messages_of_schedules, run};
use crate::store::{Batch, Epoch, ShardId};
use mainspring_core::*;

/// Every kind, each with the name of a golden file of its own.
pub(in crate::store) fn messages() -> Vec<(&'static str, Message)> {
    let mut messages = messages_of_first_outbox();
    let ask_child = Message {
        namespace: "default".into(),
        workflow_id: "order-1/ship".into(),
        run_id: Some(run(8)),
        content: Content::AskChild { sender: sender(300) },
    };
    messages.push(("ask-child", ask_child));
    let to_child = Message {
        namespace: "default".into(),
        workflow_id: "order-1/ship".into(),
        run_id: None,
        content: Content::Signal {
            sender: Sender {
                parent_run: Some(run(4)),
                ..sender(300)
            },
            signal: Box::new(signal(None)),
        },
    };
    messages.push(("signal-to-child-of-reset-run", to_child));
    let of_an_event = Message {
        namespace: "default".into(),
        workflow_id: "order-1/ship".into(),
        run_id: None,
        content: request_cancel(
            Sender {
                initiated: Some(ShownEventId(301)),
                ..sender(300)
            },
            true,
            false,
        ),
    };
    messages.push(("request-cancel-by-an-event", of_an_event));
    messages.extend(messages_of_schedules().into_iter().map(|(name, content)| {
        let message = Message {
            namespace: "default".into(),
            workflow_id: "nightly-report".into(),
            run_id: None,
            content,
        };
        (name, message)
    }));
    messages
}

/// The golden batch has these and no others.
fn messages_of_first_outbox() -> Vec<(&'static str, Message)> {
    let operation = OperationId(300);
    let mut contents = vec![
        (
            "start-child",
            Content::StartChild(Box::new(ChildStart {
                parent: parent(),
                root: execution("all-orders", 7),
                request: Box::new(child_request(3)),
                task_queue: "shipping".into(),
                run_id: run(8),
                random_seed: (7, u64::MAX),
            })),
        ),
        (
            "child-started",
            Content::ChildStarted {
                operation,
                run_id: run(8),
            },
        ),
        (
            "signal",
            Content::Signal {
                sender: sender(300),
                signal: Box::new(signal(None)),
            },
        ),
        ("request-cancel", request_cancel(sender(300), true, false)),
        ("request-cancel-answered", request_cancel(sender(0), false, true)),
        ("terminate", Content::Terminate { sender: sender(0) }),
    ];
    contents.extend(not_started().map(|(name, cause)| (name, Content::ChildNotStarted { operation, cause })));
    contents.extend(child_outcomes().map(|(name, outcome)| (name, Content::ChildClosed { operation, outcome })));
    contents.extend(deliveries().map(|(name, result)| (name, Content::Delivered { operation, result })));
    let messages = contents.into_iter().enumerate().map(|(at, (name, content))| {
        let message = Message {
            namespace: "default".into(),
            workflow_id: "order-2".into(),
            run_id: (at % 2 == 1).then(|| run(9)),
            content,
        };
        (name, message)
    });
    messages.collect()
}

/// A batch that keeps and forgets messages, and has no runs.
pub(in crate::store) fn outbox_batch() -> Batch {
    let mut outbox: Vec<_> = messages_of_first_outbox()
        .into_iter()
        .zip(u64::MAX - 100..)
        .map(|((_, message), number)| (number, Some(message)))
        .collect();
    outbox.push((0, None));
    Batch {
        shard: ShardId(3),
        epoch: Epoch(70_000),
        runs: Vec::new(),
        outbox,
        deletions: Vec::new(),
        schedules: Vec::new(),
    }
}

fn sender(operation: u64) -> Sender {
    Sender {
        namespace: "senders".into(),
        execution: execution("order-1", 5),
        workflow_type: "fulfil".into(),
        operation: OperationId(operation),
        initiated: None,
        parent_run: None,
    }
}

fn request_cancel(sender: Sender, child_only: bool, answered: bool) -> Content {
    Content::RequestCancel {
        sender,
        reason: "out of stock".into(),
        child_only,
        answered,
    }
}
