//! The HTTP/JSON API of the real program: the same methods, as a browser or curl reaches them.

use crate::support::client::{Client, NAMESPACE};
use crate::support::http::{Answer, get, post, send};
use crate::support::modules;
use crate::support::patience::until;
use crate::support::server::Server;
use serde_json::{Value, json};
use std::net::SocketAddr;

const WORKFLOWS: &str = "/api/v1/namespaces/default/workflows";

/// A workflow that collects signals until it has this many.
fn collector(count: usize) -> Value {
    json!({
        "workflowType": { "name": "collector" },
        "taskQueue": { "name": "work" },
        "input": [count],
        "memo": { "fields": { "note": "by hand" } },
    })
}

async fn with_guests() -> (Server, SocketAddr, Client) {
    let server = Server::start().await;
    let client = server.client();
    client
        .push("test_guests", modules::read("test_guests"))
        .await
        .expect("the module is taken");
    let http = server.http();
    (server, http, client)
}

#[track_caller]
fn ok(answer: Answer) -> Value {
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.media_type, "application/json");
    answer.json()
}

/// It was refused with that status and code; the error.
#[track_caller]
fn refused(answer: Answer, http: u16, code: i32) -> Value {
    assert_eq!(answer.status, http, "{}", answer.text);
    let error = answer.json();
    assert_eq!(error["code"], code, "{error}");
    error
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_by_http_alone() {
    let (_server, http, client) = with_guests().await;
    // An id that needs escapes in a path.
    let run = format!("{WORKFLOWS}/orders%2Fo%201");
    let started = ok(post(http, &run, &collector(2)).await);
    assert_eq!(started["started"], true, "{started}");
    let run_id = started["runId"].as_str().expect("a text").to_owned();

    ok(post(http, &format!("{run}/signal/collect"), &json!({ "input": ["apple"] })).await);
    let asked = until("the signal is seen", async || {
        let asked = ok(post(http, &format!("{run}/query/collected"), &json!({})).await);
        (asked["queryResult"] != json!([[]])).then_some(asked)
    })
    .await;
    assert_eq!(asked, json!({ "queryResult": [["apple"]] }));
    let item = json!({ "query": { "queryArgs": [0] } });
    let item = ok(post(http, &format!("{run}/query/itemAt"), &item).await);
    assert_eq!(item, json!({ "queryResult": ["apple"] }));

    let described = ok(get(http, &format!("{run}?execution.runId={run_id}")).await);
    let info = &described["workflowExecutionInfo"];
    assert_eq!(
        info["execution"],
        json!({ "workflowId": "orders/o 1", "runId": run_id })
    );
    assert_eq!(info["status"], "WORKFLOW_EXECUTION_STATUS_RUNNING");
    assert_eq!(info["memo"]["fields"]["note"], "by hand");
    // What a gRPC client sees is the same run.
    let by_grpc = client.describe("orders/o 1").await.expect("it is known");
    let by_grpc = by_grpc.workflow_execution_info.and_then(|info| info.execution);
    assert_eq!(by_grpc.map(|it| it.run_id), Some(run_id));

    // A payload in its long form is taken as well.
    let pear =
        json!({ "input": { "payloads": [{ "metadata": { "encoding": "anNvbi9wbGFpbg==" }, "data": "InBlYXIi" }] } });
    ok(post(http, &format!("{run}/signal/collect"), &pear).await);
    let waiting = "history?waitNewEvent=true&historyEventFilterType=HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT";
    let closed = ok(get(http, &format!("{run}/{waiting}")).await);
    let event = &closed["history"]["events"][0];
    assert_eq!(
        event["eventType"], "EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED",
        "{closed}"
    );
    let result = &event["workflowExecutionCompletedEventAttributes"]["result"];
    assert_eq!(*result, json!([["apple", "pear"]]));
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_are_asked_by_query_parameters() {
    let (_server, http, _client) = with_guests().await;
    for id in ["a", "b", "c"] {
        ok(post(http, &format!("{WORKFLOWS}/{id}"), &collector(1)).await);
    }
    ok(post(
        http,
        &format!("{WORKFLOWS}/c/terminate"),
        &json!({ "reason": "enough" }),
    )
    .await);
    let running = "query=ExecutionStatus%20%3D%20%27Running%27";
    let mut ids = until("the list has seen it", async || {
        let first = ok(get(http, &format!("{WORKFLOWS}?pageSize=1&{running}")).await);
        let token = first["nextPageToken"].as_str()?.replace('+', "%2B");
        let rest = ok(get(http, &format!("{WORKFLOWS}?{running}&next_page_token={token}")).await);
        let ids = [first, rest].map(|page| page["executions"].as_array().cloned().unwrap_or_default());
        let ids = ids.concat().into_iter().map(|it| it["execution"]["workflowId"].clone());
        let ids: Vec<_> = ids.collect();
        (ids.len() == 2).then_some(ids)
    })
    .await;
    ids.sort_unstable_by_key(Value::to_string);
    assert_eq!(ids, ["a", "b"]);
    let by_id = "pageSize=2&query=ORDER%20BY%20WorkflowId%20DESC";
    let first = ok(get(http, &format!("{WORKFLOWS}?{by_id}")).await);
    let token = first["nextPageToken"].as_str().unwrap_or_default().replace('+', "%2B");
    let rest = ok(get(http, &format!("{WORKFLOWS}?{by_id}&nextPageToken={token}")).await);
    let ids = [first, rest].map(|page| page["executions"].as_array().cloned().unwrap_or_default());
    let ids: Vec<_> = ids
        .concat()
        .iter()
        .map(|it| it["execution"]["workflowId"].clone())
        .collect();
    assert_eq!(ids, ["c", "b", "a"]);
    refused(
        get(http, &format!("{WORKFLOWS}?{by_id}&nextPageToken=AAAA")).await,
        400,
        3,
    );
    let count = ok(get(
        http,
        &format!("/api/v1/namespaces/{NAMESPACE}/workflow-count?{running}"),
    )
    .await);
    assert_eq!(count, json!({ "count": "2" }));
    // The other path of the same method.
    let described = ok(get(http, &format!("/namespaces/{NAMESPACE}/workflows/c")).await);
    assert_eq!(
        described["workflowExecutionInfo"]["status"],
        "WORKFLOW_EXECUTION_STATUS_TERMINATED"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_are_those_of_grpc() {
    let (_server, http, _client) = with_guests().await;
    let run = format!("{WORKFLOWS}/it");
    let error = refused(get(http, &run).await, 404, 5);
    assert!(
        error["message"]
            .as_str()
            .is_some_and(|it| it.contains("\"it\" was not found"))
    );
    assert_eq!(
        error["details"],
        json!([{ "@type": "type.googleapis.com/temporal.api.errordetails.v1.NotFoundFailure" }])
    );

    let run_id = ok(post(http, &run, &collector(1)).await)["runId"].clone();
    let error = refused(post(http, &run, &collector(1)).await, 409, 6);
    assert_eq!(error["details"][0]["runId"], run_id, "{error}");

    refused(get(http, "/api/v1/namespaces/nobody").await, 404, 5);
    refused(get(http, &format!("{WORKFLOWS}?query=x")).await, 400, 3);
    refused(get(http, &format!("{WORKFLOWS}?nonsense=x")).await, 400, 3);
    refused(get(http, "/api/v1/nothing").await, 404, 5);
    refused(send(http, "DELETE", &run, "application/json", "").await, 405, 12);
    let query = format!("{run}/query/itemAt");
    let error = refused(
        post(http, &query, &json!({ "query": { "queryArgs": [3] } })).await,
        400,
        3,
    );
    assert_eq!(
        error["details"][0]["failure"]["message"], "there is no item 3",
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_long_form_of_payloads_can_be_had() {
    let (_server, http, _client) = with_guests().await;
    let run = format!("{WORKFLOWS}/it");
    let long = "application/json+no-payload-shorthand";
    let in_short = send(http, "POST", &run, long, &collector(1).to_string()).await;
    let error = refused(in_short, 400, 3);
    assert!(
        error["message"].as_str().is_some_and(|it| it.starts_with("input: ")),
        "{error}"
    );

    ok(post(http, &run, &collector(1)).await);
    let note = json!({ "metadata": { "encoding": "anNvbi9wbGFpbg==" }, "data": "ImJ5IGhhbmQi" });
    let described = send(http, "GET", &run, long, "").await;
    assert_eq!(described.media_type, long);
    assert_eq!(
        described.json()["workflowExecutionInfo"]["memo"]["fields"]["note"],
        note
    );
    let pretty = get(http, &format!("{run}?pretty&noPayloadShorthand")).await;
    assert_eq!(pretty.media_type, "application/json+pretty+no-payload-shorthand");
    assert!(pretty.text.starts_with("{\n  \""), "{}", pretty.text);
    assert_eq!(pretty.json()["workflowExecutionInfo"]["memo"]["fields"]["note"], note);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_says_what_is_there() {
    let server = Server::start().await;
    let http = server.http();
    let links = ok(get(http, "/").await)["links"].clone();
    let document = ok(get(http, links["api"].as_str().expect("a path")).await);
    assert_eq!(document["openapi"], "3.1.0");
    // Each path without variables, as it is described.
    for path in ["/api/v1/system-info", "/api/v1/cluster-info", "/api/v1/namespaces"] {
        assert!(document["paths"][path]["get"].is_object(), "{path}");
        ok(get(http, path).await);
    }
    let attributes = ok(get(http, "/api/v1/namespaces/default/search-attributes").await);
    assert_eq!(
        attributes["systemAttributes"]["WorkflowId"],
        "INDEXED_VALUE_TYPE_KEYWORD"
    );
    assert_eq!(get(http, links["health"].as_str().expect("a path")).await.text, "ok\n");
}
