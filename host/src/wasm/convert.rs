//! Between the guest contract's types and the core's. Towards the guest nothing can go wrong; what comes from a
//! guest is checked for what its types cannot say.

use super::bindings::{activities, guest, timers, types as wit};
use super::guest::{Question, Update};
use mainspring_core as core;
use mainspring_core::Millis;
use std::sync::Arc;

/// What a guest passed breaks a rule of the contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct WrongArgument(pub(super) String);

// ---- Towards the guest

pub(super) fn activation(activation: core::Activation) -> guest::Activation {
    guest::Activation {
        now: activation.now.as_millis(),
        history_length: activation.history_length,
        history_bytes: activation.history_bytes,
        continue_as_new_suggested: activation.continue_as_new_suggested,
        jobs: activation.jobs.into_iter().map(job).collect(),
    }
}

fn job(job: core::Job) -> guest::Job {
    match job {
        core::Job::Start(started, at) => guest::Job::Start(start(*started, at)),
        core::Job::ActivityResolved(operation, resolution) => {
            let resolution = match resolution {
                core::Resolution::Completed(output) => guest::Resolution::Completed(output.map(payload_in)),
                core::Resolution::Failed(failure) => guest::Resolution::Failed(failure_in(failure)),
                core::Resolution::Cancelled(failure) => guest::Resolution::Cancelled(failure_in(failure)),
            };
            guest::Job::ActivityResolved(guest::ActivityResolved {
                operation: operation.0,
                resolution,
            })
        }
        core::Job::TimerFired(operation) => guest::Job::TimerFired(operation.0),
        core::Job::SignalReceived(signal) => guest::Job::SignalReceived(guest::Signal {
            name: signal.name,
            input: payloads_in(signal.input),
            headers: payload_map_in(signal.headers),
            identity: signal.identity,
        }),
        core::Job::CancelRequested(reason) => guest::Job::CancelRequested(reason),
    }
}

fn start(started: core::RunStarted, at: core::Timestamp) -> guest::Start {
    guest::Start {
        workflow_type: started.workflow_type,
        input: payloads_in(started.input),
        headers: payload_map_in(started.headers),
        random_seed: started.random_seed,
        info: guest::RunInfo {
            namespace: started.namespace,
            execution: wit::Execution {
                workflow_id: started.execution.workflow_id,
                run_id: started.execution.run_id.to_string(),
            },
            task_queue: started.task_queue,
            start_time: at.as_millis(),
            attempt: started.attempt,
            timeouts: wit::WorkflowTimeouts {
                execution: started.timeouts.execution.map(Millis::get),
                run: started.timeouts.run.map(Millis::get),
                task: started.timeouts.task.map(Millis::get),
            },
            expiration: Millis::deadline(started.timeouts.execution, at).map(core::Timestamp::as_millis),
            retry_policy: started.retry.map(retry_policy_in),
            cron_schedule: String::new(),
            parent: None,
            root: None,
            first_run_id: started.first_run_id.to_string(),
            original_run_id: started.execution.run_id.to_string(),
            continued_from_run_id: None,
            last_completion: None,
            last_failure: None,
            memo: payload_map_in(started.memo),
            search_attributes: payload_map_in(started.search_attributes),
            priority: started.priority.map(|priority| wit::Priority {
                key: priority.key,
                fairness_key: priority.fairness_key,
                fairness_weight: priority.fairness_weight,
            }),
        },
    }
}

pub(super) fn question(question: Question) -> (String, Vec<wit::Payload>, Vec<(String, wit::Payload)>) {
    (
        question.name,
        payloads_in(question.input),
        payload_map_in(question.headers),
    )
}

pub(super) fn update(update: Update) -> guest::Update {
    guest::Update {
        id: update.id,
        name: update.name,
        input: payloads_in(update.input),
        headers: payload_map_in(update.headers),
        identity: update.identity,
    }
}

fn payload_in(payload: core::Payload) -> wit::Payload {
    wit::Payload {
        metadata: payload
            .metadata
            .into_iter()
            .map(|(key, value)| (key, value.into()))
            .collect(),
        data: payload.data.into(),
    }
}

fn payloads_in(payloads: Vec<core::Payload>) -> Vec<wit::Payload> {
    payloads.into_iter().map(payload_in).collect()
}

fn payload_map_in(map: core::PayloadMap) -> Vec<(String, wit::Payload)> {
    map.into_iter()
        .map(|(name, payload)| (name, payload_in(payload)))
        .collect()
}

fn retry_policy_in(policy: core::RetryPolicy) -> wit::RetryPolicy {
    wit::RetryPolicy {
        initial_interval: policy.initial_interval.get(),
        backoff_coefficient: policy.backoff_coefficient,
        maximum_interval: policy.maximum_interval.map(Millis::get),
        maximum_attempts: policy.maximum_attempts,
        non_retryable_kinds: policy.non_retryable_kinds,
    }
}

fn failure_in(failure: core::Failure) -> Vec<wit::FailureLayer> {
    failure.into_layers().into_iter().map(layer_in).collect()
}

fn layer_in(layer: core::FailureLayer) -> wit::FailureLayer {
    wit::FailureLayer {
        message: layer.message,
        source: layer.source,
        stack_trace: layer.stack_trace,
        encoded_attributes: layer.encoded_attributes.map(payload_in),
        info: match layer.info {
            core::FailureInfo::Application(info) => wit::FailureInfo::Application(wit::ApplicationFailure {
                kind: info.kind,
                non_retryable: info.non_retryable,
                benign: info.benign,
                details: payloads_in(info.details),
                next_retry_delay: info.next_retry_delay.map(Millis::get),
            }),
            core::FailureInfo::Cancelled(details) => wit::FailureInfo::Cancelled(payloads_in(details)),
            core::FailureInfo::Terminated => wit::FailureInfo::Terminated,
            core::FailureInfo::Timeout { kind, last_heartbeat } => wit::FailureInfo::Timeout(wit::TimeoutFailure {
                kind: match kind {
                    core::TimeoutKind::StartToClose => wit::TimeoutKind::StartToClose,
                    core::TimeoutKind::ScheduleToStart => wit::TimeoutKind::ScheduleToStart,
                    core::TimeoutKind::ScheduleToClose => wit::TimeoutKind::ScheduleToClose,
                    core::TimeoutKind::Heartbeat => wit::TimeoutKind::Heartbeat,
                },
                last_heartbeat_details: payloads_in(last_heartbeat),
            }),
            core::FailureInfo::Server { non_retryable } => wit::FailureInfo::Server(non_retryable),
            core::FailureInfo::Activity(info) => wit::FailureInfo::Activity(wit::ActivityFailure {
                activity_type: info.activity_type,
                activity_id: info.activity_id,
                identity: info.identity,
                retry_state: retry_state_in(info.retry_state),
            }),
            core::FailureInfo::ChildWorkflow(info) => wit::FailureInfo::ChildWorkflow(wit::ChildWorkflowFailure {
                workflow_type: info.workflow_type,
                workflow_id: info.workflow_id,
                run_id: info.run_id.map(|id| id.to_string()).unwrap_or_default(),
                retry_state: retry_state_in(info.retry_state),
            }),
            core::FailureInfo::Unspecified => wit::FailureInfo::Unspecified,
        },
    }
}

fn retry_state_in(state: core::RetryState) -> wit::RetryState {
    match state {
        core::RetryState::Unspecified => wit::RetryState::Unspecified,
        core::RetryState::InProgress => wit::RetryState::InProgress,
        core::RetryState::NonRetryableFailure => wit::RetryState::NonRetryableFailure,
        core::RetryState::Timeout => wit::RetryState::Timeout,
        core::RetryState::MaximumAttemptsReached => wit::RetryState::MaximumAttemptsReached,
        core::RetryState::RetryPolicyNotSet => wit::RetryState::RetryPolicyNotSet,
        core::RetryState::InternalServerError => wit::RetryState::InternalServerError,
        core::RetryState::CancelRequested => wit::RetryState::CancelRequested,
    }
}

// ---- From the guest

pub(super) fn activity_request(activity: activities::Activity) -> Result<Arc<core::ActivityRequest>, WrongArgument> {
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

pub(super) fn timer_request(
    after: timers::Duration,
    metadata: wit::UserMetadata,
) -> Result<core::TimerRequest, WrongArgument> {
    Ok(core::TimerRequest {
        after: Millis::new(after),
        summary: metadata.summary.map(payload).transpose()?,
        details: metadata.details.map(payload).transpose()?,
    })
}

pub(super) fn payload(payload: wit::Payload) -> Result<core::Payload, WrongArgument> {
    let metadata = payload
        .metadata
        .into_iter()
        .map(|(key, value)| (key, value.into()))
        .collect();
    Ok(core::Payload {
        metadata: sorted("a payload's metadata", metadata)?,
        data: payload.data.into(),
    })
}

pub(super) fn payloads(payloads: Vec<wit::Payload>) -> Result<Vec<core::Payload>, WrongArgument> {
    payloads.into_iter().map(payload).collect()
}

pub(super) fn payload_map(map: Vec<(String, wit::Payload)>) -> Result<core::PayloadMap, WrongArgument> {
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

fn retry_policy(policy: wit::RetryPolicy) -> Result<core::RetryPolicy, WrongArgument> {
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

fn priority(priority: wit::Priority) -> Result<core::Priority, WrongArgument> {
    if !(priority.fairness_weight >= 0.0 && priority.fairness_weight.is_finite()) {
        return Err(WrongArgument(format!(
            "a priority's fairness weight is {}, and must be at least 0",
            priority.fairness_weight
        )));
    }
    Ok(core::Priority {
        key: priority.key,
        fairness_key: priority.fairness_key,
        fairness_weight: priority.fairness_weight,
    })
}

pub(super) fn failure(layers: Vec<wit::FailureLayer>) -> Result<core::Failure, WrongArgument> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use mainspring_core::{
        ActivityFailure, ApplicationFailure, ChildWorkflowFailure, Failure, FailureInfo, FailureLayer, Payload,
        RetryState, RunId, TimeoutKind,
    };

    fn sample_payload() -> Payload {
        Payload {
            metadata: vec![
                ("encoding".into(), "binary/encrypted".into()),
                ("key".into(), bytes::Bytes::from_static(&[0, 255])),
            ],
            data: bytes::Bytes::from_static(&[0, 1, 255]),
        }
    }

    fn sample_failure() -> Failure {
        let infos = [
            FailureInfo::Activity(ActivityFailure {
                activity_type: "charge".into(),
                activity_id: "1".into(),
                identity: "worker".into(),
                retry_state: RetryState::MaximumAttemptsReached,
            }),
            FailureInfo::ChildWorkflow(ChildWorkflowFailure {
                workflow_type: "order".into(),
                workflow_id: "o-1".into(),
                run_id: Some(RunId::from_bytes([9; 16])),
                retry_state: RetryState::Timeout,
            }),
            FailureInfo::Timeout {
                kind: TimeoutKind::Heartbeat,
                last_heartbeat: vec![sample_payload()],
            },
            FailureInfo::Cancelled(vec![sample_payload()]),
            FailureInfo::Terminated,
            FailureInfo::Server { non_retryable: true },
            FailureInfo::Unspecified,
            FailureInfo::Application(ApplicationFailure {
                kind: "CardDeclined".into(),
                non_retryable: true,
                benign: true,
                details: vec![sample_payload()],
                next_retry_delay: Some(Millis::new(3)),
            }),
        ];
        let layers = infos.map(|info| FailureLayer {
            message: "no".into(),
            source: "sdk".into(),
            stack_trace: "at charge".into(),
            encoded_attributes: Some(sample_payload()),
            info,
        });
        Failure::from_layers(layers.into()).expect("it has layers")
    }

    #[test]
    fn nothing_is_lost_on_the_way_there_and_back() {
        assert_eq!(payload(payload_in(sample_payload())), Ok(sample_payload()));
        assert_eq!(failure(failure_in(sample_failure())), Ok(sample_failure()));
        let map = vec![("a".to_owned(), sample_payload()), ("b".to_owned(), Payload::default())];
        assert_eq!(payload_map(payload_map_in(map.clone())), Ok(map));
        let policy = core::RetryPolicy {
            non_retryable_kinds: vec!["CardDeclined".into()],
            ..Default::default()
        };
        assert_eq!(retry_policy(retry_policy_in(policy.clone())), Ok(policy));
    }

    #[test]
    fn names_are_put_in_order() {
        let map = ["b", "a"].map(|name| (name.to_owned(), payload_in(sample_payload())));
        let names = payload_map(map.into())
            .expect("it is right")
            .into_iter()
            .map(|(name, _)| name);
        assert_eq!(names.collect::<Vec<_>>(), ["a", "b"]);
    }

    #[test]
    fn what_breaks_a_rule_is_refused() {
        let twice = ["a", "a"].map(|name| (name.to_owned(), payload_in(sample_payload())));
        assert_eq!(
            payload_map(twice.into()),
            Err(WrongArgument("a map of payloads has `a` twice".into()))
        );
        assert_eq!(failure(Vec::new()), Err(WrongArgument("a failure has no layer".into())));
        for coefficient in [0.5, f64::NAN, f64::INFINITY, -1.0] {
            let policy = wit::RetryPolicy {
                backoff_coefficient: coefficient,
                ..retry_policy_in(core::RetryPolicy::default())
            };
            assert!(retry_policy(policy).is_err(), "{coefficient}");
        }
    }
}
