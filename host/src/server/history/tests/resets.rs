use super::{activated, activity, at, end, last, order, started, story, timer};
use crate::server::history::{events_before, to_wire};
use mainspring_api::temporal::enums::v1::WorkflowTaskFailedCause;
use mainspring_api::temporal::history::v1::history_event::Attributes;
use mainspring_core::{Event, Record, RunId, RunReset};

fn reset() -> Event {
    Event::RunReset(Box::new(RunReset {
        base: RunId::from_bytes([1; 16]),
        run_id: RunId::from_bytes([5; 16]),
        random_seed: (3, 4),
        module: "orders".into(),
        reason: "a mistake".into(),
        identity: "operator".into(),
        request_id: "reset-1".into(),
    }))
}

/// An order that was reset to before its second activation, and went on.
fn reset_order() -> Vec<Record> {
    let mut records = order();
    records.truncate(6);
    records.extend([
        at(20, reset()),
        at(21, activated()),
        at(21, activity(4)),
        at(
            30,
            Event::ActivityCompleted {
                attempt: end(4, Some(25)),
                output: None,
            },
        ),
    ]);
    records
}

#[test]
fn a_reset_is_a_workflow_task_that_failed() {
    insta::assert_snapshot!(story(&reset_order()), @r"
    1 @0 WorkflowExecutionStarted []
    2 @1 WorkflowTaskScheduled []
    3 @1 WorkflowTaskStarted [2]
    4 @1 WorkflowTaskCompleted [2, 3]
    5 @1 ActivityTaskScheduled [4]
    6 @1 TimerStarted []
    7 @1 ActivityTaskScheduled [4]
    8 @4 ActivityTaskStarted [5]
    9 @9 ActivityTaskCompleted [5, 8]
    10 @20 WorkflowTaskScheduled []
    11 @20 WorkflowTaskStarted [10]
    12 @20 WorkflowTaskFailed [10, 11]
    13 @21 WorkflowTaskScheduled []
    14 @21 WorkflowTaskStarted [13]
    15 @21 WorkflowTaskCompleted [13, 14]
    16 @21 ActivityTaskScheduled [15]
    17 @25 ActivityTaskStarted [16]
    18 @30 ActivityTaskCompleted [16, 17]
    ");
    let Attributes::WorkflowTaskFailedEventAttributes(failed) = last(&reset_order()[..7]) else {
        panic!("a reset ends with a workflow task that failed");
    };
    assert_eq!(failed.cause(), WorkflowTaskFailedCause::ResetWorkflow);
    assert_eq!(failed.base_run_id, RunId::from_bytes([1; 16]).to_string());
    assert_eq!(failed.new_run_id, RunId::from_bytes([5; 16]).to_string());
    assert_eq!(failed.failure.map(|failure| failure.message), Some("a mistake".into()));
}

/// Up to the point, both runs have the same events with the same ids.
#[test]
fn a_reset_keeps_what_was_before() {
    let (old, new) = (to_wire(&order()), to_wire(&reset_order()));
    assert_eq!(new[..9], old[..9]);
    let Some(Attributes::WorkflowExecutionStartedEventAttributes(of)) = new[0].attributes.clone() else {
        panic!("a history begins with a start");
    };
    let base = RunId::from_bytes([1; 16]).to_string();
    assert_eq!(
        (of.original_execution_run_id, of.first_execution_run_id),
        (base.clone(), base)
    );
}

#[test]
fn points_are_named_as_the_tools_name_them() {
    let records = reset_order();
    let points: Vec<_> = (1..=18)
        .filter_map(|event| Some((event, events_before(&records, event).ok()?)))
        .collect();
    assert_eq!(points, [(3, 1), (4, 1), (11, 6), (12, 6), (14, 7), (15, 7)]);
}

#[test]
fn what_is_no_point_is_told() {
    let told = |records: &[Record], event| events_before(records, event).expect_err("no point").to_string();
    let records = reset_order();
    insta::assert_snapshot!(told(&records, 1), @"event 1 is not where a workflow task was started or completed; the run has no such event before it");
    insta::assert_snapshot!(told(&records, 9), @"event 9 is not where a workflow task was started or completed; the last such event before it is 4");
    insta::assert_snapshot!(told(&records, 10), @"event 10 is not where a workflow task was started or completed; the last such event before it is 4");
    insta::assert_snapshot!(told(&records, 19), @"there is no event 19; the history ends with event 18");
    insta::assert_snapshot!(told(&records, 0), @"there is no event 0; the history ends with event 18");
    insta::assert_snapshot!(told(&[at(0, started()), at(1, timer(1))], -1), @"there is no event -1; the history ends with event 2");
}
