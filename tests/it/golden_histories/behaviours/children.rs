use crate::golden_histories::Behaviour;
use crate::support::stage::Stage;
use serde_json::{Value, json};

pub(super) const BEHAVIOURS: &[Behaviour] = &[
    ("child-completed", |stage| parent_of(stage, json!({}))),
    ("child-failed", |stage| parent_of(stage, json!({"way": "fails"}))),
    ("child-retried", |stage| {
        parent_of(stage, json!({"way": "tries", "retries": true}));
        stage.pass(1_000);
    }),
    ("child-continued-as-new", |stage| {
        parent_of(stage, json!({"way": "continues"}))
    }),
    ("child-terminated", |stage| {
        parent_of(stage, json!({"way": "waits"}));
        let _ = stage.terminate("child");
    }),
    ("child-cancelled-by-others", |stage| {
        parent_of(stage, json!({"way": "waits"}));
        let _ = stage.cancel("child");
    }),
    ("child-id-in-use", |stage| {
        stage.start("golden_leaf", "child", &[json!("waits")]);
        parent_of(stage, json!({}));
    }),
    ("child-cancelled-wait-completed-with-sender", |stage| {
        parent_of(stage, cancelled_as("waits", "wait-completed"));
        stage.pass(1_000);
    }),
    ("child-cancelled-wait-completed-but-stubborn-with-sender", |stage| {
        parent_of(stage, cancelled_as("stubborn", "wait-completed"));
        stage.pass(1_000);
    }),
    ("child-cancelled-wait-requested-with-sender", |stage| {
        parent_of(stage, cancelled_as("waits", "wait-requested"));
        stage.pass(1_000);
    }),
    ("child-cancelled-try-with-sender", |stage| {
        parent_of(stage, cancelled_as("waits", "try"));
        stage.pass(1_000);
    }),
    ("child-cancelled-try-with-numbers", |stage| {
        parent_of(stage, cancelled_as("waits", "try"));
        stage.pass(1_000);
    }),
    ("child-cancelled-abandon", |stage| {
        parent_of(stage, cancelled_as("waits", "abandon"));
        stage.pass(1_000);
    }),
    ("child-cancelled-with-its-parent-with-sender", |stage| {
        parent_of(stage, json!({"way": "waits"}));
        let _ = stage.cancel("it");
    }),
    ("child-of-a-closed-parent-terminated", |stage| {
        parent_of(stage, json!({"way": "waits", "leaves": true, "policy": "terminate"}));
    }),
    ("child-of-a-closed-parent-cancelled-with-sender", |stage| {
        parent_of(
            stage,
            json!({"way": "waits", "leaves": true, "policy": "request-cancel"}),
        );
    }),
    ("child-of-a-closed-parent-abandoned", |stage| {
        parent_of(stage, json!({"way": "waits", "leaves": true, "policy": "abandon"}));
    }),
    ("child-of-a-terminated-parent", |stage| {
        parent_of(stage, json!({"way": "waits"}));
        let _ = stage.terminate("it");
    }),
    ("child-through-a-crash-with-sender", |stage| {
        parent_of(stage, json!({"way": "waits"}));
        stage.crash(300);
        let _ = stage.cancel("it");
    }),
    ("children-at-once", |stage| {
        stage.start("golden_brood", "it", &[json!(3)]);
    }),
];

fn parent_of(stage: &mut Stage, case: Value) {
    stage.start("golden_parent", "it", &[case]);
}

/// After a second.
fn cancelled_as(way: &str, cancellation: &str) -> Value {
    json!({"way": way, "cancelAfter": 1_000, "cancellation": cancellation})
}
