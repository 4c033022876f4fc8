//! Pausing runs, and letting them go on.

use crate::{
    server::{
        convert::InvalidField,
        front::{Front, identity, run_id},
        limits::{check_text, optional_name, required_name},
    },
    shard::Target,
};
use mainspring_api::temporal::workflowservice::v1::{
    PauseWorkflowExecutionRequest, PauseWorkflowExecutionResponse, UnpauseWorkflowExecutionRequest,
    UnpauseWorkflowExecutionResponse,
};
use mainspring_core::Pause;
use tonic::Status;

pub(crate) async fn pause(
    front: &Front,
    request: PauseWorkflowExecutionRequest,
) -> Result<PauseWorkflowExecutionResponse, Status> {
    let run = run(request.namespace, request.workflow_id, &request.run_id)?;
    let pause = wish(request.reason, request.identity, request.request_id)?;
    front.engine().pause(run, pause).await?;
    Ok(PauseWorkflowExecutionResponse {})
}

pub(crate) async fn unpause(
    front: &Front,
    request: UnpauseWorkflowExecutionRequest,
) -> Result<UnpauseWorkflowExecutionResponse, Status> {
    let run = run(request.namespace, request.workflow_id, &request.run_id)?;
    let resumption = wish(request.reason, request.identity, request.request_id)?;
    front.engine().resume(run, resumption).await?;
    Ok(UnpauseWorkflowExecutionResponse {})
}

fn run(namespace: String, workflow_id: String, id: &str) -> Result<Target, InvalidField> {
    let namespace = required_name("namespace", namespace)?;
    Ok(Target {
        run_id: run_id("run_id", id)?,
        ..Target::current(namespace, required_name("workflow_id", workflow_id)?)
    })
}

/// Who wants what is asked for, and why.
pub(super) fn wish(reason: String, by: String, request_id: String) -> Result<Pause, InvalidField> {
    check_text("reason", &reason)?;
    Ok(Pause {
        reason,
        identity: identity(by)?,
        request_id: optional_name("request_id", request_id)?,
    })
}
