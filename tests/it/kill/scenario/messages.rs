use super::Workflows;
use crate::kill::calls::{
    answered, ends, happened, move_activities, query, request, returns, signal, signal_with_start, start, start_as,
    start_update, start_with, update, update_answer, update_with_start,
};
use crate::support::client::{Client, start_request};
use mainspring_api::temporal::enums::v1::{EventType, WorkflowExecutionStatus as Status};
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

/// An update that is accepted now and answered later; its answer is asked for when its run is closed, too.
pub(in crate::kill) async fn updates_in_stages(client: &Client) -> Workflows {
    start(client, "counter", "staged", &Value::Null).await;
    answered(client, "staged").await;
    start_update(client, "staged", "slow", "addInHaste", 3).await;
    assert_eq!(update_answer(client, "staged", "slow").await, Ok(json!(3)));
    // Told again, it is recognised.
    start_update(client, "staged", "slow", "addInHaste", 3).await;
    signal(client, "staged", "close", &Value::Null, true).await;
    returns(client, "staged", json!(3)).await;
    assert_eq!(update_answer(client, "staged", "slow").await, Ok(json!(3)));

    vec!["staged"]
}

/// An update that fails, and one that is under way when its run ends.
pub(in crate::kill) async fn updates_that_fail(client: &Client) -> Workflows {
    // Failed by its worker, or lost with the server and timed out: its history has the one or the other.
    start(client, "counter", "failing-update", &Value::Null).await;
    answered(client, "failing-update").await;
    let failed = update(client, "failing-update", "once", "addOnce", 3).await;
    assert!(failed.is_err(), "{failed:?}");
    signal(client, "failing-update", "close", &Value::Null, true).await;
    returns(client, "failing-update", json!(0)).await;

    let unfinished = start_request("counter", "unfinished", "nobody-polls-this", &Value::Null);
    start_as(client, unfinished).await;
    answered(client, "unfinished").await;
    start_update(client, "unfinished", "slow", "addInHaste", 3).await;
    signal(client, "unfinished", "close", &Value::Null, true).await;
    returns(client, "unfinished", json!(0)).await;
    let unanswered = update_answer(client, "unfinished", "slow").await;
    assert!(unanswered.is_err(), "{unanswered:?}");

    vec!["unfinished"]
}

/// Signals that come before anybody waits for them; and questions, of which nothing is left.
pub(in crate::kill) async fn signals_before_their_handler(client: &Client) -> Workflows {
    let early = start_request("hears_late", "early", "nobody-polls-this", &json!(3));
    start_as(client, early).await;
    happened(client, "early", EventType::ActivityTaskScheduled).await;
    let items = ["a", "b", "c"];
    for item in items {
        signal(client, "early", "collect", &json!(item), false).await;
        answered(client, "early").await;
    }
    move_activities(client, "early", true).await;
    returns(client, "early", json!(items)).await;

    start(client, "collector", "asked", &json!(2)).await;
    assert_eq!(query(client, "asked", "collected").await, json!([]));
    answered(client, "asked").await;
    signal(client, "asked", "collect", &json!("a"), false).await;
    assert_eq!(query(client, "asked", "collected").await, json!(["a"]));
    signal(client, "asked", "collect", &json!("b"), true).await;
    returns(client, "asked", json!(["a", "b"])).await;
    assert_eq!(query(client, "asked", "collected").await, json!(["a", "b"]));

    vec!["early", "asked"]
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
