//! Failures, layer by layer.

use super::Malformed;
use super::id;
use super::payload::{self, Payload};
use bytes::Bytes;
use mainspring_core as core;

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Failure {
    #[prost(message, repeated, tag = "1")]
    pub(super) layers: Vec<Layer>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Layer {
    #[prost(string, tag = "1")]
    message: String,
    #[prost(string, tag = "2")]
    source: String,
    #[prost(string, tag = "3")]
    stack_trace: String,
    #[prost(message, optional, tag = "4")]
    encoded_attributes: Option<Payload>,
    /// None is a layer without a kind of its own.
    #[prost(oneof = "Info", tags = "5, 6, 7, 8, 9, 10, 11")]
    info: Option<Info>,
}

#[derive(Clone, PartialEq, prost::Oneof)]
enum Info {
    #[prost(message, tag = "5")]
    Application(Application),
    #[prost(message, tag = "6")]
    Cancelled(Details),
    #[prost(message, tag = "7")]
    Terminated(Empty),
    #[prost(message, tag = "8")]
    Timeout(Timeout),
    #[prost(message, tag = "9")]
    Server(Server),
    #[prost(message, tag = "10")]
    Activity(Activity),
    #[prost(message, tag = "11")]
    ChildWorkflow(ChildWorkflow),
}

#[derive(Clone, PartialEq, prost::Message)]
struct Application {
    #[prost(string, tag = "1")]
    kind: String,
    #[prost(bool, tag = "2")]
    non_retryable: bool,
    #[prost(message, repeated, tag = "3")]
    details: Vec<Payload>,
    #[prost(uint64, optional, tag = "4")]
    next_retry_delay_ms: Option<u64>,
    #[prost(bool, tag = "5")]
    benign: bool,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Details {
    #[prost(message, repeated, tag = "1")]
    details: Vec<Payload>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Empty {}

#[derive(Clone, PartialEq, prost::Message)]
struct Timeout {
    #[prost(enumeration = "TimeoutKind", tag = "1")]
    kind: i32,
    #[prost(message, repeated, tag = "2")]
    last_heartbeat: Vec<Payload>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Server {
    #[prost(bool, tag = "1")]
    non_retryable: bool,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Activity {
    #[prost(string, tag = "1")]
    activity_type: String,
    #[prost(string, tag = "2")]
    activity_id: String,
    #[prost(string, tag = "3")]
    identity: String,
    #[prost(enumeration = "RetryState", tag = "4")]
    retry_state: i32,
}

#[derive(Clone, PartialEq, prost::Message)]
struct ChildWorkflow {
    #[prost(string, tag = "1")]
    workflow_type: String,
    #[prost(string, tag = "2")]
    workflow_id: String,
    #[prost(bytes = "bytes", optional, tag = "3")]
    run_id: Option<Bytes>,
    #[prost(enumeration = "RetryState", tag = "4")]
    retry_state: i32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, prost::Enumeration)]
#[repr(i32)]
enum TimeoutKind {
    StartToClose = 0,
    ScheduleToStart = 1,
    ScheduleToClose = 2,
    Heartbeat = 3,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, prost::Enumeration)]
#[repr(i32)]
pub(super) enum RetryState {
    Unspecified = 0,
    InProgress = 1,
    NonRetryableFailure = 2,
    Timeout = 3,
    MaximumAttemptsReached = 4,
    RetryPolicyNotSet = 5,
    InternalServerError = 6,
    CancelRequested = 7,
}

impl From<&core::Failure> for Failure {
    fn from(failure: &core::Failure) -> Self {
        Self {
            layers: failure.layers().iter().map(Layer::from).collect(),
        }
    }
}

impl TryFrom<Failure> for core::Failure {
    type Error = Malformed;

    fn try_from(stored: Failure) -> Result<Self, Malformed> {
        let layers: Result<Vec<_>, _> = stored.layers.into_iter().map(core::FailureLayer::try_from).collect();
        Self::from_layers(layers?).ok_or(Malformed::Missing("failure.layers"))
    }
}

impl From<&core::FailureLayer> for Layer {
    fn from(layer: &core::FailureLayer) -> Self {
        Self {
            message: layer.message.clone(),
            source: layer.source.clone(),
            stack_trace: layer.stack_trace.clone(),
            encoded_attributes: payload::optional(layer.encoded_attributes.as_ref()),
            info: info(&layer.info),
        }
    }
}

impl TryFrom<Layer> for core::FailureLayer {
    type Error = Malformed;

    fn try_from(stored: Layer) -> Result<Self, Malformed> {
        Ok(Self {
            message: stored.message,
            source: stored.source,
            stack_trace: stored.stack_trace,
            encoded_attributes: stored.encoded_attributes.map(core::Payload::from),
            info: read_info(stored.info)?,
        })
    }
}

fn info(info: &core::FailureInfo) -> Option<Info> {
    Some(match info {
        core::FailureInfo::Application(application) => Info::Application(Application {
            kind: application.kind.clone(),
            non_retryable: application.non_retryable,
            details: payload::list(&application.details),
            next_retry_delay_ms: application.next_retry_delay.map(core::Millis::get),
            benign: application.benign,
        }),
        core::FailureInfo::Cancelled(details) => Info::Cancelled(Details {
            details: payload::list(details),
        }),
        core::FailureInfo::Terminated => Info::Terminated(Empty {}),
        core::FailureInfo::Timeout { kind, last_heartbeat } => Info::Timeout(Timeout {
            kind: TimeoutKind::from(*kind).into(),
            last_heartbeat: payload::list(last_heartbeat),
        }),
        core::FailureInfo::Server { non_retryable } => Info::Server(Server {
            non_retryable: *non_retryable,
        }),
        core::FailureInfo::Activity(activity) => Info::Activity(Activity {
            activity_type: activity.activity_type.clone(),
            activity_id: activity.activity_id.clone(),
            identity: activity.identity.clone(),
            retry_state: retry_state(activity.retry_state),
        }),
        core::FailureInfo::ChildWorkflow(child) => Info::ChildWorkflow(ChildWorkflow {
            workflow_type: child.workflow_type.clone(),
            workflow_id: child.workflow_id.clone(),
            run_id: child.run_id.map(id::run_id),
            retry_state: retry_state(child.retry_state),
        }),
        core::FailureInfo::Unspecified => return None,
    })
}

fn read_info(stored: Option<Info>) -> Result<core::FailureInfo, Malformed> {
    Ok(match stored {
        Some(Info::Application(application)) => core::FailureInfo::Application(core::ApplicationFailure {
            kind: application.kind,
            non_retryable: application.non_retryable,
            details: payload::read_list(application.details),
            next_retry_delay: application.next_retry_delay_ms.map(core::Millis::new),
            benign: application.benign,
        }),
        Some(Info::Cancelled(cancelled)) => core::FailureInfo::Cancelled(payload::read_list(cancelled.details)),
        Some(Info::Terminated(Empty {})) => core::FailureInfo::Terminated,
        Some(Info::Timeout(timeout)) => core::FailureInfo::Timeout {
            kind: read_timeout_kind(timeout.kind)?,
            last_heartbeat: payload::read_list(timeout.last_heartbeat),
        },
        Some(Info::Server(server)) => core::FailureInfo::Server {
            non_retryable: server.non_retryable,
        },
        Some(Info::Activity(activity)) => core::FailureInfo::Activity(core::ActivityFailure {
            activity_type: activity.activity_type,
            activity_id: activity.activity_id,
            identity: activity.identity,
            retry_state: read_retry_state(activity.retry_state)?,
        }),
        Some(Info::ChildWorkflow(child)) => core::FailureInfo::ChildWorkflow(core::ChildWorkflowFailure {
            workflow_type: child.workflow_type,
            workflow_id: child.workflow_id,
            run_id: id::read_optional_run_id(child.run_id, "child_workflow.run_id")?,
            retry_state: read_retry_state(child.retry_state)?,
        }),
        None => core::FailureInfo::Unspecified,
    })
}

impl From<core::TimeoutKind> for TimeoutKind {
    fn from(kind: core::TimeoutKind) -> Self {
        match kind {
            core::TimeoutKind::StartToClose => Self::StartToClose,
            core::TimeoutKind::ScheduleToStart => Self::ScheduleToStart,
            core::TimeoutKind::ScheduleToClose => Self::ScheduleToClose,
            core::TimeoutKind::Heartbeat => Self::Heartbeat,
        }
    }
}

fn read_timeout_kind(stored: i32) -> Result<core::TimeoutKind, Malformed> {
    let field = "timeout.kind";
    let kind = TimeoutKind::try_from(stored).map_err(|_| Malformed::Unknown { field, value: stored })?;
    Ok(match kind {
        TimeoutKind::StartToClose => core::TimeoutKind::StartToClose,
        TimeoutKind::ScheduleToStart => core::TimeoutKind::ScheduleToStart,
        TimeoutKind::ScheduleToClose => core::TimeoutKind::ScheduleToClose,
        TimeoutKind::Heartbeat => core::TimeoutKind::Heartbeat,
    })
}

pub(super) fn retry_state(state: core::RetryState) -> i32 {
    let stored = match state {
        core::RetryState::Unspecified => RetryState::Unspecified,
        core::RetryState::InProgress => RetryState::InProgress,
        core::RetryState::NonRetryableFailure => RetryState::NonRetryableFailure,
        core::RetryState::Timeout => RetryState::Timeout,
        core::RetryState::MaximumAttemptsReached => RetryState::MaximumAttemptsReached,
        core::RetryState::RetryPolicyNotSet => RetryState::RetryPolicyNotSet,
        core::RetryState::InternalServerError => RetryState::InternalServerError,
        core::RetryState::CancelRequested => RetryState::CancelRequested,
    };
    stored.into()
}

pub(super) fn read_retry_state(stored: i32) -> Result<core::RetryState, Malformed> {
    let field = "retry_state";
    let state = RetryState::try_from(stored).map_err(|_| Malformed::Unknown { field, value: stored })?;
    Ok(match state {
        RetryState::Unspecified => core::RetryState::Unspecified,
        RetryState::InProgress => core::RetryState::InProgress,
        RetryState::NonRetryableFailure => core::RetryState::NonRetryableFailure,
        RetryState::Timeout => core::RetryState::Timeout,
        RetryState::MaximumAttemptsReached => core::RetryState::MaximumAttemptsReached,
        RetryState::RetryPolicyNotSet => core::RetryState::RetryPolicyNotSet,
        RetryState::InternalServerError => core::RetryState::InternalServerError,
        RetryState::CancelRequested => core::RetryState::CancelRequested,
    })
}
