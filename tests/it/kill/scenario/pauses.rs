use super::Workflows;
use crate::kill::calls::{
    answered, cancel, happened, pause, rescue_activity, resume, returns, signal, start, start_as,
};
use crate::support::client::{Client, start_request};
use mainspring_api::temporal::enums::v1::EventType;
use serde_json::{Value, json};

/// A run that is paused, is signalled meanwhile, and goes on; one that is paused before it ends on being cancelled; and
/// one whose activity is paused, moved to another task queue, and done there.
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

    let elsewhere = start_request("hasty_steps", "rescued", "nobody-polls-this", &json!(1));
    start_as(client, elsewhere).await;
    happened(client, "rescued", EventType::ActivityTaskScheduled).await;
    rescue_activity(client, "rescued").await;
    returns(client, "rescued", json!(1)).await;

    vec!["signalled", "cancelled", "rescued"]
}
