//! Workflows that block, each for a reason of its own. All of them call `noop` first, so that there is a history that must not be lost.

use std::hint::black_box;
use std::time::Duration;

use futures::future::join_all;
use mainspring_workflow::{Failure, sleep, workflow};

use crate::plain::Work;

/// Loops for ever.
#[workflow]
pub(crate) async fn spin() -> Result<(), Failure> {
    Work::noop(0).await?;
    let mut turns = 0u64;
    loop {
        turns = black_box(turns.wrapping_add(1));
    }
}

/// Recurses without end.
#[workflow]
pub(crate) async fn recurse() -> Result<u64, Failure> {
    #[expect(unconditional_recursion, reason = "it is what this is for")]
    fn deeper(depth: u64) -> u64 {
        black_box(deeper(black_box(depth) + 1)) + 1
    }
    Work::noop(0).await?;
    Ok(deeper(0))
}

/// Allocates without end.
#[workflow]
pub(crate) async fn hog() -> Result<(), Failure> {
    Work::noop(0).await?;
    let mut held = Vec::new();
    loop {
        held.push(black_box(vec![1u8; 1 << 20]));
    }
}

/// Starts a million timers at once.
#[workflow]
pub(crate) async fn flood() -> Result<(), Failure> {
    Work::noop(0).await?;
    join_all((0..1_000_000).map(|_| sleep(Duration::from_secs(3600)))).await;
    Ok(())
}

/// Panics with the message that it is given.
#[workflow]
pub(crate) async fn panics(message: String) -> Result<(), Failure> {
    Work::noop(0).await?;
    panic!("{message}")
}
