//! What callers choose about workflows and activities.

use crate::Millis;

/// When and how often something is tried again.
#[derive(Clone, Debug, PartialEq)]
pub struct RetryPolicy {
    /// The wait before the second attempt.
    pub initial_interval: Millis,
    /// Each further wait is this many times the one before. At least 1.0.
    pub backoff_coefficient: f64,
    /// No wait is longer; a hundred times the initial interval if there is none.
    pub maximum_interval: Option<Millis>,
    /// How many attempts in all; 0 is no limit.
    pub maximum_attempts: u32,
    /// Application failures of these types are not retried.
    pub non_retryable_kinds: Vec<String>,
}

/// The four timeouts of an activity. None is no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ActivityTimeouts {
    /// From scheduling to the end, all attempts together.
    pub schedule_to_close: Option<Millis>,
    /// From becoming ready until a worker takes it. Never retried.
    pub schedule_to_start: Option<Millis>,
    /// One attempt.
    pub start_to_close: Option<Millis>,
    /// From one heartbeat to the next.
    pub heartbeat: Option<Millis>,
}

/// How long a workflow may take. None is no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WorkflowTimeouts {
    /// The whole chain of runs, retries and continuations included.
    pub execution: Option<Millis>,
    /// One run.
    pub run: Option<Millis>,
    /// One activation.
    pub task: Option<Millis>,
}

/// What the caller of an activity sees once it has asked to cancel it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CancellationType {
    /// Ask, and report the activity cancelled at once.
    #[default]
    TryCancel,
    /// Ask, and report whatever then comes of it.
    WaitCancellationCompleted,
    /// Do not ask; report it cancelled at once.
    Abandon,
}

/// Which of several waiting tasks goes first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Priority {
    /// 1 is the most urgent, 5 the least; 0 takes the queue's default.
    pub key: u32,
    /// Tasks of different keys share the queue by weight.
    pub fairness_key: String,
    /// 0.0 takes the queue's default.
    pub fairness_weight: f32,
}

impl Priority {
    /// What holds for something that says this of itself, and is asked for by somebody of another priority: each field
    /// that is not set is the other's.
    pub fn or(self, inherited: &Self) -> Self {
        Self {
            key: if self.key == 0 { inherited.key } else { self.key },
            fairness_key: if self.fairness_key.is_empty() {
                inherited.fairness_key.clone()
            } else {
                self.fairness_key
            },
            fairness_weight: if self.fairness_weight == 0.0 {
                inherited.fairness_weight
            } else {
                self.fairness_weight
            },
        }
    }

    /// The same where either may say nothing at all.
    pub fn inherit(own: Option<&Self>, inherited: Option<&Self>) -> Option<Self> {
        match (own, inherited) {
            (Some(own), Some(inherited)) => Some(own.clone().or(inherited)),
            (one, other) => one.or(other).cloned(),
        }
    }
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            initial_interval: Millis::from_secs(1),
            backoff_coefficient: 2.0,
            maximum_interval: None,
            maximum_attempts: 0,
            non_retryable_kinds: Vec::new(),
        }
    }
}

/// What becomes of a child when its parent closes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ParentClosePolicy {
    /// It is terminated.
    #[default]
    Terminate,
    /// Nothing.
    Abandon,
    /// It is asked to cancel itself.
    RequestCancel,
}

/// What becomes of a workflow id that a closed run has used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IdReusePolicy {
    /// A new run may have it.
    #[default]
    AllowDuplicate,
    /// A new run may have it unless the last one completed.
    AllowDuplicateFailedOnly,
    /// No other run may ever have it.
    RejectDuplicate,
}

/// What becomes of a workflow id that an open run has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IdConflictPolicy {
    /// The start is refused.
    #[default]
    Fail,
    /// The open run is taken for the one that was to be started.
    UseExisting,
    /// The open run is terminated, and a new one started.
    TerminateExisting,
}

/// What the parent sees of a child once it has asked to cancel it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ChildCancellationType {
    /// Ask, and report the child cancelled at once.
    TryCancel,
    /// Ask, and report whatever then comes of it.
    #[default]
    WaitCancellationCompleted,
    /// Ask, and report the child cancelled once it has the request.
    WaitCancellationRequested,
    /// Do not ask; report it cancelled at once.
    Abandon,
}
