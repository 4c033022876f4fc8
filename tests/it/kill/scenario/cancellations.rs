use super::Workflows;
use crate::kill::calls::{answered, cancel, ends, happened_times, heartbeats, returns, signal, start, terminate};
use crate::kill::worker::STUBBORN;
use crate::support::client::Client;
use mainspring_api::temporal::enums::v1::{EventType, WorkflowExecutionStatus as Status};
use serde_json::{Value, json};

/// A cancellation with something to clean up, one that waits for its activity, and the end of a run that is not asked.
pub(in crate::kill) async fn cancellations(client: &Client) -> Workflows {
    start(client, "cancellable", "with-cleanup", &Value::Null).await;
    answered(client, "with-cleanup").await;
    cancel(client, "with-cleanup", true).await;
    ends(client, "with-cleanup", Status::Canceled).await;

    start(client, "patient_in_haste", "with-activity", &Value::Null).await;
    // Only a worker that has the attempt can be told to cancel it.
    heartbeats(client, "with-activity").await;
    cancel(client, "with-activity", true).await;
    ends(client, "with-activity", Status::Canceled).await;

    start(client, "collector", "terminated", &json!(2)).await;
    answered(client, "terminated").await;
    signal(client, "terminated", "collect", &json!("only"), false).await;
    answered(client, "terminated").await;
    terminate(client, "terminated").await;
    ends(client, "terminated", Status::Terminated).await;

    vec!["with-cleanup", "with-activity", "terminated"]
}

/// Activities that their runs give up, in each way that there is; and one whose run is terminated, and whose worker learns
/// of it: it could do nothing else if it did not.
pub(in crate::kill) async fn cancelled_activities(client: &Client) -> Workflows {
    for (way, ended) in [("try", "cancelled"), ("wait", "cancelled"), ("abandon", "cancelled")] {
        start(client, "gives_up", way, &json!(way)).await;
        heartbeats(client, way).await;
        signal(client, way, "stop", &Value::Null, true).await;
        returns(client, way, json!(ended)).await;
    }
    // What its worker says then is what counts.
    start(client, "gives_up", STUBBORN, &json!("wait")).await;
    heartbeats(client, STUBBORN).await;
    signal(client, STUBBORN, "stop", &Value::Null, true).await;
    returns(client, STUBBORN, json!("done all the same")).await;

    for workflow_id in ["terminated", "terminated-too"] {
        start(client, "patient_in_haste", workflow_id, &Value::Null).await;
        heartbeats(client, workflow_id).await;
        terminate(client, workflow_id).await;
        ends(client, workflow_id, Status::Terminated).await;
    }
    start(client, "hasty_steps", "steps", &json!(1)).await;
    returns(client, "steps", json!(1)).await;

    vec![
        "try",
        "wait",
        "abandon",
        STUBBORN,
        "terminated",
        "terminated-too",
        "steps",
    ]
}

/// A scope within a scope, each cancelled by itself, with something to do after each, under a shield.
pub(in crate::kill) async fn scopes(client: &Client) -> Workflows {
    start(client, "nested", "nested", &Value::Null).await;
    answered(client, "nested").await;
    signal(client, "nested", "stop", &Value::Null, false).await;
    // What was to be done after the inner one is done, and the outer one sleeps.
    happened_times(client, "nested", EventType::TimerStarted, 2).await;
    cancel(client, "nested", true).await;
    returns(client, "nested", json!(["cancelled", "cancelled"])).await;

    vec!["nested"]
}
