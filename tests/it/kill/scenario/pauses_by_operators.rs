use super::Workflows;
use crate::kill::calls::{acknowledged, event_types, returns, start};
use crate::kill::worker::QUEUE;
use crate::support::client::Client;
use mainspring_api::temporal::enums::v1::EventType;
use serde_json::json;
use std::time::Duration;

/// Long enough for what must not happen.
const MOMENT: Duration = Duration::from_millis(30);

/// A workflow type and a task queue that are paused, with something that waits for each; and a queue of which one task runs
/// at once.
pub(in crate::kill) async fn pauses_by_operators(client: &Client) -> Workflows {
    acknowledged(|| client.pause_type("echo")).await.expect("it is paused");
    start(client, "echo", "held", &json!("at last")).await;
    tokio::time::sleep(MOMENT).await;
    assert_eq!(event_types(client, "held").await, [EventType::WorkflowExecutionStarted]);
    acknowledged(|| client.resume_type("echo"))
        .await
        .expect("it is resumed");
    returns(client, "held", json!("at last")).await;

    acknowledged(|| client.pause_queue(QUEUE)).await.expect("it is paused");
    start(client, "hasty_steps", "queued", &json!(1)).await;
    tokio::time::sleep(MOMENT).await;
    assert!(
        !event_types(client, "queued")
            .await
            .contains(&EventType::ActivityTaskCompleted)
    );
    acknowledged(|| client.resume_queue(QUEUE))
        .await
        .expect("it is resumed");
    returns(client, "queued", json!(1)).await;

    for limit in [Some(1), None] {
        let set = acknowledged(|| client.limit_concurrency(QUEUE, limit)).await;
        assert_eq!(set.expect("it is taken"), limit);
    }
    vec!["held", "queued"]
}
