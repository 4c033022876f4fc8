//! Activities, and timers beside them.

use std::time::Duration;

use futures::future::join_all;
use futures::{join, select_biased};
use mainspring_workflow::{Activity, CancellationType, Failure, Payload, Priority, RetryPolicy, sleep, workflow};
use serde::Deserialize;

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
    join_all(calls).await.into_iter().collect()
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

/// Calls `work` with n, n - 1 … 1, all at once, each with its number as its priority and as that of a tenant.
#[workflow]
pub(crate) async fn golden_priorities(n: u32) -> Result<(), Failure> {
    let calls = (1..=n).rev().map(|number| {
        let priority = Priority::of(number).fairly(format!("tenant-{number}"), 1.5);
        Activity::<()>::new("work", (number,))
            .start_to_close(Duration::from_secs(60))
            .priority(priority)
    });
    join_all(calls).await.into_iter().collect()
}

/// Calls `work` where it may be done in the host's process.
#[workflow]
pub(crate) async fn golden_local() -> Result<String, Failure> {
    Activity::new("work", ("local",))
        .start_to_close(Duration::from_secs(60))
        .local()
        .await
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
