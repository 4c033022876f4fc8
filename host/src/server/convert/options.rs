//! What callers choose about workflows and activities, and the enumerations that go with it.

use super::{InvalidField, duration_to_wire, payload_to_wire, timeout_from_wire};
use mainspring_api::{
    protobuf,
    temporal::{
        common::v1 as wire,
        enums::v1::{
            ParentClosePolicy as WireParentClose, RetryState as WireRetryState, WorkflowExecutionStatus,
            WorkflowIdReusePolicy,
        },
        sdk::v1::UserMetadata,
    },
};
use mainspring_core::{
    IdConflictPolicy, IdReusePolicy, ParentClosePolicy, Payload, Priority, RetryPolicy, RetryState, RunStatus,
    WorkflowTimeouts,
};

/// A policy with its gaps filled by the defaults, or why it makes no sense.
pub(crate) fn retry_policy_from_wire(policy: wire::RetryPolicy) -> Result<RetryPolicy, InvalidField> {
    const FIELD: &str = "retry_policy";
    let default = RetryPolicy::default();
    let initial_interval = timeout_from_wire("retry_policy.initial_interval", policy.initial_interval)?
        .unwrap_or(default.initial_interval);
    let maximum_interval = timeout_from_wire("retry_policy.maximum_interval", policy.maximum_interval)?;
    let backoff_coefficient = if policy.backoff_coefficient == 0.0 {
        default.backoff_coefficient
    } else {
        policy.backoff_coefficient
    };
    if !backoff_coefficient.is_finite() || backoff_coefficient < 1.0 {
        return Err(InvalidField::new(FIELD, "backoff_coefficient must be at least 1"));
    }
    if maximum_interval.is_some_and(|maximum| maximum < initial_interval) {
        return Err(InvalidField::new(
            FIELD,
            "maximum_interval must not be less than initial_interval",
        ));
    }
    let maximum_attempts = u32::try_from(policy.maximum_attempts)
        .map_err(|_| InvalidField::new(FIELD, "maximum_attempts must not be negative; 0 means no limit"))?;
    Ok(RetryPolicy {
        initial_interval,
        backoff_coefficient,
        maximum_interval,
        maximum_attempts,
        non_retryable_kinds: policy.non_retryable_error_types,
    })
}

pub(crate) fn retry_policy_to_wire(policy: &RetryPolicy) -> wire::RetryPolicy {
    wire::RetryPolicy {
        initial_interval: Some(duration_to_wire(policy.initial_interval)),
        backoff_coefficient: policy.backoff_coefficient,
        maximum_interval: policy.maximum_interval.map(duration_to_wire),
        maximum_attempts: i32::try_from(policy.maximum_attempts).unwrap_or(i32::MAX),
        non_retryable_error_types: policy.non_retryable_kinds.clone(),
    }
}

pub(crate) fn workflow_timeouts_from_wire(
    execution: Option<protobuf::Duration>,
    run: Option<protobuf::Duration>,
    task: Option<protobuf::Duration>,
) -> Result<WorkflowTimeouts, InvalidField> {
    Ok(WorkflowTimeouts {
        execution: timeout_from_wire("workflow_execution_timeout", execution)?,
        run: timeout_from_wire("workflow_run_timeout", run)?,
        task: timeout_from_wire("workflow_task_timeout", task)?,
    })
}

pub(crate) fn priority_from_wire(priority: Option<wire::Priority>) -> Result<Option<Priority>, InvalidField> {
    let Some(priority) = priority else { return Ok(None) };
    let key = u32::try_from(priority.priority_key)
        .map_err(|_| InvalidField::new("priority.priority_key", "must not be negative; 0 takes the default"))?;
    Ok(Some(Priority {
        key,
        fairness_key: fairness_key("priority.fairness_key", priority.fairness_key)?,
        fairness_weight: fairness_weight("priority.fairness_weight", priority.fairness_weight)?,
    }))
}

pub(crate) fn fairness_key(field: &'static str, key: String) -> Result<String, InvalidField> {
    const FAIRNESS_KEY_BYTES_MAX: usize = 64;
    if key.len() > FAIRNESS_KEY_BYTES_MAX {
        return Err(InvalidField::new(field, "must not be longer than 64 bytes"));
    }
    Ok(key)
}

/// What is too great or too small is taken for the nearest that is not.
pub(crate) fn fairness_weight(field: &'static str, weight: f32) -> Result<f32, InvalidField> {
    if !weight.is_finite() || weight < 0.0 {
        let problem = "must be a number that is not negative; 0 takes the default";
        return Err(InvalidField::new(field, problem));
    }
    Ok(weight)
}

pub(crate) fn priority_to_wire(priority: &Priority) -> wire::Priority {
    wire::Priority {
        priority_key: i32::try_from(priority.key).unwrap_or(i32::MAX),
        fairness_key: priority.fairness_key.clone(),
        fairness_weight: priority.fairness_weight,
    }
}

pub(crate) fn user_metadata_to_wire(summary: Option<&Payload>, details: Option<&Payload>) -> Option<UserMetadata> {
    (summary.is_some() || details.is_some()).then(|| UserMetadata {
        summary: summary.map(payload_to_wire),
        details: details.map(payload_to_wire),
    })
}

pub(crate) const fn status_to_wire(status: RunStatus) -> WorkflowExecutionStatus {
    match status {
        RunStatus::Running => WorkflowExecutionStatus::Running,
        RunStatus::Paused => WorkflowExecutionStatus::Paused,
        RunStatus::Completed => WorkflowExecutionStatus::Completed,
        RunStatus::Failed => WorkflowExecutionStatus::Failed,
        RunStatus::Cancelled => WorkflowExecutionStatus::Canceled,
        RunStatus::Terminated => WorkflowExecutionStatus::Terminated,
        RunStatus::TimedOut => WorkflowExecutionStatus::TimedOut,
        RunStatus::ContinuedAsNew => WorkflowExecutionStatus::ContinuedAsNew,
    }
}

pub(crate) const fn parent_close_to_wire(policy: ParentClosePolicy) -> WireParentClose {
    match policy {
        ParentClosePolicy::Terminate => WireParentClose::Terminate,
        ParentClosePolicy::Abandon => WireParentClose::Abandon,
        ParentClosePolicy::RequestCancel => WireParentClose::RequestCancel,
    }
}

/// The policies of a child, for which Temporal has only one field.
pub(crate) const fn id_reuse_to_wire(reuse: IdReusePolicy, conflict: IdConflictPolicy) -> WorkflowIdReusePolicy {
    match (conflict, reuse) {
        #[expect(deprecated, reason = "histories have no other word for it")]
        (IdConflictPolicy::TerminateExisting, _) => WorkflowIdReusePolicy::TerminateIfRunning,
        (_, IdReusePolicy::AllowDuplicate) => WorkflowIdReusePolicy::AllowDuplicate,
        (_, IdReusePolicy::AllowDuplicateFailedOnly) => WorkflowIdReusePolicy::AllowDuplicateFailedOnly,
        (_, IdReusePolicy::RejectDuplicate) => WorkflowIdReusePolicy::RejectDuplicate,
    }
}

pub(crate) const fn retry_state_to_wire(state: RetryState) -> WireRetryState {
    match state {
        RetryState::Unspecified => WireRetryState::Unspecified,
        RetryState::InProgress => WireRetryState::InProgress,
        RetryState::NonRetryableFailure => WireRetryState::NonRetryableFailure,
        RetryState::Timeout => WireRetryState::Timeout,
        RetryState::MaximumAttemptsReached => WireRetryState::MaximumAttemptsReached,
        RetryState::RetryPolicyNotSet => WireRetryState::RetryPolicyNotSet,
        RetryState::InternalServerError => WireRetryState::InternalServerError,
        RetryState::CancelRequested => WireRetryState::CancelRequested,
    }
}

pub(super) const fn retry_state_from_wire(state: WireRetryState) -> RetryState {
    match state {
        WireRetryState::Unspecified => RetryState::Unspecified,
        WireRetryState::InProgress => RetryState::InProgress,
        WireRetryState::NonRetryableFailure => RetryState::NonRetryableFailure,
        WireRetryState::Timeout => RetryState::Timeout,
        WireRetryState::MaximumAttemptsReached => RetryState::MaximumAttemptsReached,
        WireRetryState::RetryPolicyNotSet => RetryState::RetryPolicyNotSet,
        WireRetryState::InternalServerError => RetryState::InternalServerError,
        WireRetryState::CancelRequested => RetryState::CancelRequested,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mainspring_core::Millis;

    #[test]
    fn an_empty_policy_is_the_default_one() {
        assert_eq!(
            retry_policy_from_wire(wire::RetryPolicy::default()),
            Ok(RetryPolicy::default())
        );
    }

    #[test]
    fn policies_survive_the_wire() {
        let policy = RetryPolicy {
            initial_interval: Millis::from_secs(1),
            backoff_coefficient: 1.5,
            maximum_interval: Some(Millis::from_secs(30)),
            maximum_attempts: 5,
            non_retryable_kinds: vec!["UnknownOrder".into()],
        };
        assert_eq!(retry_policy_from_wire(retry_policy_to_wire(&policy)), Ok(policy));
    }

    #[test]
    fn policies_that_make_no_sense_are_refused() {
        let seconds = |seconds| Some(protobuf::Duration { seconds, nanos: 0 });
        let good = wire::RetryPolicy::default;
        for wrong in [
            wire::RetryPolicy {
                backoff_coefficient: 0.5,
                ..good()
            },
            wire::RetryPolicy {
                backoff_coefficient: f64::NAN,
                ..good()
            },
            wire::RetryPolicy {
                maximum_attempts: -1,
                ..good()
            },
            wire::RetryPolicy {
                initial_interval: seconds(-1),
                ..good()
            },
            wire::RetryPolicy {
                initial_interval: seconds(9),
                maximum_interval: seconds(3),
                ..good()
            },
        ] {
            assert!(retry_policy_from_wire(wrong).is_err());
        }
    }
}
