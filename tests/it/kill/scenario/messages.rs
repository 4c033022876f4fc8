use super::Workflows;
use crate::kill::calls::{
    answered, ends, request, returns, signal, signal_with_start, start, start_with, update, update_with_start,
};
use crate::support::client::Client;
use mainspring_api::temporal::enums::v1::WorkflowExecutionStatus as Status;
use serde_json::{Value, json};

/// Updates that are accepted, that are rejected, that take an activity; and starts with a message.
pub(in crate::kill) async fn updates_and_signals(client: &Client) -> Workflows {
    start(client, "counter", "counter", &Value::Null).await;
    answered(client, "counter").await;
    assert_eq!(update(client, "counter", "first", "add", 2).await, Ok(json!(2)));
    let nothing = update(client, "counter", "nothing", "add", 0).await;
    assert_eq!(nothing, Err("the amount is 0".into()));
    assert_eq!(update(client, "counter", "slow", "addInHaste", 3).await, Ok(json!(5)));
    // Told again, it is recognised.
    assert_eq!(update(client, "counter", "first", "add", 2).await, Ok(json!(2)));
    signal(client, "counter", "close", &Value::Null, true).await;
    returns(client, "counter", json!(5)).await;

    let started = || request("counter", "started-by-update", &[Value::Null]);
    assert_eq!(
        update_with_start(client, started(), "one", "add", 1).await,
        Ok(json!(1))
    );
    assert_eq!(
        update_with_start(client, started(), "two", "add", 1).await,
        Ok(json!(2))
    );
    signal(client, "started-by-update", "close", &Value::Null, true).await;
    returns(client, "started-by-update", json!(2)).await;

    let started = || request("collector", "started-by-signal", &[json!(3)]);
    for item in ["a", "b"] {
        signal_with_start(client, started(), "collect", &json!(item)).await;
        answered(client, "started-by-signal").await;
    }
    signal(client, "started-by-signal", "collect", &json!("c"), true).await;
    returns(client, "started-by-signal", json!(["a", "b", "c"])).await;

    vec!["counter", "started-by-update", "started-by-signal"]
}

/// Workflows that signal and cancel others, which may not be there.
pub(in crate::kill) async fn messages_between_workflows(client: &Client) -> Workflows {
    start(client, "collector", "told", &json!(3)).await;
    answered(client, "told").await;
    start_with(client, "tells", "teller", &[json!("told"), json!(3)]).await;
    returns(client, "teller", json!(3)).await;
    returns(client, "told", json!(["0", "1", "2"])).await;

    start(client, "stubborn", "woken", &Value::Null).await;
    answered(client, "woken").await;
    start_with(client, "sends", "waker", &[json!("woken"), json!(0)]).await;
    returns(client, "waker", Value::Null).await;
    returns(client, "woken", json!("woken")).await;

    start_with(client, "sends", "lonely", &[json!("nobody"), json!(1)]).await;
    ends(client, "lonely", Status::Failed).await;

    vec!["told", "teller", "woken", "waker", "lonely"]
}
