//! Calls that are made until the server answers.

use super::worker::QUEUE;
use crate::support::client::{Answer, Client, all_payloads, start_request, value};
use crate::support::patience::{in_time, until};
use mainspring_api::temporal::enums::v1::{EventType, WorkflowExecutionStatus};
use mainspring_api::temporal::history::v1::HistoryEvent;
use mainspring_api::temporal::history::v1::history_event::Attributes;
use mainspring_api::temporal::workflowservice::v1::StartWorkflowExecutionRequest;
use serde_json::{Value, json};
use std::time::Duration;
use tonic::{Code, Status};

/// A workflow to be started.
pub(super) fn request(workflow_type: &str, workflow_id: &str, arguments: &[Value]) -> StartWorkflowExecutionRequest {
    StartWorkflowExecutionRequest {
        input: Some(all_payloads(arguments)),
        ..start_request(workflow_type, workflow_id, QUEUE, &Value::Null)
    }
}

pub(super) async fn start(client: &Client, workflow_type: &str, workflow_id: &str, argument: &Value) {
    start_as(client, start_request(workflow_type, workflow_id, QUEUE, argument)).await;
}

pub(super) async fn start_with(client: &Client, workflow_type: &str, workflow_id: &str, arguments: &[Value]) {
    start_as(client, request(workflow_type, workflow_id, arguments)).await;
}

pub(super) async fn start_as(client: &Client, request: StartWorkflowExecutionRequest) {
    acknowledged(|| client.start(request.clone()))
        .await
        .expect("it is started");
}

/// `closes`: the run ends with it.
pub(super) async fn signal(client: &Client, workflow_id: &str, name: &str, argument: &Value, closes: bool) {
    let sent = acknowledged(|| client.signal(workflow_id, name, argument)).await;
    assert_taken(workflow_id, &sent, closes);
}

pub(super) async fn signal_with_start(
    client: &Client,
    start: StartWorkflowExecutionRequest,
    name: &str,
    argument: &Value,
) {
    acknowledged(|| client.signal_with_start(start.clone(), name, argument))
        .await
        .expect("it is started or signalled");
}

/// Sends an update of a number, until there is an answer.
pub(super) async fn update(client: &Client, workflow_id: &str, update_id: &str, name: &str, amount: u64) -> Answer {
    let amount = json!(amount);
    answer(|| client.update(workflow_id, update_id, name, &amount)).await
}

/// Sends an update of a number, and goes on once it is accepted.
pub(super) async fn start_update(client: &Client, workflow_id: &str, update_id: &str, name: &str, amount: u64) {
    let amount = json!(amount);
    acknowledged(|| client.start_update(workflow_id, update_id, name, &amount))
        .await
        .expect("it is accepted");
}

/// Waits for the answer to an update that was accepted.
pub(super) async fn update_answer(client: &Client, workflow_id: &str, update_id: &str) -> Answer {
    answer(|| client.update_answer(workflow_id, update_id)).await
}

pub(super) async fn update_with_start(
    client: &Client,
    start: StartWorkflowExecutionRequest,
    update_id: &str,
    name: &str,
    amount: u64,
) -> Answer {
    let amount = json!(amount);
    answer(|| client.update_with_start(start.clone(), update_id, name, &amount)).await
}

async fn answer<F: Future<Output = Result<Option<Answer>, Status>>>(mut call: impl FnMut() -> F) -> Answer {
    until("the update is answered", async || {
        acknowledged(&mut call).await.expect("the update is taken")
    })
    .await
}

pub(super) async fn pause(client: &Client, workflow_id: &str) {
    let sent = acknowledged(|| client.pause(workflow_id)).await;
    assert_taken(workflow_id, &sent, false);
}

/// `closes`: the run ends with it.
pub(super) async fn resume(client: &Client, workflow_id: &str, closes: bool) {
    let sent = acknowledged(|| client.unpause(workflow_id)).await;
    assert_taken(workflow_id, &sent, closes);
}

/// While it waits where nobody polls, pauses the run's only activity, resets it, moves it to the worker, and lets it go on.
/// The run ends with it.
pub(super) async fn rescue_activity(client: &Client, workflow_id: &str) {
    let paused = acknowledged(|| client.pause_activity(workflow_id)).await;
    assert_taken(workflow_id, &paused, false);
    let reset = acknowledged(|| client.reset_activity(workflow_id)).await;
    assert_taken(workflow_id, &reset, false);
    move_activities(client, workflow_id, false).await;
    let unpaused = acknowledged(|| client.unpause_activities(workflow_id)).await;
    assert_taken(workflow_id, &unpaused, true);
}

/// Moves the run's activities to the worker, from where nobody polls. `closes`: the run ends with it.
pub(super) async fn move_activities(client: &Client, workflow_id: &str, closes: bool) {
    let moved = acknowledged(|| client.move_activities(workflow_id, QUEUE)).await;
    assert_taken(workflow_id, &moved, closes);
}

/// `closes`: the run ends with it.
pub(super) async fn cancel(client: &Client, workflow_id: &str, closes: bool) {
    let sent = acknowledged(|| client.request_cancel(workflow_id)).await;
    assert_taken(workflow_id, &sent, closes);
}

pub(super) async fn terminate(client: &Client, workflow_id: &str) {
    let sent = acknowledged(|| client.terminate(workflow_id)).await;
    assert_taken(workflow_id, &sent, true);
}

/// Removes the current run.
pub(super) async fn delete(client: &Client, workflow_id: &str) {
    let sent = acknowledged(|| client.delete(workflow_id)).await;
    assert_taken(workflow_id, &sent, true);
}

/// What the run answers to a question.
pub(super) async fn query(client: &Client, workflow_id: &str, name: &str) -> Value {
    acknowledged(|| client.query(workflow_id, name))
        .await
        .expect("it is answered")
}

/// Resets the current run.
pub(super) async fn reset(client: &Client, workflow_id: &str, event_id: i64) {
    let described = acknowledged(|| client.describe(workflow_id))
        .await
        .expect("it is known");
    let execution = described.workflow_execution_info.and_then(|info| info.execution);
    let base = execution.expect("it has a run").run_id;
    let run = acknowledged(|| client.reset(workflow_id, &base, event_id)).await;
    let run = run.expect("it is reset");
    let resets = runs(client, workflow_id).await;
    let resets: Vec<_> = resets.iter().filter_map(|history| last_reset(history)).collect();
    assert_eq!(
        resets,
        [(base.as_str(), run.as_str())],
        "it is reset once, however often that is said"
    );
}

/// The run that was reset, and the one that goes on, if this is the history of one that was reset.
pub(super) fn last_reset(history: &[HistoryEvent]) -> Option<(&str, &str)> {
    history.iter().rev().find_map(|event| match &event.attributes {
        Some(Attributes::WorkflowTaskFailedEventAttributes(it)) => Some((&*it.base_run_id, &*it.new_run_id)),
        _ => None,
    })
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

/// Waits until the guest has answered what came last: what comes next is then an activation of its own.
pub(super) async fn answered(client: &Client, workflow_id: &str) {
    until("the guest answers", async || {
        let last = client.history(workflow_id).await.ok()?.pop()?;
        let is_question = matches!(
            last.event_type(),
            EventType::WorkflowExecutionStarted
                | EventType::WorkflowExecutionSignaled
                | EventType::WorkflowExecutionCancelRequested
        );
        (!is_question).then_some(())
    })
    .await;
}

/// Waits until there are so many events.
pub(super) async fn has_events(client: &Client, workflow_id: &str, count: usize) {
    until("it goes on", async || {
        let history = client.history(workflow_id).await.ok()?;
        (history.len() >= count).then_some(())
    })
    .await;
}

/// Waits until there is such an event.
pub(super) async fn happened(client: &Client, workflow_id: &str, event: EventType) {
    happened_times(client, workflow_id, event, 1).await;
}

/// Waits until there are so many such events.
pub(super) async fn happened_times(client: &Client, workflow_id: &str, event: EventType, times: usize) {
    until(event.as_str_name(), async || {
        let history = client.history(workflow_id).await.ok()?;
        let found = history.iter().filter(|it| it.event_type() == event).count();
        (found >= times).then_some(())
    })
    .await;
}

/// Waits until a worker has an attempt at an activity of the run, and says so.
pub(super) async fn heartbeats(client: &Client, workflow_id: &str) {
    until("a worker heartbeats", async || {
        let pending = client.describe(workflow_id).await.ok()?.pending_activities;
        // Not the time: at its start, a server sets it for workers that may yet say something.
        pending.iter().any(|it| it.heartbeat_details.is_some()).then_some(())
    })
    .await;
}

/// Waits for the end of a run or its chain, which must be of that kind.
pub(super) async fn ends(client: &Client, workflow_id: &str, as_expected: WorkflowExecutionStatus) {
    let closing = until(workflow_id, async || {
        let info = client.describe(workflow_id).await.ok()?.workflow_execution_info?;
        (info.status() != WorkflowExecutionStatus::Running).then(|| info.status())
    });
    let status = closing.await;
    if status != as_expected {
        panic!(
            "{workflow_id} is {status:?} with {:#?}",
            history(client, workflow_id).await.last()
        );
    }
}

/// Waits for its end, which must be a good one, and gives its result.
pub(super) async fn closed(client: &Client, workflow_id: &str) -> Value {
    ends(client, workflow_id, WorkflowExecutionStatus::Completed).await;
    match history(client, workflow_id)
        .await
        .pop()
        .and_then(|event| event.attributes)
    {
        Some(Attributes::WorkflowExecutionCompletedEventAttributes(completed)) => value(completed.result.as_ref()),
        other => panic!("{workflow_id} ends with {other:?}"),
    }
}

/// Waits for its end, which must be good, and this its result.
pub(super) async fn returns(client: &Client, workflow_id: &str, result: Value) {
    assert_eq!(closed(client, workflow_id).await, result, "{workflow_id}");
}

/// The history of its latest run.
pub(super) async fn history(client: &Client, workflow_id: &str) -> Vec<HistoryEvent> {
    acknowledged(|| client.history(workflow_id))
        .await
        .expect("it can be read")
}

pub(super) async fn event_types(client: &Client, workflow_id: &str) -> Vec<EventType> {
    let history = history(client, workflow_id).await;
    history.iter().map(HistoryEvent::event_type).collect()
}

/// The histories of all runs of its latest chain, the first one first.
pub(super) async fn runs(client: &Client, workflow_id: &str) -> Vec<Vec<HistoryEvent>> {
    let mut runs = Vec::new();
    let mut run_id = String::new();
    loop {
        let history = acknowledged(|| client.history_of_run(workflow_id, &run_id)).await;
        let history = history.expect("it can be read");
        match history.first().and_then(|event| event.attributes.as_ref()) {
            Some(Attributes::WorkflowExecutionStartedEventAttributes(started)) => {
                run_id = match last_reset(&history) {
                    Some((base, _)) => base.to_owned(),
                    None => started.continued_execution_run_id.clone(),
                };
            }
            other => panic!("{workflow_id} begins with {other:?}"),
        }
        runs.insert(0, history);
        if run_id.is_empty() {
            return runs;
        }
    }
}
