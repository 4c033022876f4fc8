use super::Workflows;
use crate::kill::calls::{answered, cancel, ends, heartbeats, signal, start, terminate};
use crate::support::client::Client;
use mainspring_api::temporal::enums::v1::WorkflowExecutionStatus as Status;
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
