use super::Workflows;
use crate::kill::calls::{answered, cancel, returns, signal, start};
use crate::kill::worker::FAILING;
use crate::support::client::Client;
use serde_json::{Value, json};

const STEPS: u32 = 3;
const SIGNALS: u32 = 3;
const TIMER_MS: u64 = 20;

/// Activities that succeed, and that fail at first; a timer; signals; a request to cancel.
pub(in crate::kill) async fn activities(client: &Client) -> Workflows {
    start(client, "hasty_steps", "steps", &json!(STEPS)).await;
    returns(client, "steps", json!(STEPS)).await;

    start(client, "hasty_steps", FAILING, &json!(1)).await;
    returns(client, FAILING, json!(1)).await;

    start(client, "sleeper", "sleeper", &json!(TIMER_MS)).await;
    returns(client, "sleeper", Value::Null).await;

    start(client, "collector", "collector", &json!(SIGNALS)).await;
    answered(client, "collector").await;
    for number in 1..=SIGNALS {
        let item = json!(number.to_string());
        signal(client, "collector", "collect", &item, number == SIGNALS).await;
        answered(client, "collector").await;
    }
    let all: Vec<_> = (1..=SIGNALS).map(|number| number.to_string()).collect();
    returns(client, "collector", json!(all)).await;

    start(client, "stubborn", "cancelled", &Value::Null).await;
    answered(client, "cancelled").await;
    cancel(client, "cancelled", true).await;
    returns(client, "cancelled", json!("woken")).await;

    vec!["steps", FAILING, "sleeper", "collector", "cancelled"]
}
