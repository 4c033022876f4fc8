//! How long a long poll may stay open.
//!
//! A client that sees its own deadline pass counts it as an error, so the empty answer must come shortly before.

use super::front::Front;
use std::{future::Future, time::Duration};
use tokio::time::Instant;
use tonic::metadata::MetadataMap;

/// With no shorter deadline, a poll for a task is answered after this time.
const TASK_WAIT_MAX: Duration = Duration::from_secs(53);

/// A wait for new events is answered after this time, so that idle connections are not cut by what lies between.
const EVENTS_WAIT_MAX: Duration = Duration::from_secs(20);

/// What is left of the client's deadline for the answer to travel.
const MARGIN: Duration = Duration::from_secs(1);

/// What is waited for, unless the deadline comes first, or the server is to stop.
pub(crate) async fn until<T>(front: &Front, deadline: Instant, awaited: impl Future<Output = T>) -> Option<T> {
    tokio::select! {
        value = awaited => Some(value),
        () = tokio::time::sleep_until(deadline) => None,
        () = front.stopping().cancelled() => None,
    }
}

/// How long a poll for a task with these headers may wait.
pub(crate) fn task_wait(metadata: &MetadataMap) -> Duration {
    wait_within(client_timeout(metadata), TASK_WAIT_MAX)
}

/// How long a wait for new events with these headers may last.
pub(crate) fn events_wait(metadata: &MetadataMap) -> Duration {
    wait_within(client_timeout(metadata), EVENTS_WAIT_MAX)
}

fn wait_within(timeout: Option<Duration>, most: Duration) -> Duration {
    match timeout {
        // Half of a very short deadline rather than nothing: a poll that never waits is a busy loop.
        Some(timeout) => most.min(timeout.saturating_sub(MARGIN).max(timeout / 2)),
        None => most,
    }
}

/// The `grpc-timeout` header: at most eight digits and a unit.
fn client_timeout(metadata: &MetadataMap) -> Option<Duration> {
    parse_timeout(metadata.get("grpc-timeout")?.to_str().ok()?)
}

fn parse_timeout(text: &str) -> Option<Duration> {
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let amount: u64 = digits.parse().ok().filter(|_| digits.len() <= 8)?;
    match unit {
        "H" => Some(Duration::from_secs(amount * 3600)),
        "M" => Some(Duration::from_secs(amount * 60)),
        "S" => Some(Duration::from_secs(amount)),
        "m" => Some(Duration::from_millis(amount)),
        "u" => Some(Duration::from_micros(amount)),
        "n" => Some(Duration::from_nanos(amount)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polls_end_before_the_clients_deadline() {
        let wait = |timeout| wait_within(parse_timeout(timeout), TASK_WAIT_MAX).as_millis();
        assert_eq!(wait("70S"), 53_000);
        assert_eq!(wait("69999m"), 53_000);
        assert_eq!(wait("10S"), 9_000);
        assert_eq!(wait("1500000u"), 750);
        assert_eq!(wait("800m"), 400);
        assert_eq!(wait("no timeout"), 53_000);
        assert_eq!(wait(""), 53_000);
    }
}
