//! Events with their moments.

use super::Malformed;
use super::command::{ActivityRequest, TimerRequest};
use super::failure::{self, Failure, RetryState};
use super::id;
use super::options::{Priority, RetryPolicy, WorkflowTimeouts};
use super::payload::{self, NamedPayload, Payload};
use bytes::Bytes;
use mainspring_core as core;
use mainspring_core::{OperationId, Timestamp};
use std::sync::Arc;

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Record {
    /// Milliseconds since the record before it in its chunk; of the first, since the Unix epoch.
    #[prost(sint64, tag = "1")]
    pub(super) elapsed_ms: i64,
    #[prost(
        oneof = "Event",
        tags = "2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21"
    )]
    pub(super) event: Option<Event>,
}

/// The frequent ones have the tags that take one byte.
#[derive(Clone, PartialEq, prost::Oneof)]
pub(super) enum Event {
    #[prost(message, boxed, tag = "2")]
    RunStarted(Box<RunStarted>),
    #[prost(message, tag = "3")]
    Activated(Activated),
    #[prost(message, boxed, tag = "4")]
    ActivityScheduled(Box<ActivityScheduled>),
    #[prost(message, tag = "5")]
    ActivityCompleted(ActivityCompleted),
    #[prost(message, tag = "6")]
    TimerStarted(TimerStarted),
    /// The operation.
    #[prost(uint64, tag = "7")]
    TimerFired(u64),
    #[prost(message, tag = "8")]
    SignalReceived(SignalReceived),
    #[prost(message, tag = "9")]
    RunCompleted(RunCompleted),
    #[prost(message, tag = "10")]
    ActivityFailed(ActivityEndedBadly),
    #[prost(message, tag = "11")]
    ActivityTimedOut(ActivityEndedBadly),
    #[prost(message, tag = "12")]
    ActivityCancelled(ActivityCancelled),
    /// The operation.
    #[prost(uint64, tag = "13")]
    ActivityCancelRequested(u64),
    /// The operation.
    #[prost(uint64, tag = "14")]
    TimerCancelled(u64),
    #[prost(message, tag = "15")]
    RunFailed(Failure),
    #[prost(message, tag = "16")]
    RunCancelled(Payloads),
    #[prost(message, tag = "17")]
    SearchAttributesUpserted(NamedPayloads),
    #[prost(message, tag = "18")]
    MemoUpserted(NamedPayloads),
    #[prost(message, tag = "19")]
    CancelRequested(CancelRequested),
    #[prost(message, tag = "20")]
    RunTerminated(RunTerminated),
    #[prost(message, tag = "21")]
    RunTimedOut(RunTimedOut),
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct RunStarted {
    #[prost(string, tag = "1")]
    namespace: String,
    #[prost(string, tag = "2")]
    workflow_id: String,
    #[prost(bytes = "bytes", tag = "3")]
    run_id: Bytes,
    #[prost(string, tag = "4")]
    workflow_type: String,
    #[prost(string, tag = "5")]
    module: String,
    #[prost(string, tag = "6")]
    task_queue: String,
    #[prost(message, repeated, tag = "7")]
    input: Vec<Payload>,
    #[prost(message, repeated, tag = "8")]
    headers: Vec<NamedPayload>,
    #[prost(fixed64, tag = "9")]
    random_seed_0: u64,
    #[prost(fixed64, tag = "10")]
    random_seed_1: u64,
    #[prost(message, required, tag = "11")]
    timeouts: WorkflowTimeouts,
    #[prost(message, optional, tag = "12")]
    retry: Option<RetryPolicy>,
    #[prost(uint32, tag = "13")]
    attempt: u32,
    #[prost(message, repeated, tag = "14")]
    memo: Vec<NamedPayload>,
    #[prost(message, repeated, tag = "15")]
    search_attributes: Vec<NamedPayload>,
    #[prost(message, optional, tag = "16")]
    priority: Option<Priority>,
    #[prost(string, tag = "17")]
    identity: String,
    #[prost(string, tag = "18")]
    request_id: String,
    #[prost(bytes = "bytes", tag = "19")]
    first_run_id: Bytes,
    #[prost(message, optional, tag = "20")]
    summary: Option<Payload>,
    #[prost(message, optional, tag = "21")]
    details: Option<Payload>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Activated {
    #[prost(bytes = "bytes", tag = "1")]
    module: Bytes,
    #[prost(uint64, tag = "2")]
    history_bytes: u64,
    #[prost(bool, tag = "3")]
    continue_as_new_suggested: bool,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct ActivityScheduled {
    #[prost(uint64, tag = "1")]
    operation: u64,
    #[prost(message, required, tag = "2")]
    request: ActivityRequest,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct TimerStarted {
    #[prost(uint64, tag = "1")]
    operation: u64,
    #[prost(message, required, tag = "2")]
    request: TimerRequest,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct AttemptEnd {
    #[prost(uint64, tag = "1")]
    operation: u64,
    #[prost(uint32, tag = "2")]
    attempt: u32,
    #[prost(uint64, optional, tag = "3")]
    started_ms: Option<u64>,
    #[prost(string, tag = "4")]
    identity: String,
    #[prost(message, optional, tag = "5")]
    last_failure: Option<Failure>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct ActivityCompleted {
    #[prost(message, required, tag = "1")]
    attempt: AttemptEnd,
    #[prost(message, optional, tag = "2")]
    output: Option<Payload>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct ActivityEndedBadly {
    #[prost(message, required, tag = "1")]
    attempt: AttemptEnd,
    #[prost(message, required, tag = "2")]
    failure: Failure,
    #[prost(enumeration = "RetryState", tag = "3")]
    retry_state: i32,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct ActivityCancelled {
    #[prost(message, required, tag = "1")]
    attempt: AttemptEnd,
    #[prost(message, repeated, tag = "2")]
    details: Vec<Payload>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct SignalReceived {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(message, repeated, tag = "2")]
    input: Vec<Payload>,
    #[prost(message, repeated, tag = "3")]
    headers: Vec<NamedPayload>,
    #[prost(string, tag = "4")]
    identity: String,
    #[prost(string, tag = "5")]
    request_id: String,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct RunCompleted {
    #[prost(message, optional, tag = "1")]
    output: Option<Payload>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Payloads {
    #[prost(message, repeated, tag = "1")]
    payloads: Vec<Payload>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct NamedPayloads {
    #[prost(message, repeated, tag = "1")]
    payloads: Vec<NamedPayload>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct CancelRequested {
    #[prost(string, tag = "1")]
    reason: String,
    #[prost(string, tag = "2")]
    identity: String,
    #[prost(string, tag = "3")]
    request_id: String,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct RunTerminated {
    #[prost(string, tag = "1")]
    reason: String,
    #[prost(message, repeated, tag = "2")]
    details: Vec<Payload>,
    #[prost(string, tag = "3")]
    identity: String,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct RunTimedOut {}

impl From<&core::Event> for Event {
    fn from(event: &core::Event) -> Self {
        match event {
            core::Event::RunStarted(started) => Self::RunStarted(Box::new(started.as_ref().into())),
            core::Event::Activated(activated) => Self::Activated(activated.into()),
            core::Event::ActivityScheduled { operation, request } => {
                Self::ActivityScheduled(Box::new(ActivityScheduled {
                    operation: operation.0,
                    request: request.as_ref().into(),
                }))
            }
            core::Event::TimerStarted { operation, request } => Self::TimerStarted(TimerStarted {
                operation: operation.0,
                request: request.into(),
            }),
            core::Event::ActivityCancelRequested { operation } => Self::ActivityCancelRequested(operation.0),
            core::Event::TimerCancelled { operation } => Self::TimerCancelled(operation.0),
            core::Event::SearchAttributesUpserted(changes) => Self::SearchAttributesUpserted(named_payloads(changes)),
            core::Event::MemoUpserted(changes) => Self::MemoUpserted(named_payloads(changes)),
            core::Event::RunCompleted { output } => Self::RunCompleted(RunCompleted {
                output: payload::optional(output.as_ref()),
            }),
            core::Event::RunFailed { failure } => Self::RunFailed(failure.into()),
            core::Event::RunCancelled { details } => Self::RunCancelled(Payloads {
                payloads: payload::list(details),
            }),
            core::Event::ActivityCompleted { attempt, output } => Self::ActivityCompleted(ActivityCompleted {
                attempt: attempt.into(),
                output: payload::optional(output.as_ref()),
            }),
            core::Event::ActivityFailed {
                attempt,
                failure,
                retry_state,
            } => Self::ActivityFailed(ended_badly(attempt, failure, *retry_state)),
            core::Event::ActivityTimedOut {
                attempt,
                failure,
                retry_state,
            } => Self::ActivityTimedOut(ended_badly(attempt, failure, *retry_state)),
            core::Event::ActivityCancelled { attempt, details } => Self::ActivityCancelled(ActivityCancelled {
                attempt: attempt.into(),
                details: payload::list(details),
            }),
            core::Event::TimerFired { operation } => Self::TimerFired(operation.0),
            core::Event::SignalReceived(signal) => Self::SignalReceived(signal.as_ref().into()),
            core::Event::CancelRequested {
                reason,
                identity,
                request_id,
            } => Self::CancelRequested(CancelRequested {
                reason: reason.clone(),
                identity: identity.clone(),
                request_id: request_id.clone(),
            }),
            core::Event::RunTerminated {
                reason,
                details,
                identity,
            } => Self::RunTerminated(RunTerminated {
                reason: reason.clone(),
                details: payload::list(details),
                identity: identity.clone(),
            }),
            core::Event::RunTimedOut => Self::RunTimedOut(RunTimedOut {}),
        }
    }
}

impl TryFrom<Event> for core::Event {
    type Error = Malformed;

    fn try_from(stored: Event) -> Result<Self, Malformed> {
        Ok(match stored {
            Event::RunStarted(started) => Self::RunStarted(Box::new((*started).try_into()?)),
            Event::Activated(activated) => Self::Activated(activated.try_into()?),
            Event::ActivityScheduled(scheduled) => Self::ActivityScheduled {
                operation: OperationId(scheduled.operation),
                request: Arc::new(scheduled.request.try_into()?),
            },
            Event::ActivityCompleted(completed) => Self::ActivityCompleted {
                attempt: completed.attempt.try_into()?,
                output: completed.output.map(core::Payload::from),
            },
            Event::TimerStarted(started) => Self::TimerStarted {
                operation: OperationId(started.operation),
                request: started.request.into(),
            },
            Event::TimerFired(operation) => Self::TimerFired {
                operation: OperationId(operation),
            },
            Event::SignalReceived(signal) => Self::SignalReceived(Box::new(signal.into())),
            Event::RunCompleted(completed) => Self::RunCompleted {
                output: completed.output.map(core::Payload::from),
            },
            Event::ActivityFailed(ended) => Self::ActivityFailed {
                attempt: ended.attempt.try_into()?,
                failure: ended.failure.try_into()?,
                retry_state: failure::read_retry_state(ended.retry_state)?,
            },
            Event::ActivityTimedOut(ended) => Self::ActivityTimedOut {
                attempt: ended.attempt.try_into()?,
                failure: ended.failure.try_into()?,
                retry_state: failure::read_retry_state(ended.retry_state)?,
            },
            Event::ActivityCancelled(cancelled) => Self::ActivityCancelled {
                attempt: cancelled.attempt.try_into()?,
                details: payload::read_list(cancelled.details),
            },
            Event::ActivityCancelRequested(operation) => Self::ActivityCancelRequested {
                operation: OperationId(operation),
            },
            Event::TimerCancelled(operation) => Self::TimerCancelled {
                operation: OperationId(operation),
            },
            Event::RunFailed(failure) => Self::RunFailed {
                failure: failure.try_into()?,
            },
            Event::RunCancelled(details) => Self::RunCancelled {
                details: payload::read_list(details.payloads),
            },
            Event::SearchAttributesUpserted(changes) => {
                Self::SearchAttributesUpserted(payload::read_map(changes.payloads))
            }
            Event::MemoUpserted(changes) => Self::MemoUpserted(payload::read_map(changes.payloads)),
            Event::CancelRequested(requested) => Self::CancelRequested {
                reason: requested.reason,
                identity: requested.identity,
                request_id: requested.request_id,
            },
            Event::RunTerminated(terminated) => Self::RunTerminated {
                reason: terminated.reason,
                details: payload::read_list(terminated.details),
                identity: terminated.identity,
            },
            Event::RunTimedOut(RunTimedOut {}) => Self::RunTimedOut,
        })
    }
}

fn named_payloads(payloads: &core::PayloadMap) -> NamedPayloads {
    NamedPayloads {
        payloads: payload::map(payloads),
    }
}

fn ended_badly(attempt: &core::AttemptEnd, failure: &core::Failure, state: core::RetryState) -> ActivityEndedBadly {
    ActivityEndedBadly {
        attempt: attempt.into(),
        failure: failure.into(),
        retry_state: failure::retry_state(state),
    }
}

impl From<&core::RunStarted> for RunStarted {
    fn from(started: &core::RunStarted) -> Self {
        Self {
            namespace: started.namespace.clone(),
            workflow_id: started.execution.workflow_id.clone(),
            run_id: id::run_id(started.execution.run_id),
            workflow_type: started.workflow_type.clone(),
            module: started.module.clone(),
            task_queue: started.task_queue.clone(),
            input: payload::list(&started.input),
            headers: payload::map(&started.headers),
            random_seed_0: started.random_seed.0,
            random_seed_1: started.random_seed.1,
            timeouts: started.timeouts.into(),
            retry: started.retry.as_ref().map(RetryPolicy::from),
            attempt: started.attempt,
            memo: payload::map(&started.memo),
            search_attributes: payload::map(&started.search_attributes),
            priority: started.priority.as_ref().map(Priority::from),
            identity: started.identity.clone(),
            request_id: started.request_id.clone(),
            first_run_id: id::run_id(started.first_run_id),
            summary: payload::optional(started.summary.as_ref()),
            details: payload::optional(started.details.as_ref()),
        }
    }
}

impl TryFrom<RunStarted> for core::RunStarted {
    type Error = Malformed;

    fn try_from(stored: RunStarted) -> Result<Self, Malformed> {
        Ok(Self {
            namespace: stored.namespace,
            execution: core::Execution {
                workflow_id: stored.workflow_id,
                run_id: id::read_run_id(&stored.run_id, "run_started.run_id")?,
            },
            workflow_type: stored.workflow_type,
            module: stored.module,
            task_queue: stored.task_queue,
            input: payload::read_list(stored.input),
            headers: payload::read_map(stored.headers),
            random_seed: (stored.random_seed_0, stored.random_seed_1),
            timeouts: stored.timeouts.into(),
            retry: stored.retry.map(core::RetryPolicy::from),
            attempt: stored.attempt,
            memo: payload::read_map(stored.memo),
            search_attributes: payload::read_map(stored.search_attributes),
            priority: stored.priority.map(core::Priority::from),
            identity: stored.identity,
            request_id: stored.request_id,
            first_run_id: id::read_run_id(&stored.first_run_id, "run_started.first_run_id")?,
            summary: stored.summary.map(core::Payload::from),
            details: stored.details.map(core::Payload::from),
        })
    }
}

impl From<&core::Activated> for Activated {
    fn from(activated: &core::Activated) -> Self {
        Self {
            module: id::digest(activated.module),
            history_bytes: activated.history_bytes,
            continue_as_new_suggested: activated.continue_as_new_suggested,
        }
    }
}

impl TryFrom<Activated> for core::Activated {
    type Error = Malformed;

    fn try_from(stored: Activated) -> Result<Self, Malformed> {
        Ok(Self {
            module: id::read_digest(&stored.module, "activated.module")?,
            history_bytes: stored.history_bytes,
            continue_as_new_suggested: stored.continue_as_new_suggested,
        })
    }
}

impl From<&core::AttemptEnd> for AttemptEnd {
    fn from(end: &core::AttemptEnd) -> Self {
        Self {
            operation: end.operation.0,
            attempt: end.attempt,
            started_ms: end.started.map(Timestamp::as_millis),
            identity: end.identity.clone(),
            last_failure: end.last_failure.as_ref().map(Failure::from),
        }
    }
}

impl TryFrom<AttemptEnd> for core::AttemptEnd {
    type Error = Malformed;

    fn try_from(stored: AttemptEnd) -> Result<Self, Malformed> {
        Ok(Self {
            operation: OperationId(stored.operation),
            attempt: stored.attempt,
            started: stored.started_ms.map(Timestamp::from_millis),
            identity: stored.identity,
            last_failure: stored.last_failure.map(core::Failure::try_from).transpose()?,
        })
    }
}

impl From<&core::SignalReceived> for SignalReceived {
    fn from(signal: &core::SignalReceived) -> Self {
        Self {
            name: signal.name.clone(),
            input: payload::list(&signal.input),
            headers: payload::map(&signal.headers),
            identity: signal.identity.clone(),
            request_id: signal.request_id.clone(),
        }
    }
}

impl From<SignalReceived> for core::SignalReceived {
    fn from(stored: SignalReceived) -> Self {
        Self {
            name: stored.name,
            input: payload::read_list(stored.input),
            headers: payload::read_map(stored.headers),
            identity: stored.identity,
            request_id: stored.request_id,
        }
    }
}
