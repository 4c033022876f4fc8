//! Workflows that wait for timers, signals and each other.

use std::time::Duration;

use futures::select_biased;
use mainspring_workflow::{
    Child, Failure, ParentClosePolicy, Payload, Signal, Workflow, request_cancel, sleep, wait_condition, workflow,
};

use crate::plain::{Work, steps};

/// A number for whom it may concern.
static NUMBER: Signal<u32> = Signal::new("number");

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
