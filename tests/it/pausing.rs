//! Runs that are paused, as lists show them.

use crate::support::stage::Stage;
use serde_json::{Value, json};

#[test]
fn a_paused_run_is_found_by_its_pause() {
    let mut stage = Stage::new();
    stage.start("idle", "it", &[]);
    assert_eq!(pause_info(&stage), None);
    stage.pause("it").get().expect("it is paused");
    assert_eq!(pause_info(&stage), Some(json!(["Workflow:it", "Reason:maintenance"])));
    stage.resume("it").get().expect("it goes on");
    assert_eq!(pause_info(&stage), None);
}

fn pause_info(stage: &Stage) -> Option<Value> {
    let run = stage.runs().pop().expect("there is one");
    let (_, payload) = run
        .search_attributes
        .into_iter()
        .find(|(name, _)| name == "TemporalPauseInfo")?;
    Some(serde_json::from_slice(&payload.data).expect("it is JSON"))
}
