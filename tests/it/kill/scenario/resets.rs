use super::Workflows;
use crate::kill::boundaries::SWAPPED;
use crate::kill::calls::{acknowledged, answered, has_events, reset, returns, runs, signal, start_with};
use crate::support::client::Client;
use crate::support::modules;
use mainspring_api::temporal::history::v1::history_event::Attributes;
use serde_json::{Value, json};

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

/// The first of two runs goes on from its beginning; the one that had followed it is terminated.
pub(in crate::kill) async fn resets_of_runs_that_were_followed(client: &Client) -> Workflows {
    start_with(client, "continues_in_haste", "followed", &[json!(1)]).await;
    returns(client, "followed", json!("done")).await;
    let first = runs(client, "followed").await;
    let first = match first[0][0].attributes.as_ref() {
        Some(Attributes::WorkflowExecutionStartedEventAttributes(it)) => it.original_execution_run_id.clone(),
        other => panic!("a history begins with {other:?}"),
    };
    acknowledged(|| client.reset("followed", &first, 4))
        .await
        .expect("it is reset");
    returns(client, "followed", json!("done")).await;
    let all = acknowledged(|| client.list("WorkflowId = 'followed'")).await;
    assert_eq!(all.expect("they are listed").len(), 4, "two runs, and two once more");

    vec!["followed"]
}

/// A run that did the second thing first, and goes on from its beginning with the module that is mended.
pub(in crate::kill) async fn resets_to_a_mended_module(client: &Client) -> Workflows {
    start_with(client, "order_in_haste", "mended", &[]).await;
    returns(client, "mended", Value::Null).await;
    let mended = modules::read("test_guests");
    acknowledged(|| client.push(SWAPPED, mended.clone()))
        .await
        .expect("the module is taken");
    reset(client, "mended", 4).await;
    returns(client, "mended", Value::Null).await;

    vec!["mended"]
}
