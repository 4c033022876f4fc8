//! Workflows that are asked to cancel.

use std::future::IntoFuture as _;
use std::time::Duration;

use futures::join;
use mainspring_workflow::{CancellationScope, CancellationType, Failure, Signal, cancelled, shielded, sleep, workflow};

use crate::plain::{Work, noop_in_haste};

/// Cancels a part of a workflow.
static STOP: Signal<()> = Signal::new("stop");

const DAY: Duration = Duration::from_secs(24 * 3600);
/// Longer than a server takes to start again.
const HASTE: Duration = Duration::from_secs(5);

/// Sleeps for a day. Asked to cancel, it calls `cleanup` and ends as cancelled.
#[workflow]
pub(crate) async fn cancellable() -> Result<String, Failure> {
    match sleep(DAY).await {
        Ok(()) => Ok("slept".to_owned()),
        Err(cancelled) => {
            Work::cleanup().await?;
            Err(cancelled)
        }
    }
}

/// Calls `slow` under a shield: asked to cancel, it still waits for it, and returns the reason of the request.
#[workflow]
pub(crate) async fn shielding() -> Result<String, Failure> {
    let (reason, slow) = join!(cancelled(), shielded(Work::slow()));
    slow.map(|_| reason)
}

/// Calls `slow`, and asked to cancel, waits until its worker has confirmed that it is.
#[workflow]
pub(crate) async fn patient() -> Result<String, Failure> {
    Work::slow()
        .cancellation(CancellationType::WaitCancellationCompleted)
        .await
}

/// The same, but an attempt that is lost is soon made good.
#[workflow]
pub(crate) async fn patient_in_haste() -> Result<String, Failure> {
    Work::slow()
        .start_to_close(HASTE)
        .heartbeat(HASTE)
        .cancellation(CancellationType::WaitCancellationCompleted)
        .await
}

/// Asked to cancel, it ends well all the same.
#[workflow]
pub(crate) async fn stubborn() -> Result<String, Failure> {
    Ok(match sleep(DAY).await {
        Ok(()) => "slept".to_owned(),
        Err(_) => "woken".to_owned(),
    })
}

/// Calls `slow` in a scope, once for each cancellation type, and `a` beside it. The signal `stop` cancels the scope, in
/// which `cleanup` is called then, whatever else is cancelled. Returns how each call ended.
#[workflow(signals(STOP))]
pub(crate) async fn regions() -> Result<Vec<String>, Failure> {
    let scope = CancellationScope::new();
    let inside = scope.run(async {
        let ends = join!(
            Work::slow().cancellation(CancellationType::TryCancel),
            Work::slow().cancellation(CancellationType::WaitCancellationCompleted),
            Work::slow().cancellation(CancellationType::Abandon),
        );
        if scope.is_cancelled() {
            shielded(Work::cleanup()).await?;
        }
        Ok::<_, Failure>([end(ends.0), end(ends.1), end(ends.2)])
    });
    let stopping = async {
        if STOP.receive().await.is_ok() {
            scope.cancel("stop");
        }
    };
    let (inside, beside, ()) = join!(inside, Work::a(), stopping);
    let ends = inside?.into_iter().chain([beside.map(|()| "done".to_owned())?]);
    Ok(ends.collect())
}

/// Calls `slow` in haste, and gives it up on the signal `stop`, in the way of that cancellation type: `try`, `wait` or
/// `abandon`. Returns how the call ended.
#[workflow(signals(STOP))]
pub(crate) async fn gives_up(way: String) -> Result<String, Failure> {
    let cancellation = match way.as_str() {
        "wait" => CancellationType::WaitCancellationCompleted,
        "abandon" => CancellationType::Abandon,
        _ => CancellationType::TryCancel,
    };
    let scope = CancellationScope::new();
    let call = Work::slow().start_to_close(HASTE).heartbeat(HASTE);
    let calling = scope.run(call.cancellation(cancellation).into_future());
    let stopping = async {
        STOP.receive().await?;
        scope.cancel("stop");
        Ok::<_, Failure>(())
    };
    let (called, stopped) = join!(calling, stopping);
    stopped.map(|()| end(called))
}

/// Sleeps for a day in a scope within a scope. The signal `stop` cancels the inner one, a request to cancel the rest. It
/// calls `noop` in haste after the one, and under a shield after the other.
#[workflow(signals(STOP))]
pub(crate) async fn nested() -> Result<Vec<String>, Failure> {
    let outer = CancellationScope::new();
    let inner = outer.child();
    let slept = |slept: Result<(), Failure>| end(slept.map(|()| "slept".to_owned()));
    let sleeping = outer.run(async {
        let first = slept(inner.run(sleep(DAY).into_future()).await);
        noop_in_haste(1).await?;
        let second = slept(sleep(DAY).await);
        shielded(noop_in_haste(2).into_future()).await?;
        Ok::<_, Failure>(vec![first, second])
    });
    let stopping = async {
        STOP.receive().await?;
        inner.cancel("stop");
        Ok::<_, Failure>(())
    };
    let (slept, stopped) = join!(sleeping, stopping);
    stopped.and(slept)
}

fn end(result: Result<String, Failure>) -> String {
    match result {
        Ok(output) => output,
        Err(failure) if failure.is_cancelled() => "cancelled".to_owned(),
        Err(failure) => failure.to_string(),
    }
}
