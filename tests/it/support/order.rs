//! The order of the examples, and what two tellings of one story may differ in.

use mainspring::{Failure, Mainspring};
use mainspring_core::{Digest, Event, RunId, Timestamp};
use serde_json::{Value, json};
use std::sync::Arc;

/// The activities of the order, in this process.
pub(crate) fn shop(mainspring: &Mainspring, task_queue: &str) {
    let order =
        json!({"orderId": "o-1", "customer": "Ada", "amountCents": 4200, "items": [{"sku": "tea", "quantity": 2}]});
    let answers = [
        ("validateOrder", order),
        ("chargeCard", json!({"chargeId": "ch-1", "amountCents": 4200})),
        ("createShipment", json!({"trackingNumber": "track-1"})),
        ("updateInventory", Value::Null),
        ("sendConfirmation", Value::Null),
    ];
    for (activity_type, answer) in answers {
        mainspring.activity(task_queue, activity_type, move |_, _: Value| {
            let answer = answer.clone();
            async move { Ok::<_, Failure>(answer) }
        });
    }
}

/// What two runs of the same story may differ in, made the same.
pub(crate) fn without_chance(event: Event) -> Event {
    let no_run = RunId::from_bytes([0; 16]);
    let mut event = event;
    match &mut event {
        Event::RunStarted(started) => {
            let started = Arc::make_mut(started);
            started.execution.run_id = no_run;
            started.first_run_id = no_run;
            started.random_seed = (0, 0);
            started.request_id.clear();
        }
        Event::Activated(activated) => {
            activated.module = Digest::from_bytes([0; 32]);
            // Times are part of what is counted.
            activated.history_bytes = 0;
        }
        Event::ActivityCompleted { attempt, .. }
        | Event::ActivityFailed { attempt, .. }
        | Event::ActivityTimedOut { attempt, .. }
        | Event::ActivityCancelled { attempt, .. } => {
            attempt.started = attempt.started.map(|_| Timestamp::from_millis(0));
        }
        Event::SignalReceived(signal) => signal.request_id.clear(),
        Event::CancelRequested { request_id, .. } => request_id.clear(),
        _ => {}
    }
    event
}
