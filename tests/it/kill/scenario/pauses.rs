use super::Workflows;
use crate::kill::calls::{answered, cancel, pause, resume, returns, signal, start};
use crate::support::client::Client;
use serde_json::{Value, json};

/// A run that is paused, is signalled meanwhile, and goes on; and one that is paused before it ends on being cancelled.
pub(in crate::kill) async fn pauses(client: &Client) -> Workflows {
    start(client, "collector", "signalled", &json!(2)).await;
    answered(client, "signalled").await;
    pause(client, "signalled").await;
    signal(client, "signalled", "collect", &json!("a"), false).await;
    signal(client, "signalled", "collect", &json!("b"), false).await;
    resume(client, "signalled", true).await;
    returns(client, "signalled", json!(["a", "b"])).await;

    start(client, "stubborn", "cancelled", &Value::Null).await;
    answered(client, "cancelled").await;
    pause(client, "cancelled").await;
    cancel(client, "cancelled", false).await;
    resume(client, "cancelled", true).await;
    returns(client, "cancelled", json!("woken")).await;

    vec!["signalled", "cancelled"]
}
