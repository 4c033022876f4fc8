use super::Workflows;
use crate::kill::calls::{answered, cancel, ends, returns, signal, start, start_with, update};
use crate::support::client::Client;
use mainspring_api::temporal::enums::v1::WorkflowExecutionStatus as Status;
use serde_json::{Value, json};

/// What each language has, by the golden workflows, which are there in all of them: an activity, updates and a signal, a
/// child.
pub(in crate::kill) async fn languages(client: &Client) -> Workflows {
    an_activity_and_a_child(client).await;

    start_with(client, "golden_counter", "counter", &[]).await;
    answered(client, "counter").await;
    assert_eq!(update(client, "counter", "first", "add", 2).await, Ok(json!(2)));
    let nothing = update(client, "counter", "nothing", "add", 0).await;
    assert_eq!(nothing, Err("the amount is 0".into()));
    assert_eq!(update(client, "counter", "second", "add", 3).await, Ok(json!(5)));
    signal(client, "counter", "close", &Value::Null, true).await;
    returns(client, "counter", json!(5)).await;

    vec!["activity", "counter", "parent", "child"]
}

/// What Go has, which has no updates: besides an activity and a child, a `select` between signals and timers, a cancellation, a
/// chain of runs.
pub(in crate::kill) async fn go(client: &Client) -> Workflows {
    an_activity_and_a_child(client).await;

    start_with(client, "go_approval", "approval", &[]).await;
    answered(client, "approval").await;
    signal(client, "approval", "note", &json!("a"), false).await;
    answered(client, "approval").await;
    signal(client, "approval", "approve", &json!("Ada"), true).await;
    returns(client, "approval", json!(["a", "approved by Ada"])).await;

    start(client, "golden_leaf", "cancelled", &json!("waits")).await;
    answered(client, "cancelled").await;
    cancel(client, "cancelled", true).await;
    ends(client, "cancelled", Status::Canceled).await;

    start(client, "go_countdown", "chain", &json!(2)).await;
    returns(client, "chain", json!("liftoff")).await;

    vec!["activity", "parent", "child", "approval", "cancelled", "chain"]
}

async fn an_activity_and_a_child(client: &Client) {
    let hasty = json!({"startToClose": 1_000, "attempts": 5});
    start(client, "golden_activity", "activity", &hasty).await;
    returns(client, "activity", json!("input")).await;

    start(client, "golden_parent", "parent", &json!({})).await;
    returns(client, "parent", json!("done")).await;
}
