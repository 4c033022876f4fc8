use crate::golden_histories::Behaviour;
use serde_json::{Value, json};

pub(super) const BEHAVIOURS: &[Behaviour] = &[
    ("scopes-cancelled-from-the-inside-out", |stage| {
        stage.start("golden_scopes", "it", &[]);
        for item in ["inner", "outer"] {
            let _ = stage.signal("it", "item", &json!(item));
            let task = stage.take();
            let _ = stage.complete(&task, &Value::Null);
        }
    }),
    ("scopes-cancelled-through-a-crash", |stage| {
        stage.start("golden_scopes", "it", &[]);
        let _ = stage.signal("it", "item", &json!("inner"));
        stage.crash(300);
        let task = stage.take();
        let _ = stage.complete(&task, &Value::Null);
        stage.crash(300);
        let _ = stage.signal("it", "item", &json!("outer"));
        let task = stage.take();
        let _ = stage.complete(&task, &Value::Null);
    }),
];
