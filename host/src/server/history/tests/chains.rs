//! Where runs come from, which runs follow them, and patches.

use super::*;
use mainspring_api::temporal::enums::v1::{ContinueAsNewInitiator, RetryState as WireRetryState};
use mainspring_core::{Continuation, Parent, Predecessor, SuccessionReason};

const NEXT: RunId = RunId::from_bytes([9; 16]);

#[test]
fn a_start_tells_where_the_run_comes_from() {
    let mut second = order_started();
    let parent = Execution {
        workflow_id: "shop".into(),
        run_id: RunId::from_bytes([5; 16]),
    };
    second.attempt = 2;
    second.first_run_id = RunId::from_bytes([3; 16]);
    second.origin = Origin {
        begins: Some(Timestamp::from_millis(7_000)),
        begins_with_message: false,
        cron_schedule: "@daily".into(),
        expiration: Some(Timestamp::from_millis(90_000)),
        predecessor: Some(Predecessor {
            run_id: RunId::from_bytes([4; 16]),
            reason: SuccessionReason::Retry,
        }),
        last_completion: Some(Payload::encoded("json/plain", "7")),
        last_failure: Some(failure("declined")),
        parent: Some(Parent {
            namespace: "default".into(),
            execution: parent.clone(),
            operation: OperationId(1),
            initiated: Some(ShownEventId(5)),
        }),
        root: Some(Execution {
            workflow_id: "mall".into(),
            ..parent
        }),
        ..Origin::default()
    };
    let Attributes::WorkflowExecutionStartedEventAttributes(of) =
        last(&[at(5_000, Event::RunStarted(Arc::new(second)))])
    else {
        panic!("it starts")
    };
    assert_eq!(of.attempt, 2);
    assert_eq!(of.first_execution_run_id, RunId::from_bytes([3; 16]).to_string());
    assert_eq!(of.original_execution_run_id, RunId::from_bytes([1; 16]).to_string());
    assert_eq!(of.continued_execution_run_id, RunId::from_bytes([4; 16]).to_string());
    assert_eq!(of.initiator(), ContinueAsNewInitiator::Retry);
    assert_eq!(of.first_workflow_task_backoff.map(|it| it.seconds), Some(2));
    assert_eq!(of.workflow_execution_expiration_time.map(|it| it.seconds), Some(90));
    assert_eq!(of.cron_schedule, "@daily");
    assert_eq!(of.continued_failure.map(|it| it.message), Some("declined".into()));
    assert_eq!(of.last_completion_result.map(|it| it.payloads.len()), Some(1));
    assert_eq!(of.parent_workflow_namespace, "default");
    assert_eq!(of.parent_initiated_event_id, 5);
    assert_eq!(
        of.parent_workflow_execution.map(|it| it.workflow_id),
        Some("shop".into())
    );
    assert_eq!(of.root_workflow_execution.map(|it| it.workflow_id), Some("mall".into()));
}

#[test]
fn a_run_without_a_parent_is_its_own_root_and_expires_after_its_own_timeout() {
    let mut first = order_started();
    first.timeouts.execution = Some(Millis::from_secs(60));
    first.origin.begins = Some(Timestamp::from_millis(10_000));
    let Attributes::WorkflowExecutionStartedEventAttributes(of) = last(&[at(0, Event::RunStarted(Arc::new(first)))])
    else {
        panic!("it starts")
    };
    assert_eq!(
        of.root_workflow_execution.as_ref().map(|it| it.workflow_id.clone()),
        Some("order-1".into())
    );
    assert_eq!(of.workflow_execution_expiration_time.map(|it| it.seconds), Some(70));
    assert_eq!(of.initiator(), ContinueAsNewInitiator::Unspecified);
    assert_eq!(of.continued_execution_run_id, "");
}

#[test]
fn a_continuation_is_like_the_run_where_nothing_else_was_asked() {
    let mut old = order_started();
    old.timeouts.run = Some(Millis::from_secs(30));
    let continued = Event::RunContinuedAsNew {
        continuation: Box::new(Continuation {
            task_queue: Some("slow".into()),
            input: vec![Payload::encoded("json/plain", "2")],
            backoff: Some(Millis::from_secs(3)),
            ..Continuation::default()
        }),
        successor: NEXT,
    };
    let records = [
        at(0, Event::RunStarted(Arc::new(old))),
        at(1, activated()),
        at(1, continued),
    ];
    insta::assert_snapshot!(story(&records), @r"
    1 @0 WorkflowExecutionStarted []
    2 @1 WorkflowTaskScheduled []
    3 @1 WorkflowTaskStarted [2]
    4 @1 WorkflowTaskCompleted [2, 3]
    5 @1 WorkflowExecutionContinuedAsNew [4]
    ");
    let Attributes::WorkflowExecutionContinuedAsNewEventAttributes(of) = last(&records) else {
        panic!("it goes on")
    };
    assert_eq!(of.new_execution_run_id, NEXT.to_string());
    assert_eq!(of.workflow_type.map(|it| it.name), Some("order".into()));
    assert_eq!(of.task_queue.map(|it| it.name), Some("slow".into()));
    assert_eq!(of.workflow_run_timeout.map(|it| it.seconds), Some(30));
    assert_eq!(of.backoff_start_interval.map(|it| it.seconds), Some(3));
    assert_eq!(of.initiator, i32::from(ContinueAsNewInitiator::Workflow));
}

#[test]
fn a_close_names_the_run_that_follows() {
    let close = |event| last(&[at(0, started()), at(1, activated()), at(2, event)]);
    let Attributes::WorkflowExecutionCompletedEventAttributes(completed) = close(Event::RunCompleted {
        output: None,
        successor: Some(NEXT),
    }) else {
        panic!("it completed")
    };
    let Attributes::WorkflowExecutionFailedEventAttributes(failed) = close(Event::RunFailed {
        failure: failure("declined"),
        retry_state: RetryState::InProgress,
        successor: Some(NEXT),
    }) else {
        panic!("it failed")
    };
    let Attributes::WorkflowExecutionTimedOutEventAttributes(timed_out) = close(Event::RunTimedOut {
        retry_state: RetryState::Timeout,
        successor: Some(NEXT),
    }) else {
        panic!("it timed out")
    };
    assert_eq!(completed.new_execution_run_id, NEXT.to_string());
    assert_eq!(failed.new_execution_run_id, NEXT.to_string());
    assert_eq!(failed.retry_state(), WireRetryState::InProgress);
    assert_eq!(timed_out.new_execution_run_id, NEXT.to_string());
    assert_eq!(timed_out.retry_state(), WireRetryState::Timeout);
    let Attributes::WorkflowExecutionCompletedEventAttributes(alone) = close(Event::RunCompleted {
        output: None,
        successor: None,
    }) else {
        panic!("it completed")
    };
    assert_eq!(alone.new_execution_run_id, "");
}

#[test]
fn a_patch_is_the_marker_that_sdks_know() {
    let patched = Event::Patched {
        patch_id: "change".into(),
        deprecated: true,
    };
    let Attributes::MarkerRecordedEventAttributes(of) = last(&[at(0, started()), at(1, activated()), at(1, patched)])
    else {
        panic!("it is a marker")
    };
    assert_eq!(of.marker_name, "core_patch");
    assert_eq!(of.workflow_task_completed_event_id, 4);
    let data = &of.details["patch-data"].payloads[0];
    assert_eq!(data.metadata["encoding"], b"json/plain");
    let data: serde_json::Value = serde_json::from_slice(&data.data).expect("it is JSON");
    assert_eq!(data, serde_json::json!({ "id": "change", "deprecated": true }));
}
