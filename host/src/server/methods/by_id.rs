//! Reports on activities by whoever knows their ids but has no task token: somebody who completes them from elsewhere.

use super::workers::{completed, details, failed};
use crate::{
    server::{
        convert::InvalidField,
        front::{Front, identity, run_id},
        limits::required_name,
    },
    shard::{AttemptOutcome, AttemptTarget, Target},
};
use mainspring_api::temporal::workflowservice::v1::{
    RecordActivityTaskHeartbeatByIdRequest, RecordActivityTaskHeartbeatByIdResponse,
    RespondActivityTaskCanceledByIdRequest, RespondActivityTaskCanceledByIdResponse,
    RespondActivityTaskCompletedByIdRequest, RespondActivityTaskCompletedByIdResponse,
    RespondActivityTaskFailedByIdRequest, RespondActivityTaskFailedByIdResponse,
};
use tonic::Status;

pub(crate) async fn complete(
    front: &Front,
    request: RespondActivityTaskCompletedByIdRequest,
) -> Result<RespondActivityTaskCompletedByIdResponse, Status> {
    let run = run(request.namespace, request.workflow_id, &request.run_id)?;
    let outcome = completed(request.result)?;
    end(front, run, request.activity_id, outcome, request.identity).await?;
    Ok(RespondActivityTaskCompletedByIdResponse {})
}

pub(crate) async fn fail(
    front: &Front,
    request: RespondActivityTaskFailedByIdRequest,
) -> Result<RespondActivityTaskFailedByIdResponse, Status> {
    let run = run(request.namespace, request.workflow_id, &request.run_id)?;
    let outcome = failed(request.failure, request.last_heartbeat_details)?;
    end(front, run, request.activity_id, outcome, request.identity).await?;
    Ok(RespondActivityTaskFailedByIdResponse::default())
}

pub(crate) async fn cancel(
    front: &Front,
    request: RespondActivityTaskCanceledByIdRequest,
) -> Result<RespondActivityTaskCanceledByIdResponse, Status> {
    let run = run(request.namespace, request.workflow_id, &request.run_id)?;
    let outcome = AttemptOutcome::Cancelled(details(request.details)?);
    end(front, run, request.activity_id, outcome, request.identity).await?;
    Ok(RespondActivityTaskCanceledByIdResponse {})
}

pub(crate) async fn heartbeat(
    front: &Front,
    request: RecordActivityTaskHeartbeatByIdRequest,
) -> Result<RecordActivityTaskHeartbeatByIdResponse, Status> {
    let run = run(request.namespace, request.workflow_id, &request.run_id)?;
    let details = details(request.details)?;
    let attempt = attempt(front, run, request.activity_id).await?;
    let answer = front.engine().heartbeat(attempt, details).await?;
    Ok(RecordActivityTaskHeartbeatByIdResponse {
        cancel_requested: answer.cancel_requested,
        activity_paused: answer.is_paused,
        activity_reset: answer.is_reset,
    })
}

async fn end(
    front: &Front,
    run: Target,
    activity_id: String,
    outcome: AttemptOutcome,
    by: String,
) -> Result<(), Status> {
    let by = identity(by)?;
    let attempt = attempt(front, run, activity_id).await?;
    // If the attempt ends in between, the engine refuses this one, and does not take it for the next.
    Ok(front.engine().end_attempt(attempt, outcome, by).await?)
}

async fn attempt(front: &Front, run: Target, activity_id: String) -> Result<AttemptTarget, Status> {
    let activity_id = required_name("activity_id", activity_id)?;
    Ok(front.engine().find_attempt(run, activity_id).await?)
}

/// The run that has the activity.
pub(super) fn run(namespace: String, workflow_id: String, id: &str) -> Result<Target, InvalidField> {
    if workflow_id.is_empty() {
        // To Temporal, this names an activity that belongs to no workflow.
        let problem = "is missing: here every activity belongs to a workflow";
        return Err(InvalidField::new("workflow_id", problem));
    }
    let namespace = required_name("namespace", namespace)?;
    Ok(Target {
        run_id: run_id("run_id", id)?,
        ..Target::current(namespace, required_name("workflow_id", workflow_id)?)
    })
}
