//! Updates: sent, awaited, and sent to a workflow that they start.

use crate::{
    server::{
        convert::{InvalidField, choice_from_wire, header_from_wire, outcome_to_wire, payloads_from_wire},
        front::{Front, identity, target, target_in_chain},
        limits::{check_map, check_payloads, optional_name, required_name},
        long_poll,
    },
    shard::{Target, UpdateStatus},
};
use mainspring_api::temporal::{
    common::v1::WorkflowExecution,
    enums::v1::UpdateWorkflowExecutionLifecycleStage as Stage,
    update::v1::{Outcome, Request as WireUpdate, UpdateRef, WaitPolicy},
    workflowservice::v1::{
        PollWorkflowExecutionUpdateRequest, PollWorkflowExecutionUpdateResponse, UpdateWorkflowExecutionRequest,
        UpdateWorkflowExecutionResponse,
    },
};
use mainspring_core::UpdateRequest;
use tokio::time::Instant;
use tonic::{Request, Status};

/// How far an update is to be before its client gets an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum UpdateWait {
    /// Accepted or rejected.
    Accepted,
    /// Answered.
    Completed,
}

/// Answers once the update is as far as the client wants it, or with how far it is shortly before the deadline.
pub(crate) async fn update(
    front: &Front,
    request: Request<UpdateWorkflowExecutionRequest>,
) -> Result<UpdateWorkflowExecutionResponse, Status> {
    let deadline = Instant::now() + long_poll::events_wait(request.metadata());
    let mut request = request.into_inner();
    let wait = wait(request.wait_policy)?;
    let update = update_request(front, request.request.take())?;
    let first_run_id = &request.first_execution_run_id;
    let mut target = target_in_chain(request.namespace, request.workflow_execution, first_run_id)?;
    let update_id = update.id.clone();
    let accepted = front.engine().update(target.clone(), update);
    let Some(accepted) = long_poll::until(front, deadline, accepted).await.transpose()? else {
        return Ok(not_yet_accepted(&target, update_id));
    };
    target.run_id = Some(accepted.run_id);
    let outcome = outcome(front, &target, &update_id, accepted, wait, deadline).await?;
    Ok(answer(&target, update_id, outcome))
}

/// Tells of an update that was accepted.
pub(crate) async fn poll(
    front: &Front,
    request: Request<PollWorkflowExecutionUpdateRequest>,
) -> Result<PollWorkflowExecutionUpdateResponse, Status> {
    let deadline = Instant::now() + long_poll::events_wait(request.metadata());
    let request = request.into_inner();
    let update_ref = request
        .update_ref
        .ok_or_else(|| InvalidField::new("update_ref", "is missing"))?;
    let update_id = required_name("update_ref.update_id", update_ref.update_id)?;
    let mut target = target(request.namespace, update_ref.workflow_execution)?;
    let awaits_outcome = request
        .wait_policy
        .is_some_and(|policy| policy.lifecycle_stage() == Stage::Completed);
    let status = if awaits_outcome {
        completed(front, &target, &update_id, deadline).await?
    } else {
        let checked = front.engine().check_update(target.clone(), update_id.clone());
        Some(checked.await?)
    };
    target.run_id = status.as_ref().map(|status| status.run_id).or(target.run_id);
    let outcome = status.and_then(|status| status.outcome);
    let outcome = outcome.as_ref().map(outcome_to_wire);
    Ok(PollWorkflowExecutionUpdateResponse {
        stage: stage(outcome.as_ref()).into(),
        outcome,
        update_ref: Some(update_ref_to_wire(&target, update_id)),
    })
}

/// The outcome of an update that was accepted, if it has one before the deadline; none at once if nobody waits.
pub(super) async fn outcome(
    front: &Front,
    target: &Target,
    update_id: &str,
    accepted: UpdateStatus,
    wait: UpdateWait,
    deadline: Instant,
) -> Result<Option<Outcome>, Status> {
    let outcome = match (accepted.outcome, wait) {
        (None, UpdateWait::Completed) => completed(front, target, update_id, deadline)
            .await?
            .and_then(|status| status.outcome),
        (outcome, _) => outcome,
    };
    Ok(outcome.as_ref().map(outcome_to_wire))
}

/// How an update ended that was accepted, or nothing at the deadline.
async fn completed(
    front: &Front,
    target: &Target,
    update_id: &str,
    deadline: Instant,
) -> Result<Option<UpdateStatus>, Status> {
    let completed = front.engine().await_update(target.clone(), update_id.to_owned());
    Ok(long_poll::until(front, deadline, completed).await.transpose()?)
}

/// How far the client wants the update to be. Until it is accepted it is not durable here, so that is the least.
pub(super) fn wait(policy: Option<WaitPolicy>) -> Result<UpdateWait, InvalidField> {
    let stage = policy.unwrap_or_default().lifecycle_stage;
    Ok(match choice_from_wire("wait_policy.lifecycle_stage", stage)? {
        Stage::Admitted | Stage::Accepted => UpdateWait::Accepted,
        Stage::Unspecified | Stage::Completed => UpdateWait::Completed,
    })
}

/// The update itself; it gets an id if the client gave it none.
pub(super) fn update_request(front: &Front, update: Option<WireUpdate>) -> Result<UpdateRequest, Status> {
    let update = update.ok_or_else(|| InvalidField::new("request", "is missing"))?;
    if !update.completion_callbacks.is_empty() {
        return Err(Status::unimplemented(
            "completion_callbacks are not supported by this server; send the update without them",
        ));
    }
    let meta = update.meta.unwrap_or_default();
    let input = update
        .input
        .ok_or_else(|| InvalidField::new("request.input", "is missing"))?;
    let mut id = optional_name("request.meta.update_id", meta.update_id)?;
    if id.is_empty() {
        id = front.engine().new_id().to_string();
    }
    let update = UpdateRequest {
        id,
        name: required_name("request.input.name", input.name)?,
        input: payloads_from_wire(input.args),
        headers: header_from_wire(input.header),
        identity: identity(meta.identity)?,
    };
    check_payloads("request.input.args", &update.input)?;
    check_map("request.input.header", &update.headers)?;
    Ok(update)
}

/// The answer about an update that was accepted, or rejected, which is an outcome, too.
pub(super) fn answer(target: &Target, update_id: String, outcome: Option<Outcome>) -> UpdateWorkflowExecutionResponse {
    UpdateWorkflowExecutionResponse {
        update_ref: Some(update_ref_to_wire(target, update_id)),
        stage: stage(outcome.as_ref()).into(),
        outcome,
        ..Default::default()
    }
}

/// Clients then send the update again; it is recognised by its id.
fn not_yet_accepted(target: &Target, update_id: String) -> UpdateWorkflowExecutionResponse {
    UpdateWorkflowExecutionResponse {
        stage: Stage::Admitted.into(),
        ..answer(target, update_id, None)
    }
}

const fn stage(outcome: Option<&Outcome>) -> Stage {
    match outcome {
        Some(_) => Stage::Completed,
        None => Stage::Accepted,
    }
}

fn update_ref_to_wire(target: &Target, update_id: String) -> UpdateRef {
    UpdateRef {
        workflow_execution: Some(WorkflowExecution {
            workflow_id: target.workflow_id.clone(),
            run_id: target.run_id.map(|run_id| run_id.to_string()).unwrap_or_default(),
        }),
        update_id,
    }
}
