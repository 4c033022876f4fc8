use crate::golden_histories::Behaviour;
use serde_json::json;

pub(super) const BEHAVIOURS: &[Behaviour] = &[
    // What one run answers, the next one is given.
    ("run-by-schedule", |stage| {
        stage.schedule("daily", "golden_activity", &[json!({ "attempts": 1 })], 10, 2);
        for number in 1..=2 {
            stage.pass(10_000);
            let task = stage.take();
            let _ = stage.complete(&task, &json!(number));
        }
        stage.pass(60_000);
    }),
    ("run-by-schedule-through-a-crash", |stage| {
        stage.schedule("daily", "golden_activity", &[json!({ "attempts": 1 })], 10, 2);
        stage.pass(10_000);
        let task = stage.take();
        stage.crash(15_000);
        let _ = stage.fail(&task, "Hopeless");
        stage.pass(20_000);
        let task = stage.take();
        let _ = stage.complete(&task, &json!("done"));
    }),
];
