//! Waiting for what must happen.

use std::time::Duration;

/// Longer than anything takes on a machine that has much else to do.
const PATIENCE: Duration = Duration::from_secs(60);
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(5);

/// Looks again and again until there is something to see.
pub(crate) async fn until<T>(what: &str, look: impl AsyncFnMut() -> Option<T>) -> T {
    until_within(PATIENCE, what, look).await
}

/// The same for what is slow.
pub(crate) async fn until_within<T>(patience: Duration, what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let looking = async {
        loop {
            match look().await {
                Some(seen) => return seen,
                None => tokio::time::sleep(PAUSE).await,
            }
        }
    };
    within(patience, what, looking).await
}

/// Waits, but not for ever.
pub(crate) async fn in_time<T>(what: &str, waiting: impl Future<Output = T>) -> T {
    within(PATIENCE, what, waiting).await
}

async fn within<T>(patience: Duration, what: &str, waiting: impl Future<Output = T>) -> T {
    match tokio::time::timeout(patience, waiting).await {
        Ok(seen) => seen,
        Err(_) => panic!("in {patience:?} this did not happen: {what}"),
    }
}
