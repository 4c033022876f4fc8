//! A worker that outlives the server, and the ledger of what it did.

use super::calls::acknowledged;
use super::remains::{LastAttempt, Remains};
use crate::support::client::{ActivityName, Client, payloads};
use mainspring_api::temporal::common::v1::Payloads;
use mainspring_api::temporal::workflowservice::v1::PollActivityTaskQueueResponse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tonic::Status;

/// What the worker polls.
pub(super) const QUEUE: &str = "work";

/// The first attempts of these runs' activities fail.
pub(super) const FAILING: &str = "failing";

/// Those of these runs fail for good.
pub(super) const FAILING_FOR_GOOD: &str = "failing-for-good";

/// Those of these runs end well though they are told to cancel.
pub(super) const STUBBORN: &str = "stubborn";

/// What becomes of the activities of these runs is reported by their names, without a task token.
pub(super) const ELSEWHERE: &str = "elsewhere";

/// With what they fail.
const FAILURE: &str = "the test's worker fails it";

/// Activities of this type wait until they are told to cancel.
const SLOW: &str = "slow";

/// Between two heartbeats.
const HEARTBEAT: Duration = Duration::from_millis(50);

/// What the worker did, in its order.
#[derive(Debug)]
enum Deed {
    /// That attempt.
    Executed(ActivityName, i32),
    /// The server has said that it has the failure of that attempt.
    Failed(ActivityName, i32),
    /// The server has said that it has the result.
    Acknowledged(ActivityName),
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
        let mut executed: BTreeMap<&ActivityName, BTreeSet<i32>> = BTreeMap::new();
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
            let activity = ActivityName {
                workflow_id: last.workflow_id.into(),
                run_id: last.run_id.into(),
                activity_id: last.activity_id.into(),
            };
            let made = executed
                .get(&activity)
                .unwrap_or_else(|| panic!("nobody executed {activity:?}"));
            // A name says nothing of an attempt: the report of one may come when there is another, which nobody has yet.
            let is_named = activity.workflow_id.ends_with(ELSEWHERE) && made.last() < Some(&number);
            assert!(
                is_named || made.last() == Some(&number),
                "{activity:?} ended in attempt {number}, of {made:?}"
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
    let activity = ActivityName {
        workflow_id: execution.workflow_id,
        run_id: execution.run_id,
        activity_id: task.activity_id,
    };
    let is_final = activity.workflow_id.starts_with(FAILING_FOR_GOOD);
    let fails = is_final || activity.workflow_id.starts_with(FAILING) && task.attempt == 1;
    ledger.note(Deed::Executed(activity.clone(), task.attempt));
    let reporter = match activity.workflow_id.ends_with(ELSEWHERE) {
        true => Reporter::Name(client, activity.clone()),
        false => Reporter::Token(client, task.task_token),
    };
    if task.activity_type.is_some_and(|it| it.name == SLOW) {
        let is_stubborn = activity.workflow_id.starts_with(STUBBORN);
        return wait_for_cancellation(&reporter, is_stubborn).await;
    }
    tokio::time::sleep(takes).await;
    // An error: the report was there before, or came too late. In the latter case there is another attempt.
    if fails {
        if acknowledged(|| reporter.fail(FAILURE, is_final)).await.is_ok() {
            ledger.note(Deed::Failed(activity, task.attempt));
        }
    } else if acknowledged(|| reporter.complete(task.input.clone())).await.is_ok() {
        ledger.note(Deed::Acknowledged(activity));
    }
}

async fn wait_for_cancellation(reporter: &Reporter<'_>, is_stubborn: bool) {
    loop {
        match acknowledged(|| reporter.heartbeat()).await {
            Ok(false) => tokio::time::sleep(HEARTBEAT).await,
            Ok(true) if is_stubborn => {
                let done = Some(payloads(&"done all the same".into()));
                return drop(acknowledged(|| reporter.complete(done.clone())).await);
            }
            Ok(true) => return drop(acknowledged(|| reporter.report_cancelled()).await),
            // It is over, whoever ended it.
            Err(_) => return,
        }
    }
}

/// How the server is told of an attempt.
enum Reporter<'a> {
    Token(&'a Client, Vec<u8>),
    Name(&'a Client, ActivityName),
}

impl Reporter<'_> {
    async fn complete(&self, result: Option<Payloads>) -> Result<(), Status> {
        match self {
            Self::Token(client, token) => client.complete(token, result).await,
            Self::Name(client, activity) => client.complete_by_id(activity, result).await,
        }
    }

    async fn fail(&self, message: &str, is_final: bool) -> Result<(), Status> {
        match self {
            Self::Token(client, token) => client.fail(token, message, is_final).await,
            Self::Name(client, activity) => client.fail_by_id(activity, message).await,
        }
    }

    async fn heartbeat(&self) -> Result<bool, Status> {
        match self {
            Self::Token(client, token) => client.heartbeat(token).await,
            Self::Name(client, activity) => client.heartbeat_by_id(activity).await,
        }
    }

    async fn report_cancelled(&self) -> Result<(), Status> {
        match self {
            Self::Token(client, token) => client.report_cancelled(token).await,
            Self::Name(client, activity) => client.report_cancelled_by_id(activity).await,
        }
    }
}
