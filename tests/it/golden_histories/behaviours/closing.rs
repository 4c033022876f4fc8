use crate::golden_histories::Behaviour;
use crate::support::stage::Stage;
use mainspring_core::{Millis, RetryPolicy, WorkflowTimeouts};
use serde_json::{Value, json};

pub(super) const BEHAVIOURS: &[Behaviour] = &[
    ("run-completed", |stage| {
        stage.start("golden_leaf", "it", &[json!("completes")])
    }),
    ("run-failed", |stage| {
        stage.start("golden_leaf", "it", &[json!("fails")])
    }),
    ("run-cancelled", |stage| {
        stage.start("golden_leaf", "it", &[json!("waits")]);
        let _ = stage.cancel("it");
    }),
    ("run-cancelled-with-cleanup", |stage| {
        stage.start("golden_cleanup", "it", &[]);
        let _ = stage.cancel("it");
        stage.pass(1_000);
        let task = stage.take();
        let _ = stage.complete(&task, &Value::Null);
    }),
    ("run-cancelled-but-stubborn", |stage| {
        stage.start("golden_leaf", "it", &[json!("stubborn")]);
        let _ = stage.cancel("it");
    }),
    ("run-cancelled-before-it-began", |stage| {
        stage.together(|stage| {
            let request = stage.request("golden_leaf", "it", &[json!("waits")]);
            let _ = stage.ask_to_start(request);
            let _ = stage.cancel("it");
        });
    }),
    ("run-terminated", |stage| {
        stage.start("golden_activities", "it", &[json!(1)]);
        let _task = stage.take();
        let _ = stage.terminate("it");
    }),
    ("run-timed-out", |stage| {
        limited(
            stage,
            WorkflowTimeouts {
                run: Some(Millis::from_secs(2)),
                ..WorkflowTimeouts::default()
            },
        );
        stage.pass(2_000);
    }),
    ("run-timed-out-and-retried-until-its-execution-timeout", |stage| {
        limited(
            stage,
            WorkflowTimeouts {
                run: Some(Millis::from_secs(2)),
                execution: Some(Millis::from_secs(4)),
                ..WorkflowTimeouts::default()
            },
        );
        stage.pass(4_000);
    }),
];

fn limited(stage: &mut Stage, timeouts: WorkflowTimeouts) {
    let mut request = stage.request("golden_leaf", "it", &[json!("waits")]);
    request.timeouts = timeouts;
    request.retry = timeouts.execution.map(|_| RetryPolicy::default());
    stage.start_as(request);
}
