//! What events gained after the golden chunk was written.

use super::{attempt_end, failure, map, payload, priority, retry, run, run_started};
use mainspring_core::*;
use std::sync::Arc;

const OPERATION: OperationId = OperationId(300);

/// Each with the name of a golden file of its own.
pub(in crate::store) fn later_events() -> Vec<(&'static str, Event)> {
    let mut events = vec![
        (
            "attempt-end-with-last-failure",
            Event::ActivityCompleted {
                attempt: AttemptEnd {
                    last_failure: Some(failure()),
                    ..attempt_end(None)
                },
                output: None,
            },
        ),
        (
            "signal-of-a-run",
            Event::SignalReceived(Box::new(SignalReceived {
                name: "hurry".into(),
                input: Vec::new(),
                headers: Vec::new(),
                identity: "workflow order-2".into(),
                request_id: "another-run/3".into(),
                sender: Some(other_execution()),
            })),
        ),
        (
            "cancel-requested-by-a-run",
            Event::CancelRequested {
                reason: "enough".into(),
                identity: "workflow order-2".into(),
                request_id: "another-run/4".into(),
                sender: Some(CancelSender {
                    execution: other_execution(),
                    initiated: None,
                }),
            },
        ),
        (
            "cancel-requested-by-an-event-of-a-run",
            Event::CancelRequested {
                reason: "enough".into(),
                identity: "workflow order-2".into(),
                request_id: "another-run/4".into(),
                sender: Some(CancelSender {
                    execution: other_execution(),
                    initiated: Some(ShownEventId(300)),
                }),
            },
        ),
        ("patched", patched(false)),
        ("patched-deprecated", patched(true)),
    ];
    events.extend(origins());
    events.extend(children());
    events.extend(externals());
    events.extend(updates());
    events.extend(chains());
    events.extend(pauses());
    events.extend(resets());
    events
}

pub(super) fn parent() -> Parent {
    Parent {
        namespace: "parents".into(),
        execution: execution("order-1", 5),
        operation: OPERATION,
        initiated: None,
    }
}

pub(super) fn execution(workflow_id: &str, number: u8) -> Execution {
    Execution {
        workflow_id: workflow_id.into(),
        run_id: run(number),
    }
}

/// Among four in a row is every value of every policy.
pub(super) fn child_request(number: usize) -> ChildRequest {
    let three = number % 3;
    ChildRequest {
        workflow_type: "ship".into(),
        workflow_id: Some("order-1/ship".into()),
        task_queue: Some("shipping".into()),
        input: vec![payload("{\"sku\":\"a\"}")],
        headers: map("trace"),
        timeouts: WorkflowTimeouts {
            execution: Some(Millis::from_secs(86_400)),
            run: Some(Millis::ZERO),
            task: None,
        },
        retry: Some(retry()),
        cron_schedule: "0 12 * * *".into(),
        parent_close: [
            ParentClosePolicy::Terminate,
            ParentClosePolicy::Abandon,
            ParentClosePolicy::RequestCancel,
        ][three],
        reuse: [
            IdReusePolicy::AllowDuplicate,
            IdReusePolicy::AllowDuplicateFailedOnly,
            IdReusePolicy::RejectDuplicate,
        ][three],
        conflict: [
            IdConflictPolicy::Fail,
            IdConflictPolicy::UseExisting,
            IdConflictPolicy::TerminateExisting,
        ][three],
        cancellation: [
            ChildCancellationType::TryCancel,
            ChildCancellationType::WaitCancellationCompleted,
            ChildCancellationType::Abandon,
            ChildCancellationType::WaitCancellationRequested,
        ][number],
        memo: map("memo"),
        search_attributes: map("CustomerId"),
        priority: Some(priority()),
        summary: Some(payload("\"ship it\"")),
        details: Some(payload("\"details\"")),
    }
}

fn plain_child_request() -> ChildRequest {
    ChildRequest {
        workflow_type: "ship".into(),
        workflow_id: None,
        task_queue: None,
        input: Vec::new(),
        headers: Vec::new(),
        timeouts: WorkflowTimeouts::default(),
        retry: None,
        cron_schedule: String::new(),
        parent_close: ParentClosePolicy::default(),
        reuse: IdReusePolicy::default(),
        conflict: IdConflictPolicy::default(),
        cancellation: ChildCancellationType::default(),
        memo: Vec::new(),
        search_attributes: Vec::new(),
        priority: None,
        summary: None,
        details: None,
    }
}

pub(super) fn signal(run_id: Option<RunId>) -> ExternalSignal {
    ExternalSignal {
        target: target(run_id),
        name: "address-changed".into(),
        input: vec![payload("\"Main Street\"")],
        headers: map("trace"),
    }
}

/// Each with a name.
pub(super) fn not_started() -> [(&'static str, ChildNotStarted); 2] {
    [
        ("child-not-started-in-use", ChildNotStarted::WorkflowIdInUse),
        (
            "child-not-started-refused",
            ChildNotStarted::Refused("there is no such namespace".into()),
        ),
    ]
}

/// Each with a name.
pub(super) fn child_outcomes() -> [(&'static str, ChildOutcome); 6] {
    [
        (
            "child-closed-completed",
            ChildOutcome::Completed(Some(payload("\"shipped\""))),
        ),
        ("child-closed-completed-empty", ChildOutcome::Completed(None)),
        (
            "child-closed-failed",
            ChildOutcome::Failed(failure(), RetryState::RetryPolicyNotSet),
        ),
        (
            "child-closed-cancelled",
            ChildOutcome::Cancelled(vec![payload("\"half\""), Payload::default()]),
        ),
        ("child-closed-terminated", ChildOutcome::Terminated),
        ("child-closed-timed-out", ChildOutcome::TimedOut(RetryState::Timeout)),
    ]
}

/// Each with a name.
pub(super) fn deliveries() -> [(&'static str, Result<(), NotDelivered>); 3] {
    [
        ("external-resolved", Ok(())),
        ("external-resolved-not-found", Err(NotDelivered::NotFound)),
        ("external-resolved-cancelled", Err(NotDelivered::Cancelled)),
    ]
}

fn patched(deprecated: bool) -> Event {
    Event::Patched {
        patch_id: "new-tax".into(),
        deprecated,
    }
}

fn origins() -> Vec<(&'static str, Event)> {
    let started = |origin| {
        Event::RunStarted(Arc::new(RunStarted {
            origin,
            ..run_started()
        }))
    };
    let follows = |reason| Origin {
        begins: Some(Timestamp::from_millis(1_700_000_060_000)),
        begins_with_message: false,
        cron_schedule: "@every 60s".into(),
        expiration: Some(Timestamp::from_millis(0)),
        predecessor: Some(Predecessor { run_id: run(6), reason }),
        last_completion: Some(payload("\"before\"")),
        last_failure: Some(failure()),
        parent: Some(parent()),
        root: Some(execution("all-orders", 7)),
        taken_before: TakenBefore::default(),
        scheduled_by: None,
    };
    let repeatable = Origin {
        taken_before: TakenBefore {
            signals: vec!["signal-1".into(), "signal-2".into()],
            cancellation: Some("cancel-1".into()),
        },
        ..follows(SuccessionReason::Continuation)
    };
    let scheduled = Origin {
        scheduled_by: Some("nightly-report".into()),
        ..Origin::default()
    };
    let delayed = Origin {
        begins: Some(Timestamp::from_millis(0)),
        begins_with_message: true,
        ..Origin::default()
    };
    let numbered = Origin {
        parent: Some(Parent {
            initiated: Some(ShownEventId(300)),
            ..parent()
        }),
        ..Origin::default()
    };
    vec![
        ("run-started-by-an-event", started(numbered)),
        ("run-started-delayed", started(delayed)),
        ("run-started-by-schedule", started(scheduled)),
        (
            "run-started-by-continuation",
            started(follows(SuccessionReason::Continuation)),
        ),
        ("run-started-after-requests", started(repeatable)),
        ("run-started-by-retry", started(follows(SuccessionReason::Retry))),
        ("run-started-by-cron", started(follows(SuccessionReason::Cron))),
    ]
}

fn children() -> Vec<(&'static str, Event)> {
    let operation = OPERATION;
    let initiated = |request| Event::ChildInitiated {
        operation,
        request: Box::new(request),
    };
    let mut events = vec![
        ("child-initiated-plain", initiated(plain_child_request())),
        ("child-initiated-0", initiated(child_request(0))),
        ("child-initiated-1", initiated(child_request(1))),
        ("child-initiated-2", initiated(child_request(2))),
        ("child-initiated-3", initiated(child_request(3))),
        (
            "child-cancel-requested",
            Event::ChildCancelRequested {
                operation,
                reason: "changed my mind".into(),
            },
        ),
        (
            "child-started",
            Event::ChildStarted {
                operation,
                run_id: run(8),
            },
        ),
    ];
    events.extend(not_started().map(|(name, cause)| (name, Event::ChildNotStarted { operation, cause })));
    events.extend(child_outcomes().map(|(name, outcome)| (name, Event::ChildClosed { operation, outcome })));
    events
}

fn target(run_id: Option<RunId>) -> ExternalTarget {
    ExternalTarget {
        workflow_id: "order-2".into(),
        child_only: run_id.is_none(),
        run_id,
    }
}

fn externals() -> Vec<(&'static str, Event)> {
    let operation = OPERATION;
    let mut events = vec![
        (
            "external-signal-initiated",
            Event::ExternalSignalInitiated {
                operation,
                signal: Box::new(signal(Some(run(9)))),
            },
        ),
        (
            "external-cancel-initiated",
            Event::ExternalCancelInitiated {
                operation,
                target: target(None),
                reason: "out of stock".into(),
            },
        ),
        ("external-cancelled", Event::ExternalCancelled { operation }),
    ];
    events.extend(deliveries().map(|(name, result)| (name, Event::ExternalResolved { operation, result })));
    let result = Err(NotDelivered::TooLarge);
    events.push((
        "external-resolved-too-large",
        Event::ExternalResolved { operation, result },
    ));
    events
}

fn updates() -> Vec<(&'static str, Event)> {
    let completed = |outcome| Event::UpdateCompleted {
        update_id: "update-1".into(),
        outcome,
    };
    vec![
        (
            "update-accepted",
            Event::UpdateAccepted(Box::new(UpdateRequest {
                id: "update-1".into(),
                name: "set-address".into(),
                input: vec![payload("\"Main Street\"")],
                headers: map("trace"),
                identity: "client@host".into(),
            })),
        ),
        ("update-completed", completed(Ok(Some(payload("true"))))),
        ("update-completed-empty", completed(Ok(None))),
        ("update-failed", completed(Err(failure()))),
    ]
}

/// Runs that close and are followed by others.
pub(super) fn pause() -> Pause {
    Pause {
        reason: "the card processor is down".into(),
        identity: "operator@host".into(),
        request_id: "a-request".into(),
    }
}

fn pauses() -> [(&'static str, Event); 3] {
    [
        ("run-paused", Event::RunPaused(pause())),
        ("run-resumed", Event::RunResumed(pause())),
        ("run-resumed-by-nobody", Event::RunResumed(Pause::default())),
    ]
}

fn resets() -> [(&'static str, Event); 2] {
    let reset = RunReset {
        base: run(9),
        run_id: run(10),
        random_seed: (7, u64::MAX),
        module: "orders".into(),
        reason: "a mistake".into(),
        identity: "operator".into(),
        request_id: "reset-1".into(),
    };
    let terminated = Event::RunTerminated {
        reason: "a mistake".into(),
        details: Vec::new(),
        identity: "operator".into(),
        successor: Some(run(10)),
    };
    [
        ("run-reset", Event::RunReset(Box::new(reset))),
        ("run-terminated-with-successor", terminated),
    ]
}

fn chains() -> Vec<(&'static str, Event)> {
    let successor = run(10);
    let continued = |continuation| Event::RunContinuedAsNew {
        continuation: Box::new(continuation),
        successor,
    };
    let continuation = Continuation {
        workflow_type: Some("fulfil-2".into()),
        task_queue: Some("orders-2".into()),
        input: vec![payload("[]")],
        headers: map("trace"),
        timeouts: WorkflowTimeouts {
            execution: None,
            run: Some(Millis::from_secs(60)),
            task: Some(Millis::ZERO),
        },
        retry: Some(retry()),
        memo: Some(map("memo")),
        // Not the same as none: nothing instead of what was there.
        search_attributes: Some(Vec::new()),
        backoff: Some(Millis::from_secs(3)),
    };
    vec![
        (
            "run-completed-with-successor",
            Event::RunCompleted {
                output: None,
                successor: Some(successor),
            },
        ),
        (
            "run-failed-with-successor",
            Event::RunFailed {
                failure: failure(),
                retry_state: RetryState::InProgress,
                successor: Some(successor),
            },
        ),
        (
            "run-timed-out-with-successor",
            Event::RunTimedOut {
                retry_state: RetryState::MaximumAttemptsReached,
                successor: Some(successor),
            },
        ),
        ("run-continued-as-new", continued(continuation)),
        ("run-continued-as-new-plain", continued(Continuation::default())),
    ]
}

fn other_execution() -> Execution {
    Execution {
        workflow_id: "order-2".into(),
        run_id: run(2),
    }
}
