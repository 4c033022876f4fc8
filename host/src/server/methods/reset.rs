//! Resetting a run to an earlier event.

use crate::{
    server::{
        convert::InvalidField,
        front::{Front, identity, target},
        history::events_before,
        limits::{check_reason, optional_name},
    },
    shard::{ChoosePoint, ResetPoint, ResetRequest},
};
use mainspring_api::temporal::{
    enums::v1::{ResetReapplyExcludeType, ResetReapplyType},
    workflowservice::v1::{ResetWorkflowExecutionRequest, ResetWorkflowExecutionResponse},
};
use mainspring_core::Reapply;
use tonic::Status;

pub(crate) async fn reset(
    front: &Front,
    request: ResetWorkflowExecutionRequest,
) -> Result<ResetWorkflowExecutionResponse, Status> {
    #[expect(deprecated, reason = "older clients say it so")]
    let reapply = reapply(request.reset_reapply_type, &request.reset_reapply_exclude_types)?;
    let target = target(request.namespace, request.workflow_execution)?;
    if !request.post_reset_operations.is_empty() {
        let problem = "is not supported: runs follow the newest version of their module, and have no options to change";
        return Err(InvalidField::new("post_reset_operations", problem).into());
    }
    check_reason(&request.reason)?;
    let request_id = optional_name("request_id", request.request_id)?;
    let identity = identity(request.identity)?;
    let event = request.workflow_task_finish_event_id;
    let point = ChoosePoint::new(move |history| {
        let kept = events_before(history, event);
        kept.map_err(|error| InvalidField::new("workflow_task_finish_event_id", error.to_string()).to_string())
    });
    let reset = ResetRequest {
        point: ResetPoint::Chosen(point),
        run_id: front.engine().new_id(),
        random_seed: front.engine().random_seed(),
        reason: request.reason,
        identity,
        request_id,
        reapply,
    };
    let run_id = front.engine().reset(target, reset).await?.to_string();
    Ok(ResetWorkflowExecutionResponse { run_id })
}

/// What is told again: of a kind that older clients name, without the types that are left out.
pub(super) fn reapply(kind: i32, excluded: &[i32]) -> Result<Reapply, InvalidField> {
    let kind = ResetReapplyType::try_from(kind)
        .map_err(|_| InvalidField::new("reset_reapply_type", "is none that this server knows"))?;
    let all = !matches!(kind, ResetReapplyType::Signal | ResetReapplyType::None);
    let mut reapply = Reapply {
        signals: kind != ResetReapplyType::None,
        updates: all,
        cancel_requests: all,
    };
    for excluded in excluded {
        #[expect(deprecated, reason = "clients that exclude everything name it")]
        match ResetReapplyExcludeType::try_from(*excluded) {
            Ok(ResetReapplyExcludeType::Signal) => reapply.signals = false,
            Ok(ResetReapplyExcludeType::Update) => reapply.updates = false,
            Ok(ResetReapplyExcludeType::CancelRequest) => reapply.cancel_requests = false,
            // There is no Nexus here, so nothing of it to leave out.
            Ok(ResetReapplyExcludeType::Nexus | ResetReapplyExcludeType::Unspecified) => {}
            Err(_) => {
                let problem = format!("has a type {excluded} that this server does not know");
                return Err(InvalidField::new("reset_reapply_exclude_types", problem));
            }
        }
    }
    Ok(reapply)
}
