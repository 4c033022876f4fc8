//! Whether and when a failed attempt is made again.

use std::time::Duration;

use crate::bindings::mainspring::workflow::types as wit;
use crate::duration::millis;

/// When the host tries again. The default is the host's: after 1 s, then twice as long each time up to 100 s, without end.
#[derive(Clone, Debug, PartialEq)]
pub struct RetryPolicy {
    /// Before the second attempt.
    pub initial_interval: Duration,
    /// Each interval is this many times the one before; at least 1.
    pub backoff_coefficient: f64,
    /// No interval is longer; 100 times the first if there is none.
    pub maximum_interval: Option<Duration>,
    /// The first attempt included; 0 for no limit.
    pub maximum_attempts: u32,
    /// Application failures of these kinds are final.
    pub non_retryable_kinds: Vec<String>,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            initial_interval: Duration::from_secs(1),
            backoff_coefficient: 2.0,
            maximum_interval: None,
            maximum_attempts: 0,
            non_retryable_kinds: Vec::new(),
        }
    }
}

impl RetryPolicy {
    /// One attempt, whatever comes of it.
    pub fn never() -> Self {
        Self {
            maximum_attempts: 1,
            ..Self::default()
        }
    }
}

impl From<RetryPolicy> for wit::RetryPolicy {
    fn from(policy: RetryPolicy) -> Self {
        Self {
            initial_interval: millis(policy.initial_interval),
            backoff_coefficient: policy.backoff_coefficient,
            maximum_interval: policy.maximum_interval.map(millis),
            maximum_attempts: policy.maximum_attempts,
            non_retryable_kinds: policy.non_retryable_kinds,
        }
    }
}
