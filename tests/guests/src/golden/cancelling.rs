//! Workflows that are asked to cancel, or cancel parts of themselves.

use std::future::IntoFuture as _;
use std::time::Duration;

use futures::join;
use mainspring_workflow::{Activity, CancellationScope, Failure, shielded, sleep, workflow};

use super::messages::ITEM;

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

/// Sleeps in a scope within a scope. The first signal `item` cancels the inner one, the second the outer one; `work` is
/// called after each.
#[workflow(signals(ITEM))]
pub(crate) async fn golden_scopes() -> Result<Vec<String>, Failure> {
    let outer = CancellationScope::new();
    let inner = outer.child();
    let cleanup = async |name: &'static str, slept: Result<(), Failure>| {
        let was_cancelled = slept.is_err_and(|failure| failure.is_cancelled());
        Activity::<()>::new("work", (name,))
            .start_to_close(Duration::from_secs(60))
            .await?;
        Ok::<_, Failure>(format!("{name} {was_cancelled}"))
    };
    let sleeping = outer.run(async {
        let first = cleanup(
            "inner",
            inner.run(sleep(Duration::from_secs(3_600)).into_future()).await,
        )
        .await?;
        let second = cleanup("outer", sleep(Duration::from_secs(7_200)).await).await?;
        Ok(vec![first, second])
    });
    let stopping = async {
        ITEM.receive().await?;
        inner.cancel("enough");
        ITEM.receive().await?;
        outer.cancel("enough");
        Ok::<_, Failure>(())
    };
    let (slept, stopped) = join!(sleeping, stopping);
    stopped.and(slept)
}
