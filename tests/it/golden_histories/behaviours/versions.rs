use crate::golden_histories::Behaviour;
use serde_json::Value;

pub(super) const BEHAVIOURS: &[Behaviour] = &[
    ("patched", |stage| {
        stage.start("golden_versions", "it", &[]);
        let task = stage.take();
        let _ = stage.complete(&task, &Value::Null);
    }),
    ("memo-and-search-attributes", |stage| {
        stage.start("golden_notes", "it", &[]);
        stage.pass(1_000);
    }),
    ("time-and-chance", |stage| {
        stage.pass(12_345);
        stage.start("golden_chance", "it", &[]);
        let task = stage.take();
        let _ = stage.complete(&task, &Value::Null);
    }),
];
