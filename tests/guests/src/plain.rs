//! Workflows that do as they are told.

use std::time::Duration;

use futures::future::join_all;
use mainspring_workflow::{
    Activity, Bytes, Failure, Payload, Priority, RetryPolicy, Values, activities, deprecate_patch, info, now, patched,
    random, set_current_details, upsert_memo, upsert_search_attributes, uuid4, workflow,
};

#[activities(start_to_close = "30s", retry(initial = "10ms", maximum_attempts = 3))]
pub(crate) trait Work {
    /// Gives back its number, at once.
    async fn noop(number: u32) -> Result<u32, Failure>;

    async fn a() -> Result<(), Failure>;

    async fn b() -> Result<(), Failure>;

    /// Takes long, and says so.
    #[activity(start_to_close = "5m", heartbeat = "1s")]
    async fn slow() -> Result<String, Failure>;

    /// Tidies up after a cancelled run.
    async fn cleanup() -> Result<(), Failure>;
}

/// Returns its argument, whatever it is.
#[workflow]
pub(crate) async fn echo(value: Payload) -> Result<Payload, Failure> {
    Ok(value)
}

/// Calls `noop` with 0, 1 … n - 1, one after the other; returns n.
#[workflow]
pub(crate) async fn steps(n: u32) -> Result<u32, Failure> {
    for number in 0..n {
        Work::noop(number).await?;
    }
    Ok(n)
}

/// The same in haste.
#[workflow]
pub(crate) async fn hasty_steps(n: u32) -> Result<u32, Failure> {
    for number in 0..n {
        noop_in_haste(number).await?;
    }
    Ok(n)
}

/// `noop`, where an attempt that is lost is soon made good: each may take a second, and there is no last one.
pub(crate) fn noop_in_haste(number: u32) -> Activity<u32> {
    let policy = RetryPolicy {
        initial_interval: Duration::from_millis(10),
        maximum_interval: Some(Duration::from_millis(100)),
        ..RetryPolicy::default()
    };
    Work::noop(number).start_to_close(Duration::from_secs(1)).retry(policy)
}

/// `noop` in haste, where it may be done in the host's process; returns what it gives.
#[workflow]
pub(crate) async fn local_in_haste(number: u32) -> Result<u32, Failure> {
    noop_in_haste(number).local().await
}

/// Calls `noop` with 0, 1 … n - 1, all at once; returns the sum of their results.
#[workflow]
pub(crate) async fn fanout(n: u32) -> Result<u32, Failure> {
    let results = join_all((0..n).map(Work::noop)).await;
    results.into_iter().sum()
}

/// Calls `noop` with n, n - 1 … 1, all at once, each with its number as its priority.
#[workflow]
pub(crate) async fn ranked(n: u32) -> Result<(), Failure> {
    let calls = (1..=n)
        .rev()
        .map(|number| Work::noop(number).priority(Priority::of(number)));
    join_all(calls)
        .await
        .into_iter()
        .try_for_each(|result| result.map(drop))
}

/// Calls `a` and then `b`; built with the feature `swapped`, `b` and then `a`.
#[workflow]
pub(crate) async fn order_of_calls() -> Result<(), Failure> {
    if cfg!(feature = "swapped") {
        Work::b().await?;
        Work::a().await
    } else {
        Work::a().await?;
        Work::b().await
    }
}

/// The same in haste: calls `noop` with 1 and then 2; built with the feature `swapped`, with 2 and then 1.
#[workflow]
pub(crate) async fn order_in_haste() -> Result<(), Failure> {
    let order = if cfg!(feature = "swapped") { [2, 1] } else { [1, 2] };
    for number in order {
        noop_in_haste(number).await?;
    }
    Ok(())
}

/// Calls any activity with one argument, and gives back what it gives, or fails as it fails. It is tried up to `attempts` times, 10 ms apart at first.
#[workflow]
pub(crate) async fn call(activity_type: String, argument: Payload, attempts: u32) -> Result<Payload, Failure> {
    let policy = RetryPolicy {
        initial_interval: Duration::from_millis(10),
        maximum_attempts: attempts,
        ..RetryPolicy::default()
    };
    Activity::new(activity_type, (argument,))
        .start_to_close(Duration::from_secs(30))
        .retry(policy)
        .await
}

/// Returns so many bytes.
#[workflow]
pub(crate) async fn blob(bytes: usize) -> Result<Bytes, Failure> {
    Ok(Bytes(vec![b'x'; bytes]))
}

/// Fails as the kind that it is given.
#[workflow]
pub(crate) async fn fails(kind: String, non_retryable: bool) -> Result<(), Failure> {
    let failure = Failure::application(kind, "asked to fail").with_detail(&"a detail");
    Err(if non_retryable {
        failure.non_retryable()
    } else {
        failure
    })
}

/// Fails until this attempt at the workflow, and returns its number.
#[workflow]
pub(crate) async fn succeeds_at(attempt: u32) -> Result<u32, Failure> {
    match info().attempt {
        now if now < attempt => Err(Failure::application("NotYet", format!("attempt {now}"))),
        now => Ok(now),
    }
}

/// Calls `slow`, whose worker must heartbeat every second, once.
#[workflow]
pub(crate) async fn heartbeats() -> Result<String, Failure> {
    Work::slow().retry(RetryPolicy::never()).await
}

/// Returns what differs between runs and repeats itself in a replay: milliseconds since 1970, a number, a UUID.
#[workflow]
pub(crate) async fn chance() -> Result<(u128, u64, String), Failure> {
    let drawn = (milliseconds(), random(), uuid4());
    Work::noop(0).await?;
    Ok(drawn)
}

/// Calls `noop` so many times; returns the moment after each, in milliseconds since 1970.
#[workflow]
pub(crate) async fn moments(n: u32) -> Result<Vec<u128>, Failure> {
    let mut moments = Vec::new();
    for number in 0..n {
        Work::noop(number).await?;
        moments.push(milliseconds());
    }
    Ok(moments)
}

/// Returns whether it took the patched path.
#[workflow]
pub(crate) async fn versions() -> Result<bool, Failure> {
    let changed = patched("change");
    deprecate_patch("older-change");
    Work::noop(u32::from(changed)).await?;
    Ok(changed)
}

/// The same in haste.
#[workflow]
pub(crate) async fn versions_in_haste() -> Result<bool, Failure> {
    let changed = patched("change");
    deprecate_patch("older-change");
    noop_in_haste(u32::from(changed)).await?;
    Ok(changed)
}

/// Leaves a memo, a search attribute, details and a line in the log.
#[workflow]
pub(crate) async fn notes(text: String) -> Result<(), Failure> {
    upsert_memo(Values::new().set("note", &text));
    upsert_search_attributes(Values::new().set("Note", &text));
    set_current_details(&text);
    info!(length = text.len(), "noted {text}");
    Work::noop(0).await?;
    Ok(())
}

fn milliseconds() -> u128 {
    now()
        .duration_since(std::time::SystemTime::UNIX_EPOCH)
        .map_or(0, |since| since.as_millis())
}
