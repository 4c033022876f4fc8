use super::Workflows;
use crate::kill::calls::{answered, has_events, reset, returns, signal, start_with};
use crate::support::client::Client;
use serde_json::json;

/// Runs that go on from an earlier point: open ones and closed ones, with something said after it, with an activity before
/// it and one after it, with a child under way.
pub(in crate::kill) async fn resets(client: &Client) -> Workflows {
    start_with(client, "collector", "open", &[json!(2)]).await;
    answered(client, "open").await;
    signal(client, "open", "collect", &json!("1"), false).await;
    // A workflow task ends with the fourth event, and one with the eighth.
    has_events(client, "open", 8).await;
    reset(client, "open", 4).await;
    answered(client, "open").await;
    signal(client, "open", "collect", &json!("2"), true).await;
    returns(client, "open", json!(["1", "2"])).await;

    start_with(client, "hasty_steps", "closed", &[json!(2)]).await;
    returns(client, "closed", json!(2)).await;
    // Between the two activities.
    reset(client, "closed", 10).await;
    returns(client, "closed", json!(2)).await;

    let child = [json!("collector"), json!("child-of-both"), json!(1)];
    start_with(client, "calls_child", "parent", &child).await;
    // The child has started, and its parent knows it.
    has_events(client, "parent", 9).await;
    reset(client, "parent", 9).await;
    answered(client, "child-of-both").await;
    signal(client, "child-of-both", "collect", &json!("an item"), true).await;
    returns(client, "parent", json!(["an item"])).await;

    vec!["open", "closed", "parent", "child-of-both"]
}
