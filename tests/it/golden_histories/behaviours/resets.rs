use crate::golden_histories::Behaviour;
use serde_json::{Value, json};

pub(super) const BEHAVIOURS: &[Behaviour] = &[
    ("reset-of-an-open-run", |stage| {
        stage.start("golden_signals", "it", &[]);
        let task = stage.take();
        let _ = stage.complete(&task, &Value::Null);
        let _ = stage.signal("it", "item", &json!("a"));
        stage.reset("it", 1);
        let task = stage.take();
        let _ = stage.complete(&task, &Value::Null);
        let _ = stage.signal("it", "item", &json!("b"));
    }),
    ("reset-of-a-closed-run", |stage| {
        stage.start("golden_activities", "it", &[json!(2)]);
        let (first, second) = (stage.take(), stage.take());
        let _ = stage.complete(&first, &json!(0));
        let _ = stage.complete(&second, &json!(1));
        stage.pass(1_000);
        // One was over before the point, and the other one is done again.
        stage.reset("it", 2);
        let task = stage.take();
        let _ = stage.complete(&task, &json!(3));
    }),
    ("reset-with-updates", |stage| {
        stage.start("golden_counter", "it", &[]);
        let _ = stage.update("it", "add", &json!(2));
        let _ = stage.update("it", "add", &json!(3));
        stage.reset("it", 2);
        let _ = stage.signal("it", "close", &Value::Null);
    }),
    ("reset-again", |stage| {
        stage.start("golden_signals", "it", &[]);
        stage.reset("it", 1);
        let task = stage.take();
        let _ = stage.complete(&task, &Value::Null);
        stage.reset("it", 2);
        let _ = stage.signal("it", "item", &json!("a"));
        let _ = stage.signal("it", "item", &json!("b"));
    }),
    ("reset-through-a-crash", |stage| {
        stage.start("golden_signals", "it", &[]);
        let task = stage.take();
        stage.reset("it", 1);
        stage.crash(300);
        let _ = stage.complete(&task, &Value::Null);
        let task = stage.take();
        let _ = stage.complete(&task, &Value::Null);
        let _ = stage.signal("it", "item", &json!("a"));
        let _ = stage.signal("it", "item", &json!("b"));
    }),
    ("reset-with-a-child-under-way", |stage| {
        stage.start("golden_parent", "it", &[json!({"way": "waits"})]);
        stage.reset("it", 2);
        let _ = stage.cancel("child");
    }),
    ("reset-of-a-run-that-was-followed", |stage| {
        stage.start("golden_chain", "it", &[json!(1)]);
        let task = stage.take();
        let _ = stage.complete(&task, &Value::Null);
        let first = stage.runs()[0].execution.clone();
        stage.reset_run(&first, 1);
        for _ in 0..2 {
            let task = stage.take();
            let _ = stage.complete(&task, &Value::Null);
        }
    }),
];
