//! Time, which is a part of the history: it stands still during an activation and repeats itself in a replay.

use std::time::{Duration, SystemTime};

use crate::run::Run;

/// The time at which the present activation took place.
pub fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_millis(Run::current().now.get())
}
