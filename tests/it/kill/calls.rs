//! Calls that are made until the server answers.

use super::worker::QUEUE;
use crate::support::client::{Client, start_request, value};
use crate::support::patience::{in_time, until};
use mainspring_api::temporal::enums::v1::{EventType, WorkflowExecutionStatus};
use mainspring_api::temporal::history::v1::HistoryEvent;
use mainspring_api::temporal::history::v1::history_event::Attributes;
use serde_json::Value;
use std::time::Duration;
use tonic::{Code, Status};

pub(super) async fn start(client: &Client, workflow_type: &str, workflow_id: &str, argument: &Value) {
    let request = start_request(workflow_type, workflow_id, QUEUE, argument);
    acknowledged(|| client.start(request.clone()))
        .await
        .expect("it is started");
}

/// `closes`: the run ends with it.
pub(super) async fn signal(client: &Client, workflow_id: &str, name: &str, argument: &Value, closes: bool) {
    let sent = acknowledged(|| client.signal(workflow_id, name, argument)).await;
    assert_taken(workflow_id, &sent, closes);
}

/// The run ends with it.
pub(super) async fn cancel(client: &Client, workflow_id: &str) {
    let sent = acknowledged(|| client.request_cancel(workflow_id)).await;
    assert_taken(workflow_id, &sent, true);
}

/// If only the answer was lost, a run that it closed cannot be told again.
fn assert_taken(workflow_id: &str, sent: &Result<(), Status>, closes: bool) {
    let was_taken_before = closes && sent.as_ref().is_err_and(|it| it.code() == Code::NotFound);
    assert!(sent.is_ok() || was_taken_before, "{workflow_id}: {sent:?}");
}

/// Calls until the server has answered, whatever the answer.
pub(super) async fn acknowledged<T, F: Future<Output = Result<T, Status>>>(
    mut call: impl FnMut() -> F,
) -> Result<T, Status> {
    let calling = async {
        loop {
            match call().await {
                Err(status) if is_no_answer(&status) => tokio::time::sleep(Duration::from_millis(10)).await,
                answer => return answer,
            }
        }
    };
    in_time("the server answers", calling).await
}

/// Whether the call may or may not have reached the server: it died, or was not there.
fn is_no_answer(status: &Status) -> bool {
    matches!(
        status.code(),
        Code::Unavailable | Code::Unknown | Code::Cancelled | Code::DeadlineExceeded | Code::Internal
    )
}

/// Waits for a run's end, which must be a good one, and gives its result.
pub(super) async fn closed(client: &Client, workflow_id: &str) -> Value {
    let closing = until(workflow_id, async || {
        let info = client.describe(workflow_id).await.ok()?.workflow_execution_info?;
        (info.status() != WorkflowExecutionStatus::Running).then(|| info.status())
    });
    assert_eq!(closing.await, WorkflowExecutionStatus::Completed, "{workflow_id}");
    match history(client, workflow_id)
        .await
        .pop()
        .and_then(|event| event.attributes)
    {
        Some(Attributes::WorkflowExecutionCompletedEventAttributes(completed)) => value(completed.result.as_ref()),
        other => panic!("{workflow_id} ends with {other:?}"),
    }
}

pub(super) async fn history(client: &Client, workflow_id: &str) -> Vec<HistoryEvent> {
    acknowledged(|| client.history(workflow_id))
        .await
        .expect("it can be read")
}

pub(super) async fn event_types(client: &Client, workflow_id: &str) -> Vec<EventType> {
    let history = history(client, workflow_id).await;
    history.iter().map(HistoryEvent::event_type).collect()
}
