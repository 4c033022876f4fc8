//! Runs that go, in the real program: by the command line, when a namespace's retention is over, and across a SIGKILL.

use crate::support::client::{Client, NAMESPACE, start_request};
use crate::support::embedded;
use crate::support::modules;
use crate::support::patience::until;
use crate::support::server::Server;
use mainspring::Settings;
use mainspring_api::temporal::enums::v1::WorkflowExecutionStatus;
use serde_json::{Value, json};
use std::process::Output;
use tonic::Code;

async fn with_guests() -> (Server, Client) {
    let server = Server::start().await;
    let client = server.client();
    client
        .push("test_guests", modules::read("test_guests"))
        .await
        .expect("the module is taken");
    (server, client)
}

async fn start(client: &Client, workflow_type: &str, workflow_id: &str, argument: &Value) {
    let request = start_request(workflow_type, workflow_id, "work", argument);
    client.start(request).await.expect("it is started");
}

async fn status(client: &Client, workflow_id: &str) -> Option<WorkflowExecutionStatus> {
    match client.describe(workflow_id).await {
        Ok(described) => described.workflow_execution_info.map(|info| info.status()),
        Err(status) => {
            assert_eq!(status.code(), Code::NotFound, "{status}");
            None
        }
    }
}

async fn closed(client: &Client, workflow_id: &str) {
    until("it is closed", async || {
        let status = status(client, workflow_id).await;
        (status? != WorkflowExecutionStatus::Running).then_some(())
    })
    .await;
}

#[track_caller]
fn said(output: &Output, code: i32) -> String {
    let (out, err) = (&output.stdout, &output.stderr);
    let said = format!("{}{}", String::from_utf8_lossy(out), String::from_utf8_lossy(err));
    assert_eq!(output.status.code(), Some(code), "{said}");
    said
}

#[tokio::test(flavor = "multi_thread")]
async fn closed_runs_go_when_their_namespace_keeps_them_no_longer() {
    let (mut server, client) = with_guests().await;
    for number in 0..250 {
        start(&client, "echo", &format!("echo-{number}"), &json!(number)).await;
    }
    start(&client, "sleeper", "sleeper", &json!(3_600_000)).await;
    closed(&client, "echo-249").await;
    let updated = server.command(&[
        "namespace",
        "update",
        NAMESPACE,
        "--retention",
        "1s",
        "--output",
        "json",
    ]);
    let updated: Value = serde_json::from_str(&said(&updated, 0)).expect("it is JSON");
    assert_eq!(updated["config"]["workflowExecutionRetentionTtl"], json!("1s"));
    // In the midst of it, and what is left goes all the same.
    server.kill();
    server.start_again().await;
    until("the closed runs are gone", async || {
        let counted = server.command(&["workflow", "count", "--output", "json"]);
        (said(&counted, 0).contains("\"count\": \"1\"")).then_some(())
    })
    .await;
    assert_eq!(status(&client, "echo-3").await, None);
    assert_eq!(status(&client, "sleeper").await, Some(WorkflowExecutionStatus::Running));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_deleted_stays_deleted() {
    let (mut server, client) = with_guests().await;
    start(&client, "echo", "closed", &json!(1)).await;
    start(&client, "sleeper", "open", &json!(3_600_000)).await;
    closed(&client, "closed").await;
    for workflow_id in ["closed", "open"] {
        let deleted = server.command(&["workflow", "delete", workflow_id]);
        assert!(said(&deleted, 0).contains("is deleted"));
    }
    server.kill();
    server.start_again().await;
    for workflow_id in ["closed", "open"] {
        assert_eq!(status(&client, workflow_id).await, None, "{workflow_id}");
        let again = server.command(&["workflow", "delete", workflow_id]);
        assert!(said(&again, 3).contains("was not found"), "{workflow_id}");
    }
    // The workflow id is as good as new.
    start(&client, "echo", "open", &json!(2)).await;
    closed(&client, "open").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_library_deletes_a_run_that_somebody_waits_for() {
    let mainspring = embedded::open(Settings::ephemeral()).await;
    let handle = embedded::start(&mainspring, "sleeper", "sleeper", &3_600_000).await;
    let waiting = tokio::spawn({
        let handle = handle.clone();
        async move { handle.result::<Value>().await }
    });
    tokio::task::yield_now().await;
    handle.delete().await.expect("it is deleted");
    let error = waiting.await.expect("it does not panic").expect_err("it has no result");
    assert!(error.to_string().contains("was not found"), "{error}");
    let again = handle.delete().await.expect_err("it is gone");
    assert!(again.to_string().contains("was not found"), "{again}");
    mainspring.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn namespaces_by_the_command_line() {
    let server = Server::start().await;
    let create = [
        "namespace",
        "create",
        "orders",
        "--retention",
        "72h",
        "--description",
        "what was ordered",
    ];
    said(&server.command(&create), 0);
    assert!(said(&server.command(&create), 5).contains("already exists"));
    let listed = said(&server.command(&["namespace", "list"]), 0);
    assert!(listed.contains("default") && listed.contains("for 3 d"), "{listed}");
    let update = ["namespace", "update", "orders", "--retention", "forever", "--deprecate"];
    let updated = said(&server.command(&update), 0);
    assert!(
        updated.contains("deprecated") && updated.contains("for ever"),
        "{updated}"
    );
    let described = said(&server.command(&["namespace", "describe", "orders"]), 0);
    assert!(described.contains("what was ordered"), "{described}");
    let start = [
        "workflow",
        "start",
        "--type",
        "echo",
        "--task-queue",
        "work",
        "--namespace",
        "orders",
    ];
    assert!(said(&server.command(&start), 5).contains("takes no new ones"));
    said(&server.command(&["namespace", "update", "unknown", "--deprecate"]), 3);
    said(
        &server.command(&["namespace", "update", "orders", "--retention", "soon"]),
        64,
    );
}
