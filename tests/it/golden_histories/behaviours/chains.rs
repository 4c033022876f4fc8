use crate::golden_histories::Behaviour;
use crate::support::stage::Stage;
use mainspring_core::{Millis, RetryPolicy, Timestamp};
use serde_json::{Value, json};

/// A day and a half before the last moment that still has ten years of 366 days before it.
const LAST_DAYS_OF_CRON: u64 = 253_402_207_200_999 - 3_660 * 86_400_000 - 36 * 3_600_000;

pub(super) const BEHAVIOURS: &[Behaviour] = &[
    ("run-continued-as-new", |stage| {
        stage.start("golden_chain", "it", &[json!(2)]);
        for _ in 0..3 {
            let task = stage.take();
            let _ = stage.complete(&task, &Value::Null);
        }
    }),
    ("run-retried", |stage| {
        retried(stage, "tries", RetryPolicy::default());
        stage.pass(1_000);
    }),
    ("run-out-of-tries", |stage| {
        let policy = RetryPolicy {
            maximum_attempts: 2,
            ..RetryPolicy::default()
        };
        retried(stage, "fails", policy);
        stage.pass(1_000);
    }),
    ("run-retried-through-a-crash", |stage| {
        retried(stage, "tries", RetryPolicy::default());
        stage.crash(400);
        stage.pass(600);
    }),
    ("run-by-cron", |stage| {
        let mut request = stage.request("golden_leaf", "it", &[json!("completes")]);
        request.cron_schedule = "@every 1m".into();
        stage.start_as(request);
        stage.pass(120_000);
        let _ = stage.terminate("it");
    }),
    // Calendars end with the year 9999, and schedules ten years before: then the chain closes with its last run.
    ("run-by-cron-until-its-schedule-runs-out", |stage| {
        stage.set_clock(Timestamp::from_millis(LAST_DAYS_OF_CRON));
        let mut request = stage.request("golden_leaf", "it", &[json!("completes")]);
        request.cron_schedule = "0 12 * * *".into();
        stage.start_as(request);
        stage.pass(30 * 24 * 3_600_000);
    }),
    ("run-by-cron-that-fails", |stage| {
        let mut request = stage.request("golden_leaf", "it", &[json!("fails")]);
        request.cron_schedule = "@every 1m".into();
        stage.start_as(request);
        stage.pass(60_000);
        let _ = stage.terminate("it");
    }),
    ("run-delayed", |stage| {
        delayed(stage);
        stage.pass(3_600_000);
        let _ = stage.cancel("it");
    }),
    ("run-delayed-until-a-signal", |stage| {
        delayed(stage);
        stage.pass(1_000);
        let _ = stage.signal("it", "anything", &Value::Null);
        let _ = stage.cancel("it");
    }),
    ("run-continued-as-new-with-signals", |stage| {
        stage.start("golden_carrier", "it", &[json!([])]);
        let _ = stage.signal("it", "item", &json!("a"));
        stage.together(|stage| {
            let _ = stage.signal("it", "item", &json!("b"));
            let _ = stage.signal("it", "item", &json!("c"));
        });
    }),
    ("run-continued-as-new-with-a-signal-between-its-runs", |stage| {
        stage.start("golden_carrier", "it", &[json!(["a"])]);
        stage.crash(300);
        let _ = stage.signal("it", "item", &json!("b"));
        // Said again to the run that follows, it is recognised.
        let _ = stage.signal("it", "item", &json!("b"));
        let _ = stage.signal("it", "item", &json!("c"));
    }),
];

fn retried(stage: &mut Stage, way: &str, policy: RetryPolicy) {
    let mut request = stage.request("golden_leaf", "it", &[json!(way)]);
    request.retry = Some(policy);
    stage.start_as(request);
}

/// For an hour.
fn delayed(stage: &mut Stage) {
    let mut request = stage.request("golden_leaf", "it", &[json!("waits")]);
    request.start_delay = Some(Millis::from_secs(3_600));
    stage.start_as(request);
}
