//! Starting workflows, with or without a signal.

use super::search_attributes;
use crate::{
    server::{
        convert::{
            InvalidField, choice_from_wire, header_from_wire, memo_from_wire, payload_from_wire, payloads_from_wire,
            priority_from_wire, retry_policy_from_wire, search_attributes_from_wire, timeout_from_wire,
            workflow_timeouts_from_wire,
        },
        front::{Front, identity, task_queue},
        limits::{check_map, check_payloads, optional_name, required_name},
    },
    shard::{IdConflictPolicy, IdReusePolicy, StartRequest, Started},
};
use mainspring_api::temporal::{
    enums::v1::{WorkflowExecutionStatus, WorkflowIdConflictPolicy, WorkflowIdReusePolicy},
    workflowservice::v1::{
        SignalWithStartWorkflowExecutionRequest, SignalWithStartWorkflowExecutionResponse,
        StartWorkflowExecutionRequest, StartWorkflowExecutionResponse,
    },
};
use mainspring_core::{Execution, SignalReceived};
use tonic::Status;

pub(crate) async fn start(
    front: &Front,
    request: StartWorkflowExecutionRequest,
) -> Result<StartWorkflowExecutionResponse, Status> {
    let request = start_request(front, request, IdConflictPolicy::Fail)?;
    Ok(started_to_wire(front.engine().start_workflow(request).await?))
}

pub(super) fn started_to_wire(started: Started) -> StartWorkflowExecutionResponse {
    StartWorkflowExecutionResponse {
        run_id: started.run_id.to_string(),
        started: started.is_new,
        status: WorkflowExecutionStatus::Running.into(),
        ..Default::default()
    }
}

pub(crate) async fn signal_with_start(
    front: &Front,
    mut request: SignalWithStartWorkflowExecutionRequest,
) -> Result<SignalWithStartWorkflowExecutionResponse, Status> {
    let signal = SignalReceived {
        name: required_name("signal_name", std::mem::take(&mut request.signal_name))?,
        input: payloads_from_wire(request.signal_input.take()),
        headers: header_from_wire(request.header.clone()),
        identity: identity(request.identity.clone())?,
        request_id: optional_name("request_id", request.request_id.clone())?,
        sender: None,
    };
    check_payloads("signal_input", &signal.input)?;
    let start = start_request(front, start_part(request), IdConflictPolicy::UseExisting)?;
    let started = front.engine().signal_with_start(start, signal).await?;
    Ok(SignalWithStartWorkflowExecutionResponse {
        run_id: started.run_id.to_string(),
        started: started.is_new,
        ..Default::default()
    })
}

/// What a signal-with-start says about the start.
fn start_part(request: SignalWithStartWorkflowExecutionRequest) -> StartWorkflowExecutionRequest {
    StartWorkflowExecutionRequest {
        namespace: request.namespace,
        workflow_id: request.workflow_id,
        workflow_type: request.workflow_type,
        task_queue: request.task_queue,
        input: request.input,
        workflow_execution_timeout: request.workflow_execution_timeout,
        workflow_run_timeout: request.workflow_run_timeout,
        workflow_task_timeout: request.workflow_task_timeout,
        identity: request.identity,
        request_id: request.request_id,
        workflow_id_reuse_policy: request.workflow_id_reuse_policy,
        workflow_id_conflict_policy: request.workflow_id_conflict_policy,
        retry_policy: request.retry_policy,
        cron_schedule: request.cron_schedule,
        memo: request.memo,
        search_attributes: request.search_attributes,
        header: request.header,
        workflow_start_delay: request.workflow_start_delay,
        user_metadata: request.user_metadata,
        priority: request.priority,
        ..Default::default()
    }
}

pub(super) fn start_request(
    front: &Front,
    request: StartWorkflowExecutionRequest,
    default_conflict: IdConflictPolicy,
) -> Result<StartRequest, Status> {
    refuse_unsupported(&request)?;
    let start_delay = timeout_from_wire("workflow_start_delay", request.workflow_start_delay)?;
    if start_delay.is_some() && !request.cron_schedule.is_empty() {
        let problem = "cannot go together with a cron schedule, which says itself when the first run begins";
        return Err(InvalidField::new("workflow_start_delay", problem).into());
    }
    let (reuse, conflict) = id_policies(&request, default_conflict)?;
    let metadata = request.user_metadata.unwrap_or_default();
    let start = StartRequest {
        namespace: required_name("namespace", request.namespace)?,
        execution: Execution {
            workflow_id: required_name("workflow_id", request.workflow_id)?,
            run_id: front.engine().new_id(),
        },
        random_seed: front.engine().random_seed(),
        workflow_type: required_name("workflow_type.name", request.workflow_type.unwrap_or_default().name)?,
        task_queue: task_queue(request.task_queue)?,
        input: payloads_from_wire(request.input),
        headers: header_from_wire(request.header),
        timeouts: workflow_timeouts_from_wire(
            request.workflow_execution_timeout,
            request.workflow_run_timeout,
            request.workflow_task_timeout,
        )?,
        retry: request.retry_policy.map(retry_policy_from_wire).transpose()?,
        cron_schedule: optional_name("cron_schedule", request.cron_schedule)?,
        start_delay,
        memo: memo_from_wire(request.memo),
        search_attributes: search_attributes_from_wire(request.search_attributes),
        priority: priority_from_wire(request.priority)?,
        identity: identity(request.identity)?,
        request_id: optional_name("request_id", request.request_id)?,
        summary: metadata.summary.map(payload_from_wire),
        details: metadata.details.map(payload_from_wire),
        reuse,
        conflict,
        parentage: None,
        scheduled: None,
    };
    check_payloads("input", &start.input)?;
    check_payloads("user_metadata", start.summary.as_slice())?;
    check_payloads("user_metadata", start.details.as_slice())?;
    check_map("header", &start.headers)?;
    check_map("memo", &start.memo)?;
    search_attributes::check(front, &start.namespace, &start.search_attributes)?;
    Ok(start)
}

/// What would be ignored is refused: nobody should wait for a call that nobody makes.
fn refuse_unsupported(request: &StartWorkflowExecutionRequest) -> Result<(), Status> {
    if request.completion_callbacks.is_empty() {
        return Ok(());
    }
    Err(Status::unimplemented(
        "completion_callbacks are not supported by this server; start the workflow without them",
    ))
}

fn id_policies(
    request: &StartWorkflowExecutionRequest,
    default_conflict: IdConflictPolicy,
) -> Result<(IdReusePolicy, IdConflictPolicy), InvalidField> {
    let conflict: WorkflowIdConflictPolicy =
        choice_from_wire("workflow_id_conflict_policy", request.workflow_id_conflict_policy)?;
    let reuse: WorkflowIdReusePolicy = choice_from_wire("workflow_id_reuse_policy", request.workflow_id_reuse_policy)?;
    #[expect(deprecated, reason = "clients still send it")]
    let terminates = reuse == WorkflowIdReusePolicy::TerminateIfRunning;
    if terminates {
        if conflict != WorkflowIdConflictPolicy::Unspecified {
            let problem = "TERMINATE_IF_RUNNING is itself a conflict policy; give only one of the two";
            return Err(InvalidField::new("workflow_id_reuse_policy", problem));
        }
        return Ok((IdReusePolicy::AllowDuplicate, IdConflictPolicy::TerminateExisting));
    }
    let conflict = match conflict {
        WorkflowIdConflictPolicy::Unspecified => default_conflict,
        WorkflowIdConflictPolicy::Fail => IdConflictPolicy::Fail,
        WorkflowIdConflictPolicy::UseExisting => IdConflictPolicy::UseExisting,
        WorkflowIdConflictPolicy::TerminateExisting => IdConflictPolicy::TerminateExisting,
    };
    let reuse = match reuse {
        WorkflowIdReusePolicy::AllowDuplicateFailedOnly => IdReusePolicy::AllowDuplicateFailedOnly,
        WorkflowIdReusePolicy::RejectDuplicate => IdReusePolicy::RejectDuplicate,
        _ => IdReusePolicy::AllowDuplicate,
    };
    if reuse == IdReusePolicy::RejectDuplicate && conflict == IdConflictPolicy::TerminateExisting {
        let problem = "REJECT_DUPLICATE and TERMINATE_EXISTING contradict each other: the terminated run would block \
                       the new one";
        return Err(InvalidField::new("workflow_id_reuse_policy", problem));
    }
    Ok((reuse, conflict))
}

#[cfg(test)]
mod tests {
    use super::*;
    use mainspring_api::temporal::common::v1::Callback;

    fn policies(
        reuse: i32,
        conflict: WorkflowIdConflictPolicy,
    ) -> Result<(IdReusePolicy, IdConflictPolicy), InvalidField> {
        let request = StartWorkflowExecutionRequest {
            workflow_id_reuse_policy: reuse,
            workflow_id_conflict_policy: conflict.into(),
            ..Default::default()
        };
        id_policies(&request, IdConflictPolicy::Fail)
    }

    #[test]
    fn policies_are_read_as_temporal_means_them() {
        use WorkflowIdConflictPolicy::{TerminateExisting, Unspecified, UseExisting};
        let terminate_if_running = 4;
        assert_eq!(
            policies(0, Unspecified),
            Ok((IdReusePolicy::AllowDuplicate, IdConflictPolicy::Fail))
        );
        assert_eq!(
            policies(3, UseExisting),
            Ok((IdReusePolicy::RejectDuplicate, IdConflictPolicy::UseExisting))
        );
        assert_eq!(
            policies(terminate_if_running, Unspecified),
            Ok((IdReusePolicy::AllowDuplicate, IdConflictPolicy::TerminateExisting))
        );
        assert!(policies(terminate_if_running, UseExisting).is_err());
        assert!(policies(3, TerminateExisting).is_err());
        assert!(policies(77, Unspecified).is_err());
    }

    #[test]
    fn what_would_be_ignored_is_refused() {
        let with_callback = StartWorkflowExecutionRequest {
            completion_callbacks: vec![Callback::default()],
            ..Default::default()
        };
        let refused = refuse_unsupported(&with_callback).expect_err("is refused");
        assert_eq!(refused.code(), tonic::Code::Unimplemented);
        assert!(refuse_unsupported(&StartWorkflowExecutionRequest::default()).is_ok());
    }
}
