//! What is known of a run at this moment.

use super::search_attributes;
use crate::{
    server::{
        convert::{
            duration_to_wire, failure_to_wire, json_payload, memo_to_wire, parent_close_to_wire, payloads_to_wire,
            priority_to_wire, retry_policy_to_wire, status_to_wire, timeout_to_wire, timestamp_to_wire,
            user_metadata_to_wire,
        },
        front::{Front, target},
        history::{count_to_wire, execution_to_wire, shown_id_to_wire, task_queue_to_wire},
    },
    shard::{ActivityDescription, Blocked, Description},
    store::{
        Change, RunSummary,
        search::{AttributeTypes, PROBLEMS_ATTRIBUTE, PROBLEMS_OF_BLOCKED},
    },
};
use mainspring_api::temporal::{
    activity::v1::ActivityOptions,
    common::v1::{ActivityType, Memo, SearchAttributes, WorkflowType},
    enums::v1::{PendingActivityState, PendingWorkflowTaskState},
    failure::v1::Failure as WireFailure,
    workflow::v1::{
        PendingActivityInfo, PendingChildExecutionInfo, PendingWorkflowTaskInfo, WorkflowExecutionConfig,
        WorkflowExecutionExtendedInfo, WorkflowExecutionInfo, WorkflowExecutionPauseInfo,
        pending_activity_info::{
            PauseInfo,
            pause_info::{Manual, PausedBy},
        },
    },
    workflowservice::v1::{DescribeWorkflowExecutionRequest, DescribeWorkflowExecutionResponse},
};
use mainspring_core::{
    ActivityRequest, Failure, FailureInfo, FailureLayer, Millis, Pause, PendingChild, Phase, Timestamp,
};
use serde_json::json;
use tonic::Status;

/// The entry of a blocked run's memo that says why, since when, and when it is tried again.
///
/// It is shown, not stored: a run that is blocked has nothing of it in its history.
pub const BLOCKED_MEMO: &str = "mainspring.blocked";

/// The entry of the memo of a run whose type is paused that says why, by whom and since when. It is shown, not stored.
pub const TYPE_PAUSED_MEMO: &str = "mainspring.type-paused";

/// A worker that polls does so at least this often, so one that has been silent for longer is not there.
const POLLERS_SILENCE_MAX: Millis = Millis::from_secs(75);

pub(crate) async fn describe(
    front: &Front,
    request: DescribeWorkflowExecutionRequest,
) -> Result<DescribeWorkflowExecutionResponse, Status> {
    let description = front
        .engine()
        .describe(target(request.namespace, request.execution)?)
        .await?;
    let started = &description.started;
    let types = search_attributes::types_of(front, &started.namespace);
    let execution_config = WorkflowExecutionConfig {
        task_queue: Some(task_queue_to_wire(&started.task_queue)),
        workflow_execution_timeout: Some(timeout_to_wire(started.timeouts.execution)),
        workflow_run_timeout: Some(timeout_to_wire(started.timeouts.run)),
        default_workflow_task_timeout: Some(timeout_to_wire(started.timeouts.task)),
        user_metadata: user_metadata_to_wire(started.summary.as_ref(), started.details.as_ref()),
    };
    let start_time = description.summary.started;
    let begins = start_time.after(started.origin.delay(start_time));
    let extended_info = WorkflowExecutionExtendedInfo {
        execution_expiration_time: started.expiration(start_time).map(timestamp_to_wire),
        run_expiration_time: Millis::deadline(started.timeouts.run, begins).map(timestamp_to_wire),
        original_start_time: Some(timestamp_to_wire(description.original_start)),
        last_reset_time: description.is_reset.then(|| timestamp_to_wire(start_time)),
        reset_run_id: description.heir.map(|run_id| run_id.to_string()).unwrap_or_default(),
        cancel_requested: description.cancel_requested,
        pause_info: description.paused.as_ref().map(pause_info),
        ..Default::default()
    };
    Ok(DescribeWorkflowExecutionResponse {
        execution_config: Some(execution_config),
        workflow_execution_info: Some(described_info(&description, &types)),
        pending_activities: pending_activities(front, &description),
        pending_children: description.children.iter().map(pending_child).collect(),
        pending_workflow_task: description.blocked.as_ref().map(blocked_task),
        workflow_extended_info: Some(extended_info),
        ..Default::default()
    })
}

/// What lists show of a run, in a namespace with these types.
pub(crate) fn info(run: &RunSummary, types: &AttributeTypes) -> WorkflowExecutionInfo {
    WorkflowExecutionInfo {
        execution: Some(execution_to_wire(&run.execution)),
        r#type: Some(WorkflowType {
            name: run.workflow_type.clone(),
        }),
        start_time: Some(timestamp_to_wire(run.started)),
        close_time: run.closed.map(timestamp_to_wire),
        status: status_to_wire(run.status).into(),
        history_length: i64::try_from(run.history_length).unwrap_or(i64::MAX),
        state_transition_count: i64::try_from(run.transitions).unwrap_or(i64::MAX),
        history_size_bytes: i64::try_from(run.history_bytes).unwrap_or(i64::MAX),
        execution_time: Some(timestamp_to_wire(run.begins.unwrap_or(run.started))),
        parent_execution: run.parent.as_ref().map(execution_to_wire),
        root_execution: Some(execution_to_wire(run.root.as_ref().unwrap_or(&run.execution))),
        memo: memo_to_wire(&run.memo),
        search_attributes: search_attributes::typed(&run.search_attributes, types),
        task_queue: run.task_queue.clone(),
        execution_duration: run.closed.map(|closed| duration_to_wire(closed.since(run.started))),
        first_run_id: run.first_run_id.to_string(),
        ..Default::default()
    }
}

fn described_info(description: &Description, types: &AttributeTypes) -> WorkflowExecutionInfo {
    let mut info = info(&description.summary, types);
    info.priority = description.started.priority.as_ref().map(priority_to_wire);
    if let Some(blocked) = &description.blocked {
        show_blocked(&mut info, blocked);
    }
    if let Some(pause) = &description.type_paused {
        show_type_paused(&mut info, pause);
    }
    info
}

fn show_type_paused(info: &mut WorkflowExecutionInfo, pause: &Change) {
    let why = json!({
        "reason": pause.reason,
        "identity": pause.identity,
        "since_ms": pause.at.as_millis(),
    });
    let memo = info.memo.get_or_insert_with(Memo::default);
    memo.fields.insert(TYPE_PAUSED_MEMO.to_owned(), json_payload(&why));
}

/// Says why the run cannot go on.
pub(super) fn show_blocked(info: &mut WorkflowExecutionInfo, blocked: &Blocked) {
    let why = json!({
        "reason": blocked.reason,
        "since_ms": blocked.since.as_millis(),
        "tries": blocked.tries,
        "next_try_ms": blocked.next_try.as_millis(),
    });
    let memo = info.memo.get_or_insert_with(Memo::default);
    memo.fields.insert(BLOCKED_MEMO.to_owned(), json_payload(&why));

    let mut problems = json_payload(&json!(PROBLEMS_OF_BLOCKED));
    problems.metadata.insert("type".to_owned(), b"KeywordList".to_vec());
    let attributes = info.search_attributes.get_or_insert_with(SearchAttributes::default);
    attributes
        .indexed_fields
        .insert(PROBLEMS_ATTRIBUTE.to_owned(), problems);
}

fn pause_info((since, pause): &(Timestamp, Pause)) -> WorkflowExecutionPauseInfo {
    WorkflowExecutionPauseInfo {
        identity: pause.identity.clone(),
        paused_time: Some(timestamp_to_wire(*since)),
        reason: pause.reason.clone(),
    }
}

fn blocked_task(blocked: &Blocked) -> PendingWorkflowTaskInfo {
    PendingWorkflowTaskInfo {
        state: PendingWorkflowTaskState::Scheduled.into(),
        scheduled_time: Some(timestamp_to_wire(blocked.next_try)),
        original_scheduled_time: Some(timestamp_to_wire(blocked.since)),
        attempt: count_to_wire(blocked.tries.saturating_add(1)),
        ..Default::default()
    }
}

fn pending_child(child: &PendingChild) -> PendingChildExecutionInfo {
    PendingChildExecutionInfo {
        workflow_id: child.workflow_id.clone(),
        run_id: child.run_id.map(|run_id| run_id.to_string()).unwrap_or_default(),
        workflow_type_name: child.request.workflow_type.clone(),
        parent_close_policy: parent_close_to_wire(child.request.parent_close).into(),
        initiated_id: shown_id_to_wire(Some(child.initiated)),
    }
}

fn pending_activities(front: &Front, description: &Description) -> Vec<PendingActivityInfo> {
    let namespace = &description.started.namespace;
    let now = front.engine().now();
    let pending = description.activities.iter().map(|activity| {
        let mut pending = pending_activity(activity);
        if let Phase::Ready(since) = activity.attempt.phase
            && activity.attempt.paused().is_none()
            && description.paused.is_none()
            && pending.last_failure.is_none()
        {
            let queue = &activity.task_queue;
            let pollers = front.engine().describe_queue(namespace, queue).pollers;
            let latest_poll = pollers.into_iter().map(|(_, at)| at).max();
            pending.last_failure = nobody_polls(queue, latest_poll, since, now);
        }
        pending
    });
    pending.collect()
}

fn pending_activity(activity: &ActivityDescription) -> PendingActivityInfo {
    let attempt = &activity.attempt;
    let paused = attempt.paused();
    let (state, scheduled) = match attempt.phase {
        Phase::Ready(at) | Phase::BackingOff(at) => match paused {
            Some(_) => (PendingActivityState::Paused, Some(at)),
            None => (PendingActivityState::Scheduled, Some(at)),
        },
        Phase::Started(..) if activity.cancel_requested => (PendingActivityState::CancelRequested, None),
        Phase::Started(..) if paused.is_some() => (PendingActivityState::PauseRequested, None),
        Phase::Started(..) => (PendingActivityState::Started, None),
    };
    let next_attempt = match attempt.phase {
        Phase::BackingOff(until) if paused.is_none() => Some(until),
        Phase::BackingOff(_) | Phase::Ready(_) | Phase::Started(..) => None,
    };
    let retry_interval = next_attempt
        .zip(attempt.last_failed)
        .map(|(next, failed)| next.since(failed));
    let policy = activity.request.retry.clone().unwrap_or_default();
    PendingActivityInfo {
        activity_id: activity.activity_id.clone(),
        activity_type: Some(ActivityType {
            name: activity.request.activity_type.clone(),
        }),
        state: state.into(),
        heartbeat_details: payloads_to_wire(&attempt.heartbeat),
        last_heartbeat_time: attempt.heartbeat_at.map(timestamp_to_wire),
        last_started_time: attempt.started().map(timestamp_to_wire),
        attempt: count_to_wire(attempt.count()),
        maximum_attempts: count_to_wire(policy.maximum_attempts),
        scheduled_time: scheduled.map(timestamp_to_wire),
        expiration_time: activity.deadline.map(timestamp_to_wire),
        last_failure: attempt.last_failure.as_ref().map(failure_to_wire),
        last_worker_identity: attempt.last_identity.clone(),
        current_retry_interval: retry_interval.map(duration_to_wire),
        last_attempt_complete_time: attempt.last_failed.map(timestamp_to_wire),
        next_attempt_schedule_time: next_attempt.map(timestamp_to_wire),
        paused: paused.is_some(),
        pause_info: paused.map(pause_of_activity),
        activity_options: Some(options_to_wire(activity)),
        priority: activity.priority.as_ref().map(priority_to_wire),
        ..Default::default()
    }
}

fn pause_of_activity((since, pause): (Timestamp, &Pause)) -> PauseInfo {
    PauseInfo {
        pause_time: Some(timestamp_to_wire(since)),
        paused_by: Some(PausedBy::Manual(Manual {
            identity: pause.identity.clone(),
            reason: pause.reason.clone(),
        })),
    }
}

/// The options that hold.
pub(super) fn options_to_wire(activity: &ActivityDescription) -> ActivityOptions {
    let ActivityRequest { timeouts, priority, .. } = activity.request.as_ref();
    let policy = activity.request.retry.clone().unwrap_or_default();
    ActivityOptions {
        task_queue: Some(task_queue_to_wire(&activity.task_queue)),
        schedule_to_close_timeout: Some(timeout_to_wire(timeouts.schedule_to_close)),
        schedule_to_start_timeout: Some(timeout_to_wire(timeouts.schedule_to_start)),
        start_to_close_timeout: Some(timeout_to_wire(timeouts.start_to_close)),
        heartbeat_timeout: Some(timeout_to_wire(timeouts.heartbeat)),
        retry_policy: Some(retry_policy_to_wire(&policy)),
        priority: priority.as_ref().map(priority_to_wire),
        ..Default::default()
    }
}

/// The hint that an activity waits because no worker is there.
///
/// It is shown where the failure of an attempt would be, because there all tools show a text.
fn nobody_polls(
    queue: &str,
    latest_poll: Option<Timestamp>,
    ready_since: Timestamp,
    now: Timestamp,
) -> Option<WireFailure> {
    let silent_since = match latest_poll {
        Some(latest) if now.since(latest) <= POLLERS_SILENCE_MAX => return None,
        Some(latest) => latest,
        None => ready_since,
    };
    let since = i64::try_from(silent_since.as_millis())
        .ok()
        .and_then(|at| jiff::Timestamp::from_millisecond(at).ok());
    let since = since.map(|since| format!(" since {since:.0}")).unwrap_or_default();
    let layer = FailureLayer::of_engine(
        format!("no worker has polled task queue {queue:?}{since}; start one that has this activity"),
        FailureInfo::Unspecified,
    );
    Some(failure_to_wire(&Failure::new(layer)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_queue_that_nobody_polls_is_pointed_out() {
        let at = |seconds: u64| Timestamp::from_millis(seconds * 1000);
        let hint = |latest: Option<u64>| nobody_polls("orders", latest.map(at), at(10), at(100)).map(|it| it.message);
        assert_eq!(hint(Some(50)), None);
        insta::assert_snapshot!(hint(Some(20)).expect("nobody polls"), @r#"no worker has polled task queue "orders" since 1970-01-01T00:00:20Z; start one that has this activity"#);
        insta::assert_snapshot!(hint(None).expect("nobody polls"), @r#"no worker has polled task queue "orders" since 1970-01-01T00:00:10Z; start one that has this activity"#);
    }

    #[test]
    fn a_blocked_run_says_why() {
        let blocked = Blocked {
            reason: "it trapped".into(),
            since: Timestamp::from_millis(1),
            tries: 2,
            next_try: Timestamp::from_millis(9),
        };
        let mut info = WorkflowExecutionInfo::default();
        show_blocked(&mut info, &blocked);
        let memo = info.memo.expect("a memo");
        let shown = String::from_utf8(memo.fields[BLOCKED_MEMO].data.clone()).expect("text");
        insta::assert_snapshot!(shown, @r#"{"next_try_ms":9,"reason":"it trapped","since_ms":1,"tries":2}"#);
        assert!(
            info.search_attributes
                .is_some_and(|all| all.indexed_fields.contains_key(PROBLEMS_ATTRIBUTE))
        );
    }
}
