use crate::golden_histories::Behaviour;
use crate::support::stage::Stage;
use mainspring::shard::ActivityTask;
use mainspring_core::{ActivityAction, Millis, OptionEdit, OptionsChange, Pause, Priority, Reset, Unpause};
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
    ("activity-completed-by-its-id", |stage| {
        let _task = called(stage, json!({"attempts": 5}));
        stage.complete_by_id("it", "1", &json!("done elsewhere"));
    }),
    // What operators do to activities leaves no events.
    ("activity-paused-while-it-backs-off", |stage| {
        let task = called(stage, json!({"attempts": 5}));
        let _ = stage.fail(&task, "Flaky");
        stage.operate("it", ActivityAction::Pause(Pause::default()));
        stage.pass(60_000);
        stage.crash(300);
        stage.operate("it", ActivityAction::Unpause(Unpause::default()));
        let task = stage.take();
        let _ = stage.complete(&task, &json!("done"));
    }),
    ("activity-reset", |stage| {
        let task = called(stage, json!({"attempts": 2}));
        let _ = stage.fail(&task, "Flaky");
        stage.operate("it", ActivityAction::Reset(Reset::default()));
        for _ in 0..2 {
            let task = stage.take();
            let _ = stage.fail(&task, "Flaky");
            stage.pass(1_000);
        }
    }),
    ("activity-given-other-options", |stage| {
        stage.start("golden_activity", "it", &[json!({"attempts": 5})]);
        let edits = vec![
            OptionEdit::TaskQueue("elsewhere".into()),
            OptionEdit::StartToClose(Some(Millis::from_secs(2))),
            OptionEdit::ScheduleToClose(Some(Millis::from_secs(3))),
        ];
        stage.operate("it", ActivityAction::ChangeOptions(OptionsChange::Edit(edits)));
        let _lost = stage.take();
        stage.pass(3_000);
    }),
    ("activity-that-may-be-local", |stage| {
        stage.start("golden_local", "it", &[]);
        let task = stage.take();
        let _ = stage.complete(&task, &json!("done"));
    }),
    ("activities-with-priorities", |stage| {
        let mut request = stage.request("golden_priorities", "it", &[json!(3)]);
        request.priority = Some(Priority {
            key: 4,
            fairness_key: "tenant".into(),
            fairness_weight: 2.5,
        });
        stage.start_as(request);
        for _ in 0..3 {
            let task = stage.take();
            let _ = stage.complete(&task, &Value::Null);
        }
    }),
    ("activity-with-the-priority-of-its-run", |stage| {
        let mut request = stage.request("golden_activity", "it", &[json!({})]);
        request.priority = Some(Priority {
            key: 2,
            ..Priority::default()
        });
        stage.start_as(request);
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
