//! Workflows that are asked to cancel.

use std::time::Duration;

use futures::join;
use mainspring_workflow::{CancellationScope, CancellationType, Failure, Signal, cancelled, shielded, sleep, workflow};

use crate::plain::Work;

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

fn end(result: Result<String, Failure>) -> String {
    match result {
        Ok(output) => output,
        Err(failure) if failure.is_cancelled() => "cancelled".to_owned(),
        Err(failure) => failure.to_string(),
    }
}
