use crate::golden_histories::Behaviour;
use mainspring::shard::IdConflictPolicy;
use serde_json::{Value, json};

pub(super) const BEHAVIOURS: &[Behaviour] = &[
    ("signals-before-their-handler", |stage| {
        stage.start("golden_signals", "it", &[]);
        let _ = stage.signal("it", "item", &json!("a"));
        let _ = stage.signal("it", "item", &json!("b"));
        let task = stage.take();
        let _ = stage.complete(&task, &Value::Null);
    }),
    ("signals-in-one-commit-with-an-activity", |stage| {
        stage.start("golden_signals", "it", &[]);
        let task = stage.take();
        stage.together(|stage| {
            let _ = stage.signal("it", "item", &json!("a"));
            let _ = stage.complete(&task, &Value::Null);
            let _ = stage.signal("it", "item", &json!("b"));
        });
    }),
    ("signal-that-nobody-handles", |stage| {
        stage.start("golden_signals", "it", &[]);
        let _ = stage.signal("it", "unknown", &json!("a"));
        let task = stage.take();
        let _ = stage.complete(&task, &Value::Null);
        let _ = stage.signal("it", "item", &json!("a"));
        let _ = stage.signal("it", "item", &json!("b"));
    }),
    ("signal-with-start", |stage| {
        for item in ["a", "b"] {
            let request = stage.request("golden_signals", "it", &[]);
            stage.signal_with_start(request, "item", &json!(item));
        }
        let task = stage.take();
        let _ = stage.complete(&task, &Value::Null);
    }),
    ("signal-in-one-commit-with-the-end", |stage| {
        stage.start("golden_signals", "it", &[]);
        let task = stage.take();
        let _ = stage.signal("it", "item", &json!("a"));
        let _ = stage.complete(&task, &Value::Null);
        stage.together(|stage| {
            let _ = stage.signal("it", "item", &json!("b"));
            let _ = stage.signal("it", "item", &json!("unseen"));
        });
    }),
    ("update-completed", |stage| {
        stage.start("golden_counter", "it", &[]);
        let _ = stage.update("it", "add", &json!(2));
        let _ = stage.update("it", "add", &json!(3));
        let _ = stage.signal("it", "close", &Value::Null);
    }),
    ("update-rejected", |stage| {
        stage.start("golden_counter", "it", &[]);
        let _ = stage.update("it", "add", &json!(0));
        let _ = stage.update("it", "add", &json!(1));
        let _ = stage.signal("it", "close", &Value::Null);
    }),
    ("update-unknown", |stage| {
        stage.start("golden_counter", "it", &[]);
        let _ = stage.update("it", "subtract", &json!(1));
        let _ = stage.signal("it", "close", &Value::Null);
    }),
    ("update-with-an-activity", |stage| {
        stage.start("golden_counter", "it", &[]);
        let _ = stage.update("it", "work", &json!(5));
        let task = stage.take();
        let _ = stage.complete(&task, &json!(5));
        let _ = stage.signal("it", "close", &Value::Null);
    }),
    ("update-failed", |stage| {
        stage.start("golden_counter", "it", &[]);
        let _ = stage.update("it", "work", &json!(5));
        let task = stage.take();
        let _ = stage.fail(&task, "Hopeless");
        let _ = stage.signal("it", "close", &Value::Null);
    }),
    ("update-through-a-crash", |stage| {
        stage.start("golden_counter", "it", &[]);
        let _ = stage.update("it", "work", &json!(5));
        let task = stage.take();
        stage.crash(300);
        let _ = stage.complete(&task, &json!(5));
        let _ = stage.signal("it", "close", &Value::Null);
    }),
    ("update-unfinished-at-the-end", |stage| {
        stage.start("golden_counter", "it", &[]);
        let _ = stage.update("it", "work", &json!(5));
        let _ = stage.signal("it", "close", &Value::Null);
    }),
    ("update-with-start", |stage| {
        let request = stage.request("golden_counter", "it", &[]);
        let _ = stage.update_with_start(request, "add", &json!(1));
        let _ = stage.signal("it", "close", &Value::Null);
    }),
    ("external-delivered-with-sender", |stage| {
        stage.start("golden_signals", "other", &[]);
        stage.start("golden_sender", "it", &[]);
    }),
    ("external-to-nobody", |stage| {
        stage.start("golden_sender", "it", &[]);
    }),
    ("external-to-a-closed-one", |stage| {
        stage.start("golden_leaf", "other", &[json!("completes")]);
        stage.start("golden_sender", "it", &[]);
    }),
    ("update-that-comes-again", |stage| {
        stage.start("golden_counter", "it", &[]);
        for _ in 0..2 {
            let _ = stage.update("it", "add", &json!(2));
        }
        let _ = stage.update("it", "work", &json!(5));
        stage.crash(300);
        let _ = stage.update("it", "work", &json!(5));
        let task = stage.take();
        let _ = stage.complete(&task, &json!(5));
        let _ = stage.signal("it", "close", &Value::Null);
    }),
    ("update-with-start-of-a-run-that-is-there", |stage| {
        stage.start("golden_counter", "it", &[]);
        let mut request = stage.request("golden_counter", "it", &[]);
        request.conflict = IdConflictPolicy::UseExisting;
        request.request_id = "another start".into();
        let _ = stage.update_with_start(request, "add", &json!(1));
        let _ = stage.signal("it", "close", &Value::Null);
    }),
    // A question leaves no trace, and no guest that has answered one goes on.
    ("run-that-is-asked", |stage| {
        stage.start("golden_signals", "it", &[]);
        let _ = stage.query("it", "anything");
        let task = stage.take();
        let _ = stage.complete(&task, &Value::Null);
        let _ = stage.query("it", "anything");
        let _ = stage.signal("it", "item", &json!("a"));
        let _ = stage.signal("it", "item", &json!("b"));
        let _ = stage.query("it", "anything");
    }),
];
