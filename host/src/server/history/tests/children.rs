//! Children in their parent's history.

use super::*;
use mainspring_api::temporal::enums::v1::{
    ParentClosePolicy as WireParentClose, RetryState as WireRetryState,
    StartChildWorkflowExecutionFailedCause as NotStartedCause,
};
use mainspring_core::{
    ChildCancellationType, ChildNotStarted, ChildOutcome, ChildRequest, IdConflictPolicy, IdReusePolicy,
    ParentClosePolicy,
};

const CHILD: OperationId = OperationId(1);
pub(super) const RUN: RunId = RunId::from_bytes([8; 16]);

fn initiated(workflow_id: Option<&str>, cancellation: ChildCancellationType) -> Event {
    Event::ChildInitiated {
        operation: CHILD,
        request: Box::new(ChildRequest {
            workflow_type: "delivery".into(),
            workflow_id: workflow_id.map(str::to_owned),
            task_queue: None,
            input: Vec::new(),
            headers: Vec::new(),
            timeouts: WorkflowTimeouts::default(),
            retry: None,
            cron_schedule: String::new(),
            parent_close: ParentClosePolicy::RequestCancel,
            reuse: IdReusePolicy::RejectDuplicate,
            conflict: IdConflictPolicy::Fail,
            cancellation,
            memo: Vec::new(),
            search_attributes: Vec::new(),
            priority: None,
            summary: None,
            details: None,
        }),
    }
}

/// A parent, after its child's start.
pub(super) fn running() -> Vec<Record> {
    vec![
        at(0, started()),
        at(1, activated()),
        at(
            1,
            initiated(Some("d-1"), ChildCancellationType::WaitCancellationRequested),
        ),
        at(
            2,
            Event::ChildStarted {
                operation: CHILD,
                run_id: RUN,
            },
        ),
    ]
}

fn closed(outcome: ChildOutcome) -> Vec<Record> {
    let mut records = running();
    let operation = CHILD;
    records.push(at(3, Event::ChildClosed { operation, outcome }));
    records
}

#[test]
fn a_child_reads_as_temporals() {
    let records = closed(ChildOutcome::Completed(None));
    insta::assert_snapshot!(story(&records), @r"
    1 @0 WorkflowExecutionStarted []
    2 @1 WorkflowTaskScheduled []
    3 @1 WorkflowTaskStarted [2]
    4 @1 WorkflowTaskCompleted [2, 3]
    5 @1 StartChildWorkflowExecutionInitiated [4]
    6 @2 ChildWorkflowExecutionStarted [5]
    7 @3 ChildWorkflowExecutionCompleted [5, 6]
    ");
    let Attributes::ChildWorkflowExecutionCompletedEventAttributes(of) = last(&records) else {
        panic!("it completed")
    };
    let execution = of.workflow_execution.expect("it is named");
    assert_eq!(
        (execution.workflow_id.as_str(), execution.run_id),
        ("d-1", RUN.to_string())
    );
    assert_eq!(of.workflow_type.map(|it| it.name), Some("delivery".into()));
    assert_eq!(of.namespace, "default");
}

#[test]
fn what_was_asked_of_a_child_is_shown() {
    let records = [
        at(0, started()),
        at(1, activated()),
        at(1, initiated(None, ChildCancellationType::TryCancel)),
    ];
    let Attributes::StartChildWorkflowExecutionInitiatedEventAttributes(of) = last(&records) else {
        panic!("it is to start")
    };
    assert_eq!(of.workflow_id, format!("{}/1", RunId::from_bytes([1; 16])));
    assert_eq!(of.task_queue.as_ref().map(|it| it.name.as_str()), Some("orders"));
    assert_eq!(of.parent_close_policy(), WireParentClose::RequestCancel);
    // REJECT_DUPLICATE.
    assert_eq!(of.workflow_id_reuse_policy, 3);
}

#[test]
fn every_end_of_a_child_has_its_event() {
    let outcomes = [
        ChildOutcome::Failed(failure("lost"), RetryState::MaximumAttemptsReached),
        ChildOutcome::Cancelled(Vec::new()),
        ChildOutcome::TimedOut(RetryState::Timeout),
        ChildOutcome::Terminated,
    ];
    let lines = outcomes.map(|outcome| {
        let story = story(&closed(outcome));
        story.lines().last().expect("it has lines").to_owned()
    });
    insta::assert_snapshot!(lines.join("\n"), @r"
    7 @3 ChildWorkflowExecutionFailed [5, 6]
    7 @3 ChildWorkflowExecutionCanceled [5, 6]
    7 @3 ChildWorkflowExecutionTimedOut [5, 6]
    7 @3 ChildWorkflowExecutionTerminated [5, 6]
    ");
    let failed = closed(ChildOutcome::Failed(failure("lost"), RetryState::NonRetryableFailure));
    let Attributes::ChildWorkflowExecutionFailedEventAttributes(of) = last(&failed) else {
        panic!("it failed")
    };
    assert_eq!(of.retry_state(), WireRetryState::NonRetryableFailure);
    assert_eq!(of.failure.map(|it| it.message), Some("lost".into()));
}

#[test]
fn a_child_that_does_not_start_says_why_where_temporal_has_a_word() {
    let not_started = |cause| {
        let mut records = running();
        records.pop();
        let operation = CHILD;
        records.push(at(2, Event::ChildNotStarted { operation, cause }));
        let Attributes::StartChildWorkflowExecutionFailedEventAttributes(of) = last(&records) else {
            panic!("it did not start")
        };
        (of.initiated_event_id, of.cause(), of.workflow_id)
    };
    assert_eq!(
        not_started(ChildNotStarted::WorkflowIdInUse),
        (5, NotStartedCause::WorkflowAlreadyExists, "d-1".into())
    );
    assert_eq!(
        not_started(ChildNotStarted::Refused("no such type".into())),
        (5, NotStartedCause::Unspecified, "d-1".into())
    );
}

#[test]
fn a_request_to_cancel_a_child_is_a_message_to_it() {
    let mut records = running();
    records.push(at(3, activated()));
    records.push(at(
        3,
        Event::ChildCancelRequested {
            operation: CHILD,
            reason: "too late".into(),
        },
    ));
    let Attributes::RequestCancelExternalWorkflowExecutionInitiatedEventAttributes(of) = last(&records) else {
        panic!("it is asked")
    };
    assert!(of.child_workflow_only);
    assert_eq!(of.reason, "too late");
    assert_eq!(of.workflow_execution.map(|it| it.run_id), Some(RUN.to_string()));
    records.push(at(
        4,
        Event::ExternalResolved {
            operation: CHILD,
            result: Ok(()),
        },
    ));
    records.push(at(
        5,
        Event::ChildClosed {
            operation: CHILD,
            outcome: ChildOutcome::Cancelled(Vec::new()),
        },
    ));
    let story = story(&records);
    let lines: Vec<&str> = story.lines().skip(9).collect();
    insta::assert_snapshot!(lines.join("\n"), @r"
    10 @3 RequestCancelExternalWorkflowExecutionInitiated [9]
    11 @4 ExternalWorkflowExecutionCancelRequested [10]
    12 @5 ChildWorkflowExecutionCanceled [5, 6]
    ");
}

#[test]
fn a_child_that_is_only_abandoned_is_sent_nothing() {
    let mut records = vec![
        at(0, started()),
        at(1, activated()),
        at(1, initiated(None, ChildCancellationType::Abandon)),
    ];
    let before = to_wire(&records);
    records.push(at(
        1,
        Event::ChildCancelRequested {
            operation: CHILD,
            reason: String::new(),
        },
    ));
    assert_eq!(to_wire(&records), before);
}
