//! Workflows that are started at certain times.

mod list;

pub(crate) use list::{count, list};

use super::{search_attributes, start::start_request};
use crate::{
    server::{
        convert::{
            InvalidField, activity_from_wire, info_to_wire, memo_from_wire, memo_to_wire, patch_from_wire,
            policies_from_wire, schedule_to_wire, search_attributes_from_wire, spec_from_wire, timestamp_from_wire,
            timestamp_to_wire,
        },
        front::Front,
        limits::{NAME_BYTES_MAX, check_map, optional_name, required_name},
    },
    shard::{IdConflictPolicy, NewSchedule, ScheduleName},
    time_zone,
};
use mainspring_api::temporal::{
    enums::v1::WorkflowIdReusePolicy,
    schedule::v1::{Schedule as WireSchedule, ScheduleAction, schedule_action::Action as WireAction},
    workflow::v1::NewWorkflowExecutionInfo,
    workflowservice::v1::{
        CreateScheduleRequest, CreateScheduleResponse, DeleteScheduleRequest, DeleteScheduleResponse,
        DescribeScheduleRequest, DescribeScheduleResponse, ListScheduleMatchingTimesRequest,
        ListScheduleMatchingTimesResponse, PatchScheduleRequest, PatchScheduleResponse, StartWorkflowExecutionRequest,
        UpdateScheduleRequest, UpdateScheduleResponse,
    },
};
use mainspring_core::Timestamp;
use mainspring_core::schedule::{Action, Activity, Policies, Progress, Schedule, Spec, Update};
use tonic::Status;

/// Times that a description looks ahead.
const NEXT_TIMES_MAX: usize = 10;

/// Times of one answer.
const MATCHING_TIMES_MAX: usize = 1_000;

/// What a time adds to a workflow id.
const TIME_BYTES: usize = "-2006-01-02T15:04:05Z".len();

pub(crate) async fn create(front: &Front, request: CreateScheduleRequest) -> Result<CreateScheduleResponse, Status> {
    let name = name(request.namespace, request.schedule_id)?;
    let wanted = wanted(front, &name, request.schedule)?;
    let now = front.engine().now();
    let new = NewSchedule {
        patch: patch_from_wire(request.initial_patch, String::new())?,
        schedule: Schedule {
            namespace: name.namespace.clone(),
            id: name.id.clone(),
            spec: wanted.spec,
            action: wanted.action,
            policies: wanted.policies,
            activity: wanted.activity,
            memo: memo_from_wire(request.memo),
            search_attributes: search_attributes_from_wire(request.search_attributes),
            created: now,
            updated: None,
            revision: 1,
            created_by: optional_name("request_id", request.request_id)?,
            changed_by: Vec::new(),
            progress: Progress::new(front.engine().random_seed(), now),
        },
    };
    check_map("memo", &new.schedule.memo)?;
    search_attributes::check(front, &name.namespace, &new.schedule.search_attributes)?;
    let revision = front.engine().create_schedule(name, new).await?;
    Ok(CreateScheduleResponse {
        conflict_token: token(revision),
    })
}

pub(crate) async fn describe(
    front: &Front,
    request: DescribeScheduleRequest,
) -> Result<DescribeScheduleResponse, Status> {
    let name = name(request.namespace, request.schedule_id)?;
    let types = search_attributes::types_of(front, &name.namespace);
    let schedule = front.engine().describe_schedule(name).await?;
    let next = next_times(front, &schedule, NEXT_TIMES_MAX);
    Ok(DescribeScheduleResponse {
        schedule: Some(schedule_to_wire(&schedule)),
        info: Some(info_to_wire(&schedule, &next)),
        memo: memo_to_wire(&schedule.memo),
        search_attributes: search_attributes::typed(&schedule.search_attributes, &types),
        conflict_token: token(schedule.revision),
    })
}

pub(crate) async fn update(front: &Front, request: UpdateScheduleRequest) -> Result<UpdateScheduleResponse, Status> {
    let name = name(request.namespace, request.schedule_id)?;
    let wanted = wanted(front, &name, request.schedule)?;
    let update = Update {
        spec: wanted.spec,
        action: wanted.action,
        policies: wanted.policies,
        activity: wanted.activity,
        memo: request.memo.map(|memo| memo_from_wire(Some(memo))),
        search_attributes: request
            .search_attributes
            .map(|attributes| search_attributes_from_wire(Some(attributes))),
        revision: read_token(&request.conflict_token)?,
        request_id: optional_name("request_id", request.request_id)?,
    };
    if let Some(memo) = &update.memo {
        check_map("memo", memo)?;
    }
    if let Some(attributes) = &update.search_attributes {
        search_attributes::check(front, &name.namespace, attributes)?;
    }
    front.engine().update_schedule(name, update).await?;
    Ok(UpdateScheduleResponse {})
}

pub(crate) async fn patch(front: &Front, request: PatchScheduleRequest) -> Result<PatchScheduleResponse, Status> {
    let name = name(request.namespace, request.schedule_id)?;
    let patch = patch_from_wire(request.patch, optional_name("request_id", request.request_id)?)?;
    front.engine().patch_schedule(name, patch).await?;
    Ok(PatchScheduleResponse {})
}

pub(crate) async fn delete(front: &Front, request: DeleteScheduleRequest) -> Result<DeleteScheduleResponse, Status> {
    let name = name(request.namespace, request.schedule_id)?;
    front.engine().delete_schedule(name).await?;
    Ok(DeleteScheduleResponse {})
}

/// Times after the first moment, up to the last one.
pub(crate) async fn matching_times(
    front: &Front,
    request: ListScheduleMatchingTimesRequest,
) -> Result<ListScheduleMatchingTimesResponse, Status> {
    let name = name(request.namespace, request.schedule_id)?;
    let start = timestamp_from_wire("start_time", request.start_time)?;
    let end = timestamp_from_wire("end_time", request.end_time)?;
    let missing = |field| InvalidField::new(field, "is missing");
    let mut after = start.ok_or_else(|| missing("start_time"))?;
    let end = end.ok_or_else(|| missing("end_time"))?;
    let schedule = front.engine().describe_schedule(name).await?;
    let times = time_zone::times(&schedule.spec, &schedule.namespace, &schedule.id)
        .map_err(|error| Status::failed_precondition(error.to_string()))?;
    let mut found = Vec::new();
    while found.len() < MATCHING_TIMES_MAX {
        let next = times
            .next(after)
            .map_err(|error| Status::failed_precondition(error.to_string()))?;
        let Some(next) = next.filter(|next| next.due <= end) else {
            break;
        };
        found.push(timestamp_to_wire(next.due));
        after = next.nominal;
    }
    Ok(ListScheduleMatchingTimesResponse { start_time: found })
}

/// What the owner of a schedule says.
struct Wanted {
    spec: Spec,
    action: Action,
    policies: Policies,
    activity: Activity,
}

fn wanted(front: &Front, name: &ScheduleName, schedule: Option<WireSchedule>) -> Result<Wanted, Status> {
    let schedule = schedule.ok_or_else(|| InvalidField::new("schedule", "is missing"))?;
    let spec = spec_from_wire(schedule.spec)?;
    check_times(&spec, name)?;
    Ok(Wanted {
        spec,
        action: action(front, &name.namespace, schedule.action)?,
        policies: policies_from_wire(schedule.policies)?,
        activity: activity_from_wire(schedule.state)?,
    })
}

/// Whether a schedule would ever act by itself, if it is to.
fn check_times(spec: &Spec, name: &ScheduleName) -> Result<(), InvalidField> {
    let invalid = |problem: String| InvalidField::new("schedule.spec", problem);
    let times = time_zone::times(spec, &name.namespace, &name.id).map_err(|error| invalid(error.to_string()))?;
    if spec.is_empty() {
        return Ok(());
    }
    match times.are_none() {
        Ok(false) => Ok(()),
        Ok(true) => Err(invalid(
            "never comes true: there is no moment that matches it. A schedule that is only triggered has an empty spec"
                .into(),
        )),
        Err(error) => Err(invalid(format!("never comes true: {error}"))),
    }
}

/// A start is checked as if it were to be made now, but for whether there is such a workflow type: a module may still
/// be pushed.
fn action(front: &Front, namespace: &str, action: Option<ScheduleAction>) -> Result<Action, Status> {
    let Some(WireAction::StartWorkflow(start)) = action.unwrap_or_default().action else {
        return Err(InvalidField::new("schedule.action", "must be start_workflow").into());
    };
    let reuse = start.workflow_id_reuse_policy();
    if !matches!(
        reuse,
        WorkflowIdReusePolicy::Unspecified | WorkflowIdReusePolicy::AllowDuplicate
    ) {
        let problem = "cannot be chosen: every start of a schedule has a workflow id of its own";
        return Err(InvalidField::new("schedule.action.start_workflow.workflow_id_reuse_policy", problem).into());
    }
    if !start.cron_schedule.is_empty() {
        let problem = "cannot go together with a schedule, which says itself when to start";
        return Err(InvalidField::new("schedule.action.start_workflow.cron_schedule", problem).into());
    }
    if start.workflow_id.len() + TIME_BYTES > NAME_BYTES_MAX {
        let problem = "is too long: the time is added to it";
        return Err(InvalidField::new("schedule.action.start_workflow.workflow_id", problem).into());
    }
    let start = start_request(front, as_start(namespace, start), IdConflictPolicy::Fail)?;
    Ok(Action {
        workflow_id: start.execution.workflow_id,
        workflow_type: start.workflow_type,
        task_queue: start.task_queue,
        input: start.input,
        headers: start.headers,
        timeouts: start.timeouts,
        retry: start.retry,
        memo: start.memo,
        search_attributes: start.search_attributes,
        priority: start.priority,
        summary: start.summary,
        details: start.details,
    })
}

fn as_start(namespace: &str, start: NewWorkflowExecutionInfo) -> StartWorkflowExecutionRequest {
    StartWorkflowExecutionRequest {
        namespace: namespace.to_owned(),
        workflow_id: start.workflow_id,
        workflow_type: start.workflow_type,
        task_queue: start.task_queue,
        input: start.input,
        workflow_execution_timeout: start.workflow_execution_timeout,
        workflow_run_timeout: start.workflow_run_timeout,
        workflow_task_timeout: start.workflow_task_timeout,
        retry_policy: start.retry_policy,
        memo: start.memo,
        search_attributes: start.search_attributes,
        header: start.header,
        user_metadata: start.user_metadata,
        priority: start.priority,
        ..Default::default()
    }
}

/// The next times at which a schedule will act.
fn next_times(front: &Front, schedule: &Schedule, count: usize) -> Vec<Timestamp> {
    let times = time_zone::times(&schedule.spec, &schedule.namespace, &schedule.id);
    times.map_or_else(
        |_| Vec::new(),
        |times| schedule.next_times(&times, front.engine().now(), count),
    )
}

fn name(namespace: String, schedule_id: String) -> Result<ScheduleName, InvalidField> {
    Ok(ScheduleName {
        namespace: required_name("namespace", namespace)?,
        id: required_name("schedule_id", schedule_id)?,
    })
}

fn token(revision: u64) -> Vec<u8> {
    revision.to_be_bytes().to_vec()
}

fn read_token(token: &[u8]) -> Result<Option<u64>, InvalidField> {
    if token.is_empty() {
        return Ok(None);
    }
    let malformed = |_| InvalidField::new("conflict_token", "is not one that a description of this server had");
    token
        .try_into()
        .map(|bytes| Some(u64::from_be_bytes(bytes)))
        .map_err(malformed)
}
