//! Several operations in one call. The one combination that there is: start a workflow, and update it.

use super::{
    start::{start_request, started_to_wire},
    update,
};
use crate::{
    engine::CallError,
    server::{
        convert::InvalidField,
        front::Front,
        long_poll,
        status::{multi_operation_aborted, multi_operation_failed},
    },
    shard::{IdConflictPolicy, StartRequest, Target, UpdateWithStartError},
};
use mainspring_api::temporal::workflowservice::v1::{
    ExecuteMultiOperationRequest, ExecuteMultiOperationResponse, StartWorkflowExecutionRequest,
    UpdateWorkflowExecutionRequest,
    execute_multi_operation_request::{Operation, operation::Operation as Kind},
    execute_multi_operation_response::{Response, response::Response as Answer},
};
use mainspring_core::UpdateRequest;
use tokio::time::Instant;
use tonic::{Request, Status};

/// Starts a workflow if it is not running, and updates it. If the update fails, what was started stays.
pub(crate) async fn execute(
    front: &Front,
    request: Request<ExecuteMultiOperationRequest>,
) -> Result<ExecuteMultiOperationResponse, Status> {
    let deadline = Instant::now() + long_poll::events_wait(request.metadata());
    let request = request.into_inner();
    let (start, update) = start_and_update(request.operations)?;
    let wait = update::wait(update.wait_policy)?;
    let (start, update) = parts(front, &request.namespace, start, update)?;
    let mut target = Target::current(&start.namespace, &start.execution.workflow_id);
    let update_id = update.id.clone();
    // When it asks again, the start is recognised by its request id, and the update by its own.
    let ask_again = || Status::unavailable("the update has not been accepted yet; ask again");
    let taken = front.engine().update_with_start(start, update);
    let taken = long_poll::until(front, deadline, taken).await.ok_or_else(ask_again)?;
    let (started, accepted) = taken.map_err(refused)?;
    target.run_id = Some(accepted.run_id);
    let outcome = update::outcome(front, &target, &update_id, accepted, wait, deadline)
        .await
        .map_err(of_update)?;
    Ok(ExecuteMultiOperationResponse {
        responses: vec![
            Response {
                response: Some(Answer::StartWorkflow(started_to_wire(started))),
            },
            Response {
                response: Some(Answer::UpdateWorkflow(update::answer(&target, update_id, outcome))),
            },
        ],
    })
}

fn start_and_update(
    operations: Vec<Operation>,
) -> Result<(StartWorkflowExecutionRequest, UpdateWorkflowExecutionRequest), InvalidField> {
    let mut kinds = operations.into_iter().map(|it| it.operation);
    match (kinds.next().flatten(), kinds.next().flatten(), kinds.next()) {
        (Some(Kind::StartWorkflow(start)), Some(Kind::UpdateWorkflow(update)), None) => Ok((start, update)),
        _ => Err(InvalidField::new(
            "operations",
            "must be a start of a workflow and an update of it, in this order",
        )),
    }
}

/// The two requests, each checked, and both about the same workflow.
fn parts(
    front: &Front,
    namespace: &str,
    start: StartWorkflowExecutionRequest,
    update: UpdateWorkflowExecutionRequest,
) -> Result<(StartRequest, UpdateRequest), Status> {
    let execution = update.workflow_execution.unwrap_or_default();
    if start.namespace != namespace || update.namespace != namespace {
        let problem = "must be that of the request in each operation";
        return Err(InvalidField::new("operations.namespace", problem).into());
    }
    check_start(&start).map_err(|invalid| of_start(invalid.into()))?;
    if execution.workflow_id != start.workflow_id {
        let problem = "must be the one of the workflow that is started";
        return Err(of_update(
            InvalidField::new("workflow_execution.workflow_id", problem).into(),
        ));
    }
    if !execution.run_id.is_empty() || !update.first_execution_run_id.is_empty() {
        let problem = "cannot be given: the run may be one that is yet to be started";
        return Err(of_update(
            InvalidField::new("workflow_execution.run_id", problem).into(),
        ));
    }
    let start = start_request(front, start, IdConflictPolicy::Fail).map_err(of_start)?;
    let update = update::update_request(front, update.request).map_err(of_update)?;
    Ok((start, update))
}

/// An update does not wait until a workflow begins at some other time.
fn check_start(start: &StartWorkflowExecutionRequest) -> Result<(), InvalidField> {
    let field = if !start.cron_schedule.is_empty() {
        "cron_schedule"
    } else if start.workflow_start_delay.is_some() {
        "workflow_start_delay"
    } else {
        return Ok(());
    };
    Err(InvalidField::new(field, "cannot go together with an update"))
}

fn refused(error: CallError<UpdateWithStartError>) -> Status {
    match error {
        CallError::Refused(UpdateWithStartError::Start(error)) => of_start(CallError::Refused(error).into()),
        CallError::Refused(UpdateWithStartError::Update(error)) => of_update(CallError::Refused(error).into()),
        other => other.into(),
    }
}

/// Nothing was done, because of the start.
fn of_start(status: Status) -> Status {
    multi_operation_failed(&[status, multi_operation_aborted()])
}

/// The update was not taken.
fn of_update(status: Status) -> Status {
    multi_operation_failed(&[multi_operation_aborted(), status])
}
