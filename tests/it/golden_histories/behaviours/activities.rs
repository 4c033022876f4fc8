use crate::golden_histories::Behaviour;
use crate::support::stage::Stage;
use mainspring::shard::ActivityTask;
use serde_json::{Value, json};

pub(super) const BEHAVIOURS: &[Behaviour] = &[
    ("activity-completed", |stage| {
        let task = called(stage, json!({}));
        let _ = stage.complete(&task, &json!("done"));
    }),
    ("activity-failed-for-good", |stage| {
        let task = called(stage, json!({"attempts": 5}));
        let _ = stage.fail_for_good(&task, "Hopeless");
    }),
    ("activity-retried", |stage| {
        let task = called(stage, json!({"attempts": 5}));
        let _ = stage.fail(&task, "Flaky");
        stage.pass(1_000);
        let task = stage.take();
        let _ = stage.complete(&task, &json!("done"));
    }),
    ("activity-out-of-attempts", |stage| {
        let task = called(stage, json!({"attempts": 2}));
        let _ = stage.fail(&task, "Flaky");
        stage.pass(1_000);
        let task = stage.take();
        let _ = stage.fail(&task, "Flaky");
    }),
    ("activity-timed-out-schedule-to-start", |stage| {
        stage.start("golden_activity", "it", &[json!({"scheduleToStart": 2_000})]);
        stage.pass(2_000);
    }),
    ("activity-timed-out-schedule-to-close", |stage| {
        let task = called(stage, json!({"scheduleToClose": 1_500, "attempts": 5}));
        let _ = stage.fail(&task, "Flaky");
        stage.pass(1_500);
    }),
    ("activity-timed-out-start-to-close", |stage| {
        let _lost = called(stage, json!({"startToClose": 2_000}));
        stage.pass(2_000);
    }),
    ("activity-timed-out-start-to-close-and-retried", |stage| {
        let _lost = called(stage, json!({"startToClose": 2_000, "attempts": 2}));
        stage.pass(3_000);
        let task = stage.take();
        let _ = stage.complete(&task, &json!("done"));
    }),
    ("activity-timed-out-heartbeat", |stage| {
        let task = called(stage, json!({"heartbeat": 1_000}));
        stage.pass(500);
        let _ = stage.heartbeat(&task, &json!("half"));
        stage.pass(1_500);
    }),
    ("activity-cancelled-try", |stage| {
        let task = called(stage, cancelled_as("try"));
        stage.pass(1_000);
        let _ = stage.heartbeat(&task, &Value::Null);
    }),
    ("activity-cancelled-wait", |stage| {
        let task = called(stage, cancelled_as("wait"));
        stage.pass(1_000);
        let _ = stage.heartbeat(&task, &Value::Null);
        let _ = stage.report_cancelled(&task);
    }),
    ("activity-cancelled-wait-but-completed", |stage| {
        let task = called(stage, cancelled_as("wait"));
        stage.pass(1_000);
        let _ = stage.complete(&task, &json!("done all the same"));
    }),
    ("activity-cancelled-wait-but-failed", |stage| {
        let task = called(stage, cancelled_as("wait"));
        stage.pass(1_000);
        let _ = stage.fail(&task, "Flaky");
    }),
    ("activity-cancelled-abandon", |stage| {
        let task = called(stage, cancelled_as("abandon"));
        stage.pass(1_000);
        let _ = stage.complete(&task, &json!("nobody listens"));
    }),
    ("activity-cancelled-before-it-began", |stage| {
        stage.start("golden_activity", "it", &[cancelled_as("wait")]);
        stage.pass(1_000);
    }),
    ("activity-cancelled-while-it-backs-off", |stage| {
        let task = called(
            stage,
            json!({"cancelAfter": 500, "cancellation": "wait", "attempts": 5}),
        );
        let _ = stage.fail(&task, "Flaky");
        stage.pass(500);
    }),
    ("activities-at-once", |stage| {
        stage.start("golden_activities", "it", &[json!(3)]);
        let tasks = [stage.take(), stage.take(), stage.take()];
        for at in [1, 0, 2] {
            let _ = stage.complete(&tasks[at], &json!(at));
        }
    }),
    ("activities-one-after-the-other", |stage| {
        stage.start("golden_steps", "it", &[json!(3)]);
        for number in 0..3 {
            let task = stage.take();
            let _ = stage.complete(&task, &json!(number));
        }
    }),
    ("activities-done-in-one-commit", |stage| {
        stage.start("golden_activities", "it", &[json!(2)]);
        let tasks = [stage.take(), stage.take()];
        stage.together(|stage| {
            let _ = stage.complete(&tasks[1], &json!(1));
            let _ = stage.complete(&tasks[0], &json!(0));
        });
    }),
    ("activity-through-a-crash", |stage| {
        let task = called(stage, json!({"attempts": 5}));
        let _ = stage.fail(&task, "Flaky");
        stage.crash(300);
        stage.pass(700);
        let task = stage.take();
        let _ = stage.complete(&task, &json!("done"));
    }),
];

/// Its activity, taken by a worker.
fn called(stage: &mut Stage, case: Value) -> ActivityTask {
    stage.start("golden_activity", "it", &[case]);
    stage.take()
}

/// After a second.
fn cancelled_as(cancellation: &str) -> Value {
    json!({"cancelAfter": 1_000, "cancellation": cancellation})
}
