//! A worker that outlives the server, and the ledger of what it did.

use super::calls::acknowledged;
use super::remains::{LastAttempt, Remains};
use crate::support::client::Client;
use mainspring_api::temporal::workflowservice::v1::PollActivityTaskQueueResponse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What the worker polls.
pub(super) const QUEUE: &str = "work";

/// The first attempts of these runs' activities fail.
pub(super) const FAILING: &str = "failing";

/// With what they fail.
const FAILURE: &str = "the test's worker fails it";

/// Activities of this type wait until they are told to cancel.
const SLOW: &str = "slow";

/// Between two heartbeats.
const HEARTBEAT: Duration = Duration::from_millis(50);

/// An activity of a run, as the worker knows it: workflow id, run id, activity id.
type Activity = (String, String, String);

/// What the worker did, in its order.
#[derive(Debug)]
enum Deed {
    /// That attempt.
    Executed(Activity, i32),
    /// The server has said that it has the failure of that attempt.
    Failed(Activity, i32),
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
                Deed::Failed(..) => {}
                Deed::Acknowledged(activity) => {
                    acknowledged.insert(activity);
                }
            }
        }
        acknowledged.len()
    }

    /// The histories know of each attempt what the worker knows: that it was made, and why it failed. How many attempts
    /// never came is not counted: each may take a second only, and a machine may have much else to do.
    pub(super) fn agrees_with(&self, remains: &Remains) {
        let deeds = self.deeds();
        let mut executed: BTreeMap<&Activity, BTreeSet<i32>> = BTreeMap::new();
        let mut failed = BTreeSet::new();
        for deed in deeds.iter() {
            match deed {
                Deed::Executed(activity, attempt) => drop(executed.entry(activity).or_default().insert(*attempt)),
                Deed::Failed(activity, attempt) => drop(failed.insert((activity, *attempt))),
                Deed::Acknowledged(_) => {}
            }
        }
        for last in remains.last_attempts() {
            let LastAttempt {
                number, last_failure, ..
            } = last;
            let activity: Activity = (last.workflow_id.into(), last.run_id.into(), last.activity_id.into());
            let made = executed
                .get(&activity)
                .unwrap_or_else(|| panic!("nobody executed {activity:?}"));
            assert_eq!(
                made.last(),
                Some(&number),
                "{activity:?} ended in another attempt than its last"
            );
            let was_reported = failed.contains(&(&activity, number - 1));
            let message = last_failure.map(|it| it.message.as_str());
            assert_eq!(
                message.is_some(),
                number > 1,
                "{activity:?}, attempt {number}: {message:?}"
            );
            assert!(
                !was_reported || message == Some(FAILURE),
                "the reported failure of {activity:?} is lost: {message:?}"
            );
        }
    }
}

/// A worker that never tires: it polls, works for a moment, and reports until the server answers.
pub(super) async fn work(client: &Client, ledger: &Ledger, seed: u64) -> ! {
    let mut moments = fastrand::Rng::with_seed(seed);
    loop {
        match client.poll(QUEUE).await {
            Ok(task) if task.task_token.is_empty() => {}
            Ok(task) => attempt(client, ledger, task, Duration::from_millis(moments.u64(..15))).await,
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
}

async fn attempt(client: &Client, ledger: &Ledger, task: PollActivityTaskQueueResponse, takes: Duration) {
    let execution = task.workflow_execution.unwrap_or_default();
    let fails = execution.workflow_id.starts_with(FAILING) && task.attempt == 1;
    let activity = (execution.workflow_id, execution.run_id, task.activity_id);
    ledger.note(Deed::Executed(activity.clone(), task.attempt));
    let token = &task.task_token;
    if task.activity_type.is_some_and(|it| it.name == SLOW) {
        return wait_for_cancellation(client, token).await;
    }
    tokio::time::sleep(takes).await;
    // An error: the report was there before, or came too late. In the latter case there is another attempt.
    if fails {
        if acknowledged(|| client.fail(token, FAILURE)).await.is_ok() {
            ledger.note(Deed::Failed(activity, task.attempt));
        }
    } else if acknowledged(|| client.complete(token, task.input.clone()))
        .await
        .is_ok()
    {
        ledger.note(Deed::Acknowledged(activity));
    }
}

async fn wait_for_cancellation(client: &Client, token: &[u8]) {
    loop {
        match acknowledged(|| client.heartbeat(token)).await {
            Ok(false) => tokio::time::sleep(HEARTBEAT).await,
            Ok(true) => return drop(acknowledged(|| client.report_cancelled(token)).await),
            // It is over, whoever ended it.
            Err(_) => return,
        }
    }
}
