//! Durations as the contract counts them: in whole milliseconds.

use std::time::Duration;

/// Rounds up, so that nothing becomes shorter than it was asked to be.
pub(crate) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX)
}
