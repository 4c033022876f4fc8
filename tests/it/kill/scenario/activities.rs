use super::Workflows;
use crate::kill::calls::{
    acknowledged, answered, cancel, ends, heartbeats, request, returns, signal, start, start_as, start_with,
};
use crate::kill::worker::{FAILING, FAILING_FOR_GOOD};
use crate::support::client::{Client, start_request};
use mainspring_api::protobuf::Duration;
use mainspring_api::temporal::enums::v1::WorkflowExecutionStatus as Status;
use serde_json::{Value, json};

const STEPS: u32 = 3;
const SIGNALS: u32 = 3;
const TIMER_MS: u64 = 20;

/// Activities that succeed, and that fail at first; a timer; signals; a request to cancel.
pub(in crate::kill) async fn activities(client: &Client) -> Workflows {
    start(client, "hasty_steps", "steps", &json!(STEPS)).await;
    returns(client, "steps", json!(STEPS)).await;

    start(client, "hasty_steps", FAILING, &json!(1)).await;
    returns(client, FAILING, json!(1)).await;

    start(client, "sleeper", "sleeper", &json!(TIMER_MS)).await;
    returns(client, "sleeper", Value::Null).await;

    start(client, "collector", "collector", &json!(SIGNALS)).await;
    answered(client, "collector").await;
    for number in 1..=SIGNALS {
        let item = json!(number.to_string());
        signal(client, "collector", "collect", &item, number == SIGNALS).await;
        answered(client, "collector").await;
    }
    let all: Vec<_> = (1..=SIGNALS).map(|number| number.to_string()).collect();
    returns(client, "collector", json!(all)).await;

    start(client, "stubborn", "cancelled", &Value::Null).await;
    answered(client, "cancelled").await;
    cancel(client, "cancelled", true).await;
    returns(client, "cancelled", json!("woken")).await;

    vec!["steps", FAILING, "sleeper", "collector", "cancelled"]
}

/// Activities that end badly: in their last attempt, for good, because nobody takes them, and because it takes too long.
pub(in crate::kill) async fn activities_that_fail(client: &Client) -> Workflows {
    start(client, "hasty_steps", FAILING_FOR_GOOD, &json!(1)).await;
    ends(client, FAILING_FOR_GOOD, Status::Failed).await;

    // A worker that hears nothing of an attempt does not fail it, but has it time out: that is another event.
    let once = [json!("noop"), json!(1), json!(1)];
    start_with(client, "call", "failing-once", &once).await;
    ends(client, "failing-once", Status::Failed).await;

    for limit in ["scheduleToStart", "scheduleToClose"] {
        let case = json!({limit: 300, "startToClose": 60_000});
        start_as(
            client,
            start_request("golden_activity", limit, "nobody-polls-this", &case),
        )
        .await;
        ends(client, limit, Status::Failed).await;
    }

    vec![FAILING_FOR_GOOD, "scheduleToStart", "scheduleToClose"]
}

/// Activities of which somebody tells by their names how they ended: well, badly at first, and cancelled; and one that may
/// be done in the host's process, where nobody has it.
pub(in crate::kill) async fn activities_elsewhere(client: &Client) -> Workflows {
    start(client, "hasty_steps", "completed-elsewhere", &json!(2)).await;
    returns(client, "completed-elsewhere", json!(2)).await;

    start(client, "hasty_steps", "failing-elsewhere", &json!(1)).await;
    returns(client, "failing-elsewhere", json!(1)).await;

    start(client, "patient_in_haste", "cancelled-elsewhere", &Value::Null).await;
    heartbeats(client, "cancelled-elsewhere").await;
    cancel(client, "cancelled-elsewhere", true).await;
    ends(client, "cancelled-elsewhere", Status::Canceled).await;

    let mut local = request("local_in_haste", "local", &[json!(7)]);
    local.workflow_task_timeout = Some(Duration { seconds: 5, nanos: 0 });
    start_as(client, local).await;
    let described = acknowledged(|| client.describe("local")).await;
    let config = described.expect("it is known").execution_config.unwrap_or_default();
    let limit = config.default_workflow_task_timeout.map(|it| it.seconds);
    assert_eq!(limit, Some(5), "the time that a workflow task may take is lost");
    returns(client, "local", json!(7)).await;

    vec![
        "completed-elsewhere",
        "failing-elsewhere",
        "cancelled-elsewhere",
        "local",
    ]
}
