//! The events that a failure of a run speaks of.

use super::children::{RUN, running};
use super::*;
use mainspring_api::temporal::failure::v1::failure::FailureInfo as WireInfo;
use mainspring_core::{ActivityFailure, ChildWorkflowFailure};

fn of_activity(activity_id: &str) -> FailureLayer {
    let info = FailureInfo::Activity(ActivityFailure {
        activity_type: "chargeCard".into(),
        activity_id: activity_id.into(),
        identity: "worker".into(),
        retry_state: RetryState::MaximumAttemptsReached,
    });
    FailureLayer::of_engine("activity error", info)
}

fn of_child(workflow_id: &str) -> FailureLayer {
    let info = FailureInfo::ChildWorkflow(ChildWorkflowFailure {
        workflow_type: "delivery".into(),
        workflow_id: workflow_id.into(),
        run_id: Some(RUN),
        retry_state: RetryState::MaximumAttemptsReached,
    });
    FailureLayer::of_engine("child workflow execution error", info)
}

/// For each layer that names events: the ids of the beginning and of the start.
fn named(mut records: Vec<Record>, layers: Vec<FailureLayer>) -> Vec<(i64, i64)> {
    let failure = Failure::from_layers(layers).expect("it says something");
    let (retry_state, successor) = (RetryState::NonRetryableFailure, None);
    records.push(at(
        6_000,
        Event::RunFailed {
            failure,
            retry_state,
            successor,
        },
    ));
    let Attributes::WorkflowExecutionFailedEventAttributes(failed) = last(&records) else {
        panic!("it failed")
    };
    let mut named = Vec::new();
    let mut next = failed.failure.map(Box::new);
    while let Some(layer) = next {
        match layer.failure_info {
            Some(WireInfo::ActivityFailureInfo(of)) => named.push((of.scheduled_event_id, of.started_event_id)),
            Some(WireInfo::ChildWorkflowExecutionFailureInfo(of)) => {
                named.push((of.initiated_event_id, of.started_event_id));
            }
            _ => {}
        }
        next = layer.cause;
    }
    named
}

#[test]
fn a_failure_names_the_events_of_its_activity() {
    let mut records = order();
    records.pop();
    assert_eq!(named(records.clone(), vec![of_activity("5")]), [(21, 22)]);
    // Nobody had begun it.
    assert_eq!(named(records.clone(), vec![of_activity("3")]), [(7, 0)]);
    let two = vec![of_activity("5"), of_activity("1")];
    assert_eq!(named(records.clone(), two), [(21, 22), (5, 8)]);
    assert_eq!(named(records, vec![of_activity("of another run")]), [(0, 0)]);
}

#[test]
fn what_lies_behind_a_childs_failure_is_the_childs() {
    assert_eq!(
        named(running(), vec![of_child("d-1"), of_activity("1")]),
        [(5, 6), (0, 0)]
    );
    assert_eq!(named(running(), vec![of_child("d-2")]), [(0, 0)]);
}
