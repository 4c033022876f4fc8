//! What a guest asked for, as its events carry it.

use super::Malformed;
use super::options::{self, ActivityTimeouts, CancellationType, Priority, RetryPolicy, WorkflowTimeouts};
use super::payload::{self, NamedPayload, NamedPayloads, Payload};
use mainspring_core as core;

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct ActivityRequest {
    #[prost(string, tag = "1")]
    activity_type: String,
    #[prost(string, optional, tag = "2")]
    activity_id: Option<String>,
    #[prost(string, optional, tag = "3")]
    task_queue: Option<String>,
    #[prost(message, repeated, tag = "4")]
    input: Vec<Payload>,
    #[prost(message, repeated, tag = "5")]
    headers: Vec<NamedPayload>,
    #[prost(message, required, tag = "6")]
    timeouts: ActivityTimeouts,
    #[prost(message, optional, tag = "7")]
    retry: Option<RetryPolicy>,
    #[prost(enumeration = "CancellationType", tag = "8")]
    cancellation: i32,
    #[prost(bool, tag = "9")]
    local: bool,
    #[prost(message, optional, tag = "10")]
    priority: Option<Priority>,
    #[prost(message, optional, tag = "11")]
    summary: Option<Payload>,
    #[prost(message, optional, tag = "12")]
    details: Option<Payload>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct TimerRequest {
    #[prost(uint64, tag = "1")]
    after_ms: u64,
    #[prost(message, optional, tag = "2")]
    summary: Option<Payload>,
    #[prost(message, optional, tag = "3")]
    details: Option<Payload>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Continuation {
    #[prost(string, optional, tag = "1")]
    workflow_type: Option<String>,
    #[prost(string, optional, tag = "2")]
    task_queue: Option<String>,
    #[prost(message, repeated, tag = "3")]
    input: Vec<Payload>,
    #[prost(message, repeated, tag = "4")]
    headers: Vec<NamedPayload>,
    #[prost(message, required, tag = "5")]
    timeouts: WorkflowTimeouts,
    #[prost(message, optional, tag = "6")]
    retry: Option<RetryPolicy>,
    #[prost(message, optional, tag = "7")]
    memo: Option<NamedPayloads>,
    #[prost(message, optional, tag = "8")]
    search_attributes: Option<NamedPayloads>,
    #[prost(uint64, optional, tag = "9")]
    backoff_ms: Option<u64>,
}

impl From<&core::ActivityRequest> for ActivityRequest {
    fn from(request: &core::ActivityRequest) -> Self {
        Self {
            activity_type: request.activity_type.clone(),
            activity_id: request.activity_id.clone(),
            task_queue: request.task_queue.clone(),
            input: payload::list(&request.input),
            headers: payload::map(&request.headers),
            timeouts: request.timeouts.into(),
            retry: request.retry.as_ref().map(RetryPolicy::from),
            cancellation: CancellationType::from(request.cancellation).into(),
            local: request.local,
            priority: request.priority.as_ref().map(Priority::from),
            summary: payload::optional(request.summary.as_ref()),
            details: payload::optional(request.details.as_ref()),
        }
    }
}

impl TryFrom<ActivityRequest> for core::ActivityRequest {
    type Error = Malformed;

    fn try_from(stored: ActivityRequest) -> Result<Self, Malformed> {
        Ok(Self {
            activity_type: stored.activity_type,
            activity_id: stored.activity_id,
            task_queue: stored.task_queue,
            input: payload::read_list(stored.input),
            headers: payload::read_map(stored.headers),
            timeouts: stored.timeouts.into(),
            retry: stored.retry.map(core::RetryPolicy::from),
            cancellation: options::read_cancellation(stored.cancellation)?,
            local: stored.local,
            priority: stored.priority.map(core::Priority::from),
            summary: stored.summary.map(core::Payload::from),
            details: stored.details.map(core::Payload::from),
        })
    }
}

impl From<&core::TimerRequest> for TimerRequest {
    fn from(request: &core::TimerRequest) -> Self {
        Self {
            after_ms: request.after.get(),
            summary: payload::optional(request.summary.as_ref()),
            details: payload::optional(request.details.as_ref()),
        }
    }
}

impl From<TimerRequest> for core::TimerRequest {
    fn from(stored: TimerRequest) -> Self {
        Self {
            after: core::Millis::new(stored.after_ms),
            summary: stored.summary.map(core::Payload::from),
            details: stored.details.map(core::Payload::from),
        }
    }
}

impl From<&core::Continuation> for Continuation {
    fn from(continuation: &core::Continuation) -> Self {
        Self {
            workflow_type: continuation.workflow_type.clone(),
            task_queue: continuation.task_queue.clone(),
            input: payload::list(&continuation.input),
            headers: payload::map(&continuation.headers),
            timeouts: continuation.timeouts.into(),
            retry: continuation.retry.as_ref().map(RetryPolicy::from),
            memo: continuation.memo.as_ref().map(NamedPayloads::from),
            search_attributes: continuation.search_attributes.as_ref().map(NamedPayloads::from),
            backoff_ms: continuation.backoff.map(core::Millis::get),
        }
    }
}

impl From<Continuation> for core::Continuation {
    fn from(stored: Continuation) -> Self {
        Self {
            workflow_type: stored.workflow_type,
            task_queue: stored.task_queue,
            input: payload::read_list(stored.input),
            headers: payload::read_map(stored.headers),
            timeouts: stored.timeouts.into(),
            retry: stored.retry.map(core::RetryPolicy::from),
            memo: stored.memo.map(core::PayloadMap::from),
            search_attributes: stored.search_attributes.map(core::PayloadMap::from),
            backoff: stored.backoff_ms.map(core::Millis::new),
        }
    }
}
