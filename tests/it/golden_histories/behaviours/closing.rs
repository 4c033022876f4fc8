use crate::golden_histories::Behaviour;
use crate::support::stage::Stage;
use mainspring::shard::{IdConflictPolicy, IdReusePolicy};
use mainspring_core::{Metadata, Millis, Payload, RetryPolicy, WorkflowTimeouts};
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
    ("run-with-timeouts", |stage| {
        limited(
            stage,
            WorkflowTimeouts {
                execution: Some(Millis::from_secs(7_200)),
                run: Some(Millis::from_secs(3_600)),
                task: Some(Millis::from_secs(7)),
            },
        );
        let _ = stage.cancel("it");
    }),
    ("run-described-from-its-start", |stage| {
        let mut request = stage.request("golden_leaf", "it", &[json!("completes")]);
        let text = |text: &str| Payload::encoded("json/plain", json!(text).to_string());
        request.memo = vec![("given".into(), text("at the start"))];
        request.search_attributes = [
            ("Customer", "Keyword", json!("bob")),
            ("Due", "Datetime", json!("2026-01-01T00:00:00Z")),
            ("Items", "Int", json!(3)),
            ("Paid", "Bool", json!(true)),
            ("Price", "Double", json!(2.5)),
            ("Tags", "KeywordList", json!(["new", "red"])),
        ]
        .map(|(name, kind, value)| (name.into(), typed(kind, &value)))
        .into();
        request.headers = vec![("trace".into(), text("1"))];
        request.summary = Some(text("in a line"));
        request.details = Some(text("in **more** of them"));
        stage.start_as(request);
    }),
    ("run-that-takes-the-place-of-another", |stage| {
        stage.start("golden_leaf", "it", &[json!("waits")]);
        let mut request = stage.request("golden_leaf", "it", &[json!("completes")]);
        request.request_id = "another start".into();
        request.conflict = IdConflictPolicy::TerminateExisting;
        stage.start_as(request);
        let mut again = stage.request("golden_leaf", "it", &[json!("waits")]);
        again.request_id = "yet another".into();
        again.reuse = IdReusePolicy::RejectDuplicate;
        assert!(stage.ask_to_start(again).get().is_err(), "the id was used before");
    }),
    // All that is known of it goes, and who waited for it hears of its end.
    ("run-deleted-with-somebody-who-waits", |stage| {
        stage.start("golden_parent", "it", &[json!({"way": "waits"})]);
        let _ = stage.delete("child");
    }),
    ("run-whose-type-is-paused", |stage| {
        stage.pause_types(true);
        stage.start("golden_signals", "it", &[]);
        let _ = stage.signal("it", "item", &json!("a"));
        stage.pass(1_000);
        stage.pause_types(false);
        let task = stage.take();
        stage.pause_types(true);
        let _ = stage.complete(&task, &Value::Null);
        let _ = stage.signal("it", "item", &json!("b"));
        stage.crash(1_000);
        stage.pause_types(false);
    }),
];

/// As Temporal's SDKs encode search attributes.
fn typed(kind: &str, value: &Value) -> Payload {
    Payload {
        metadata: Metadata::new(vec![
            ("encoding".into(), "json/plain".into()),
            ("type".into(), kind.to_owned().into()),
        ]),
        ..Payload::encoded("json/plain", value.to_string())
    }
}

fn limited(stage: &mut Stage, timeouts: WorkflowTimeouts) {
    let mut request = stage.request("golden_leaf", "it", &[json!("waits")]);
    request.timeouts = timeouts;
    request.retry = timeouts.execution.map(|_| RetryPolicy::default());
    stage.start_as(request);
}
