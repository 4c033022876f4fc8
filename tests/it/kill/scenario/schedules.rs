use super::Workflows;
use crate::kill::calls::{acknowledged, answered, ends, returns, terminate};
use crate::support::client::{Client, NAMESPACE, all_payloads};
use crate::support::patience::until;
use mainspring_api::protobuf::{Duration, Timestamp};
use mainspring_api::temporal::common::v1::WorkflowType;
use mainspring_api::temporal::enums::v1::{ScheduleOverlapPolicy, WorkflowExecutionStatus as Status};
use mainspring_api::temporal::schedule::v1::schedule_action::Action;
use mainspring_api::temporal::schedule::v1::{
    BackfillRequest, IntervalSpec, Schedule, ScheduleAction, ScheduleInfo, SchedulePatch, SchedulePolicies,
    ScheduleSpec, ScheduleState, TriggerImmediatelyRequest,
};
use mainspring_api::temporal::taskqueue::v1::TaskQueue;
use mainspring_api::temporal::workflow::v1::NewWorkflowExecutionInfo;
use mainspring_api::temporal::workflowservice::v1::*;
use serde_json::{Value, json};

/// Noon of the 1st of January 2020.
pub(super) const NOON: i64 = 1_577_880_000;

/// What a schedule starts for times that were, one after the other; and what it starts by itself, as often as it may.
pub(in crate::kill) async fn schedules(client: &Client) -> Workflows {
    create(client, "hourly", 3_600, 0).await;
    backfill(client, "hourly", "three hours", 2 * 3_600).await;
    let past = [
        "hourly-2020-01-01T12:00:00Z",
        "hourly-2020-01-01T13:00:00Z",
        "hourly-2020-01-01T14:00:00Z",
    ];
    for workflow_id in past {
        returns(client, workflow_id, json!("on time")).await;
    }
    acted(client, "hourly", past.len()).await;

    create(client, "limited", 1, 2).await;
    acted(client, "limited", 2).await;
    past.to_vec()
}

/// What a schedule does when its runs overlap, in each way that there is.
pub(in crate::kill) async fn schedules_that_overlap(client: &Client) -> Workflows {
    use ScheduleOverlapPolicy::{AllowAll, BufferOne, CancelOther, Skip, TerminateOther};
    let id = "overlapping";
    create_as(client, id, schedule(id, ScheduleSpec::default(), "idle", Value::Null)).await;
    let [first, second, third, waiting, beside] = [
        "overlapping-2020-01-01T12:00:00Z",
        "overlapping-2020-01-01T13:00:00Z",
        "overlapping-2020-01-01T14:00:00Z",
        "overlapping-2020-01-01T16:00:00Z",
        "overlapping-2020-01-01T18:00:00Z",
    ];
    trigger(client, id, 0, Skip).await;
    answered(client, first).await;
    // The schedule must know that it runs, too.
    runs(client, id, &[first]).await;
    trigger(client, id, 1, CancelOther).await;
    ends(client, first, Status::Canceled).await;
    runs(client, id, &[second]).await;
    answered(client, second).await;
    trigger(client, id, 2, TerminateOther).await;
    ends(client, second, Status::Terminated).await;
    runs(client, id, &[third]).await;
    answered(client, third).await;
    trigger(client, id, 3, Skip).await;
    trigger(client, id, 4, BufferOne).await;
    trigger(client, id, 5, BufferOne).await;
    trigger(client, id, 6, AllowAll).await;
    runs(client, id, &[third, beside]).await;
    terminate(client, third).await;
    runs(client, id, &[waiting, beside]).await;
    for workflow_id in [waiting, beside] {
        answered(client, workflow_id).await;
        terminate(client, workflow_id).await;
    }
    runs(client, id, &[]).await;
    let info = described(client, id).await;
    assert_eq!((info.action_count, info.overlap_skipped), (5, 2), "{info:?}");

    vec![first, second, third, waiting, beside]
}

/// Has it go through so many seconds from noon.
pub(super) async fn backfill(client: &Client, schedule_id: &str, name: &str, seconds: i64) {
    let again = SchedulePatch {
        backfill_request: vec![BackfillRequest {
            start_time: Some(at(NOON - 60)),
            end_time: Some(at(NOON + seconds)),
            overlap_policy: ScheduleOverlapPolicy::BufferAll.into(),
        }],
        ..Default::default()
    };
    patch(client, schedule_id, name, again).await;
}

async fn create(client: &Client, schedule_id: &str, seconds: i64, limit: i64) {
    let spec = ScheduleSpec {
        interval: vec![IntervalSpec {
            interval: Some(Duration { seconds, nanos: 0 }),
            phase: None,
        }],
        ..Default::default()
    };
    let mut schedule = schedule(schedule_id, spec, "echo", json!("on time"));
    schedule.state = Some(ScheduleState {
        limited_actions: true,
        remaining_actions: limit,
        ..Default::default()
    });
    create_as(client, schedule_id, schedule).await;
}

/// Starts workflows of its own name, which wait for each other.
pub(super) fn schedule(schedule_id: &str, spec: ScheduleSpec, workflow_type: &str, argument: Value) -> Schedule {
    let start = NewWorkflowExecutionInfo {
        workflow_id: schedule_id.into(),
        workflow_type: Some(WorkflowType {
            name: workflow_type.into(),
        }),
        task_queue: Some(TaskQueue {
            name: "nobody".into(),
            ..Default::default()
        }),
        input: Some(all_payloads(&[argument])),
        ..Default::default()
    };
    Schedule {
        spec: Some(spec),
        action: Some(ScheduleAction {
            action: Some(Action::StartWorkflow(start)),
        }),
        policies: Some(SchedulePolicies {
            overlap_policy: ScheduleOverlapPolicy::BufferAll.into(),
            ..Default::default()
        }),
        state: None,
    }
}

pub(super) async fn create_as(client: &Client, schedule_id: &str, schedule: Schedule) {
    let request = CreateScheduleRequest {
        namespace: NAMESPACE.into(),
        schedule_id: schedule_id.into(),
        schedule: Some(schedule),
        request_id: schedule_id.into(),
        ..Default::default()
    };
    acknowledged(|| client.create_schedule(request.clone()))
        .await
        .expect("it is created");
}

/// Changes it a little. The same request whenever it is sent again, by its name.
pub(super) async fn patch(client: &Client, schedule_id: &str, name: &str, patch: SchedulePatch) {
    let request = PatchScheduleRequest {
        namespace: NAMESPACE.into(),
        schedule_id: schedule_id.into(),
        patch: Some(patch),
        request_id: name.into(),
        ..Default::default()
    };
    acknowledged(|| client.patch_schedule(request.clone()))
        .await
        .expect("it is patched");
}

/// Has it act for an hour after noon, from which the workflow id comes.
pub(super) async fn trigger(client: &Client, schedule_id: &str, hour: i64, overlap: ScheduleOverlapPolicy) {
    let request = TriggerImmediatelyRequest {
        overlap_policy: overlap.into(),
        scheduled_time: Some(at(NOON + hour * 3_600)),
    };
    let now = SchedulePatch {
        trigger_immediately: Some(request),
        ..Default::default()
    };
    patch(client, schedule_id, &format!("trigger {hour}"), now).await;
}

/// Waits until the schedule has started so many workflows and all have completed. It has started no more.
pub(super) async fn acted(client: &Client, schedule_id: &str, count: usize) {
    let info = until("the schedule has done what it may", async || {
        let info = client.describe_schedule(schedule_id).await.ok()?;
        has_done(&info, count).then_some(info)
    })
    .await;
    assert_eq!(info.recent_actions.len(), count, "{info:?}");
    assert_eq!(
        (info.overlap_skipped, info.buffer_dropped, info.missed_catchup_window),
        (0, 0, 0),
        "{info:?}"
    );
}

/// Waits until these are the runs that the schedule knows of and that have not ended.
async fn runs(client: &Client, schedule_id: &str, workflow_ids: &[&str]) {
    until("the schedule knows which runs there are", async || {
        let info = client.describe_schedule(schedule_id).await.ok()?;
        let mut running: Vec<_> = info.running_workflows.into_iter().map(|it| it.workflow_id).collect();
        running.sort_unstable();
        (running == workflow_ids).then_some(())
    })
    .await;
}

async fn described(client: &Client, schedule_id: &str) -> ScheduleInfo {
    let described = acknowledged(|| client.describe_schedule(schedule_id)).await;
    described.expect("it is known")
}

fn has_done(info: &ScheduleInfo, count: usize) -> bool {
    let completed = info
        .recent_actions
        .iter()
        .filter(|action| action.start_workflow_status() == Status::Completed);
    completed.count() >= count && info.running_workflows.is_empty()
}

pub(super) fn at(seconds: i64) -> Timestamp {
    Timestamp { seconds, nanos: 0 }
}
