//! Hands out what has become free with time: of queues with a rate.

use super::{Ambient, Parts};
use crate::dispatch::Dispatcher;
use std::sync::{Arc, Weak};
use std::time::Duration;

/// How long it sleeps at most. Wall clocks may jump, so a far deadline is not trusted for longer.
const SLEEP_MAX: Duration = Duration::from_secs(1);

/// Keeps pace until the engine is gone.
pub(super) async fn keep_pace(dispatcher: Dispatcher, ambient: Arc<dyn Ambient>, engine: Weak<Parts>) {
    while engine.strong_count() > 0 {
        let now = ambient.now();
        match dispatcher.next_deadline() {
            Some(due) if due <= now => dispatcher.pass_time(now),
            Some(due) => {
                let sleep = Duration::from_millis(due.since(now).get()).min(SLEEP_MAX);
                // Either way, it looks again.
                let _ = tokio::time::timeout(sleep, dispatcher.earlier_deadline()).await;
            }
            // Without anything to wait for, it only looks whether the engine is still there.
            None => drop(tokio::time::timeout(SLEEP_MAX, dispatcher.earlier_deadline()).await),
        }
    }
}
