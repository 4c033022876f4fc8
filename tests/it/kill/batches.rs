//! SIGKILL in the middle of batch operations: they go on, and what is done to each run is done to it once.

use super::calls::{acknowledged, event_types, start};
use crate::support::client::{Client, NAMESPACE, payloads};
use crate::support::modules;
use crate::support::patience::until;
use crate::support::server::Server;
use futures::{StreamExt, stream};
use mainspring_api::temporal::batch::v1::{
    BatchOperationDeletion, BatchOperationReset, BatchOperationSignal, BatchOperationTermination,
};
use mainspring_api::temporal::common::v1::{ResetOptions, reset_options};
use mainspring_api::temporal::enums::v1::{BatchOperationState, EventType};
use mainspring_api::temporal::workflowservice::v1::start_batch_operation_request::Operation;
use mainspring_api::temporal::workflowservice::v1::{
    CountWorkflowExecutionsRequest, DescribeBatchOperationRequest, DescribeBatchOperationResponse,
    StartBatchOperationRequest,
};
use serde_json::json;
use std::time::Duration;
use tonic::Code;

const SEED: u64 = 7;
const RUNS: usize = 160;
/// So that each operation takes some seconds, and what is recorded together takes one.
const PER_SECOND: f32 = 40.0;
/// At most, for each operation.
const KILLS: u32 = 3;
const AT_ONCE: usize = 16;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_batch_operation_goes_on_and_does_nothing_twice() {
    let mut server = Server::start().await;
    let client = server.client();
    client
        .push("test_guests", modules::read("test_guests"))
        .await
        .expect("the module is taken");
    let workflow_ids: Vec<_> = (0..RUNS).map(|number| format!("collector-{number}")).collect();
    let all = || stream::iter(workflow_ids.iter());
    let two = json!(2);
    all()
        .for_each_concurrent(AT_ONCE, |id| start(&client, "collector", id, &two))
        .await;
    start(&client, "sleeper", "another", &json!(3_600_000)).await;
    let mut moments = fastrand::Rng::with_seed(SEED);

    let signal = Operation::SignalOperation(BatchOperationSignal {
        signal: "collect".into(),
        input: Some(payloads(&json!("one"))),
        identity: "the test".into(),
        ..Default::default()
    });
    perform(&mut server, &client, "signals", signal, RUNS, &mut moments).await;
    assert_each_has_once(&client, &workflow_ids, EventType::WorkflowExecutionSignaled).await;

    let reset = Operation::ResetOperation(BatchOperationReset {
        options: Some(ResetOptions {
            target: Some(reset_options::Target::FirstWorkflowTask(())),
            ..Default::default()
        }),
        ..Default::default()
    });
    perform(&mut server, &client, "resets", reset, RUNS, &mut moments).await;
    assert_each_has_once(&client, &workflow_ids, EventType::WorkflowExecutionSignaled).await;
    // Each has the run that was reset, and one other.
    let all_runs = 2 * RUNS;
    assert_eq!(count(&client, "WorkflowType = 'collector'").await, all_runs as i64);

    let terminate = Operation::TerminationOperation(BatchOperationTermination::default());
    perform(&mut server, &client, "terminations", terminate, RUNS, &mut moments).await;
    assert_each_has_once(&client, &workflow_ids, EventType::WorkflowExecutionTerminated).await;

    let delete = Operation::DeletionOperation(BatchOperationDeletion::default());
    perform(&mut server, &client, "deletions", delete, all_runs, &mut moments).await;
    assert_eq!(count(&client, "WorkflowType = 'collector'").await, 0);
    // What the filter does not find is left alone.
    assert_eq!(count(&client, "ExecutionStatus = 'Running'").await, 1);
}

/// Does one thing to all collectors, so many of them, while the server is killed again and again.
async fn perform(
    server: &mut Server,
    client: &Client,
    job_id: &str,
    operation: Operation,
    runs: usize,
    moments: &mut fastrand::Rng,
) {
    let request = StartBatchOperationRequest {
        namespace: NAMESPACE.into(),
        visibility_query: "WorkflowType = 'collector'".into(),
        job_id: job_id.into(),
        reason: "it is tested".into(),
        max_operations_per_second: PER_SECOND,
        operation: Some(operation),
        ..Default::default()
    };
    let started = client.workflows.clone().start_batch_operation(request).await;
    started.expect("it is started");
    let mut kills = 0;
    while kills < KILLS {
        tokio::time::sleep(Duration::from_millis(moments.u64(100..900))).await;
        if describe(client, job_id).await.state() != BatchOperationState::Running {
            break;
        }
        server.kill();
        kills += 1;
        server.start_again().await;
    }
    assert!(kills > 0, "it was over before it could be disturbed");
    let described = until("the batch operation is over", async || {
        let described = describe(client, job_id).await;
        (described.state() != BatchOperationState::Running).then_some(described)
    })
    .await;
    assert_eq!(described.state(), BatchOperationState::Completed, "{described:?}");
    let counts = (
        described.total_operation_count,
        described.complete_operation_count,
        described.failure_operation_count,
    );
    assert_eq!(counts, (runs as i64, runs as i64, 0), "{described:?}");
}

async fn describe(client: &Client, job_id: &str) -> DescribeBatchOperationResponse {
    let request = DescribeBatchOperationRequest {
        namespace: NAMESPACE.into(),
        job_id: job_id.into(),
    };
    let described = acknowledged(|| async {
        let mut workflows = client.workflows.clone();
        workflows.describe_batch_operation(request.clone()).await
    });
    let described = described.await;
    assert_ne!(
        described.as_ref().err().map(tonic::Status::code),
        Some(Code::NotFound),
        "it is lost"
    );
    described.expect("it is known").into_inner()
}

async fn assert_each_has_once(client: &Client, workflow_ids: &[String], event: EventType) {
    stream::iter(workflow_ids)
        .for_each_concurrent(AT_ONCE, async |workflow_id| {
            let types = event_types(client, workflow_id).await;
            let times = types.iter().filter(|it| **it == event).count();
            assert_eq!(times, 1, "{workflow_id}: {types:?}");
        })
        .await;
}

async fn count(client: &Client, query: &str) -> i64 {
    let request = CountWorkflowExecutionsRequest {
        namespace: NAMESPACE.into(),
        query: query.into(),
    };
    let counted = acknowledged(|| async {
        let mut workflows = client.workflows.clone();
        workflows.count_workflow_executions(request.clone()).await
    });
    counted.await.expect("they can be counted").into_inner().count
}
