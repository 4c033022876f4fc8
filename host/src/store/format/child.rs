//! Children: what is asked of them, and what their parents hear, in messages and then in events.

use super::Malformed;
use super::failure::{self, Failure, RetryState};
use super::id;
use super::options::{Priority, RetryPolicy, WorkflowTimeouts};
use super::payload::{self, NamedPayload, Output, Payload, Payloads};
use super::policy::{self, ChildCancellation, IdConflict, IdReuse, ParentClose};
use bytes::Bytes;
use mainspring_core as core;
use mainspring_core::{OperationId, RunId};

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct ChildRequest {
    #[prost(string, tag = "1")]
    workflow_type: String,
    #[prost(string, optional, tag = "2")]
    workflow_id: Option<String>,
    #[prost(string, optional, tag = "3")]
    task_queue: Option<String>,
    #[prost(message, repeated, tag = "4")]
    input: Vec<Payload>,
    #[prost(message, repeated, tag = "5")]
    headers: Vec<NamedPayload>,
    #[prost(message, required, tag = "6")]
    timeouts: WorkflowTimeouts,
    #[prost(message, optional, tag = "7")]
    retry: Option<RetryPolicy>,
    #[prost(string, tag = "8")]
    cron_schedule: String,
    #[prost(enumeration = "ParentClose", tag = "9")]
    parent_close: i32,
    #[prost(enumeration = "IdReuse", tag = "10")]
    reuse: i32,
    #[prost(enumeration = "IdConflict", tag = "11")]
    conflict: i32,
    #[prost(enumeration = "ChildCancellation", tag = "12")]
    cancellation: i32,
    #[prost(message, repeated, tag = "13")]
    memo: Vec<NamedPayload>,
    #[prost(message, repeated, tag = "14")]
    search_attributes: Vec<NamedPayload>,
    #[prost(message, optional, tag = "15")]
    priority: Option<Priority>,
    #[prost(message, optional, tag = "16")]
    summary: Option<Payload>,
    #[prost(message, optional, tag = "17")]
    details: Option<Payload>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct ChildStarted {
    #[prost(uint64, tag = "1")]
    operation: u64,
    #[prost(bytes = "bytes", tag = "2")]
    run_id: Bytes,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct ChildNotStarted {
    #[prost(uint64, tag = "1")]
    operation: u64,
    #[prost(oneof = "NotStartedCause", tags = "2, 3")]
    cause: Option<NotStartedCause>,
}

#[derive(Clone, PartialEq, prost::Oneof)]
pub(super) enum NotStartedCause {
    #[prost(message, tag = "2")]
    WorkflowIdInUse(()),
    /// What is wrong with it.
    #[prost(string, tag = "3")]
    Refused(String),
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct ChildClosed {
    #[prost(uint64, tag = "1")]
    operation: u64,
    #[prost(oneof = "Outcome", tags = "2, 3, 4, 5, 6")]
    outcome: Option<Outcome>,
}

#[derive(Clone, PartialEq, prost::Oneof)]
pub(super) enum Outcome {
    #[prost(message, tag = "2")]
    Completed(Output),
    #[prost(message, tag = "3")]
    Failed(Failed),
    #[prost(message, tag = "4")]
    Cancelled(Payloads),
    #[prost(message, tag = "5")]
    Terminated(()),
    #[prost(message, tag = "6")]
    TimedOut(TimedOut),
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Failed {
    #[prost(message, required, tag = "1")]
    failure: Failure,
    #[prost(enumeration = "RetryState", tag = "2")]
    retry_state: i32,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct TimedOut {
    #[prost(enumeration = "RetryState", tag = "1")]
    retry_state: i32,
}

impl From<&core::ChildRequest> for ChildRequest {
    fn from(request: &core::ChildRequest) -> Self {
        Self {
            workflow_type: request.workflow_type.clone(),
            workflow_id: request.workflow_id.clone(),
            task_queue: request.task_queue.clone(),
            input: payload::list(&request.input),
            headers: payload::map(&request.headers),
            timeouts: request.timeouts.into(),
            retry: request.retry.as_ref().map(RetryPolicy::from),
            cron_schedule: request.cron_schedule.clone(),
            parent_close: ParentClose::from(request.parent_close).into(),
            reuse: IdReuse::from(request.reuse).into(),
            conflict: IdConflict::from(request.conflict).into(),
            cancellation: ChildCancellation::from(request.cancellation).into(),
            memo: payload::map(&request.memo),
            search_attributes: payload::map(&request.search_attributes),
            priority: request.priority.as_ref().map(Priority::from),
            summary: payload::optional(request.summary.as_ref()),
            details: payload::optional(request.details.as_ref()),
        }
    }
}

impl TryFrom<ChildRequest> for core::ChildRequest {
    type Error = Malformed;

    fn try_from(stored: ChildRequest) -> Result<Self, Malformed> {
        Ok(Self {
            workflow_type: stored.workflow_type,
            workflow_id: stored.workflow_id,
            task_queue: stored.task_queue,
            input: payload::read_list(stored.input),
            headers: payload::read_map(stored.headers),
            timeouts: stored.timeouts.into(),
            retry: stored.retry.map(core::RetryPolicy::from),
            cron_schedule: stored.cron_schedule,
            parent_close: policy::read_parent_close(stored.parent_close)?,
            reuse: policy::read_id_reuse(stored.reuse)?,
            conflict: policy::read_id_conflict(stored.conflict)?,
            cancellation: policy::read_child_cancellation(stored.cancellation)?,
            memo: payload::read_map(stored.memo),
            search_attributes: payload::read_map(stored.search_attributes),
            priority: stored.priority.map(core::Priority::from),
            summary: stored.summary.map(core::Payload::from),
            details: stored.details.map(core::Payload::from),
        })
    }
}

impl ChildStarted {
    pub(super) fn new(operation: OperationId, run_id: RunId) -> Self {
        Self {
            operation: operation.0,
            run_id: id::run_id(run_id),
        }
    }

    pub(super) fn read(self) -> Result<(OperationId, RunId), Malformed> {
        let run_id = id::read_run_id(&self.run_id, "child_started.run_id")?;
        Ok((OperationId(self.operation), run_id))
    }
}

impl ChildNotStarted {
    pub(super) fn new(operation: OperationId, cause: &core::ChildNotStarted) -> Self {
        Self {
            operation: operation.0,
            cause: Some(cause.into()),
        }
    }

    pub(super) fn read(self) -> Result<(OperationId, core::ChildNotStarted), Malformed> {
        let cause = self.cause.ok_or(Malformed::Missing("child_not_started.cause"))?;
        Ok((OperationId(self.operation), cause.into()))
    }
}

impl From<&core::ChildNotStarted> for NotStartedCause {
    fn from(cause: &core::ChildNotStarted) -> Self {
        match cause {
            core::ChildNotStarted::WorkflowIdInUse => Self::WorkflowIdInUse(()),
            core::ChildNotStarted::Refused(reason) => Self::Refused(reason.clone()),
        }
    }
}

impl From<NotStartedCause> for core::ChildNotStarted {
    fn from(stored: NotStartedCause) -> Self {
        match stored {
            NotStartedCause::WorkflowIdInUse(()) => Self::WorkflowIdInUse,
            NotStartedCause::Refused(reason) => Self::Refused(reason),
        }
    }
}

impl ChildClosed {
    pub(super) fn new(operation: OperationId, outcome: &core::ChildOutcome) -> Self {
        Self {
            operation: operation.0,
            outcome: Some(outcome.into()),
        }
    }

    pub(super) fn read(self) -> Result<(OperationId, core::ChildOutcome), Malformed> {
        let outcome = self.outcome.ok_or(Malformed::Missing("child_closed.outcome"))?;
        Ok((OperationId(self.operation), outcome.try_into()?))
    }
}

impl From<&core::ChildOutcome> for Outcome {
    fn from(outcome: &core::ChildOutcome) -> Self {
        match outcome {
            core::ChildOutcome::Completed(output) => Self::Completed(output.as_ref().into()),
            core::ChildOutcome::Failed(failure, state) => Self::Failed(Failed {
                failure: failure.into(),
                retry_state: failure::retry_state(*state),
            }),
            core::ChildOutcome::Cancelled(details) => Self::Cancelled(details.as_slice().into()),
            core::ChildOutcome::Terminated => Self::Terminated(()),
            core::ChildOutcome::TimedOut(state) => Self::TimedOut(TimedOut {
                retry_state: failure::retry_state(*state),
            }),
        }
    }
}

impl TryFrom<Outcome> for core::ChildOutcome {
    type Error = Malformed;

    fn try_from(stored: Outcome) -> Result<Self, Malformed> {
        Ok(match stored {
            Outcome::Completed(output) => Self::Completed(output.into()),
            Outcome::Failed(failed) => Self::Failed(
                failed.failure.try_into()?,
                failure::read_retry_state(failed.retry_state)?,
            ),
            Outcome::Cancelled(details) => Self::Cancelled(details.into()),
            Outcome::Terminated(()) => Self::Terminated,
            Outcome::TimedOut(timed_out) => Self::TimedOut(failure::read_retry_state(timed_out.retry_state)?),
        })
    }
}
