//! The workflows of the golden histories (`tests/golden-histories`). Histories that they once had are replayed to them for
//! ever: what is here is added to, and never does anything else than it did.

use std::time::Duration;

use futures::{join, select_biased};
use mainspring_workflow::{
    Activity, CancellationType, Child, ChildCancellationType, Failure, ParentClosePolicy, Payload, RetryPolicy, Signal,
    State, Values, Workflow, cancelled, deprecate_patch, now, patched, random, request_cancel, set_current_details,
    shielded, sleep, upsert_memo, upsert_search_attributes, uuid4, wait_condition, workflow,
};
use serde::Deserialize;

static ITEM: Signal<String> = Signal::new("item");

/// How an activity is called; times are in milliseconds.
#[derive(Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct ActivityCase {
    schedule_to_start: Option<u64>,
    schedule_to_close: Option<u64>,
    start_to_close: Option<u64>,
    heartbeat: Option<u64>,
    attempts: u32,
    cancellation: String,
    cancel_after: Option<u64>,
}

impl Default for ActivityCase {
    fn default() -> Self {
        Self {
            schedule_to_start: None,
            schedule_to_close: None,
            start_to_close: Some(60_000),
            heartbeat: None,
            attempts: 1,
            cancellation: "try".to_owned(),
            cancel_after: None,
        }
    }
}

/// Calls `work` once, and gives what it gives.
#[workflow]
pub(crate) async fn golden_activity(case: ActivityCase) -> Result<Payload, Failure> {
    let mut activity = Activity::new("work", ("input",)).retry(RetryPolicy {
        maximum_attempts: case.attempts,
        ..RetryPolicy::default()
    });
    if let Some(limit) = case.schedule_to_start {
        activity = activity.schedule_to_start(Duration::from_millis(limit));
    }
    if let Some(limit) = case.schedule_to_close {
        activity = activity.schedule_to_close(Duration::from_millis(limit));
    }
    if let Some(limit) = case.start_to_close {
        activity = activity.start_to_close(Duration::from_millis(limit));
    }
    if let Some(limit) = case.heartbeat {
        activity = activity.heartbeat(Duration::from_millis(limit));
    }
    let activity = activity
        .cancellation(match case.cancellation.as_str() {
            "wait" => CancellationType::WaitCancellationCompleted,
            "abandon" => CancellationType::Abandon,
            _ => CancellationType::TryCancel,
        })
        .start();
    if let Some(after) = case.cancel_after {
        sleep(Duration::from_millis(after)).await?;
        activity.cancel();
    }
    activity.await
}

/// Calls `work` so many times at once, and gives the results in the order of the calls.
#[workflow]
pub(crate) async fn golden_activities(n: u32) -> Result<Vec<u32>, Failure> {
    let calls = (0..n).map(|number| Activity::new("work", (number,)).start_to_close(Duration::from_secs(60)));
    futures::future::join_all(calls).await.into_iter().collect()
}

/// Calls `work` with 0, 1 … n - 1, one after the other, and gives n.
#[workflow]
pub(crate) async fn golden_steps(n: u32) -> Result<u32, Failure> {
    for number in 0..n {
        Activity::<u32>::new("work", (number,))
            .start_to_close(Duration::from_secs(60))
            .await?;
    }
    Ok(n)
}

/// Starts a timer of a second, one of two, and one of an hour; calls `work` with the name of each of the two that fire,
/// and gives the third up.
#[workflow]
pub(crate) async fn golden_timers() -> Result<(), Failure> {
    let fired = async |name: &'static str, seconds| {
        sleep(Duration::from_secs(seconds)).await?;
        Activity::<()>::new("work", (name,))
            .start_to_close(Duration::from_secs(60))
            .await
    };
    let mut hour = sleep(Duration::from_secs(3_600)).summary("given up");
    let mut both = Box::pin(async { join!(fired("first", 1), fired("second", 2)) });
    let mut both = futures::FutureExt::fuse(&mut both);
    select_biased! {
        expired = hour => expired,
        (first, second) = both => first.and(second),
    }
}

/// `work` against a timer of a second; gives who was first, and what it saw of the other.
#[workflow]
pub(crate) async fn golden_race() -> Result<String, Failure> {
    let mut activity = Activity::<String>::new("work", ("race",)).start_to_close(Duration::from_secs(60));
    let mut timer = sleep(Duration::from_secs(1));
    let first = select_biased! {
        result = activity => format!("activity {}", result?),
        expired = timer => expired.map(|()| "timer".to_owned())?,
    };
    Activity::<()>::new("work", (first.clone(),))
        .start_to_close(Duration::from_secs(60))
        .await?;
    Ok(first)
}

/// Calls `work`, and then receives two signals `item`, which may have come before.
#[workflow(signals(ITEM))]
pub(crate) async fn golden_signals() -> Result<Vec<String>, Failure> {
    Activity::<()>::new("work", ("before",))
        .start_to_close(Duration::from_secs(60))
        .await?;
    Ok(vec![ITEM.receive().await?, ITEM.receive().await?])
}

#[derive(Default)]
pub(crate) struct GoldenCounter {
    count: u32,
    closed: bool,
}

/// Counts what updates add, until the signal `close`.
#[workflow(name = "golden_counter")]
impl GoldenCounter {
    #[run]
    async fn run(this: State<Self>) -> Result<u32, Failure> {
        this.until(|counter| counter.closed.then_some(counter.count)).await
    }

    /// Ends it.
    #[signal]
    fn close(&mut self) {
        self.closed = true;
    }

    /// Adds at once; not 0.
    #[update]
    fn add(&mut self, amount: u32) -> Result<u32, Failure> {
        self.count += amount;
        Ok(self.count)
    }

    /// Adds what `work` makes of it, if it succeeds.
    #[update]
    async fn work(this: State<Self>, amount: u32) -> Result<u32, Failure> {
        let worked: u32 = Activity::new("work", (amount,))
            .start_to_close(Duration::from_secs(60))
            .retry(RetryPolicy::never())
            .await?;
        Ok(this.write(|counter| {
            counter.count += worked;
            counter.count
        }))
    }

    #[validate(add)]
    fn may_add(&self, amount: &u32) -> Result<(), Failure> {
        match amount {
            0 => Err(Failure::application("NothingToAdd", "the amount is 0")),
            _ => Ok(()),
        }
    }
}

/// A workflow that ends in the way it is told: `completes`, `fails`, `waits` for ever, is `stubborn` when it is asked to
/// cancel, `continues` as one that completes, or `tries` until its second attempt.
#[workflow]
pub(crate) async fn golden_leaf(way: String) -> Result<String, Failure> {
    match way.as_str() {
        "fails" => Err(Failure::application("Leaf", "asked to fail").with_detail(&7)),
        "waits" => {
            wait_condition(|| false).await?;
            Ok("woken".to_owned())
        }
        "stubborn" => Ok(cancelled().await),
        "continues" => golden_leaf::continue_as_new(("completes".to_owned(),)),
        "tries" if mainspring_workflow::info().attempt < 2 => Err(Failure::application("Leaf", "not yet")),
        _ => Ok("done".to_owned()),
    }
}

/// How a child is called; times are in milliseconds.
#[derive(Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct ChildCase {
    way: String,
    cancellation: String,
    cancel_after: Option<u64>,
    retries: bool,
    policy: String,
    leaves: bool,
}

impl Default for ChildCase {
    fn default() -> Self {
        Self {
            way: "completes".to_owned(),
            cancellation: "wait-completed".to_owned(),
            cancel_after: None,
            retries: false,
            policy: "terminate".to_owned(),
            leaves: false,
        }
    }
}

/// Has a `golden_leaf` as its child, with the workflow id `child`, and gives what it gives.
#[workflow]
pub(crate) async fn golden_parent(case: ChildCase) -> Result<Option<String>, Failure> {
    let mut child = Child::<String>::new("golden_leaf", (case.way,))
        .workflow_id("child")
        .parent_close_policy(match case.policy.as_str() {
            "abandon" => ParentClosePolicy::Abandon,
            "request-cancel" => ParentClosePolicy::RequestCancel,
            _ => ParentClosePolicy::Terminate,
        })
        .cancellation(match case.cancellation.as_str() {
            "abandon" => ChildCancellationType::Abandon,
            "try" => ChildCancellationType::TryCancel,
            "wait-requested" => ChildCancellationType::WaitCancellationRequested,
            _ => ChildCancellationType::WaitCancellationCompleted,
        });
    if case.retries {
        child = child.retry(RetryPolicy::default());
    }
    let child = child.start().await?;
    if case.leaves {
        child.detach();
        return Ok(None);
    }
    if let Some(after) = case.cancel_after {
        sleep(Duration::from_millis(after)).await?;
        child.cancel("enough");
    }
    child.result().await.map(Some)
}

/// Signals the workflow `other`, and then asks it to cancel; gives what came of both.
#[workflow]
pub(crate) async fn golden_sender() -> Result<Vec<String>, Failure> {
    let tell = |result: Result<(), Failure>| match result {
        Ok(()) => "arrived".to_owned(),
        Err(failure) => failure.to_string(),
    };
    let signalled = tell(ITEM.send("other", &"item".to_owned()).await);
    let cancelled = tell(request_cancel("other", "enough").await);
    Ok(vec![signalled, cancelled])
}

/// Continues as new until `left` is 0, with a memo that says so.
#[workflow]
pub(crate) async fn golden_chain(left: u32) -> Result<String, Failure> {
    upsert_memo(Values::new().set("left", &left));
    Activity::<()>::new("work", (left,))
        .start_to_close(Duration::from_secs(60))
        .await?;
    match left {
        0 => Ok("done".to_owned()),
        left => golden_chain::continue_as_new((left - 1,)),
    }
}

/// Waits for an hour. Asked to cancel, it calls `work` to clean up, and something that nobody can cancel.
#[workflow]
pub(crate) async fn golden_cleanup() -> Result<(), Failure> {
    let waited = sleep(Duration::from_secs(3_600)).await;
    if waited.is_err() {
        shielded(async {
            sleep(Duration::from_secs(1)).await?;
            Activity::<()>::new("work", ("cleanup",))
                .start_to_close(Duration::from_secs(60))
                .await
        })
        .await?;
    }
    waited
}

/// Takes a path that is new, one that no run takes otherwise any more, and says what it took.
#[workflow]
pub(crate) async fn golden_versions() -> Result<bool, Failure> {
    let is_new = patched("new");
    deprecate_patch("old");
    Activity::<()>::new("work", (is_new,))
        .start_to_close(Duration::from_secs(60))
        .await?;
    Ok(is_new && patched("new"))
}

/// Describes itself, and takes some of it back.
#[workflow]
pub(crate) async fn golden_notes() -> Result<(), Failure> {
    upsert_memo(Values::new().set("note", "first").set("other", &1));
    upsert_search_attributes(Values::new().set("Customer", "ann").set("Items", &3));
    set_current_details("working");
    sleep(Duration::from_secs(1)).await?;
    upsert_memo(Values::new().set("note", "second").set("other", &()));
    upsert_search_attributes(Values::new().set("Items", &()));
    Ok(())
}

/// Calls `work` with what differs between runs, and is the same at a replay.
#[workflow]
pub(crate) async fn golden_chance() -> Result<(), Failure> {
    let moment = now()
        .duration_since(std::time::SystemTime::UNIX_EPOCH)
        .map_or(0, |it| it.as_secs());
    Activity::<()>::new("work", (moment, random::<u32>(), uuid4()))
        .start_to_close(Duration::from_secs(60))
        .await
}
