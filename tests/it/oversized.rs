//! More data than a run takes from another: its sender is told, and nobody is blocked.

use crate::support::stage::Stage;
use mainspring_core::{ChildNotStarted, Event, NotDelivered, RunStatus};
use serde_json::json;

/// One and a half times what is taken.
const MUCH: usize = 3 << 20;

#[test]
fn a_signal_with_too_much_data_does_not_arrive_and_its_sender_is_told() {
    let mut stage = Stage::new();
    stage.start("collector", "receiver", &[json!(1)]);
    stage.start("passes_on", "sender", &[json!("receiver"), json!("x".repeat(MUCH))]);
    let resolved = event(&stage, "sender", |event| {
        matches!(event, Event::ExternalResolved { .. })
    });
    let Event::ExternalResolved { result, .. } = resolved else {
        panic!("the sender is told: {resolved:?}")
    };
    assert_eq!(result, Err(NotDelivered::TooLarge));
    let Event::RunCompleted { output, .. } = last(&stage, "sender") else {
        panic!("the sender goes on")
    };
    let told = output.expect("it says what it was told").to_string();
    assert!(told.contains("more than 2 MiB of data"), "{told}");

    // The receiver has heard nothing, and goes on with what fits.
    stage.start("passes_on", "another", &[json!("receiver"), json!("little")]);
    let Event::RunCompleted { output, .. } = last(&stage, "receiver") else {
        panic!("the receiver goes on")
    };
    assert_eq!(output.expect("it collected").to_string(), "[\"little\"]");
}

#[test]
fn a_child_with_too_much_data_is_not_started_and_its_parent_is_told() {
    let mut stage = Stage::new();
    let arguments = [json!("echo"), json!("child"), json!("x".repeat(MUCH))];
    stage.start("calls_child", "parent", &arguments);
    let refused = event(&stage, "parent", |event| matches!(event, Event::ChildNotStarted { .. }));
    let Event::ChildNotStarted {
        cause: ChildNotStarted::Refused(reason),
        ..
    } = refused
    else {
        panic!("the parent is told: {refused:?}")
    };
    assert!(reason.contains("at most 2 MiB of input"), "{reason}");
    let statuses: Vec<_> = stage.runs().into_iter().map(|run| run.status).collect();
    assert_eq!(
        statuses,
        [RunStatus::Failed],
        "there is no child, and the parent goes on"
    );
}

fn event(stage: &Stage, workflow_id: &str, is_it: impl Fn(&Event) -> bool) -> Event {
    let mut events = stage.history(workflow_id).into_iter().map(|record| record.event);
    events.find(is_it).unwrap_or_else(|| last(stage, workflow_id))
}

fn last(stage: &Stage, workflow_id: &str) -> Event {
    stage.history(workflow_id).pop().expect("it has begun").event
}
