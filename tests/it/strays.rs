//! Children that nobody waits for any more.

use crate::support::stage::Stage;
use mainspring_core::RunStatus;
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
