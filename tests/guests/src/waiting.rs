//! Workflows that wait for timers, signals and each other.

use std::cell::RefCell;
use std::future::IntoFuture;
use std::rc::Rc;
use std::time::Duration;

use futures::future::join_all;
use futures::{join, select_biased};
use mainspring_workflow::{
    Child, ChildCancellationType, Failure, ParentClosePolicy, Payload, Signal, Workflow, request_cancel, sleep, spawn,
    wait_condition, workflow,
};

use crate::plain::{Work, fails, noop_in_haste, steps};

/// A number for whom it may concern.
static NUMBER: Signal<u32> = Signal::new("number");

/// An item for a `collector`.
static COLLECT: Signal<String> = Signal::new("collect");

/// Sleeps for so many milliseconds.
#[workflow]
pub(crate) async fn sleeper(milliseconds: u64) -> Result<(), Failure> {
    sleep(Duration::from_millis(milliseconds)).await
}

/// Waits for something that does not happen, without a timer.
#[workflow]
pub(crate) async fn idle() -> Result<(), Failure> {
    wait_condition(|| false).await
}

/// `slow` against a timer of so many milliseconds; returns who was first. The other is cancelled.
#[workflow]
pub(crate) async fn race(milliseconds: u64) -> Result<String, Failure> {
    let mut activity = Work::slow();
    let mut timer = sleep(Duration::from_millis(milliseconds));
    select_biased! {
        result = activity => result,
        expired = timer => expired.map(|()| "timer".to_owned()),
    }
}

/// Schedules `noop` and ends without waiting for it.
#[workflow]
pub(crate) async fn detached() -> Result<(), Failure> {
    Work::noop(0).detach();
    Ok(())
}

/// Receives `n` signals `number`, in the middle of its story: it first calls `noop`. Returns them.
#[workflow(signals(NUMBER))]
pub(crate) async fn waits_for_signal(n: usize) -> Result<Vec<u32>, Failure> {
    Work::noop(0).await?;
    let mut numbers = Vec::new();
    while numbers.len() < n {
        numbers.push(NUMBER.receive().await?);
    }
    Ok(numbers)
}

/// Calls `noop` once per run, and continues as new until `left` is 0.
#[workflow]
pub(crate) async fn continues(left: u32) -> Result<String, Failure> {
    Work::noop(left).await?;
    match left {
        0 => Ok("done".to_owned()),
        left => continues::continue_as_new((left - 1,)),
    }
}

/// The same in haste.
#[workflow]
pub(crate) async fn continues_in_haste(left: u32) -> Result<String, Failure> {
    noop_in_haste(left).await?;
    match left {
        0 => Ok("done".to_owned()),
        left => continues_in_haste::continue_as_new((left - 1,)),
    }
}

/// Runs `steps` as a child, and returns its result.
#[workflow]
pub(crate) async fn parent(n: u32) -> Result<u32, Failure> {
    steps::child((n,)).workflow_id("child-of-parent").await
}

/// Runs any workflow with one argument as a child, and gives back what it gives, or fails as it fails.
#[workflow]
pub(crate) async fn calls_child(
    workflow_type: String,
    workflow_id: String,
    argument: Payload,
) -> Result<Payload, Failure> {
    Child::new(workflow_type, (argument,)).workflow_id(workflow_id).await
}

/// Starts `idle` as a child, and ends without waiting for it. The policy is `terminate`, `abandon` or `request-cancel`.
#[workflow]
pub(crate) async fn leaves_child(workflow_id: String, policy: String) -> Result<(), Failure> {
    let policy = match policy.as_str() {
        "abandon" => ParentClosePolicy::Abandon,
        "request-cancel" => ParentClosePolicy::RequestCancel,
        _ => ParentClosePolicy::Terminate,
    };
    let child = idle::child(()).workflow_id(workflow_id).parent_close_policy(policy);
    child.start().await?.detach();
    Ok(())
}

/// Sends `number` to another workflow, and then asks it to cancel if the number is 0.
#[workflow]
pub(crate) async fn sends(workflow_id: String, number: u32) -> Result<(), Failure> {
    NUMBER.send(&workflow_id, &number).await?;
    if number == 0 {
        request_cancel(workflow_id, "the number is 0").await?;
    }
    Ok(())
}

/// Sends `collect` with this item to a `collector`; gives what came of it.
#[workflow]
pub(crate) async fn passes_on(workflow_id: String, item: String) -> Result<String, Failure> {
    match COLLECT.send(&workflow_id, &item).await {
        Ok(()) => Ok("arrived".to_owned()),
        Err(failure) => Ok(failure.to_string()),
    }
}

/// Sends `collect` to a `collector` so many times, with 0, 1 … as text.
#[workflow]
pub(crate) async fn tells(workflow_id: String, n: u32) -> Result<u32, Failure> {
    for number in 0..n {
        COLLECT.send(&workflow_id, &number.to_string()).await?;
    }
    Ok(n)
}

/// Waits for `noop`, a timer of a second and a signal `number`, all at once; returns in which order they came.
#[workflow(signals(NUMBER))]
pub(crate) async fn arrivals() -> Result<Vec<String>, Failure> {
    let order = Rc::new(RefCell::new(Vec::new()));
    let note = |name: &str| {
        let (order, name) = (order.clone(), name.to_owned());
        move || order.borrow_mut().push(name)
    };
    let (activity, timer, signal) = (note("activity"), note("timer"), note("signal"));
    let activity = spawn(async move { Work::noop(0).await.map(|_| activity()) });
    let timer = spawn(async move { sleep(Duration::from_secs(1)).await.map(|()| timer()) });
    let signal = spawn(async move { NUMBER.receive().await.map(|_| signal()) });
    let (activity, timer, signal) = join!(activity, timer, signal);
    activity.and(timer).and(signal)?;
    Ok(order.take())
}

/// Has so many children at once, each of which returns its number; returns the sum.
#[workflow]
pub(crate) async fn brood(n: u32) -> Result<u64, Failure> {
    let children = (0..n).map(|number| Child::<u32>::new("echo", (number,)).into_future());
    let numbers = join_all(children).await;
    numbers.into_iter().map(|number| number.map(u64::from)).sum()
}

/// Gathers so many signals `number`. Each run takes those that have come, and carries them over to the next one.
#[workflow(signals(NUMBER))]
pub(crate) async fn gathers(total: usize, gathered: Vec<u32>) -> Result<Vec<u32>, Failure> {
    let mut gathered = gathered;
    gathered.push(NUMBER.receive().await?);
    gathered.extend(std::iter::from_fn(|| NUMBER.try_receive()));
    if gathered.len() < total {
        return gathers::continue_as_new((total, gathered));
    }
    Ok(gathered)
}

/// Continues as new until `left` is 0, a moment apart; returns how often it did.
#[workflow]
pub(crate) async fn counts_runs(left: u32, before: u32) -> Result<u32, Failure> {
    sleep(Duration::from_millis(10)).await?;
    match left {
        0 => Ok(before),
        left => counts_runs::continue_as_new((left - 1, before + 1)),
    }
}

/// Collects signals `collect` until it has `n`, and continues as new in between with those that have come.
#[workflow(signals(COLLECT))]
pub(crate) async fn carries(n: usize, collected: Vec<String>) -> Result<Vec<String>, Failure> {
    let mut collected = collected;
    collected.push(COLLECT.receive().await?);
    while let Some(item) = COLLECT.try_receive() {
        collected.push(item);
    }
    if collected.len() < n {
        return carries::continue_as_new((n, collected));
    }
    Ok(collected)
}

/// Receives `n` signals `collect`, after it has called `noop` in haste; returns them.
#[workflow(signals(COLLECT))]
pub(crate) async fn hears_late(n: usize) -> Result<Vec<String>, Failure> {
    noop_in_haste(0).await?;
    let mut heard = Vec::new();
    while heard.len() < n {
        heard.push(COLLECT.receive().await?);
    }
    Ok(heard)
}

/// Has `idle` as a child that it leaves behind if it can, and cancels it at once in that way: `try`, `wait-completed`,
/// `wait-requested` or `abandon`. Returns how it ended.
#[workflow]
pub(crate) async fn cancels_child(workflow_id: String, way: String) -> Result<String, Failure> {
    let kind = match way.as_str() {
        "try" => ChildCancellationType::TryCancel,
        "wait-requested" => ChildCancellationType::WaitCancellationRequested,
        "abandon" => ChildCancellationType::Abandon,
        _ => ChildCancellationType::WaitCancellationCompleted,
    };
    let child = idle::child(())
        .workflow_id(workflow_id)
        .parent_close_policy(ParentClosePolicy::Abandon);
    let child = child.cancellation(kind).start().await?;
    child.cancel("enough");
    Ok(end(child.result().await).to_owned())
}

/// Has, all at once, a child that completes, one that fails, and one for each way to cancel it; returns how they ended.
/// Before that it starts three that it leaves behind, one for each policy.
#[workflow]
pub(crate) async fn family() -> Result<Vec<String>, Failure> {
    for policy in [ParentClosePolicy::Terminate, ParentClosePolicy::RequestCancel] {
        let child = idle::child(()).parent_close_policy(policy);
        child.start().await?.detach();
    }
    let child = sleeper::child((50,)).parent_close_policy(ParentClosePolicy::Abandon);
    child.start().await?.detach();
    let ends = join!(
        async { end(Child::<u32>::new("echo", (7,)).await) },
        async { end(fails::child(("Broken".to_owned(), true)).await) },
        cancels(ChildCancellationType::TryCancel),
        cancels(ChildCancellationType::WaitCancellationCompleted),
        cancels(ChildCancellationType::WaitCancellationRequested),
        cancels(ChildCancellationType::Abandon),
    );
    Ok([ends.0, ends.1, ends.2, ends.3, ends.4, ends.5]
        .map(str::to_owned)
        .into())
}

async fn cancels(kind: ChildCancellationType) -> &'static str {
    match idle::child(()).cancellation(kind).start().await {
        Ok(child) => {
            child.cancel("enough");
            end(child.result().await)
        }
        Err(failure) => end::<()>(Err(failure)),
    }
}

fn end<T>(result: Result<T, Failure>) -> &'static str {
    match result {
        Ok(_) => "completed",
        Err(failure) if failure.is_cancelled() => "cancelled",
        Err(_) => "failed",
    }
}
