//! Schedules, each as one value.

mod messages;
mod progress;
mod spec;

pub(super) use messages::{ScheduledClosed, ScheduledStart, ScheduledStarted, StopScheduled};

use super::options::{Priority, RetryPolicy, WorkflowTimeouts};
use super::payload::{self, NamedPayload, Payload};
use super::{Malformed, decode, encode};
use bytes::Bytes;
use mainspring_core::schedule as core;
use mainspring_core::{Millis, Timestamp};
use progress::Progress;
use spec::Spec;

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Schedule {
    #[prost(string, tag = "1")]
    namespace: String,
    #[prost(string, tag = "2")]
    id: String,
    #[prost(message, required, tag = "3")]
    spec: Spec,
    #[prost(message, required, tag = "4")]
    action: Action,
    #[prost(message, required, tag = "5")]
    policies: Policies,
    #[prost(message, required, tag = "6")]
    activity: Activity,
    #[prost(message, repeated, tag = "7")]
    memo: Vec<NamedPayload>,
    #[prost(message, repeated, tag = "8")]
    search_attributes: Vec<NamedPayload>,
    #[prost(uint64, tag = "9")]
    created_ms: u64,
    #[prost(uint64, optional, tag = "10")]
    updated_ms: Option<u64>,
    #[prost(uint64, tag = "11")]
    revision: u64,
    #[prost(string, tag = "12")]
    created_by: String,
    #[prost(string, repeated, tag = "13")]
    changed_by: Vec<String>,
    #[prost(message, required, tag = "14")]
    progress: Progress,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Action {
    #[prost(string, tag = "1")]
    workflow_id: String,
    #[prost(string, tag = "2")]
    workflow_type: String,
    #[prost(string, tag = "3")]
    task_queue: String,
    #[prost(message, repeated, tag = "4")]
    input: Vec<Payload>,
    #[prost(message, repeated, tag = "5")]
    headers: Vec<NamedPayload>,
    #[prost(message, required, tag = "6")]
    timeouts: WorkflowTimeouts,
    #[prost(message, optional, tag = "7")]
    retry: Option<RetryPolicy>,
    #[prost(message, repeated, tag = "8")]
    memo: Vec<NamedPayload>,
    #[prost(message, repeated, tag = "9")]
    search_attributes: Vec<NamedPayload>,
    #[prost(message, optional, tag = "10")]
    priority: Option<Priority>,
    #[prost(message, optional, tag = "11")]
    summary: Option<Payload>,
    #[prost(message, optional, tag = "12")]
    details: Option<Payload>,
}

#[derive(Clone, Copy, PartialEq, prost::Message)]
struct Policies {
    #[prost(enumeration = "Overlap", tag = "1")]
    overlap: i32,
    #[prost(uint64, tag = "2")]
    catch_up_ms: u64,
    #[prost(bool, tag = "3")]
    pause_on_failure: bool,
    #[prost(bool, tag = "4")]
    keep_workflow_id: bool,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Activity {
    #[prost(bool, tag = "1")]
    paused: bool,
    #[prost(string, tag = "2")]
    notes: String,
    #[prost(uint64, optional, tag = "3")]
    remaining: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, prost::Enumeration)]
#[repr(i32)]
enum Overlap {
    Skip = 0,
    BufferOne = 1,
    BufferAll = 2,
    CancelOther = 3,
    TerminateOther = 4,
    AllowAll = 5,
}

/// Encodes a schedule.
pub(in crate::store) fn encode_schedule(schedule: &core::Schedule) -> Bytes {
    encode(&Schedule::from(schedule))
}

/// Reads what [`encode_schedule`] wrote.
pub(in crate::store) fn decode_schedule(bytes: Bytes) -> Result<core::Schedule, Malformed> {
    decode::<Schedule>(bytes)?.try_into()
}

impl From<&core::Schedule> for Schedule {
    fn from(schedule: &core::Schedule) -> Self {
        Self {
            namespace: schedule.namespace.clone(),
            id: schedule.id.clone(),
            spec: (&schedule.spec).into(),
            action: (&schedule.action).into(),
            policies: schedule.policies.into(),
            activity: (&schedule.activity).into(),
            memo: payload::map(&schedule.memo),
            search_attributes: payload::map(&schedule.search_attributes),
            created_ms: schedule.created.as_millis(),
            updated_ms: schedule.updated.map(Timestamp::as_millis),
            revision: schedule.revision,
            created_by: schedule.created_by.clone(),
            changed_by: schedule.changed_by.clone(),
            progress: (&schedule.progress).into(),
        }
    }
}

impl TryFrom<Schedule> for core::Schedule {
    type Error = Malformed;

    fn try_from(stored: Schedule) -> Result<Self, Malformed> {
        Ok(Self {
            namespace: stored.namespace,
            id: stored.id,
            spec: stored.spec.into(),
            action: stored.action.into(),
            policies: stored.policies.try_into()?,
            activity: stored.activity.into(),
            memo: payload::read_map(stored.memo),
            search_attributes: payload::read_map(stored.search_attributes),
            created: Timestamp::from_millis(stored.created_ms),
            updated: stored.updated_ms.map(Timestamp::from_millis),
            revision: stored.revision,
            created_by: stored.created_by,
            changed_by: stored.changed_by,
            progress: stored.progress.try_into()?,
        })
    }
}

impl From<&core::Action> for Action {
    fn from(action: &core::Action) -> Self {
        Self {
            workflow_id: action.workflow_id.clone(),
            workflow_type: action.workflow_type.clone(),
            task_queue: action.task_queue.clone(),
            input: payload::list(&action.input),
            headers: payload::map(&action.headers),
            timeouts: action.timeouts.into(),
            retry: action.retry.as_ref().map(RetryPolicy::from),
            memo: payload::map(&action.memo),
            search_attributes: payload::map(&action.search_attributes),
            priority: action.priority.as_ref().map(Priority::from),
            summary: payload::optional(action.summary.as_ref()),
            details: payload::optional(action.details.as_ref()),
        }
    }
}

impl From<Action> for core::Action {
    fn from(stored: Action) -> Self {
        Self {
            workflow_id: stored.workflow_id,
            workflow_type: stored.workflow_type,
            task_queue: stored.task_queue,
            input: payload::read_list(stored.input),
            headers: payload::read_map(stored.headers),
            timeouts: stored.timeouts.into(),
            retry: stored.retry.map(mainspring_core::RetryPolicy::from),
            memo: payload::read_map(stored.memo),
            search_attributes: payload::read_map(stored.search_attributes),
            priority: stored.priority.map(mainspring_core::Priority::from),
            summary: stored.summary.map(mainspring_core::Payload::from),
            details: stored.details.map(mainspring_core::Payload::from),
        }
    }
}

impl From<core::Policies> for Policies {
    fn from(policies: core::Policies) -> Self {
        Self {
            overlap: Overlap::from(policies.overlap).into(),
            catch_up_ms: policies.catch_up.get(),
            pause_on_failure: policies.pause_on_failure,
            keep_workflow_id: policies.keep_workflow_id,
        }
    }
}

impl TryFrom<Policies> for core::Policies {
    type Error = Malformed;

    fn try_from(stored: Policies) -> Result<Self, Malformed> {
        Ok(Self {
            overlap: read_overlap(stored.overlap)?,
            catch_up: Millis::new(stored.catch_up_ms),
            pause_on_failure: stored.pause_on_failure,
            keep_workflow_id: stored.keep_workflow_id,
        })
    }
}

impl From<&core::Activity> for Activity {
    fn from(activity: &core::Activity) -> Self {
        Self {
            paused: activity.paused,
            notes: activity.notes.clone(),
            remaining: activity.remaining,
        }
    }
}

impl From<Activity> for core::Activity {
    fn from(stored: Activity) -> Self {
        Self {
            paused: stored.paused,
            notes: stored.notes,
            remaining: stored.remaining,
        }
    }
}

impl From<core::OverlapPolicy> for Overlap {
    fn from(policy: core::OverlapPolicy) -> Self {
        match policy {
            core::OverlapPolicy::Skip => Self::Skip,
            core::OverlapPolicy::BufferOne => Self::BufferOne,
            core::OverlapPolicy::BufferAll => Self::BufferAll,
            core::OverlapPolicy::CancelOther => Self::CancelOther,
            core::OverlapPolicy::TerminateOther => Self::TerminateOther,
            core::OverlapPolicy::AllowAll => Self::AllowAll,
        }
    }
}

fn overlap(policy: core::OverlapPolicy) -> i32 {
    Overlap::from(policy).into()
}

fn read_overlap(stored: i32) -> Result<core::OverlapPolicy, Malformed> {
    let field = "schedule.overlap";
    let policy = Overlap::try_from(stored).map_err(|_| Malformed::Unknown { field, value: stored })?;
    Ok(match policy {
        Overlap::Skip => core::OverlapPolicy::Skip,
        Overlap::BufferOne => core::OverlapPolicy::BufferOne,
        Overlap::BufferAll => core::OverlapPolicy::BufferAll,
        Overlap::CancelOther => core::OverlapPolicy::CancelOther,
        Overlap::TerminateOther => core::OverlapPolicy::TerminateOther,
        Overlap::AllowAll => core::OverlapPolicy::AllowAll,
    })
}
