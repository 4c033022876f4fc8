//! Whether a failed attempt is followed by another, and when.

use crate::{Failure, FailureInfo, Millis, RetryPolicy, RetryState, Timestamp};

/// What follows a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// Another attempt, at this moment.
    At(Timestamp),
    /// None, for this reason.
    Stop(RetryState),
}

/// Decides what follows `attempt`, which failed with `failure` at `now`; nothing begins at or after `deadline`.
pub fn after_failure(
    policy: &RetryPolicy,
    attempt: u32,
    failure: &Failure,
    now: Timestamp,
    deadline: Option<Timestamp>,
) -> Retry {
    if forbids_retry(policy, failure) {
        return Retry::Stop(RetryState::NonRetryableFailure);
    }
    if policy.maximum_attempts != 0 && attempt >= policy.maximum_attempts {
        return Retry::Stop(RetryState::MaximumAttemptsReached);
    }
    let next = now.after(requested_delay(failure).unwrap_or_else(|| backoff(policy, attempt)));
    match deadline {
        Some(deadline) if next >= deadline => Retry::Stop(RetryState::Timeout),
        _ => Retry::At(next),
    }
}

/// The wait after `attempt`, counted from 1.
pub fn backoff(policy: &RetryPolicy, attempt: u32) -> Millis {
    const DEFAULT_MAXIMUM_INTERVALS: f64 = 100.0;
    let maximum = policy
        .maximum_interval
        // SDKs write "no limit" as zero.
        .filter(|maximum| !maximum.is_zero())
        .unwrap_or_else(|| policy.initial_interval.scaled(DEFAULT_MAXIMUM_INTERVALS));
    let exponent = i32::try_from(attempt.saturating_sub(1)).unwrap_or(i32::MAX);
    policy
        .initial_interval
        .scaled(policy.backoff_coefficient.max(1.0).powi(exponent))
        .min(maximum)
}

fn forbids_retry(policy: &RetryPolicy, failure: &Failure) -> bool {
    match &failure.outermost().info {
        FailureInfo::Application(application) => {
            application.non_retryable || policy.non_retryable_kinds.contains(&application.kind)
        }
        FailureInfo::Server { non_retryable } => *non_retryable,
        FailureInfo::Cancelled(_) | FailureInfo::Terminated => true,
        FailureInfo::Timeout { kind, .. } => {
            use crate::TimeoutKind::{Heartbeat, ScheduleToClose, ScheduleToStart, StartToClose};
            match kind {
                StartToClose | Heartbeat => false,
                ScheduleToStart | ScheduleToClose => true,
            }
        }
        FailureInfo::Activity(_) | FailureInfo::ChildWorkflow(_) | FailureInfo::Unspecified => false,
    }
}

fn requested_delay(failure: &Failure) -> Option<Millis> {
    match &failure.outermost().info {
        FailureInfo::Application(application) => application.next_retry_delay,
        _ => None,
    }
}
