//! Workflows that are asked to cancel.

use std::time::Duration;

use mainspring_workflow::{CancellationType, Failure, cancelled, shielded, sleep, workflow};

use crate::plain::Work;

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
    let (reason, slow) = futures::join!(cancelled(), shielded(Work::slow()));
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
