//! From the core's types to the contract's.

use crate::wasm::bindings::{guest, types as wit};
use crate::wasm::guest::Question;
use mainspring_core as core;
use mainspring_core::Millis;
use std::sync::Arc;

pub(in crate::wasm) fn activation(activation: core::Activation) -> guest::Activation {
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
        core::Job::Start(started, at) => guest::Job::Start(start(Arc::unwrap_or_clone(started), at)),
        core::Job::ActivityResolved(operation, resolution) => guest::Job::ActivityResolved(guest::ActivityResolved {
            operation: operation.0,
            resolution: self::resolution(resolution),
        }),
        core::Job::TimerFired(operation) => guest::Job::TimerFired(operation.0),
        core::Job::SignalReceived(signal) => guest::Job::SignalReceived(guest::Signal {
            name: signal.name,
            input: payloads_in(signal.input),
            headers: payload_map_in(signal.headers),
            identity: signal.identity,
        }),
        core::Job::CancelRequested(reason) => guest::Job::CancelRequested(reason),
        core::Job::RandomReseeded(seed) => guest::Job::RandomReseeded(seed),
        core::Job::UpdateRequested(request) => guest::Job::UpdateRequested(update(*request)),
        core::Job::ChildStarted(operation, started) => guest::Job::ChildStarted(guest::ChildStarted {
            operation: operation.0,
            started: match started {
                core::StartResolution::Started(child) => guest::StartResolution::Started(execution(child)),
                core::StartResolution::AlreadyStarted => guest::StartResolution::AlreadyStarted,
                core::StartResolution::Failed(failure) => guest::StartResolution::Failed(failure_in(failure)),
                core::StartResolution::Cancelled(failure) => guest::StartResolution::Cancelled(failure_in(failure)),
            },
        }),
        core::Job::ChildResolved(operation, resolution) => guest::Job::ChildResolved(guest::ChildResolved {
            operation: operation.0,
            resolution: self::resolution(resolution),
        }),
        core::Job::ExternalResolved(operation, delivered) => guest::Job::ExternalResolved(guest::ExternalResolved {
            operation: operation.0,
            delivered: delivered.map_err(failure_in),
        }),
    }
}

fn resolution(resolution: core::Resolution) -> guest::Resolution {
    match resolution {
        core::Resolution::Completed(output) => guest::Resolution::Completed(output.map(payload_in)),
        core::Resolution::Failed(failure) => guest::Resolution::Failed(failure_in(failure)),
        core::Resolution::Cancelled(failure) => guest::Resolution::Cancelled(failure_in(failure)),
    }
}

fn execution(execution: core::Execution) -> wit::Execution {
    wit::Execution {
        workflow_id: execution.workflow_id,
        run_id: execution.run_id.to_string(),
    }
}

fn start(started: core::RunStarted, at: core::Timestamp) -> guest::Start {
    let expiration = started.expiration(at);
    let origin = started.origin;
    let run_id = started.execution.run_id.to_string();
    guest::Start {
        workflow_type: started.workflow_type,
        input: payloads_in(started.input),
        headers: payload_map_in(started.headers),
        random_seed: started.random_seed,
        info: guest::RunInfo {
            namespace: started.namespace,
            execution: execution(started.execution),
            task_queue: started.task_queue,
            start_time: at.as_millis(),
            attempt: started.attempt,
            timeouts: wit::WorkflowTimeouts {
                execution: started.timeouts.execution.map(Millis::get),
                run: started.timeouts.run.map(Millis::get),
                task: started.timeouts.task.map(Millis::get),
            },
            expiration: expiration.map(core::Timestamp::as_millis),
            retry_policy: started.retry.map(retry_policy_in),
            cron_schedule: origin.cron_schedule,
            parent: origin.parent.map(|parent| execution(parent.execution)),
            root: origin.root.map(execution),
            first_run_id: started.first_run_id.to_string(),
            original_run_id: run_id,
            continued_from_run_id: origin.predecessor.map(|it| it.run_id.to_string()),
            last_completion: origin.last_completion.map(payload_in),
            last_failure: origin.last_failure.map(failure_in),
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

pub(in crate::wasm) fn question(question: Question) -> (String, Vec<wit::Payload>, Vec<(String, wit::Payload)>) {
    (
        question.name,
        payloads_in(question.input),
        payload_map_in(question.headers),
    )
}

pub(in crate::wasm) fn update(update: core::UpdateRequest) -> guest::Update {
    guest::Update {
        id: update.id,
        name: update.name,
        input: payloads_in(update.input),
        headers: payload_map_in(update.headers),
        identity: update.identity,
    }
}

pub(super) fn payload_in(payload: core::Payload) -> wit::Payload {
    wit::Payload {
        metadata: payload
            .metadata
            .iter()
            .map(|(key, value)| (key.to_owned(), value.to_vec()))
            .collect(),
        data: payload.data.into(),
    }
}

pub(super) fn payloads_in(payloads: Vec<core::Payload>) -> Vec<wit::Payload> {
    payloads.into_iter().map(payload_in).collect()
}

pub(super) fn payload_map_in(map: core::PayloadMap) -> Vec<(String, wit::Payload)> {
    map.into_iter()
        .map(|(name, payload)| (name, payload_in(payload)))
        .collect()
}

pub(super) fn retry_policy_in(policy: core::RetryPolicy) -> wit::RetryPolicy {
    wit::RetryPolicy {
        initial_interval: policy.initial_interval.get(),
        backoff_coefficient: policy.backoff_coefficient,
        maximum_interval: policy.maximum_interval.map(Millis::get),
        maximum_attempts: policy.maximum_attempts,
        non_retryable_kinds: policy.non_retryable_kinds,
    }
}

pub(super) fn failure_in(failure: core::Failure) -> Vec<wit::FailureLayer> {
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
