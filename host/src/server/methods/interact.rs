//! What clients do with a run: signal, query, cancel, terminate, delete.

use super::{metadata, stack_trace};
use crate::{
    engine::CallError,
    server::{
        convert::{
            InvalidField, choice_from_wire, header_from_wire, payload_to_wire, payloads_from_wire, status_to_wire,
        },
        front::{Front, identity, target, target_in_chain},
        limits::{check_map, check_payloads, check_reason, optional_name, required_name},
    },
    shard::{CancelRequest, RunError, Target, Termination},
    wasm::Question,
};
use mainspring_api::temporal::{
    common::v1::{Payload, Payloads},
    enums::v1::QueryRejectCondition,
    query::v1::QueryRejected,
    workflowservice::v1::{
        DeleteWorkflowExecutionRequest, DeleteWorkflowExecutionResponse, QueryWorkflowRequest, QueryWorkflowResponse,
        RequestCancelWorkflowExecutionRequest, RequestCancelWorkflowExecutionResponse, SignalWorkflowExecutionRequest,
        SignalWorkflowExecutionResponse, TerminateWorkflowExecutionRequest, TerminateWorkflowExecutionResponse,
    },
};
use mainspring_core::{RunStatus, SignalReceived};
use tonic::Status;

pub(crate) async fn signal(
    front: &Front,
    request: SignalWorkflowExecutionRequest,
) -> Result<SignalWorkflowExecutionResponse, Status> {
    let target = target(request.namespace, request.workflow_execution)?;
    let signal = SignalReceived {
        name: required_name("signal_name", request.signal_name)?,
        input: payloads_from_wire(request.input),
        headers: header_from_wire(request.header),
        identity: identity(request.identity)?,
        request_id: optional_name("request_id", request.request_id)?,
        sender: None,
    };
    check_payloads("input", &signal.input)?;
    check_map("header", &signal.headers)?;
    front.engine().signal(target, signal).await?;
    Ok(SignalWorkflowExecutionResponse::default())
}

pub(crate) async fn query(front: &Front, request: QueryWorkflowRequest) -> Result<QueryWorkflowResponse, Status> {
    let reject_condition = choice_from_wire("query_reject_condition", request.query_reject_condition)?;
    let target = target(request.namespace, request.execution)?;
    let query = request.query.ok_or_else(|| InvalidField::new("query", "is missing"))?;
    let question = Question {
        name: required_name("query.query_type", query.query_type)?,
        input: payloads_from_wire(query.query_args),
        headers: header_from_wire(query.header),
    };
    check_payloads("query.query_args", &question.input)?;
    if let Some(status) = rejecting_status(front, &target, reject_condition).await? {
        let query_rejected = Some(QueryRejected {
            status: status_to_wire(status).into(),
        });
        return Ok(QueryWorkflowResponse {
            query_rejected,
            ..Default::default()
        });
    }
    let answer = match answer_of_host(front, &target, &question.name).await? {
        Some(answer) => answer,
        None => payload_to_wire(&front.engine().query(target, question).await?),
    };
    Ok(QueryWorkflowResponse {
        query_result: Some(Payloads { payloads: vec![answer] }),
        ..Default::default()
    })
}

/// What no guest is asked for.
async fn answer_of_host(front: &Front, target: &Target, query: &str) -> Result<Option<Payload>, Status> {
    match query {
        metadata::QUERY => metadata::of_run(front, target.clone()).await,
        stack_trace::QUERY => stack_trace::of_run(front, target.clone()).await,
        _ => Ok(None),
    }
}

/// The run's status, if the client does not want an answer from a run of that status.
async fn rejecting_status(
    front: &Front,
    target: &Target,
    condition: QueryRejectCondition,
) -> Result<Option<RunStatus>, Status> {
    let rejects = match condition {
        QueryRejectCondition::Unspecified | QueryRejectCondition::None => return Ok(None),
        QueryRejectCondition::NotOpen => RunStatus::is_closed,
        QueryRejectCondition::NotCompletedCleanly => {
            |status: RunStatus| status.is_closed() && status != RunStatus::Completed
        }
    };
    let status = front.engine().progress(target.clone(), 0).await?.status;
    Ok(Some(status).filter(|status| rejects(*status)))
}

pub(crate) async fn request_cancel(
    front: &Front,
    request: RequestCancelWorkflowExecutionRequest,
) -> Result<RequestCancelWorkflowExecutionResponse, Status> {
    let first_run_id = &request.first_execution_run_id;
    let target = target_in_chain(request.namespace, request.workflow_execution, first_run_id)?;
    check_reason(&request.reason)?;
    let cancel = CancelRequest {
        reason: request.reason,
        identity: identity(request.identity)?,
        request_id: optional_name("request_id", request.request_id)?,
    };
    match front.engine().request_cancel(target, cancel).await {
        // As Temporal has it: who wants it to end has what he wants.
        Ok(()) | Err(CallError::Refused(RunError::Closed)) => Ok(RequestCancelWorkflowExecutionResponse {}),
        Err(error) => Err(error.into()),
    }
}

pub(crate) async fn delete(
    front: &Front,
    request: DeleteWorkflowExecutionRequest,
) -> Result<DeleteWorkflowExecutionResponse, Status> {
    let target = target(request.namespace, request.workflow_execution)?;
    front.engine().delete(target).await?;
    Ok(DeleteWorkflowExecutionResponse {})
}

pub(crate) async fn terminate(
    front: &Front,
    request: TerminateWorkflowExecutionRequest,
) -> Result<TerminateWorkflowExecutionResponse, Status> {
    let first_run_id = &request.first_execution_run_id;
    let target = target_in_chain(request.namespace, request.workflow_execution, first_run_id)?;
    check_reason(&request.reason)?;
    let termination = Termination {
        reason: request.reason,
        details: payloads_from_wire(request.details),
        identity: identity(request.identity)?,
    };
    check_payloads("details", &termination.details)?;
    front.engine().terminate(target, termination).await?;
    Ok(TerminateWorkflowExecutionResponse {})
}
