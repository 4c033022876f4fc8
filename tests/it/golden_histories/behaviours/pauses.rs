use crate::golden_histories::Behaviour;
use serde_json::{Value, json};

pub(super) const BEHAVIOURS: &[Behaviour] = &[
    ("paused-before-it-began", |stage| {
        stage.together(|stage| {
            let request = stage.request("golden_signals", "it", &[]);
            let _ = stage.ask_to_start(request);
            let _ = stage.pause("it");
        });
        let _ = stage.signal("it", "item", &json!("a"));
        let _ = stage.resume("it");
        let task = stage.take();
        let _ = stage.complete(&task, &Value::Null);
        let _ = stage.signal("it", "item", &json!("b"));
    }),
    ("paused-while-much-happens", |stage| {
        stage.start("golden_signals", "it", &[]);
        let task = stage.take();
        let _ = stage.pause("it");
        let _ = stage.signal("it", "item", &json!("a"));
        let _ = stage.complete(&task, &Value::Null);
        stage.crash(1_000);
        let _ = stage.signal("it", "item", &json!("b"));
        let _ = stage.resume("it");
    }),
    ("paused-while-timers-run-down", |stage| {
        stage.start("golden_timers", "it", &[]);
        let _ = stage.pause("it");
        stage.pass(10_000);
        let _ = stage.resume("it");
        for _ in 0..2 {
            let task = stage.take();
            let _ = stage.complete(&task, &Value::Null);
        }
    }),
    ("paused-and-terminated", |stage| {
        stage.start("golden_signals", "it", &[]);
        let _ = stage.pause("it");
        let _ = stage.terminate("it");
    }),
];
