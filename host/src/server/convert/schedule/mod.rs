//! Schedules: when they act and how, and what is known of them.

mod spec;

use spec::spec_to_wire;

pub(crate) use spec::spec_from_wire;

use super::{
    InvalidField, choice_from_wire, duration_from_wire, duration_to_wire, header_to_wire, memo_to_wire,
    payloads_to_wire, priority_to_wire, retry_policy_to_wire, search_attributes_to_wire, status_to_wire,
    timeout_to_wire, timestamp_from_wire, timestamp_to_wire, user_metadata_to_wire,
};
use crate::server::limits::check_text;
use mainspring_api::temporal::{
    common::v1::{WorkflowExecution, WorkflowType},
    enums::v1::ScheduleOverlapPolicy,
    schedule::v1 as wire,
    taskqueue::v1::TaskQueue,
    workflow::v1::NewWorkflowExecutionInfo,
};
use mainspring_core::schedule::{
    Action, Activity, BackfillRequest, OverlapPolicy, Patch, Policies, Schedule, Taken, Trigger,
};
use mainspring_core::{Execution, Timestamp};

pub(crate) fn policies_from_wire(policies: Option<wire::SchedulePolicies>) -> Result<Policies, InvalidField> {
    let policies = policies.unwrap_or_default();
    let catch_up = duration_from_wire("schedule.policies.catchup_window", policies.catchup_window)?;
    Ok(Policies {
        overlap: overlap_from_wire("schedule.policies.overlap_policy", policies.overlap_policy)?.unwrap_or_default(),
        catch_up: catch_up
            .unwrap_or(Policies::CATCH_UP_DEFAULT)
            .max(Policies::CATCH_UP_MIN),
        pause_on_failure: policies.pause_on_failure,
        keep_workflow_id: policies.keep_original_workflow_id,
    })
}

pub(crate) fn activity_from_wire(state: Option<wire::ScheduleState>) -> Result<Activity, InvalidField> {
    let state = state.unwrap_or_default();
    let remaining = u64::try_from(state.remaining_actions)
        .map_err(|_| InvalidField::new("schedule.state.remaining_actions", "must not be negative"))?;
    check_text("schedule.state.notes", &state.notes)?;
    Ok(Activity {
        paused: state.paused,
        notes: state.notes,
        remaining: state.limited_actions.then_some(remaining),
    })
}

pub(crate) fn patch_from_wire(patch: Option<wire::SchedulePatch>, request_id: String) -> Result<Patch, InvalidField> {
    let patch = patch.unwrap_or_default();
    let trigger = patch.trigger_immediately.map(|trigger| {
        let scheduled_for = timestamp_from_wire("patch.trigger_immediately.scheduled_time", trigger.scheduled_time)?;
        Ok::<_, InvalidField>(Trigger {
            overlap: overlap_from_wire("patch.trigger_immediately.overlap_policy", trigger.overlap_policy)?,
            scheduled_for,
        })
    });
    let pause = match (patch.pause.as_str(), patch.unpause.as_str()) {
        ("", "") => None,
        (_, "") => Some((true, patch.pause)),
        ("", _) => Some((false, patch.unpause)),
        _ => {
            return Err(InvalidField::new(
                "patch",
                "pause and unpause contradict each other; give one of the two",
            ));
        }
    };
    if let Some((_, notes)) = &pause {
        check_text("patch", notes)?;
    }
    Ok(Patch {
        trigger: trigger.transpose()?,
        backfills: patch
            .backfill_request
            .into_iter()
            .map(backfill_from_wire)
            .collect::<Result<_, _>>()?,
        pause,
        request_id,
    })
}

fn backfill_from_wire(backfill: wire::BackfillRequest) -> Result<BackfillRequest, InvalidField> {
    const FIELD: &str = "patch.backfill_request";
    let start = timestamp_from_wire(FIELD, backfill.start_time)?;
    let end = timestamp_from_wire(FIELD, backfill.end_time)?;
    let (Some(start), Some(end)) = (start, end) else {
        return Err(InvalidField::new(FIELD, "needs a start_time and an end_time"));
    };
    if start > end {
        return Err(InvalidField::new(FIELD, "ends before it starts"));
    }
    Ok(BackfillRequest {
        start,
        end,
        overlap: overlap_from_wire("patch.backfill_request.overlap_policy", backfill.overlap_policy)?,
    })
}

/// None is the schedule's own policy.
fn overlap_from_wire(field: &'static str, policy: i32) -> Result<Option<OverlapPolicy>, InvalidField> {
    Ok(match choice_from_wire(field, policy)? {
        ScheduleOverlapPolicy::Unspecified => None,
        ScheduleOverlapPolicy::Skip => Some(OverlapPolicy::Skip),
        ScheduleOverlapPolicy::BufferOne => Some(OverlapPolicy::BufferOne),
        ScheduleOverlapPolicy::BufferAll => Some(OverlapPolicy::BufferAll),
        ScheduleOverlapPolicy::CancelOther => Some(OverlapPolicy::CancelOther),
        ScheduleOverlapPolicy::TerminateOther => Some(OverlapPolicy::TerminateOther),
        ScheduleOverlapPolicy::AllowAll => Some(OverlapPolicy::AllowAll),
    })
}

const fn overlap_to_wire(policy: OverlapPolicy) -> ScheduleOverlapPolicy {
    match policy {
        OverlapPolicy::Skip => ScheduleOverlapPolicy::Skip,
        OverlapPolicy::BufferOne => ScheduleOverlapPolicy::BufferOne,
        OverlapPolicy::BufferAll => ScheduleOverlapPolicy::BufferAll,
        OverlapPolicy::CancelOther => ScheduleOverlapPolicy::CancelOther,
        OverlapPolicy::TerminateOther => ScheduleOverlapPolicy::TerminateOther,
        OverlapPolicy::AllowAll => ScheduleOverlapPolicy::AllowAll,
    }
}

/// What the owner says.
pub(crate) fn schedule_to_wire(schedule: &Schedule) -> wire::Schedule {
    let Policies {
        overlap,
        catch_up,
        pause_on_failure,
        keep_workflow_id,
    } = schedule.policies;
    let remaining = schedule.activity.remaining;
    wire::Schedule {
        spec: Some(spec_to_wire(&schedule.spec)),
        action: Some(wire::ScheduleAction {
            action: Some(wire::schedule_action::Action::StartWorkflow(action_to_wire(
                &schedule.action,
            ))),
        }),
        policies: Some(wire::SchedulePolicies {
            overlap_policy: overlap_to_wire(overlap).into(),
            catchup_window: Some(duration_to_wire(catch_up)),
            pause_on_failure,
            keep_original_workflow_id: keep_workflow_id,
        }),
        state: Some(wire::ScheduleState {
            notes: schedule.activity.notes.clone(),
            paused: schedule.activity.paused,
            limited_actions: remaining.is_some(),
            remaining_actions: remaining.map_or(0, signed),
        }),
    }
}

fn action_to_wire(action: &Action) -> NewWorkflowExecutionInfo {
    NewWorkflowExecutionInfo {
        workflow_id: action.workflow_id.clone(),
        workflow_type: Some(WorkflowType {
            name: action.workflow_type.clone(),
        }),
        task_queue: Some(TaskQueue {
            name: action.task_queue.clone(),
            ..Default::default()
        }),
        input: payloads_to_wire(&action.input),
        workflow_execution_timeout: Some(timeout_to_wire(action.timeouts.execution)),
        workflow_run_timeout: Some(timeout_to_wire(action.timeouts.run)),
        workflow_task_timeout: Some(timeout_to_wire(action.timeouts.task)),
        retry_policy: action.retry.as_ref().map(retry_policy_to_wire),
        memo: memo_to_wire(&action.memo),
        search_attributes: search_attributes_to_wire(&action.search_attributes),
        header: header_to_wire(&action.headers),
        user_metadata: user_metadata_to_wire(action.summary.as_ref(), action.details.as_ref()),
        priority: action.priority.as_ref().map(priority_to_wire),
        ..Default::default()
    }
}

/// What has come of it, with the times at which it acts next.
pub(crate) fn info_to_wire(schedule: &Schedule, next: &[Timestamp]) -> wire::ScheduleInfo {
    let progress = &schedule.progress;
    let running = progress.running.iter().filter(|run| run.is_started);
    #[expect(deprecated, reason = "there is no other place for why nothing was started")]
    wire::ScheduleInfo {
        action_count: signed(progress.counts.started),
        missed_catchup_window: signed(progress.counts.missed),
        overlap_skipped: signed(progress.counts.overlapped),
        buffer_dropped: signed(progress.counts.dropped),
        buffer_size: signed(progress.buffer.len() as u64),
        running_workflows: running.map(|run| execution_to_wire(&run.execution)).collect(),
        recent_actions: progress.recent.iter().map(taken_to_wire).collect(),
        future_action_times: next.iter().copied().map(timestamp_to_wire).collect(),
        create_time: Some(timestamp_to_wire(schedule.created)),
        update_time: schedule.updated.map(timestamp_to_wire),
        invalid_schedule_error: progress.last_refusal.clone().unwrap_or_default(),
        state_size_bytes: 0,
    }
}

/// What a list shows of it, with the times at which it acts next.
pub(crate) fn list_info_to_wire(schedule: &Schedule, next: &[Timestamp]) -> wire::ScheduleListInfo {
    const RECENT_MAX: usize = 5;
    let recent = &schedule.progress.recent;
    wire::ScheduleListInfo {
        spec: Some(wire::ScheduleSpec {
            timezone_data: Vec::new(),
            ..spec_to_wire(&schedule.spec)
        }),
        workflow_type: Some(WorkflowType {
            name: schedule.action.workflow_type.clone(),
        }),
        notes: schedule.activity.notes.clone(),
        paused: schedule.activity.paused,
        recent_actions: recent[recent.len().saturating_sub(RECENT_MAX)..]
            .iter()
            .map(taken_to_wire)
            .collect(),
        future_action_times: next.iter().copied().map(timestamp_to_wire).collect(),
        ..Default::default()
    }
}

fn taken_to_wire(taken: &Taken) -> wire::ScheduleActionResult {
    wire::ScheduleActionResult {
        schedule_time: Some(timestamp_to_wire(taken.due)),
        actual_time: Some(timestamp_to_wire(taken.started)),
        start_workflow_result: Some(execution_to_wire(&taken.execution)),
        start_workflow_status: status_to_wire(taken.status).into(),
    }
}

fn execution_to_wire(execution: &Execution) -> WorkflowExecution {
    WorkflowExecution {
        workflow_id: execution.workflow_id.clone(),
        run_id: execution.run_id.to_string(),
    }
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use mainspring_api::protobuf;

    #[test]
    fn policies_have_defaults_and_a_least_window() {
        assert_eq!(policies_from_wire(None), Ok(Policies::default()));
        let window = |seconds| {
            let policies = wire::SchedulePolicies {
                catchup_window: Some(protobuf::Duration { seconds, nanos: 0 }),
                ..Default::default()
            };
            policies_from_wire(Some(policies)).map(|it| it.catch_up.get() / 1_000)
        };
        assert_eq!(window(3), Ok(10));
        assert_eq!(window(60), Ok(60));
        assert!(window(-1).is_err());
    }

    #[test]
    fn patches_that_make_no_sense_are_refused() {
        let patch = |patch| patch_from_wire(Some(patch), String::new());
        let at = |seconds| Some(protobuf::Timestamp { seconds, nanos: 0 });
        let backfill = |start_time, end_time| wire::SchedulePatch {
            backfill_request: vec![wire::BackfillRequest {
                start_time,
                end_time,
                overlap_policy: 0,
            }],
            ..Default::default()
        };
        assert!(patch(backfill(at(1), at(2))).is_ok());
        assert!(patch(backfill(at(2), at(1))).is_err());
        assert!(patch(backfill(None, at(1))).is_err());
        assert!(patch(backfill(at(1), None)).is_err());
        let both = wire::SchedulePatch {
            pause: "so".into(),
            unpause: "or so".into(),
            ..Default::default()
        };
        assert!(patch(both).is_err());
    }
}
