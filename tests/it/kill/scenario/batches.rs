use super::Workflows;
use crate::kill::calls::{acknowledged, answered, ends, returns, start};
use crate::support::client::{Client, payloads};
use crate::support::patience::until;
use mainspring_api::temporal::batch::v1::{
    BatchOperationCancellation, BatchOperationDeletion, BatchOperationSignal, BatchOperationTermination,
};
use mainspring_api::temporal::enums::v1::{BatchOperationState, WorkflowExecutionStatus as Status};
use mainspring_api::temporal::workflowservice::v1::start_batch_operation_request::Operation;
use serde_json::{Value, json};
use tonic::Code;

/// What is done to all runs that a filter finds. (Resets in the middle of which the server dies are in `batches`.)
pub(in crate::kill) async fn batches(client: &Client) -> Workflows {
    for workflow_id in ["first", "second"] {
        start(client, "collector", workflow_id, &json!(1)).await;
        answered(client, workflow_id).await;
    }
    let signal = Operation::SignalOperation(BatchOperationSignal {
        signal: "collect".into(),
        input: Some(payloads(&json!("one"))),
        ..Default::default()
    });
    perform(client, "signals", "WorkflowType = 'collector'", signal).await;
    for workflow_id in ["first", "second"] {
        returns(client, workflow_id, json!(["one"])).await;
    }

    for (workflow_id, operation, status) in [
        (
            "cancelled",
            Operation::CancellationOperation(BatchOperationCancellation::default()),
            Status::Canceled,
        ),
        (
            "terminated",
            Operation::TerminationOperation(BatchOperationTermination::default()),
            Status::Terminated,
        ),
    ] {
        start(client, "idle", workflow_id, &Value::Null).await;
        answered(client, workflow_id).await;
        perform(client, workflow_id, "WorkflowType = 'idle'", operation).await;
        ends(client, workflow_id, status).await;
    }

    let delete = Operation::DeletionOperation(BatchOperationDeletion::default());
    perform(client, "deletions", "WorkflowType = 'collector'", delete).await;
    let left = acknowledged(|| client.list("WorkflowType = 'collector'")).await;
    assert_eq!(left.expect("they are listed"), [""; 0]);

    vec!["cancelled", "terminated"]
}

/// Waits until it has been done to all.
async fn perform(client: &Client, job_id: &str, query: &str, operation: Operation) {
    let started = acknowledged(|| client.start_batch(job_id, query, operation.clone())).await;
    let was_taken_before = started.as_ref().is_err_and(|it| it.code() == Code::AlreadyExists);
    assert!(started.is_ok() || was_taken_before, "{job_id}: {started:?}");
    let described = until("the batch operation is over", async || {
        let described = client.describe_batch(job_id).await.ok()?;
        (described.state() != BatchOperationState::Running).then_some(described)
    })
    .await;
    assert_eq!(described.state(), BatchOperationState::Completed, "{described:?}");
    assert_eq!(described.failure_operation_count, 0, "{described:?}");
}
