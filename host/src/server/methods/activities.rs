//! What operators do to pending activities: pause and unpause them, reset them, give them other options.
//!
//! Temporal has two methods for each. The older one takes an activity by its id, or all of a type; the newer one takes
//! it by its id, and means one without a workflow if none is named, which there is not here.

use super::{by_id, describe::options_to_wire, pausing::wish};
use crate::{
    server::{
        convert::{InvalidField, duration_from_wire},
        front::{Front, target},
        limits::required_name,
        methods::activity_options,
    },
    shard::{ActivityDescription, Target},
};
use mainspring_api::{
    protobuf,
    temporal::workflowservice::v1::{
        PauseActivityExecutionRequest, PauseActivityExecutionResponse, PauseActivityRequest, PauseActivityResponse,
        ResetActivityExecutionRequest, ResetActivityExecutionResponse, ResetActivityRequest, ResetActivityResponse,
        UnpauseActivityExecutionRequest, UnpauseActivityExecutionResponse, UnpauseActivityRequest,
        UnpauseActivityResponse, UpdateActivityExecutionOptionsRequest, UpdateActivityExecutionOptionsResponse,
        UpdateActivityOptionsRequest, UpdateActivityOptionsResponse, pause_activity_request, reset_activity_request,
        unpause_activity_request, update_activity_options_request,
    },
};
use mainspring_core::{ActivityAction, ActivitySelection, Jitter, Reset, Unpause};
use tonic::Status;

pub(crate) async fn pause(front: &Front, request: PauseActivityRequest) -> Result<PauseActivityResponse, Status> {
    use pause_activity_request::Activity;
    let selection = match request.activity {
        Some(Activity::Id(id)) => one(id)?,
        Some(Activity::Type(name)) => of_type(name)?,
        None => return Err(unnamed().into()),
    };
    let pause = wish(request.reason, request.identity, request.request_id)?;
    let run = target(request.namespace, request.execution)?;
    operate(front, run, selection, ActivityAction::Pause(pause)).await?;
    Ok(PauseActivityResponse {})
}

pub(crate) async fn pause_one(
    front: &Front,
    request: PauseActivityExecutionRequest,
) -> Result<PauseActivityExecutionResponse, Status> {
    let pause = wish(request.reason, request.identity, request.request_id)?;
    let run = by_id::run(request.namespace, request.workflow_id, &request.run_id)?;
    operate(front, run, one(request.activity_id)?, ActivityAction::Pause(pause)).await?;
    Ok(PauseActivityExecutionResponse {})
}

pub(crate) async fn unpause(front: &Front, request: UnpauseActivityRequest) -> Result<UnpauseActivityResponse, Status> {
    use unpause_activity_request::Activity;
    let selection = match request.activity {
        Some(Activity::Id(id)) => one(id)?,
        Some(Activity::Type(name)) => of_type(name)?,
        Some(Activity::UnpauseAll(true)) => ActivitySelection::All,
        Some(Activity::UnpauseAll(false)) | None => return Err(unnamed().into()),
    };
    let how = Unpause {
        resets_attempts: request.reset_attempts,
        drops_heartbeat: request.reset_heartbeat,
        jitter: jitter(front, request.jitter)?,
    };
    let run = target(request.namespace, request.execution)?;
    operate(front, run, selection, ActivityAction::Unpause(how)).await?;
    Ok(UnpauseActivityResponse {})
}

pub(crate) async fn unpause_one(
    front: &Front,
    request: UnpauseActivityExecutionRequest,
) -> Result<UnpauseActivityExecutionResponse, Status> {
    let how = Unpause {
        jitter: jitter(front, request.jitter)?,
        ..Unpause::default()
    };
    let run = by_id::run(request.namespace, request.workflow_id, &request.run_id)?;
    operate(front, run, one(request.activity_id)?, ActivityAction::Unpause(how)).await?;
    Ok(UnpauseActivityExecutionResponse {})
}

pub(crate) async fn reset(front: &Front, request: ResetActivityRequest) -> Result<ResetActivityResponse, Status> {
    use reset_activity_request::Activity;
    let selection = match request.activity {
        Some(Activity::Id(id)) => one(id)?,
        Some(Activity::Type(name)) => of_type(name)?,
        Some(Activity::MatchAll(true)) => ActivitySelection::All,
        Some(Activity::MatchAll(false)) | None => return Err(unnamed().into()),
    };
    let how = Reset {
        drops_heartbeat: request.reset_heartbeat,
        keeps_pause: request.keep_paused,
        restores_options: request.restore_original_options,
        jitter: jitter(front, request.jitter)?,
    };
    let run = target(request.namespace, request.execution)?;
    operate(front, run, selection, ActivityAction::Reset(how)).await?;
    Ok(ResetActivityResponse {})
}

pub(crate) async fn reset_one(
    front: &Front,
    request: ResetActivityExecutionRequest,
) -> Result<ResetActivityExecutionResponse, Status> {
    let how = Reset {
        drops_heartbeat: request.reset_heartbeat,
        keeps_pause: request.keep_paused,
        restores_options: request.restore_original_options,
        jitter: jitter(front, request.jitter)?,
    };
    let run = by_id::run(request.namespace, request.workflow_id, &request.run_id)?;
    operate(front, run, one(request.activity_id)?, ActivityAction::Reset(how)).await?;
    Ok(ResetActivityExecutionResponse {})
}

pub(crate) async fn change_options(
    front: &Front,
    request: UpdateActivityOptionsRequest,
) -> Result<UpdateActivityOptionsResponse, Status> {
    use update_activity_options_request::Activity;
    let selection = match request.activity {
        Some(Activity::Id(id)) => one(id)?,
        Some(Activity::Type(name)) => of_type(name)?,
        Some(Activity::MatchAll(true)) => ActivitySelection::All,
        Some(Activity::MatchAll(false)) | None => return Err(unnamed().into()),
    };
    let paths = request.update_mask.map(|mask| mask.paths).unwrap_or_default();
    let change = activity_options::change(request.restore_original, paths, request.activity_options)?;
    let run = target(request.namespace, request.execution)?;
    let changed = operate(front, run, selection, ActivityAction::ChangeOptions(change)).await?;
    Ok(UpdateActivityOptionsResponse {
        activity_options: Some(options_to_wire(&changed)),
    })
}

pub(crate) async fn change_options_of_one(
    front: &Front,
    request: UpdateActivityExecutionOptionsRequest,
) -> Result<UpdateActivityExecutionOptionsResponse, Status> {
    let paths = request.update_mask.map(|mask| mask.paths).unwrap_or_default();
    let change = activity_options::change(request.restore_original, paths, request.activity_options)?;
    let run = by_id::run(request.namespace, request.workflow_id, &request.run_id)?;
    let selection = one(request.activity_id)?;
    let changed = operate(front, run, selection, ActivityAction::ChangeOptions(change)).await?;
    Ok(UpdateActivityExecutionOptionsResponse {
        activity_options: Some(options_to_wire(&changed)),
    })
}

async fn operate(
    front: &Front,
    run: Target,
    selection: ActivitySelection,
    action: ActivityAction,
) -> Result<Box<ActivityDescription>, Status> {
    Ok(front.engine().operate(run, selection, action).await?)
}

fn one(id: String) -> Result<ActivitySelection, InvalidField> {
    required_name("activity_id", id).map(ActivitySelection::Id)
}

fn of_type(name: String) -> Result<ActivitySelection, InvalidField> {
    required_name("activity_type", name).map(ActivitySelection::Type)
}

fn unnamed() -> InvalidField {
    InvalidField::new(
        "activity",
        "is missing: name an activity's id, or a type, or all where that is possible",
    )
}

fn jitter(front: &Front, below: Option<protobuf::Duration>) -> Result<Jitter, InvalidField> {
    let (seed, _) = front.engine().random_seed();
    let below = duration_from_wire("jitter", below)?.unwrap_or_default();
    Ok(Jitter { below, seed })
}
