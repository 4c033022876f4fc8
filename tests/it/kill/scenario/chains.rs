use super::Workflows;
use crate::kill::calls::{answered, ends, request, returns, runs, signal, start, start_as, start_with, terminate};
use crate::support::client::Client;
use crate::support::patience::until;
use mainspring_api::protobuf::Duration;
use mainspring_api::temporal::common::v1::RetryPolicy;
use mainspring_api::temporal::enums::v1::WorkflowExecutionStatus as Status;
use mainspring_api::temporal::workflowservice::v1::StartWorkflowExecutionRequest;
use serde_json::{Value, json};

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

    vec!["continued", "counted", "retried", "too-late"]
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
