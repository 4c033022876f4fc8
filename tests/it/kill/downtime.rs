//! SIGKILL, and then nobody is there for a while: what was due meanwhile happens once, in its order, or is too late for its
//! schedule.

use super::calls::{acknowledged, ends, history, request, returns, runs, start, start_as, terminate};
use super::worker::QUEUE;
use crate::support::client::{Client, all_payloads};
use crate::support::modules;
use crate::support::patience::until;
use crate::support::server::Server;
use mainspring_api::protobuf::Duration as WireDuration;
use mainspring_api::temporal::common::v1::{RetryPolicy, WorkflowType};
use mainspring_api::temporal::enums::v1::{ScheduleOverlapPolicy, WorkflowExecutionStatus as Status};
use mainspring_api::temporal::history::v1::history_event::Attributes;
use mainspring_api::temporal::schedule::v1::schedule_action::Action;
use mainspring_api::temporal::schedule::v1::{
    IntervalSpec, Schedule, ScheduleAction, ScheduleInfo, SchedulePolicies, ScheduleSpec,
};
use mainspring_api::temporal::taskqueue::v1::TaskQueue;
use mainspring_api::temporal::workflow::v1::NewWorkflowExecutionInfo;
use mainspring_api::temporal::workflowservice::v1::CreateScheduleRequest;
use serde_json::{Value, json};
use std::time::Duration;

/// Longer than the shortest catch-up window that there is.
const AWAY: Duration = Duration::from_secs(13);
/// In seconds: the shortest.
const SHORT: i64 = 10;
const LONG: i64 = 3_600;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_due_while_nobody_is_there_happens_once() {
    let mut server = Server::start().await;
    let client = server.client();
    let pushed = client.push("test_guests", modules::read("test_guests")).await;
    pushed.expect("the module is taken");

    start(&client, "sleeper", "sleeper", &json!(3_000)).await;
    start(&client, "golden_timers", "timers", &Value::Null).await;
    let mut delayed = request("echo", "delayed", &[json!("at last")]);
    delayed.workflow_start_delay = Some(seconds(3));
    start_as(&client, delayed).await;
    let mut retried = request("succeeds_at", "retried", &[json!(2)]);
    retried.retry_policy = Some(RetryPolicy {
        initial_interval: Some(seconds(3)),
        ..Default::default()
    });
    start_as(&client, retried).await;
    let mut too_late = request("idle", "too-late", &[Value::Null]);
    too_late.workflow_run_timeout = Some(seconds(3));
    start_as(&client, too_late).await;
    let mut repeated = request("echo", "repeated", &[json!("again")]);
    repeated.cron_schedule = "@every 3s".into();
    start_as(&client, repeated).await;
    // What it draws goes to its activity, which a replay compares.
    start(&client, "golden_chance", "chance", &Value::Null).await;
    let mut at_noon = request("echo", "at-noon", &[Value::Null]);
    at_noon.cron_schedule = "CRON_TZ=Europe/Berlin 0 12 * * *".into();
    start_as(&client, at_noon).await;
    let noon = begins(&client, "at-noon").await;
    for (schedule_id, catch_up) in [("patient", LONG), ("impatient", SHORT)] {
        create_schedule(&client, schedule_id, catch_up).await;
    }

    server.kill();
    tokio::time::sleep(AWAY).await;
    server.start_again().await;

    returns(&client, "sleeper", Value::Null).await;
    // Two of the timers, and what was drawn.
    for _ in 0..3 {
        let task = client.poll(QUEUE).await.expect("there is one");
        client.complete(&task.task_token, None).await.expect("it is taken");
    }
    ends(&client, "timers", Status::Completed).await;
    let fired = history(&client, "timers")
        .await
        .into_iter()
        .filter_map(|event| match event.attributes {
            Some(Attributes::TimerFiredEventAttributes(fired)) => Some(fired.timer_id),
            _ => None,
        });
    // Its timer 1 is of an hour, 2 of one second, 3 of two.
    assert_eq!(fired.collect::<Vec<_>>(), ["2", "3"]);
    returns(&client, "delayed", json!("at last")).await;
    returns(&client, "retried", json!(2)).await;
    assert_eq!(runs(&client, "retried").await.len(), 2);
    ends(&client, "too-late", Status::TimedOut).await;
    // Of several times that a cron schedule has missed, none is made good: its next run is one.
    until("the cron schedule goes on", async || {
        (runs(&client, "repeated").await.len() >= 3).then_some(())
    })
    .await;
    terminate(&client, "repeated").await;

    assert_eq!(begins(&client, "at-noon").await, noon);
    terminate(&client, "at-noon").await;
    ends(&client, "chance", Status::Completed).await;

    let patient = comes_to(&client, "patient", |it| it.action_count >= 6).await;
    assert_eq!(patient.missed_catchup_window, 0, "{patient:?}");
    comes_to(&client, "impatient", |it| it.missed_catchup_window >= 1).await;
    for schedule_id in ["patient", "impatient"] {
        acknowledged(|| client.delete_schedule(schedule_id))
            .await
            .expect("it is deleted");
    }
}

/// When the workflow's current run begins.
async fn begins(client: &Client, workflow_id: &str) -> Option<i64> {
    let described = acknowledged(|| client.describe(workflow_id)).await;
    let info = described.expect("it is known").workflow_execution_info?;
    info.execution_time.map(|it| it.seconds)
}

/// Every two seconds, each beside the others.
async fn create_schedule(client: &Client, schedule_id: &str, catch_up: i64) {
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
    let schedule = Schedule {
        spec: Some(ScheduleSpec {
            interval: vec![IntervalSpec {
                interval: Some(seconds(2)),
                phase: None,
            }],
            ..Default::default()
        }),
        action: Some(ScheduleAction {
            action: Some(Action::StartWorkflow(start)),
        }),
        policies: Some(SchedulePolicies {
            overlap_policy: ScheduleOverlapPolicy::AllowAll.into(),
            catchup_window: Some(seconds(catch_up)),
            ..Default::default()
        }),
        state: None,
    };
    let request = CreateScheduleRequest {
        namespace: "default".into(),
        schedule_id: schedule_id.into(),
        schedule: Some(schedule),
        request_id: schedule_id.into(),
        ..Default::default()
    };
    client.create_schedule(request).await.expect("it is created");
}

async fn comes_to(client: &Client, schedule_id: &str, is_so: impl Fn(&ScheduleInfo) -> bool) -> ScheduleInfo {
    until("the schedule has dealt with what was", async || {
        let info = client.describe_schedule(schedule_id).await.ok()?;
        is_so(&info).then_some(info)
    })
    .await
}

fn seconds(seconds: i64) -> WireDuration {
    WireDuration { seconds, nanos: 0 }
}
