//! A worker that outlives the server, and the ledger of what it did.

use super::calls::acknowledged;
use crate::support::client::Client;
use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What the worker polls.
pub(super) const QUEUE: &str = "work";

/// The first attempts of these runs' activities fail.
pub(super) const FAILING: &str = "failing";

/// An activity of a run, as the worker knows it.
type Activity = (String, String);

/// What the worker did, in its order.
#[derive(Debug)]
enum Deed {
    /// That attempt.
    Executed(Activity, i32),
    /// The server has said that it has the result.
    Acknowledged(Activity),
}

#[derive(Default)]
pub(super) struct Ledger(Mutex<Vec<Deed>>);

impl Ledger {
    fn deeds(&self) -> MutexGuard<'_, Vec<Deed>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, deed: Deed) {
        self.deeds().push(deed);
    }

    /// No attempt is handed out twice, and none of an activity whose completion was acknowledged. Returns how many
    /// were.
    pub(super) fn repeats_nothing(&self) -> usize {
        let deeds = self.deeds();
        let mut attempts = BTreeSet::new();
        let mut acknowledged = BTreeSet::new();
        for deed in deeds.iter() {
            match deed {
                Deed::Executed(activity, attempt) => {
                    assert!(
                        attempts.insert((activity, attempt)),
                        "attempt {attempt} of {activity:?} was executed twice"
                    );
                    assert!(
                        !acknowledged.contains(activity),
                        "{activity:?} was completed, and yet executed again"
                    );
                }
                Deed::Acknowledged(activity) => {
                    acknowledged.insert(activity);
                }
            }
        }
        acknowledged.len()
    }
}

/// A worker that never tires: it polls, works for a moment, and reports until the server answers.
pub(super) async fn work(client: &Client, ledger: &Ledger, seed: u64) -> ! {
    let mut moments = fastrand::Rng::with_seed(seed);
    loop {
        let task = match client.poll(QUEUE).await {
            Ok(task) if !task.task_token.is_empty() => task,
            Ok(_) => continue,
            Err(_) => {
                tokio::time::sleep(Duration::from_millis(10)).await;
                continue;
            }
        };
        let workflow_id = task.workflow_execution.map(|it| it.workflow_id).unwrap_or_default();
        let fails = workflow_id.starts_with(FAILING) && task.attempt == 1;
        let activity = (workflow_id, task.activity_id);
        ledger.note(Deed::Executed(activity.clone(), task.attempt));
        tokio::time::sleep(Duration::from_millis(moments.u64(..15))).await;
        if fails {
            // An error: the report was there before, or came too late. Either way there is another attempt.
            let _ = acknowledged(|| client.fail(&task.task_token)).await;
        } else if acknowledged(|| client.complete(&task.task_token, task.input.clone()))
            .await
            .is_ok()
        {
            ledger.note(Deed::Acknowledged(activity));
        }
    }
}
