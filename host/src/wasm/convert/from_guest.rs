//! From the contract's types to the core's.

use super::WrongArgument;
use crate::wasm::bindings::{activities, children, external_workflows, outcome, timers, types as wit};
use mainspring_core as core;
use mainspring_core::Millis;
use std::sync::Arc;

pub(in crate::wasm) fn activity_request(
    activity: activities::Activity,
) -> Result<Arc<core::ActivityRequest>, WrongArgument> {
    Ok(Arc::new(core::ActivityRequest {
        activity_type: activity.activity_type,
        activity_id: activity.activity_id,
        task_queue: activity.task_queue,
        input: payloads(activity.input)?,
        headers: payload_map(activity.headers)?,
        timeouts: core::ActivityTimeouts {
            schedule_to_close: activity.schedule_to_close.map(Millis::new),
            schedule_to_start: activity.schedule_to_start.map(Millis::new),
            start_to_close: activity.start_to_close.map(Millis::new),
            heartbeat: activity.heartbeat.map(Millis::new),
        },
        retry: activity.retry_policy.map(retry_policy).transpose()?,
        cancellation: match activity.cancellation {
            wit::CancellationType::TryCancel => core::CancellationType::TryCancel,
            wit::CancellationType::WaitCancellationCompleted => core::CancellationType::WaitCancellationCompleted,
            wit::CancellationType::Abandon => core::CancellationType::Abandon,
        },
        local: activity.local,
        priority: activity.priority.map(priority).transpose()?,
        summary: activity.metadata.summary.map(payload).transpose()?,
        details: activity.metadata.details.map(payload).transpose()?,
    }))
}

pub(in crate::wasm) fn timer_request(
    after: timers::Duration,
    metadata: wit::UserMetadata,
) -> Result<core::TimerRequest, WrongArgument> {
    Ok(core::TimerRequest {
        after: Millis::new(after),
        summary: metadata.summary.map(payload).transpose()?,
        details: metadata.details.map(payload).transpose()?,
    })
}

pub(in crate::wasm) fn child_request(child: children::Child) -> Result<Box<core::ChildRequest>, WrongArgument> {
    let (reuse, conflict) = match child.id_reuse_policy {
        children::IdReusePolicy::AllowDuplicate => (core::IdReusePolicy::AllowDuplicate, core::IdConflictPolicy::Fail),
        children::IdReusePolicy::AllowDuplicateFailedOnly => (
            core::IdReusePolicy::AllowDuplicateFailedOnly,
            core::IdConflictPolicy::Fail,
        ),
        children::IdReusePolicy::RejectDuplicate => {
            (core::IdReusePolicy::RejectDuplicate, core::IdConflictPolicy::Fail)
        }
        children::IdReusePolicy::TerminateIfRunning => (
            core::IdReusePolicy::AllowDuplicate,
            core::IdConflictPolicy::TerminateExisting,
        ),
    };
    Ok(Box::new(core::ChildRequest {
        workflow_type: child.workflow_type,
        workflow_id: child.workflow_id,
        task_queue: child.task_queue,
        input: payloads(child.input)?,
        headers: payload_map(child.headers)?,
        timeouts: workflow_timeouts(child.timeouts),
        retry: child.retry_policy.map(retry_policy).transpose()?,
        cron_schedule: child.cron_schedule,
        parent_close: match child.parent_close_policy {
            children::ParentClosePolicy::Terminate => core::ParentClosePolicy::Terminate,
            children::ParentClosePolicy::Abandon => core::ParentClosePolicy::Abandon,
            children::ParentClosePolicy::RequestCancel => core::ParentClosePolicy::RequestCancel,
        },
        reuse,
        conflict,
        cancellation: match child.cancellation {
            children::ChildCancellationType::TryCancel => core::ChildCancellationType::TryCancel,
            children::ChildCancellationType::WaitCancellationCompleted => {
                core::ChildCancellationType::WaitCancellationCompleted
            }
            children::ChildCancellationType::WaitCancellationRequested => {
                core::ChildCancellationType::WaitCancellationRequested
            }
            children::ChildCancellationType::Abandon => core::ChildCancellationType::Abandon,
        },
        memo: payload_map(child.memo)?,
        search_attributes: payload_map(child.search_attributes)?,
        priority: child.priority.map(priority).transpose()?,
        summary: child.metadata.summary.map(payload).transpose()?,
        details: child.metadata.details.map(payload).transpose()?,
    }))
}

pub(in crate::wasm) fn external_target(
    target: external_workflows::Target,
) -> Result<core::ExternalTarget, WrongArgument> {
    let run_id = target.run_id.filter(|text| !text.is_empty());
    let run_id =
        run_id.map(|text| core::RunId::parse(&text).ok_or_else(|| WrongArgument(format!("`{text}` is not a run id"))));
    Ok(core::ExternalTarget {
        workflow_id: target.workflow_id,
        run_id: run_id.transpose()?,
        child_only: target.child_only,
    })
}

pub(in crate::wasm) fn external_signal(
    target: external_workflows::Target,
    name: String,
    input: Vec<wit::Payload>,
    headers: Vec<(String, wit::Payload)>,
) -> Result<Box<core::ExternalSignal>, WrongArgument> {
    Ok(Box::new(core::ExternalSignal {
        target: external_target(target)?,
        name,
        input: payloads(input)?,
        headers: payload_map(headers)?,
    }))
}

pub(in crate::wasm) fn continuation(
    continuation: outcome::Continuation,
) -> Result<Box<core::Continuation>, WrongArgument> {
    Ok(Box::new(core::Continuation {
        workflow_type: continuation.workflow_type,
        task_queue: continuation.task_queue,
        input: payloads(continuation.input)?,
        headers: payload_map(continuation.headers)?,
        timeouts: workflow_timeouts(continuation.timeouts),
        retry: continuation.retry_policy.map(retry_policy).transpose()?,
        memo: continuation.memo.map(payload_map).transpose()?,
        search_attributes: continuation.search_attributes.map(payload_map).transpose()?,
        backoff: continuation.backoff.map(Millis::new),
    }))
}

const fn workflow_timeouts(timeouts: wit::WorkflowTimeouts) -> core::WorkflowTimeouts {
    const fn span(millis: Option<u64>) -> Option<Millis> {
        match millis {
            Some(millis) => Some(Millis::new(millis)),
            None => None,
        }
    }
    core::WorkflowTimeouts {
        execution: span(timeouts.execution),
        run: span(timeouts.run),
        task: span(timeouts.task),
    }
}

pub(in crate::wasm) fn payload(payload: wit::Payload) -> Result<core::Payload, WrongArgument> {
    let metadata = payload
        .metadata
        .into_iter()
        .map(|(key, value)| (key, value.into()))
        .collect();
    Ok(core::Payload {
        metadata: core::Metadata::new(sorted("a payload's metadata", metadata)?),
        data: payload.data.into(),
    })
}

pub(in crate::wasm) fn payloads(payloads: Vec<wit::Payload>) -> Result<Vec<core::Payload>, WrongArgument> {
    payloads.into_iter().map(payload).collect()
}

pub(in crate::wasm) fn payload_map(map: Vec<(String, wit::Payload)>) -> Result<core::PayloadMap, WrongArgument> {
    let map = map
        .into_iter()
        .map(|(name, value)| Ok((name, payload(value)?)))
        .collect::<Result<_, _>>()?;
    sorted("a map of payloads", map)
}

/// In the order of the names, each of which may be there once.
fn sorted<T>(what: &str, mut entries: Vec<(String, T)>) -> Result<Vec<(String, T)>, WrongArgument> {
    entries.sort_by(|(one, _), (other, _)| one.cmp(other));
    match entries.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        None => Ok(entries),
        Some(pair) => Err(WrongArgument(format!("{what} has `{}` twice", pair[0].0))),
    }
}

pub(super) fn retry_policy(policy: wit::RetryPolicy) -> Result<core::RetryPolicy, WrongArgument> {
    // NaN, which would not even equal itself in a replay, is refused with the rest.
    if !(policy.backoff_coefficient >= 1.0 && policy.backoff_coefficient.is_finite()) {
        return Err(WrongArgument(format!(
            "a retry policy's backoff coefficient is {}, and must be at least 1",
            policy.backoff_coefficient
        )));
    }
    Ok(core::RetryPolicy {
        initial_interval: Millis::new(policy.initial_interval),
        backoff_coefficient: policy.backoff_coefficient,
        maximum_interval: policy.maximum_interval.map(Millis::new),
        maximum_attempts: policy.maximum_attempts,
        non_retryable_kinds: policy.non_retryable_kinds,
    })
}

/// As for what clients say.
const FAIRNESS_KEY_BYTES_MAX: usize = 64;

pub(super) fn priority(priority: wit::Priority) -> Result<core::Priority, WrongArgument> {
    if !(priority.fairness_weight >= 0.0 && priority.fairness_weight.is_finite()) {
        return Err(WrongArgument(format!(
            "a priority's fairness weight is {}, and must be at least 0",
            priority.fairness_weight
        )));
    }
    let bytes = priority.fairness_key.len();
    if bytes > FAIRNESS_KEY_BYTES_MAX {
        return Err(WrongArgument(format!(
            "a priority's fairness key has {bytes} bytes; at most {FAIRNESS_KEY_BYTES_MAX} are allowed"
        )));
    }
    Ok(core::Priority {
        key: priority.key,
        fairness_key: priority.fairness_key,
        fairness_weight: priority.fairness_weight,
    })
}

pub(in crate::wasm) fn failure(layers: Vec<wit::FailureLayer>) -> Result<core::Failure, WrongArgument> {
    let layers = layers.into_iter().map(layer).collect::<Result<_, _>>()?;
    core::Failure::from_layers(layers).ok_or_else(|| WrongArgument("a failure has no layer".into()))
}

fn layer(layer: wit::FailureLayer) -> Result<core::FailureLayer, WrongArgument> {
    Ok(core::FailureLayer {
        message: layer.message,
        source: layer.source,
        stack_trace: layer.stack_trace,
        encoded_attributes: layer.encoded_attributes.map(payload).transpose()?,
        info: match layer.info {
            wit::FailureInfo::Application(info) => core::FailureInfo::Application(core::ApplicationFailure {
                kind: info.kind,
                non_retryable: info.non_retryable,
                benign: info.benign,
                details: payloads(info.details)?,
                next_retry_delay: info.next_retry_delay.map(Millis::new),
            }),
            wit::FailureInfo::Cancelled(details) => core::FailureInfo::Cancelled(payloads(details)?),
            wit::FailureInfo::Terminated => core::FailureInfo::Terminated,
            wit::FailureInfo::Timeout(info) => core::FailureInfo::Timeout {
                kind: match info.kind {
                    wit::TimeoutKind::StartToClose => core::TimeoutKind::StartToClose,
                    wit::TimeoutKind::ScheduleToStart => core::TimeoutKind::ScheduleToStart,
                    wit::TimeoutKind::ScheduleToClose => core::TimeoutKind::ScheduleToClose,
                    wit::TimeoutKind::Heartbeat => core::TimeoutKind::Heartbeat,
                },
                last_heartbeat: payloads(info.last_heartbeat_details)?,
            },
            wit::FailureInfo::Server(non_retryable) => core::FailureInfo::Server { non_retryable },
            wit::FailureInfo::Activity(info) => core::FailureInfo::Activity(core::ActivityFailure {
                activity_type: info.activity_type,
                activity_id: info.activity_id,
                identity: info.identity,
                retry_state: retry_state(info.retry_state),
            }),
            wit::FailureInfo::ChildWorkflow(info) => core::FailureInfo::ChildWorkflow(core::ChildWorkflowFailure {
                workflow_type: info.workflow_type,
                workflow_id: info.workflow_id,
                run_id: core::RunId::parse(&info.run_id),
                retry_state: retry_state(info.retry_state),
            }),
            wit::FailureInfo::Unspecified => core::FailureInfo::Unspecified,
        },
    })
}

fn retry_state(state: wit::RetryState) -> core::RetryState {
    match state {
        wit::RetryState::Unspecified => core::RetryState::Unspecified,
        wit::RetryState::InProgress => core::RetryState::InProgress,
        wit::RetryState::NonRetryableFailure => core::RetryState::NonRetryableFailure,
        wit::RetryState::Timeout => core::RetryState::Timeout,
        wit::RetryState::MaximumAttemptsReached => core::RetryState::MaximumAttemptsReached,
        wit::RetryState::RetryPolicyNotSet => core::RetryState::RetryPolicyNotSet,
        wit::RetryState::InternalServerError => core::RetryState::InternalServerError,
        wit::RetryState::CancelRequested => core::RetryState::CancelRequested,
    }
}
