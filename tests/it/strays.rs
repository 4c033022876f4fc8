//! What comes too late: children that nobody waits for any more, workers whose offer has been withdrawn.

use crate::support::stage::Stage;
use mainspring_core::{ActivityAction, OptionEdit, OptionsChange, RunStatus};
use serde_json::json;

/// Its workflow id was in use when its start was asked for, and is free when a crash has that asked for again.
#[test]
fn a_child_that_was_refused_does_not_run_on_when_its_start_is_told_again() {
    let mut stage = Stage::new();
    stage.start("sleeper", "wanted", &[json!(3_600_000)]);
    stage.start(
        "calls_child",
        "parent",
        &[json!("sleeper"), json!("wanted"), json!(3_600_000)],
    );
    let parent = |stage: &Stage| {
        stage
            .runs()
            .into_iter()
            .find(|run| run.execution.workflow_id == "parent")
    };
    assert_eq!(
        parent(&stage).map(|run| run.status),
        Some(RunStatus::Failed),
        "its child is refused"
    );
    stage.terminate("wanted").get().expect("it is terminated");

    stage.start_children_again();
    let begun: Vec<_> = stage
        .runs()
        .into_iter()
        .filter(|run| run.execution.workflow_id == "wanted")
        .collect();
    assert_eq!(begun.len(), 2, "the id is free, so it begins");
    assert!(begun.iter().all(|run| run.status == RunStatus::Terminated), "{begun:?}");
    assert_eq!(parent(&stage).map(|run| run.status), Some(RunStatus::Failed));
}

/// Between the offer and its start, the activity is moved, and so offered anew.
#[test]
fn a_worker_that_comes_too_late_does_not_take_the_next_offer_away() {
    let mut stage = Stage::new();
    stage.start("golden_activity", "it", &[json!({"attempts": 5})]);
    let offer = stage.be_offered().expect("its activity is on offer");
    let edits = vec![OptionEdit::TaskQueue("elsewhere".into())];
    stage.operate("it", ActivityAction::ChangeOptions(OptionsChange::Edit(edits)));
    assert!(stage.begin(offer).get().is_err(), "the offer is withdrawn");
    let task = stage.try_take().expect("the next one is still there");
    stage.complete(&task, &json!("done")).get().expect("it is taken");
}
