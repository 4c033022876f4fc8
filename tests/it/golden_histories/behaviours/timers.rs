use crate::golden_histories::Behaviour;
use mainspring_core::Timestamp;
use serde_json::{Value, json};

pub(super) const BEHAVIOURS: &[Behaviour] = &[
    ("timers-fired-and-cancelled", |stage| {
        stage.start("golden_timers", "it", &[]);
        for _ in 0..2 {
            stage.pass(1_000);
            let task = stage.take();
            let _ = stage.complete(&task, &Value::Null);
        }
    }),
    ("timers-due-while-nobody-was-there", |stage| {
        stage.start("golden_timers", "it", &[]);
        stage.crash(10_000);
        for _ in 0..2 {
            let task = stage.take();
            let _ = stage.complete(&task, &Value::Null);
        }
    }),
    ("timer-due-and-activity-done-in-one-commit", |stage| {
        stage.start("golden_race", "it", &[]);
        let task = stage.take();
        stage.together(|stage| {
            stage.oversleep(1_000);
            let _ = stage.complete(&task, &json!("late"));
        });
        let task = stage.take();
        let _ = stage.complete(&task, &Value::Null);
    }),
    ("activity-before-its-timer", |stage| {
        stage.start("golden_race", "it", &[]);
        let task = stage.take();
        stage.pass(999);
        let _ = stage.complete(&task, &json!("early"));
        let task = stage.take();
        let _ = stage.complete(&task, &Value::Null);
    }),
    ("clock-set-back", |stage| {
        stage.start("golden_timers", "it", &[]);
        stage.pass(1_000);
        let task = stage.take();
        stage.set_clock(Timestamp::from_millis(900_000));
        let _ = stage.complete(&task, &Value::Null);
        stage.pass(200_000);
        let task = stage.take();
        let _ = stage.complete(&task, &Value::Null);
    }),
];
