use super::Workflows;
use crate::kill::calls::{
    acknowledged, answered, delete, ends, happened, request, returns, start, start_as, start_with,
};
use crate::support::client::Client;
use mainspring_api::temporal::enums::v1::{EventType, WorkflowExecutionStatus as Status};
use serde_json::{Value, json};
use tonic::Code;

/// Runs that are deleted: a closed one, an open one, whose workflow ids are free then; the child of one that goes on.
pub(in crate::kill) async fn deletions(client: &Client) -> Workflows {
    start(client, "echo", "closed", &json!(1)).await;
    returns(client, "closed", json!(1)).await;
    delete(client, "closed").await;
    is_gone(client, "closed").await;

    start(client, "idle", "reused", &Value::Null).await;
    answered(client, "reused").await;
    delete(client, "reused").await;
    is_gone(client, "reused").await;
    let mut again = request("echo", "reused", &[json!(2)]);
    again.request_id = "another start".into();
    start_as(client, again).await;
    returns(client, "reused", json!(2)).await;

    let child = [json!("idle"), json!("deleted-child"), Value::Null];
    start_with(client, "calls_child", "bereft", &child).await;
    happened(client, "bereft", EventType::ChildWorkflowExecutionStarted).await;
    delete(client, "deleted-child").await;
    is_gone(client, "deleted-child").await;
    ends(client, "bereft", Status::Failed).await;

    vec!["reused", "bereft"]
}

async fn is_gone(client: &Client, workflow_id: &str) {
    let described = acknowledged(|| client.describe(workflow_id)).await;
    let status = described.expect_err("it is gone");
    assert_eq!(status.code(), Code::NotFound, "{status}");
}
