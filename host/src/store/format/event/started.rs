//! The first event.

use super::super::Malformed;
use super::super::id;
use super::super::options::{Priority, RetryPolicy, WorkflowTimeouts};
use super::super::origin::Origin;
use super::super::payload::{self, NamedPayload, Payload};
use bytes::Bytes;
use mainspring_core as core;

#[derive(Clone, PartialEq, prost::Message)]
pub(in crate::store::format) struct RunStarted {
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
    /// None is the default.
    #[prost(message, optional, tag = "22")]
    origin: Option<Origin>,
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
            origin: (started.origin != core::Origin::default()).then(|| (&started.origin).into()),
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
            origin: stored
                .origin
                .map(core::Origin::try_from)
                .transpose()?
                .unwrap_or_default(),
        })
    }
}
