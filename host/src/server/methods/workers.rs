//! What activity workers call.

use crate::{
    server::{
        convert::{
            InvalidField, failure_from_wire, header_to_wire, payloads_from_wire, payloads_to_wire, priority_to_wire,
            retry_policy_to_wire, timeout_to_wire, timestamp_to_wire,
        },
        front::{Front, identity, task_queue},
        history::count_to_wire,
        limits::{check_payloads, required_name},
        long_poll,
        task_token::TaskToken,
    },
    shard::{ActivityTask, AttemptOutcome, AttemptTarget},
};
use mainspring_api::temporal::{
    common::v1::{ActivityType, Payloads, WorkflowExecution, WorkflowType},
    failure::v1::Failure as WireFailure,
    taskqueue::v1::TaskQueueMetadata,
    workflowservice::v1::{
        PollActivityTaskQueueRequest, PollActivityTaskQueueResponse, RecordActivityTaskHeartbeatRequest,
        RecordActivityTaskHeartbeatResponse, RespondActivityTaskCanceledRequest, RespondActivityTaskCanceledResponse,
        RespondActivityTaskCompletedRequest, RespondActivityTaskCompletedResponse, RespondActivityTaskFailedRequest,
        RespondActivityTaskFailedResponse,
    },
};
use mainspring_core::{ApplicationFailure, Failure, FailureInfo, FailureLayer, Payload};
use tonic::{Request, Status};

/// Waits for a task, or answers empty shortly before the client's deadline.
///
/// A client that goes away drops this future, and with it the poll: whatever it was about to get goes to others.
pub(crate) async fn poll_activity(
    front: &Front,
    request: Request<PollActivityTaskQueueRequest>,
) -> Result<PollActivityTaskQueueResponse, Status> {
    let wait = long_poll::task_wait(request.metadata());
    let request = request.into_inner();
    let namespace = required_name("namespace", request.namespace)?;
    let task_queue = task_queue(request.task_queue)?;
    let identity = identity(request.identity)?;
    let rate = named_rate(request.task_queue_metadata)?;
    tokio::select! {
        polled = front.engine().poll_activity(&namespace, &task_queue, &identity, rate) => Ok(task_to_wire(front, &*polled?)),
        () = tokio::time::sleep(wait) => Ok(PollActivityTaskQueueResponse::default()),
        () = front.stopping().cancelled() => Ok(PollActivityTaskQueueResponse::default()),
    }
}

/// The rate that a worker names for its queue, if it does.
fn named_rate(metadata: Option<TaskQueueMetadata>) -> Result<Option<f32>, InvalidField> {
    const FIELD: &str = "task_queue_metadata.max_tasks_per_second";
    let named = metadata.and_then(|metadata| metadata.max_tasks_per_second);
    match named {
        Some(rate) if !rate.is_finite() || rate < 0.0 => {
            Err(InvalidField::new(FIELD, "must be a number that is not negative"))
        }
        named => Ok(named.map(|rate| rate as f32)),
    }
}

/// The answer to who polls for workflow tasks: there are none.
pub(crate) fn no_workflow_workers() -> Status {
    // Of the codes, this is the one on which every SDK's worker stops instead of polling on.
    Status::invalid_argument(
        "this server runs workflows itself: upload them as a module (`mainspring module push MODULE.wasm`) and \
         register no workflow at the worker, only activities",
    )
}

pub(crate) async fn complete_activity(
    front: &Front,
    request: RespondActivityTaskCompletedRequest,
) -> Result<RespondActivityTaskCompletedResponse, Status> {
    let target = attempt(front, &request.task_token, &request.namespace)?;
    let outcome = completed(request.result)?;
    front
        .engine()
        .end_attempt(target, outcome, identity(request.identity)?)
        .await?;
    Ok(RespondActivityTaskCompletedResponse {})
}

pub(crate) async fn fail_activity(
    front: &Front,
    request: RespondActivityTaskFailedRequest,
) -> Result<RespondActivityTaskFailedResponse, Status> {
    let target = attempt(front, &request.task_token, &request.namespace)?;
    let outcome = failed(request.failure, request.last_heartbeat_details)?;
    front
        .engine()
        .end_attempt(target, outcome, identity(request.identity)?)
        .await?;
    Ok(RespondActivityTaskFailedResponse::default())
}

pub(crate) async fn cancel_activity(
    front: &Front,
    request: RespondActivityTaskCanceledRequest,
) -> Result<RespondActivityTaskCanceledResponse, Status> {
    let target = attempt(front, &request.task_token, &request.namespace)?;
    let outcome = AttemptOutcome::Cancelled(details(request.details)?);
    front
        .engine()
        .end_attempt(target, outcome, identity(request.identity)?)
        .await?;
    Ok(RespondActivityTaskCanceledResponse {})
}

pub(crate) async fn heartbeat(
    front: &Front,
    request: RecordActivityTaskHeartbeatRequest,
) -> Result<RecordActivityTaskHeartbeatResponse, Status> {
    let target = attempt(front, &request.task_token, &request.namespace)?;
    let details = details(request.details)?;
    let answer = front.engine().heartbeat(target, details).await?;
    Ok(RecordActivityTaskHeartbeatResponse {
        cancel_requested: answer.cancel_requested,
        activity_paused: answer.is_paused,
        activity_reset: answer.is_reset,
    })
}

/// The attempt that a token speaks for. A worker may leave its namespace out, but not name another.
fn attempt(front: &Front, token: &[u8], namespace: &str) -> Result<AttemptTarget, Status> {
    let TaskToken {
        namespace: of,
        execution,
        operation,
        attempt,
    } = front.tokens().open(token)?;
    if !namespace.is_empty() && namespace != of {
        return Err(InvalidField::new("namespace", "the task belongs to another namespace").into());
    }
    Ok(AttemptTarget {
        namespace: of,
        execution,
        operation,
        attempt,
    })
}

pub(super) fn completed(result: Option<Payloads>) -> Result<AttemptOutcome, InvalidField> {
    let mut output = payloads_from_wire(result);
    if output.len() > 1 {
        return Err(InvalidField::new("result", "an activity has one result"));
    }
    Ok(match check_payloads("result", &output) {
        Ok(()) => AttemptOutcome::Completed(output.pop()),
        // Refusing the answer would have the worker drop it, and the activity time out again and again.
        Err(too_large) => AttemptOutcome::Failed(Box::new(oversized(too_large)), Vec::new()),
    })
}

pub(super) fn failed(
    failure: Option<WireFailure>,
    last_heartbeat: Option<Payloads>,
) -> Result<AttemptOutcome, InvalidField> {
    let failure = failure.ok_or_else(|| InvalidField::new("failure", "is missing"))?;
    let failure = failure_from_wire(failure)?;
    let heartbeat = payloads_from_wire(last_heartbeat);
    check_payloads("last_heartbeat_details", &heartbeat)?;
    Ok(AttemptOutcome::Failed(Box::new(failure), heartbeat))
}

pub(super) fn details(details: Option<Payloads>) -> Result<Vec<Payload>, InvalidField> {
    let details = payloads_from_wire(details);
    check_payloads("details", &details).map(|()| details)
}

/// What an activity fails with whose result is too large. Another attempt would do no better.
fn oversized(too_large: InvalidField) -> Failure {
    let info = FailureInfo::Application(ApplicationFailure {
        kind: "ResultTooLarge".to_owned(),
        non_retryable: true,
        ..Default::default()
    });
    Failure::new(FailureLayer::of_engine(format!("the activity's {too_large}"), info))
}

fn task_to_wire(front: &Front, task: &ActivityTask) -> PollActivityTaskQueueResponse {
    let target = task.target();
    let token = TaskToken {
        namespace: target.namespace.to_owned(),
        execution: target.execution.clone(),
        operation: target.operation,
        attempt: target.attempt,
    };
    let request = &task.request;
    PollActivityTaskQueueResponse {
        task_token: front.tokens().seal(&token),
        workflow_namespace: token.namespace,
        workflow_type: Some(WorkflowType {
            name: task.workflow_type().to_owned(),
        }),
        workflow_execution: Some(WorkflowExecution {
            workflow_id: token.execution.workflow_id,
            run_id: token.execution.run_id.to_string(),
        }),
        activity_type: Some(ActivityType {
            name: request.activity_type.clone(),
        }),
        activity_id: task.activity_id(),
        header: header_to_wire(&request.headers),
        input: payloads_to_wire(&request.input),
        heartbeat_details: payloads_to_wire(&task.heartbeat),
        scheduled_time: Some(timestamp_to_wire(task.scheduled)),
        current_attempt_scheduled_time: Some(timestamp_to_wire(task.attempt_scheduled)),
        started_time: Some(timestamp_to_wire(task.started)),
        attempt: count_to_wire(task.attempt),
        schedule_to_close_timeout: Some(timeout_to_wire(request.timeouts.schedule_to_close)),
        start_to_close_timeout: Some(timeout_to_wire(request.timeouts.start_to_close)),
        heartbeat_timeout: Some(timeout_to_wire(request.timeouts.heartbeat)),
        retry_policy: Some(retry_policy_to_wire(&task.retry_policy())),
        priority: task.priority().as_ref().map(priority_to_wire),
        ..Default::default()
    }
}
