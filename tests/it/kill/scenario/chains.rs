use super::Workflows;
use crate::kill::calls::{
    acknowledged, answered, ends, request, returns, runs, signal, start, start_as, start_with, terminate,
};
use crate::support::client::Client;
use crate::support::patience::until;
use mainspring_api::protobuf::Duration;
use mainspring_api::temporal::common::v1::RetryPolicy;
use mainspring_api::temporal::enums::v1::{
    WorkflowExecutionStatus as Status, WorkflowIdConflictPolicy, WorkflowIdReusePolicy,
};
use mainspring_api::temporal::workflowservice::v1::StartWorkflowExecutionRequest;
use serde_json::{Value, json};
use tonic::Code;

/// Runs that follow each other: continued as new, tried again; and the end of those that take too long.
pub(in crate::kill) async fn chains(client: &Client) -> Workflows {
    start(client, "continues_in_haste", "continued", &json!(2)).await;
    returns(client, "continued", json!("done")).await;

    start_with(client, "counts_runs", "counted", &[json!(2), json!(0)]).await;
    returns(client, "counted", json!(2)).await;

    let retried = request("succeeds_at", "retried", &[json!(3)]);
    let retried = StartWorkflowExecutionRequest {
        retry_policy: Some(soon()),
        ..retried
    };
    start_as(client, retried).await;
    returns(client, "retried", json!(3)).await;

    let late = request("idle", "too-late", &[Value::Null]);
    let late = StartWorkflowExecutionRequest {
        workflow_run_timeout: Some(millis(300)),
        retry_policy: Some(RetryPolicy {
            maximum_attempts: 2,
            ..soon()
        }),
        ..late
    };
    start_as(client, late).await;
    ends(client, "too-late", Status::TimedOut).await;

    let late = request("idle", "much-too-late", &[Value::Null]);
    let late = StartWorkflowExecutionRequest {
        workflow_execution_timeout: Some(millis(300)),
        retry_policy: Some(soon()),
        ..late
    };
    start_as(client, late).await;
    ends(client, "much-too-late", Status::TimedOut).await;

    vec!["continued", "counted", "retried", "too-late", "much-too-late"]
}

/// Who may have a workflow id that is in use, or was.
pub(in crate::kill) async fn ids_that_are_used_again(client: &Client) -> Workflows {
    use WorkflowIdConflictPolicy::{TerminateExisting, UseExisting};
    start(client, "idle", "again", &Value::Null).await;
    answered(client, "again").await;
    let mut same = request("idle", "again", &[Value::Null]);
    same.request_id = "who takes what is there".into();
    same.set_workflow_id_conflict_policy(UseExisting);
    start_as(client, same).await;
    assert_eq!(runs(client, "again").await.len(), 1);
    let mut other = request("echo", "again", &[json!("instead")]);
    other.request_id = "who takes its place".into();
    other.set_workflow_id_conflict_policy(TerminateExisting);
    start_as(client, other).await;
    returns(client, "again", json!("instead")).await;
    let mut refused = request("echo", "again", &[Value::Null]);
    refused.request_id = "who comes too late".into();
    refused.set_workflow_id_reuse_policy(WorkflowIdReusePolicy::RejectDuplicate);
    let refused = acknowledged(|| client.start(refused.clone())).await;
    assert_eq!(refused.expect_err("it was used").code(), Code::AlreadyExists);
    let found = acknowledged(|| client.list("WorkflowId = 'again'")).await;
    assert_eq!(found.expect("they are listed").len(), 2, "each was started once");

    vec!["again"]
}

/// A run that continues as new with each signal, and carries over what has come.
pub(in crate::kill) async fn chains_with_signals(client: &Client) -> Workflows {
    let items = ["a", "b", "c"];
    start_with(client, "carries", "carrier", &[json!(items.len()), json!([])]).await;
    for (number, item) in items.into_iter().enumerate() {
        answered(client, "carrier").await;
        signal(client, "carrier", "collect", &json!(item), number + 1 == items.len()).await;
        until("the next run is there", async || {
            let runs = runs(client, "carrier").await.len();
            (runs == items.len().min(number + 2)).then_some(())
        })
        .await;
    }
    returns(client, "carrier", json!(items)).await;

    vec!["carrier"]
}

/// Runs that wait until they may begin, and those that begin again and again.
pub(in crate::kill) async fn chains_by_schedule(client: &Client) -> Workflows {
    let delayed = request("echo", "delayed", &[json!("at last")]);
    let delayed = StartWorkflowExecutionRequest {
        workflow_start_delay: Some(millis(300)),
        ..delayed
    };
    start_as(client, delayed).await;
    returns(client, "delayed", json!("at last")).await;

    let woken = request("collector", "woken", &[json!(1)]);
    let woken = StartWorkflowExecutionRequest {
        workflow_start_delay: Some(millis(3_600_000)),
        ..woken
    };
    start_as(client, woken).await;
    signal(client, "woken", "collect", &json!("early"), true).await;
    returns(client, "woken", json!(["early"])).await;

    let repeated = request("collector", "repeated", &[json!(1)]);
    let repeated = StartWorkflowExecutionRequest {
        cron_schedule: "@every 1s".into(),
        ..repeated
    };
    start_as(client, repeated).await;
    for number in 0..2 {
        answered(client, "repeated").await;
        signal(client, "repeated", "collect", &json!(number.to_string()), true).await;
        until("the next run is there", async || {
            (runs(client, "repeated").await.len() == number + 2).then_some(())
        })
        .await;
    }
    terminate(client, "repeated").await;
    ends(client, "repeated", Status::Terminated).await;

    vec!["delayed", "woken", "repeated"]
}

fn soon() -> RetryPolicy {
    RetryPolicy {
        initial_interval: Some(millis(10)),
        ..Default::default()
    }
}

fn millis(millis: i32) -> Duration {
    Duration {
        seconds: i64::from(millis / 1_000),
        nanos: millis % 1_000 * 1_000_000,
    }
}
