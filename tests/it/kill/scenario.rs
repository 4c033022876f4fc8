//! One client, one run after the other: so commits come in the same order whenever it is played, and a
//! commit can be named by its number.

use super::calls::{cancel, closed, event_types, history, signal, start};
use super::worker::FAILING;
use crate::support::client::Client;
use crate::support::patience::until;
use mainspring_api::temporal::enums::v1::EventType;
use mainspring_api::temporal::history::v1::HistoryEvent;
use mainspring_api::temporal::history::v1::history_event::Attributes;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const STEPS: u32 = 3;
const SIGNALS: u32 = 3;
const TIMER_MS: u64 = 20;

/// The runs' histories, as far as they are the same whenever it is played.
pub(super) type Histories = BTreeMap<&'static str, Vec<EventType>>;

/// Plays it, however often the server dies in the meantime, and looks at what is left of it.
pub(super) async fn play(client: &Client) -> Histories {
    let mut histories = Histories::new();
    let mut close = async |workflow_id, result: Value| {
        assert_eq!(closed(client, workflow_id).await, result, "{workflow_id}");
        histories.insert(workflow_id, event_types(client, workflow_id).await);
    };

    start(client, "hasty_steps", "steps", &json!(STEPS)).await;
    close("steps", json!(STEPS)).await;

    start(client, "hasty_steps", FAILING, &json!(1)).await;
    close(FAILING, json!(1)).await;

    start(client, "sleeper", "sleeper", &json!(TIMER_MS)).await;
    close("sleeper", Value::Null).await;

    start(client, "collector", "collector", &json!(SIGNALS)).await;
    answered(client, "collector").await;
    for number in 1..=SIGNALS {
        signal(
            client,
            "collector",
            "collect",
            &json!(number.to_string()),
            number == SIGNALS,
        )
        .await;
        answered(client, "collector").await;
    }
    let all: Vec<_> = (1..=SIGNALS).map(|number| number.to_string()).collect();
    close("collector", json!(all)).await;

    start(client, "stubborn", "cancelled", &Value::Null).await;
    answered(client, "cancelled").await;
    cancel(client, "cancelled").await;
    close("cancelled", json!("woken")).await;

    for workflow_id in histories.keys() {
        each_activity_is_completed_once(&history(client, workflow_id).await);
    }
    histories
}

/// Waits until the guest has answered what came last: what comes next is then an activation of its own.
async fn answered(client: &Client, workflow_id: &str) {
    until("the guest answers", async || {
        let last = history(client, workflow_id).await.pop()?;
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

fn each_activity_is_completed_once(history: &[HistoryEvent]) {
    let scheduled = history
        .iter()
        .filter(|it| it.event_type() == EventType::ActivityTaskScheduled)
        .map(|it| it.event_id);
    let completed = history.iter().filter_map(|it| match &it.attributes {
        Some(Attributes::ActivityTaskCompletedEventAttributes(completed)) => Some(completed.scheduled_event_id),
        _ => None,
    });
    let mut completed: Vec<_> = completed.collect();
    completed.sort_unstable();
    assert_eq!(scheduled.collect::<Vec<_>>(), completed);
}
