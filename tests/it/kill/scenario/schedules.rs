use super::Workflows;
use crate::kill::calls::{acknowledged, returns};
use crate::support::client::{Client, NAMESPACE, all_payloads};
use crate::support::patience::until;
use mainspring_api::protobuf::{Duration, Timestamp};
use mainspring_api::temporal::common::v1::WorkflowType;
use mainspring_api::temporal::enums::v1::{ScheduleOverlapPolicy, WorkflowExecutionStatus as Status};
use mainspring_api::temporal::schedule::v1::schedule_action::Action;
use mainspring_api::temporal::schedule::v1::{
    BackfillRequest, IntervalSpec, Schedule, ScheduleAction, ScheduleInfo, SchedulePatch, SchedulePolicies,
    ScheduleSpec, ScheduleState,
};
use mainspring_api::temporal::taskqueue::v1::TaskQueue;
use mainspring_api::temporal::workflow::v1::NewWorkflowExecutionInfo;
use mainspring_api::temporal::workflowservice::v1::*;
use serde_json::json;

/// Noon of the 1st of January 2020.
const NOON: i64 = 1_577_880_000;

/// What a schedule starts for times that were, one after the other; and what it starts by itself, as often as it may.
pub(in crate::kill) async fn schedules(client: &Client) -> Workflows {
    create(client, "hourly", 3_600, 0).await;
    let backfill = BackfillRequest {
        start_time: Some(at(NOON)),
        end_time: Some(at(NOON + 2 * 3_600)),
        overlap_policy: ScheduleOverlapPolicy::BufferAll.into(),
    };
    let patch = PatchScheduleRequest {
        namespace: NAMESPACE.into(),
        schedule_id: "hourly".into(),
        patch: Some(SchedulePatch {
            backfill_request: vec![backfill],
            ..Default::default()
        }),
        // The same whenever it is sent again.
        request_id: "backfill".into(),
        ..Default::default()
    };
    acknowledged(|| client.patch_schedule(patch.clone()))
        .await
        .expect("it is patched");
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

async fn create(client: &Client, schedule_id: &str, seconds: i64, limit: i64) {
    let start = NewWorkflowExecutionInfo {
        workflow_id: schedule_id.into(),
        workflow_type: Some(WorkflowType { name: "echo".into() }),
        task_queue: Some(TaskQueue {
            name: "nobody".into(),
            ..Default::default()
        }),
        input: Some(all_payloads(&[json!("on time")])),
        ..Default::default()
    };
    let interval = IntervalSpec {
        interval: Some(Duration { seconds, nanos: 0 }),
        phase: None,
    };
    let request = CreateScheduleRequest {
        namespace: NAMESPACE.into(),
        schedule_id: schedule_id.into(),
        schedule: Some(Schedule {
            spec: Some(ScheduleSpec {
                interval: vec![interval],
                ..Default::default()
            }),
            action: Some(ScheduleAction {
                action: Some(Action::StartWorkflow(start)),
            }),
            policies: Some(SchedulePolicies {
                overlap_policy: ScheduleOverlapPolicy::BufferAll.into(),
                ..Default::default()
            }),
            state: Some(ScheduleState {
                limited_actions: true,
                remaining_actions: limit,
                ..Default::default()
            }),
        }),
        request_id: schedule_id.into(),
        ..Default::default()
    };
    acknowledged(|| client.create_schedule(request.clone()))
        .await
        .expect("it is created");
}

/// Waits until the schedule has started so many workflows and all have completed. It has started no more.
async fn acted(client: &Client, schedule_id: &str, count: usize) {
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

fn has_done(info: &ScheduleInfo, count: usize) -> bool {
    let completed = info
        .recent_actions
        .iter()
        .filter(|action| action.start_workflow_status() == Status::Completed);
    completed.count() >= count && info.running_workflows.is_empty()
}

fn at(seconds: i64) -> Timestamp {
    Timestamp { seconds, nanos: 0 }
}
