use super::Workflows;
use crate::kill::calls::{answered, returns, signal, start, start_with, update};
use crate::support::client::Client;
use serde_json::{Value, json};

/// What each language has, by the golden workflows, which are there in all of them: an activity, updates and a signal, a
/// child.
pub(in crate::kill) async fn languages(client: &Client) -> Workflows {
    let hasty = json!({"startToClose": 1_000, "attempts": 5});
    start(client, "golden_activity", "activity", &hasty).await;
    returns(client, "activity", json!("input")).await;

    start_with(client, "golden_counter", "counter", &[]).await;
    answered(client, "counter").await;
    assert_eq!(update(client, "counter", "first", "add", 2).await, Ok(json!(2)));
    let nothing = update(client, "counter", "nothing", "add", 0).await;
    assert_eq!(nothing, Err("the amount is 0".into()));
    assert_eq!(update(client, "counter", "second", "add", 3).await, Ok(json!(5)));
    signal(client, "counter", "close", &Value::Null, true).await;
    returns(client, "counter", json!(5)).await;

    start(client, "golden_parent", "parent", &json!({})).await;
    returns(client, "parent", json!("done")).await;

    vec!["activity", "counter", "parent", "child"]
}
