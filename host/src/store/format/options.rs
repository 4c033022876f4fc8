//! What callers choose: retry policies, timeouts, priorities.

use super::Malformed;
use mainspring_core as core;
use mainspring_core::Millis;

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct RetryPolicy {
    #[prost(uint64, tag = "1")]
    initial_interval_ms: u64,
    #[prost(double, tag = "2")]
    backoff_coefficient: f64,
    #[prost(uint64, optional, tag = "3")]
    maximum_interval_ms: Option<u64>,
    #[prost(uint32, tag = "4")]
    maximum_attempts: u32,
    #[prost(string, repeated, tag = "5")]
    non_retryable_kinds: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, prost::Message)]
pub(super) struct ActivityTimeouts {
    #[prost(uint64, optional, tag = "1")]
    schedule_to_close_ms: Option<u64>,
    #[prost(uint64, optional, tag = "2")]
    schedule_to_start_ms: Option<u64>,
    #[prost(uint64, optional, tag = "3")]
    start_to_close_ms: Option<u64>,
    #[prost(uint64, optional, tag = "4")]
    heartbeat_ms: Option<u64>,
}

#[derive(Clone, Copy, PartialEq, prost::Message)]
pub(super) struct WorkflowTimeouts {
    #[prost(uint64, optional, tag = "1")]
    execution_ms: Option<u64>,
    #[prost(uint64, optional, tag = "2")]
    run_ms: Option<u64>,
    #[prost(uint64, optional, tag = "3")]
    task_ms: Option<u64>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Priority {
    #[prost(uint32, tag = "1")]
    key: u32,
    #[prost(string, tag = "2")]
    fairness_key: String,
    #[prost(float, tag = "3")]
    fairness_weight: f32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, prost::Enumeration)]
#[repr(i32)]
pub(super) enum CancellationType {
    TryCancel = 0,
    WaitCancellationCompleted = 1,
    Abandon = 2,
}

impl From<&core::RetryPolicy> for RetryPolicy {
    fn from(policy: &core::RetryPolicy) -> Self {
        Self {
            initial_interval_ms: policy.initial_interval.get(),
            backoff_coefficient: policy.backoff_coefficient,
            maximum_interval_ms: policy.maximum_interval.map(Millis::get),
            maximum_attempts: policy.maximum_attempts,
            non_retryable_kinds: policy.non_retryable_kinds.clone(),
        }
    }
}

impl From<RetryPolicy> for core::RetryPolicy {
    fn from(stored: RetryPolicy) -> Self {
        Self {
            initial_interval: Millis::new(stored.initial_interval_ms),
            backoff_coefficient: stored.backoff_coefficient,
            maximum_interval: stored.maximum_interval_ms.map(Millis::new),
            maximum_attempts: stored.maximum_attempts,
            non_retryable_kinds: stored.non_retryable_kinds,
        }
    }
}

impl From<core::ActivityTimeouts> for ActivityTimeouts {
    fn from(timeouts: core::ActivityTimeouts) -> Self {
        Self {
            schedule_to_close_ms: timeouts.schedule_to_close.map(Millis::get),
            schedule_to_start_ms: timeouts.schedule_to_start.map(Millis::get),
            start_to_close_ms: timeouts.start_to_close.map(Millis::get),
            heartbeat_ms: timeouts.heartbeat.map(Millis::get),
        }
    }
}

impl From<ActivityTimeouts> for core::ActivityTimeouts {
    fn from(stored: ActivityTimeouts) -> Self {
        Self {
            schedule_to_close: stored.schedule_to_close_ms.map(Millis::new),
            schedule_to_start: stored.schedule_to_start_ms.map(Millis::new),
            start_to_close: stored.start_to_close_ms.map(Millis::new),
            heartbeat: stored.heartbeat_ms.map(Millis::new),
        }
    }
}

impl From<core::WorkflowTimeouts> for WorkflowTimeouts {
    fn from(timeouts: core::WorkflowTimeouts) -> Self {
        Self {
            execution_ms: timeouts.execution.map(Millis::get),
            run_ms: timeouts.run.map(Millis::get),
            task_ms: timeouts.task.map(Millis::get),
        }
    }
}

impl From<WorkflowTimeouts> for core::WorkflowTimeouts {
    fn from(stored: WorkflowTimeouts) -> Self {
        Self {
            execution: stored.execution_ms.map(Millis::new),
            run: stored.run_ms.map(Millis::new),
            task: stored.task_ms.map(Millis::new),
        }
    }
}

impl From<&core::Priority> for Priority {
    fn from(priority: &core::Priority) -> Self {
        Self {
            key: priority.key,
            fairness_key: priority.fairness_key.clone(),
            fairness_weight: priority.fairness_weight,
        }
    }
}

impl From<Priority> for core::Priority {
    fn from(stored: Priority) -> Self {
        Self {
            key: stored.key,
            fairness_key: stored.fairness_key,
            fairness_weight: stored.fairness_weight,
        }
    }
}

impl From<core::CancellationType> for CancellationType {
    fn from(cancellation: core::CancellationType) -> Self {
        match cancellation {
            core::CancellationType::TryCancel => Self::TryCancel,
            core::CancellationType::WaitCancellationCompleted => Self::WaitCancellationCompleted,
            core::CancellationType::Abandon => Self::Abandon,
        }
    }
}

pub(super) fn read_cancellation(stored: i32) -> Result<core::CancellationType, Malformed> {
    let field = "cancellation";
    let cancellation = CancellationType::try_from(stored).map_err(|_| Malformed::Unknown { field, value: stored })?;
    Ok(match cancellation {
        CancellationType::TryCancel => core::CancellationType::TryCancel,
        CancellationType::WaitCancellationCompleted => core::CancellationType::WaitCancellationCompleted,
        CancellationType::Abandon => core::CancellationType::Abandon,
    })
}
