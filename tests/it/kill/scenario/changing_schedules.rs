use super::Workflows;
use super::schedules::{NOON, acted, at, backfill, create_as, patch, schedule, trigger};
use crate::kill::calls::{acknowledged, ends, history, returns};
use crate::support::client::{Client, NAMESPACE, value};
use crate::support::patience::until;
use mainspring_api::protobuf::Duration;
use mainspring_api::temporal::enums::v1::{ScheduleOverlapPolicy, WorkflowExecutionStatus as Status};
use mainspring_api::temporal::history::v1::history_event::Attributes;
use mainspring_api::temporal::schedule::v1::{
    Range, ScheduleInfo, SchedulePatch, SchedulePolicies, ScheduleSpec, StructuredCalendarSpec,
};
use mainspring_api::temporal::workflowservice::v1::UpdateScheduleRequest;
use serde_json::{Value, json};
use tonic::Code;

/// In seconds.
const DAY: i64 = 24 * 3_600;

/// A schedule by the calendar of a time zone, put off by chance; what its owner does to it.
pub(in crate::kill) async fn schedules_that_change(client: &Client) -> Workflows {
    let id = "daily";
    // One in the afternoon there, from the 1st of January to the 4th, but not on the 2nd.
    let one = |start| Range {
        start,
        ..Default::default()
    };
    let at_one = StructuredCalendarSpec {
        hour: vec![one(13)],
        minute: vec![one(0)],
        second: vec![one(0)],
        day_of_month: vec![Range {
            start: 1,
            end: 31,
            step: 1,
        }],
        month: vec![one(1)],
        day_of_week: vec![Range {
            start: 0,
            end: 6,
            step: 1,
        }],
        ..Default::default()
    };
    let calendar = ScheduleSpec {
        exclude_structured_calendar: vec![StructuredCalendarSpec {
            day_of_month: vec![one(2)],
            ..at_one.clone()
        }],
        structured_calendar: vec![at_one],
        end_time: Some(at(NOON + 3 * DAY)),
        ..in_berlin()
    };
    let mut daily = schedule(id, calendar, "echo", json!("at one"));
    create_as(client, id, daily.clone()).await;
    let pause = SchedulePatch {
        pause: "maintenance".into(),
        ..Default::default()
    };
    patch(client, id, "pause", pause).await;
    assert!(is_paused(client, id).await);
    let resume = SchedulePatch {
        unpause: "done".into(),
        ..Default::default()
    };
    patch(client, id, "resume", resume).await;
    assert!(!is_paused(client, id).await);
    backfill(client, id, "the first", 10 * DAY).await;
    let first = [
        "daily-2020-01-01T12:00:00Z",
        "daily-2020-01-03T12:00:00Z",
        "daily-2020-01-04T12:00:00Z",
    ];
    for workflow_id in first {
        returns(client, workflow_id, json!("at one")).await;
    }

    daily.spec = Some(ScheduleSpec {
        cron_string: vec!["0 14 * * *".into()],
        start_time: Some(at(NOON + DAY)),
        end_time: Some(at(NOON + 3 * DAY)),
        ..in_berlin()
    });
    let update = UpdateScheduleRequest {
        namespace: NAMESPACE.into(),
        schedule_id: id.into(),
        schedule: Some(daily),
        request_id: "an hour later".into(),
        ..Default::default()
    };
    acknowledged(|| client.update_schedule(update.clone()))
        .await
        .expect("it is updated");
    backfill(client, id, "the second", 10 * DAY).await;
    let second = ["daily-2020-01-02T13:00:00Z", "daily-2020-01-03T13:00:00Z"];
    for workflow_id in second {
        returns(client, workflow_id, json!("at one")).await;
    }
    acted(client, id, first.len() + second.len()).await;
    // Each knows what the one before it answered.
    let last = history(client, second[1]).await;
    assert!(
        matches!(
            last[0].attributes.as_ref(),
            Some(Attributes::WorkflowExecutionStartedEventAttributes(it))
                if value(it.last_completion_result.as_ref()) == json!("at one")
        ),
        "{:?}",
        last[0]
    );
    let deleted = acknowledged(|| client.delete_schedule(id)).await;
    assert!(deleted.is_ok() || is_not_found(&deleted), "{deleted:?}");
    assert!(is_not_found(&acknowledged(|| client.schedule(id)).await));

    first.into_iter().chain(second).collect()
}

/// A schedule that a failure pauses, and one of a workflow that nobody knows.
pub(in crate::kill) async fn schedules_that_fail(client: &Client) -> Workflows {
    let mut fragile = schedule("fragile", ScheduleSpec::default(), "succeeds_at", json!(2));
    fragile.policies = Some(SchedulePolicies {
        pause_on_failure: true,
        ..Default::default()
    });
    create_as(client, "fragile", fragile).await;
    trigger(client, "fragile", 0, ScheduleOverlapPolicy::Skip).await;
    let failed = "fragile-2020-01-01T12:00:00Z";
    ends(client, failed, Status::Failed).await;
    until("the failure pauses it", async || {
        is_paused(client, "fragile").await.then_some(())
    })
    .await;

    let vain = schedule("vain", ScheduleSpec::default(), "no_such_type", Value::Null);
    create_as(client, "vain", vain).await;
    trigger(client, "vain", 0, ScheduleOverlapPolicy::Skip).await;
    let info = until("it is said why nothing starts", async || {
        let info = client.describe_schedule("vain").await.ok()?;
        (!invalid(&info).is_empty()).then_some(info)
    })
    .await;
    assert!(invalid(&info).contains("no_such_type"), "{info:?}");
    assert_eq!(info.action_count, 0, "{info:?}");

    vec![failed]
}

/// Why its last start came to nothing.
fn invalid(info: &ScheduleInfo) -> &str {
    #[expect(deprecated, reason = "there is no other place for it")]
    let error = &info.invalid_schedule_error;
    error
}

fn in_berlin() -> ScheduleSpec {
    ScheduleSpec {
        timezone_name: "Europe/Berlin".into(),
        jitter: Some(Duration { seconds: 60, nanos: 0 }),
        ..Default::default()
    }
}

async fn is_paused(client: &Client, schedule_id: &str) -> bool {
    let told = acknowledged(|| client.schedule(schedule_id)).await;
    let schedule = told.expect("it is known").schedule;
    schedule.and_then(|it| it.state).is_some_and(|state| state.paused)
}

fn is_not_found<T>(answer: &Result<T, tonic::Status>) -> bool {
    answer.as_ref().is_err_and(|it| it.code() == Code::NotFound)
}
