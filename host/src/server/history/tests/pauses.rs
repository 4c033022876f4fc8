//! Runs that were paused.

use super::*;
use mainspring_core::Pause;

#[test]
fn a_pause_reads_as_temporals() {
    let wish = |reason: &str| Pause {
        reason: reason.into(),
        identity: "operator".into(),
        request_id: "a-request".into(),
    };
    let records = [
        at(0, started()),
        at(1, Event::RunPaused(wish("maintenance"))),
        at(5, Event::RunResumed(wish("done"))),
        at(6, activated()),
    ];
    insta::assert_snapshot!(story(&records), @r"
    1 @0 WorkflowExecutionStarted []
    2 @1 WorkflowExecutionPaused []
    3 @5 WorkflowExecutionUnpaused []
    4 @6 WorkflowTaskScheduled []
    5 @6 WorkflowTaskStarted [4]
    6 @6 WorkflowTaskCompleted [4, 5]
    ");
    let Attributes::WorkflowExecutionPausedEventAttributes(paused) = last(&records[..2]) else {
        panic!("it is paused")
    };
    assert_eq!(
        (paused.identity, paused.reason, paused.request_id),
        ("operator".into(), "maintenance".into(), "a-request".into())
    );
    let Attributes::WorkflowExecutionUnpausedEventAttributes(resumed) = last(&records[..3]) else {
        panic!("it goes on")
    };
    assert_eq!((resumed.identity, resumed.reason), ("operator".into(), "done".into()));
    let ignorable: Vec<bool> = to_wire(&records).iter().map(|it| it.worker_may_ignore).collect();
    assert_eq!(ignorable, [false, true, true, false, false, false]);
}
