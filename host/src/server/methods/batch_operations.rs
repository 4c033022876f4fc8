//! One thing done to many runs.

use crate::{
    engine::BATCH_PER_SECOND_MAX,
    server::{
        convert::{InvalidField, header_from_wire, payloads_from_wire, timestamp_to_wire},
        front::{Front, identity, run_id},
        limits::{check_map, check_payloads, optional_name, page_entries, required_name},
        methods::reset::reapply,
    },
    store::{BatchAction, BatchOperation, BatchProgress, BatchReset, BatchRuns, BatchState, BatchTarget, ResetPoint},
};
use mainspring_api::temporal::{
    batch::v1::{BatchOperationInfo, BatchOperationReset},
    common::v1::{Execution, WorkflowExecution, reset_options},
    enums::v1::{BatchOperationState, BatchOperationType, ExecutionType, ResetType},
    workflowservice::v1::{
        DescribeBatchOperationRequest, DescribeBatchOperationResponse, ListBatchOperationsRequest,
        ListBatchOperationsResponse, StartBatchOperationRequest, StartBatchOperationResponse,
        StopBatchOperationRequest, StopBatchOperationResponse, start_batch_operation_request::Operation,
    },
};
use tonic::Status;

/// Runs that a request may list.
const LISTED_MAX: usize = 1_000;

/// The slowest pace: a run in a bit more than a quarter of an hour. Less is taken for a mistake.
const PER_SECOND_MIN: f64 = 0.001;

pub(crate) async fn start(
    front: &Front,
    request: StartBatchOperationRequest,
) -> Result<StartBatchOperationResponse, Status> {
    let namespace = front.known_namespace(request.namespace)?;
    let id = required_name("job_id", request.job_id)?;
    let reason = required_name("reason", request.reason)?;
    let runs = runs(
        request.visibility_query,
        #[expect(deprecated, reason = "older clients list runs in this field")]
        request.executions,
        request.target_executions,
    )?;
    let operation = request
        .operation
        .ok_or_else(|| InvalidField::new("operation", "is missing"))?;
    let (action, identity) = action(operation)?;
    let operation = BatchOperation {
        namespace,
        id,
        runs,
        action,
        reason,
        identity,
        per_second: pace(request.max_operations_per_second)?,
        started: front.engine().now(),
        progress: BatchProgress::default(),
    };
    front.engine().start_batch_operation(operation).await?;
    Ok(StartBatchOperationResponse {})
}

fn runs(query: String, executions: Vec<WorkflowExecution>, targets: Vec<Execution>) -> Result<BatchRuns, InvalidField> {
    let is_workflow =
        |target: &Execution| matches!(target.r#type(), ExecutionType::Unspecified | ExecutionType::Workflow);
    if !targets.iter().all(is_workflow) {
        let problem = "names something else than workflows, and nothing else can be meant here";
        return Err(InvalidField::new("target_executions", problem));
    }
    let as_targets = targets.into_iter().map(|target| (target.business_id, target.run_id));
    let as_executions = executions.into_iter().map(|it| (it.workflow_id, it.run_id));
    let listed: Vec<_> = as_executions.chain(as_targets).collect();
    match (query.is_empty(), listed.is_empty()) {
        (true, true) => Err(InvalidField::new(
            "visibility_query",
            "is missing, and no executions are listed: say which workflows are meant",
        )),
        (false, false) => Err(InvalidField::new(
            "visibility_query",
            "is given, and executions are listed as well: one of the two",
        )),
        (false, true) => Ok(BatchRuns::Query(query)),
        (true, false) if listed.len() > LISTED_MAX => Err(InvalidField::new(
            "executions",
            format!(
                "has {} entries; at most {LISTED_MAX} are allowed. A visibility_query finds any number",
                listed.len()
            ),
        )),
        (true, false) => {
            let targets = listed.into_iter().map(|(workflow_id, run)| {
                Ok(BatchTarget {
                    workflow_id: required_name("executions.workflow_id", workflow_id)?,
                    run_id: run_id("executions.run_id", &run)?,
                })
            });
            Ok(BatchRuns::Listed(targets.collect::<Result<_, InvalidField>>()?))
        }
    }
}

/// What is to be done, and who says so.
fn action(operation: Operation) -> Result<(BatchAction, String), InvalidField> {
    let refused = |field| {
        let problem = "is not supported; there are termination, signal, cancellation, deletion and reset";
        Err(InvalidField::new(field, problem))
    };
    match operation {
        Operation::TerminationOperation(termination) => {
            let details = payloads_from_wire(termination.details);
            check_payloads("termination_operation.details", &details)?;
            Ok((BatchAction::Terminate(details), identity(termination.identity)?))
        }
        Operation::SignalOperation(signal) => {
            let (input, headers) = (payloads_from_wire(signal.input), header_from_wire(signal.header));
            check_payloads("signal_operation.input", &input)?;
            check_map("signal_operation.header", &headers)?;
            let name = required_name("signal_operation.signal", signal.signal)?;
            Ok((BatchAction::Signal { name, input, headers }, identity(signal.identity)?))
        }
        Operation::CancellationOperation(it) => Ok((BatchAction::RequestCancel, identity(it.identity)?)),
        Operation::DeletionOperation(it) => Ok((BatchAction::Delete, identity(it.identity)?)),
        Operation::ResetOperation(it) => Ok((BatchAction::Reset(reset(&it)?), identity(it.identity)?)),
        Operation::UpdateWorkflowOptionsOperation(_) => refused("update_workflow_options_operation"),
        Operation::UnpauseActivitiesOperation(_) => refused("unpause_activities_operation"),
        Operation::ResetActivitiesOperation(_) => refused("reset_activities_operation"),
        Operation::UpdateActivityOptionsOperation(_) => refused("update_activity_options_operation"),
        Operation::CancelActivitiesOperation(_) => refused("cancel_activities_operation"),
        Operation::TerminateActivitiesOperation(_) => refused("terminate_activities_operation"),
        Operation::DeleteActivitiesOperation(_) => refused("delete_activities_operation"),
    }
}

#[expect(
    deprecated,
    reason = "older clients name the point, and what is told again, outside of the options"
)]
fn reset(operation: &BatchOperationReset) -> Result<BatchReset, InvalidField> {
    if !operation.post_reset_operations.is_empty() {
        let problem = "is not supported: runs follow the newest version of their module, and have no options to change";
        return Err(InvalidField::new("reset_operation.post_reset_operations", problem));
    }
    let wanted = "say the first or the last workflow task: no other point is one of many workflows";
    let refused = |field| Err(InvalidField::new(field, format!("names no point; {wanted}")));
    match &operation.options {
        Some(options) => Ok(BatchReset {
            point: match &options.target {
                Some(reset_options::Target::FirstWorkflowTask(_)) => ResetPoint::First,
                Some(reset_options::Target::LastWorkflowTask(_)) => ResetPoint::Last,
                _ => return refused("reset_operation.options.target"),
            },
            reapply: reapply(options.reset_reapply_type, &options.reset_reapply_exclude_types)?,
        }),
        None => Ok(BatchReset {
            point: match ResetType::try_from(operation.reset_type) {
                Ok(ResetType::FirstWorkflowTask) => ResetPoint::First,
                Ok(ResetType::LastWorkflowTask) => ResetPoint::Last,
                Ok(ResetType::Unspecified) | Err(_) => return refused("reset_operation.reset_type"),
            },
            reapply: reapply(operation.reset_reapply_type, &[])?,
        }),
    }
}

/// Zero leaves it to the server.
fn pace(asked: f32) -> Result<f64, InvalidField> {
    let asked = f64::from(asked);
    if asked == 0.0 {
        return Ok(BATCH_PER_SECOND_MAX);
    }
    if !asked.is_finite() || asked < PER_SECOND_MIN {
        let problem = format!("is {asked}; say how many a second, {PER_SECOND_MIN} at least, or leave it out");
        return Err(InvalidField::new("max_operations_per_second", problem));
    }
    Ok(asked.min(BATCH_PER_SECOND_MAX))
}

pub(crate) async fn stop(
    front: &Front,
    request: StopBatchOperationRequest,
) -> Result<StopBatchOperationResponse, Status> {
    let namespace = required_name("namespace", request.namespace)?;
    let id = required_name("job_id", request.job_id)?;
    let reason = optional_name("reason", request.reason)?;
    identity(request.identity)?;
    front.engine().stop_batch_operation(&namespace, &id, reason).await?;
    Ok(StopBatchOperationResponse {})
}

pub(crate) async fn describe(
    front: &Front,
    request: DescribeBatchOperationRequest,
) -> Result<DescribeBatchOperationResponse, Status> {
    let namespace = required_name("namespace", request.namespace)?;
    let id = required_name("job_id", request.job_id)?;
    let operation = front.engine().batch_operation(&namespace, &id).await?;
    let progress = operation.progress;
    let count = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let (query, executions) = match operation.runs {
        BatchRuns::Query(query) => (query, Vec::new()),
        BatchRuns::Listed(targets) => (String::new(), targets.into_iter().map(execution_to_wire).collect()),
    };
    Ok(DescribeBatchOperationResponse {
        operation_type: type_to_wire(&operation.action).into(),
        job_id: operation.id,
        state: state_to_wire(progress.state).into(),
        start_time: Some(timestamp_to_wire(operation.started)),
        close_time: progress.closed.map(timestamp_to_wire),
        total_operation_count: count(progress.total.unwrap_or_default()),
        complete_operation_count: count(progress.done),
        failure_operation_count: count(progress.failed),
        identity: operation.identity,
        // Once it is over, why it is; until then, and if it simply has ended, why it is done at all.
        reason: if progress.end_reason.is_empty() {
            operation.reason
        } else {
            progress.end_reason
        },
        query,
        executions,
    })
}

fn execution_to_wire(target: BatchTarget) -> Execution {
    Execution {
        r#type: ExecutionType::Workflow.into(),
        business_id: target.workflow_id,
        run_id: target.run_id.map(|run| run.to_string()).unwrap_or_default(),
    }
}

/// The latest first; a page ends with as many as were shown.
pub(crate) async fn list(
    front: &Front,
    request: ListBatchOperationsRequest,
) -> Result<ListBatchOperationsResponse, Status> {
    let namespace = required_name("namespace", request.namespace)?;
    let after = page_token(&request.next_page_token)?;
    let limit = page_entries(request.page_size);
    let all = front.engine().batch_operations(&namespace).await?;
    let later = |it: &BatchOperation| (it.started.as_millis(), it.id.clone());
    let mut page: Vec<_> = all
        .into_iter()
        .filter(|it| after.as_ref().is_none_or(|after| later(it) < *after))
        .collect();
    let goes_on = page.len() > limit;
    page.truncate(limit);
    let next = page.last().filter(|_| goes_on).map(later);
    Ok(ListBatchOperationsResponse {
        operation_info: page.into_iter().map(info).collect(),
        next_page_token: next.map(|next| token(&next)).unwrap_or_default(),
    })
}

/// What the last entry of a page was: the moment of its start, and its id.
fn token((started, id): &(u64, String)) -> Vec<u8> {
    [&started.to_be_bytes()[..], id.as_bytes()].concat()
}

fn page_token(token: &[u8]) -> Result<Option<(u64, String)>, InvalidField> {
    if token.is_empty() {
        return Ok(None);
    }
    let read = || {
        let (started, id) = token.split_first_chunk()?;
        Some((u64::from_be_bytes(*started), String::from_utf8(id.to_vec()).ok()?))
    };
    let malformed = || InvalidField::new("next_page_token", "is not one that a list of this server ended with");
    read().map(Some).ok_or_else(malformed)
}

fn info(operation: BatchOperation) -> BatchOperationInfo {
    BatchOperationInfo {
        operation_type: type_to_wire(&operation.action).into(),
        job_id: operation.id,
        state: state_to_wire(operation.progress.state).into(),
        start_time: Some(timestamp_to_wire(operation.started)),
        close_time: operation.progress.closed.map(timestamp_to_wire),
    }
}

const fn type_to_wire(action: &BatchAction) -> BatchOperationType {
    match action {
        BatchAction::Terminate(_) => BatchOperationType::TerminateWorkflow,
        BatchAction::Signal { .. } => BatchOperationType::SignalWorkflow,
        BatchAction::RequestCancel => BatchOperationType::CancelWorkflow,
        BatchAction::Delete => BatchOperationType::DeleteWorkflow,
        BatchAction::Reset(_) => BatchOperationType::ResetWorkflow,
    }
}

const fn state_to_wire(state: BatchState) -> BatchOperationState {
    match state {
        BatchState::Running => BatchOperationState::Running,
        BatchState::Completed => BatchOperationState::Completed,
        BatchState::Failed => BatchOperationState::Failed,
    }
}
