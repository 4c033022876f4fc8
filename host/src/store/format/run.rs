//! Summaries of runs. Their heads are rows of the store's own, small and of one size.

use super::id::{self, Execution};
use super::payload::{self, NamedPayload};
use super::{Malformed, decode, encode};
use crate::store::RunSummary;
use bytes::Bytes;
use mainspring_core as core;
use mainspring_core::Timestamp;

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Summary {
    #[prost(string, tag = "1")]
    namespace: String,
    #[prost(string, tag = "2")]
    workflow_id: String,
    #[prost(bytes = "bytes", tag = "3")]
    run_id: Bytes,
    #[prost(string, tag = "4")]
    workflow_type: String,
    #[prost(string, tag = "5")]
    task_queue: String,
    #[prost(enumeration = "Status", tag = "6")]
    status: i32,
    #[prost(uint64, tag = "7")]
    started_ms: u64,
    #[prost(uint64, optional, tag = "8")]
    closed_ms: Option<u64>,
    #[prost(uint64, tag = "9")]
    transitions: u64,
    #[prost(message, repeated, tag = "10")]
    memo: Vec<NamedPayload>,
    #[prost(message, repeated, tag = "11")]
    search_attributes: Vec<NamedPayload>,
    #[prost(string, tag = "12")]
    start_request_id: String,
    #[prost(bytes = "bytes", tag = "13")]
    first_run_id: Bytes,
    #[prost(uint64, tag = "14")]
    history_bytes: u64,
    #[prost(uint64, optional, tag = "15")]
    begins_ms: Option<u64>,
    #[prost(message, optional, tag = "16")]
    parent: Option<Execution>,
    #[prost(message, optional, tag = "17")]
    root: Option<Execution>,
    #[prost(string, optional, tag = "18")]
    reset_request_id: Option<String>,
    /// By how much the history is longer as tools are shown it; rows from before that was counted say nothing of it.
    #[prost(sint64, tag = "19")]
    shown_beyond: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, prost::Enumeration)]
#[repr(i32)]
pub(super) enum Status {
    Running = 0,
    Completed = 1,
    Failed = 2,
    Cancelled = 3,
    Terminated = 4,
    TimedOut = 5,
    ContinuedAsNew = 6,
    Paused = 7,
}

/// Encodes a summary.
pub(in crate::store) fn encode_summary(summary: &RunSummary) -> Bytes {
    encode(&Summary::from(summary))
}

/// Reads what [`encode_summary`] wrote.
pub(in crate::store) fn decode_summary(bytes: Bytes) -> Result<RunSummary, Malformed> {
    decode::<Summary>(bytes)?.try_into()
}

impl From<&RunSummary> for Summary {
    fn from(summary: &RunSummary) -> Self {
        Self {
            namespace: summary.namespace.clone(),
            workflow_id: summary.execution.workflow_id.clone(),
            run_id: id::run_id(summary.execution.run_id),
            workflow_type: summary.workflow_type.clone(),
            task_queue: summary.task_queue.clone(),
            status: Status::from(summary.status).into(),
            started_ms: summary.started.as_millis(),
            closed_ms: summary.closed.map(Timestamp::as_millis),
            transitions: summary.transitions,
            shown_beyond: summary.history_length.wrapping_sub(summary.transitions).cast_signed(),
            memo: payload::map(&summary.memo),
            search_attributes: payload::map(&summary.search_attributes),
            start_request_id: summary.start_request_id.clone(),
            first_run_id: id::run_id(summary.first_run_id),
            history_bytes: summary.history_bytes,
            begins_ms: summary.begins.map(Timestamp::as_millis),
            parent: summary.parent.as_ref().map(Execution::from),
            root: summary.root.as_ref().map(Execution::from),
            reset_request_id: summary.reset_request_id.clone(),
        }
    }
}

impl TryFrom<Summary> for RunSummary {
    type Error = Malformed;

    fn try_from(stored: Summary) -> Result<Self, Malformed> {
        Ok(Self {
            namespace: stored.namespace,
            execution: core::Execution {
                workflow_id: stored.workflow_id,
                run_id: id::read_run_id(&stored.run_id, "summary.run_id")?,
            },
            workflow_type: stored.workflow_type,
            task_queue: stored.task_queue,
            status: read_status(stored.status)?,
            started: Timestamp::from_millis(stored.started_ms),
            closed: stored.closed_ms.map(Timestamp::from_millis),
            history_length: stored.transitions.wrapping_add_signed(stored.shown_beyond),
            transitions: stored.transitions,
            history_bytes: stored.history_bytes,
            memo: payload::read_map(stored.memo),
            search_attributes: payload::read_map(stored.search_attributes),
            start_request_id: stored.start_request_id,
            reset_request_id: stored.reset_request_id,
            first_run_id: id::read_run_id(&stored.first_run_id, "summary.first_run_id")?,
            begins: stored.begins_ms.map(Timestamp::from_millis),
            parent: stored.parent.map(core::Execution::try_from).transpose()?,
            root: stored.root.map(core::Execution::try_from).transpose()?,
        })
    }
}

impl From<core::RunStatus> for Status {
    fn from(status: core::RunStatus) -> Self {
        match status {
            core::RunStatus::Running => Self::Running,
            core::RunStatus::Paused => Self::Paused,
            core::RunStatus::Completed => Self::Completed,
            core::RunStatus::Failed => Self::Failed,
            core::RunStatus::Cancelled => Self::Cancelled,
            core::RunStatus::Terminated => Self::Terminated,
            core::RunStatus::TimedOut => Self::TimedOut,
            core::RunStatus::ContinuedAsNew => Self::ContinuedAsNew,
        }
    }
}

pub(super) fn read_status(stored: i32) -> Result<core::RunStatus, Malformed> {
    let field = "summary.status";
    let status = Status::try_from(stored).map_err(|_| Malformed::Unknown { field, value: stored })?;
    Ok(match status {
        Status::Running => core::RunStatus::Running,
        Status::Paused => core::RunStatus::Paused,
        Status::Completed => core::RunStatus::Completed,
        Status::Failed => core::RunStatus::Failed,
        Status::Cancelled => core::RunStatus::Cancelled,
        Status::Terminated => core::RunStatus::Terminated,
        Status::TimedOut => core::RunStatus::TimedOut,
        Status::ContinuedAsNew => core::RunStatus::ContinuedAsNew,
    })
}
