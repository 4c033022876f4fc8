//! What runs and schedules tell each other, while it waits to be delivered.

use super::child::{ChildClosed, ChildNotStarted, ChildRequest, ChildStarted};
use super::external::{Delivery, ExternalSignal};
use super::id::{self, Execution};
use super::origin::Parent;
use super::schedule::{ScheduledClosed, ScheduledStart, ScheduledStarted, StopScheduled};
use super::{Malformed, decode, encode};
use bytes::Bytes;
use mainspring_core as core;
use mainspring_core::{OperationId, ShownEventId};

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Message {
    #[prost(string, tag = "1")]
    namespace: String,
    #[prost(string, tag = "2")]
    workflow_id: String,
    #[prost(bytes = "bytes", optional, tag = "3")]
    run_id: Option<Bytes>,
    #[prost(oneof = "Content", tags = "4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16")]
    content: Option<Content>,
}

#[derive(Clone, PartialEq, prost::Oneof)]
enum Content {
    #[prost(message, boxed, tag = "4")]
    StartChild(Box<ChildStart>),
    #[prost(message, tag = "5")]
    ChildStarted(ChildStarted),
    #[prost(message, tag = "6")]
    ChildNotStarted(ChildNotStarted),
    #[prost(message, tag = "7")]
    ChildClosed(ChildClosed),
    #[prost(message, boxed, tag = "8")]
    Signal(Box<Signal>),
    #[prost(message, boxed, tag = "9")]
    RequestCancel(Box<RequestCancel>),
    #[prost(message, boxed, tag = "10")]
    Terminate(Box<Sender>),
    #[prost(message, tag = "11")]
    Delivered(Delivery),
    #[prost(message, boxed, tag = "12")]
    StartScheduled(Box<ScheduledStart>),
    #[prost(message, tag = "13")]
    ScheduledStarted(ScheduledStarted),
    #[prost(message, tag = "14")]
    ScheduledClosed(ScheduledClosed),
    #[prost(message, tag = "15")]
    StopScheduled(StopScheduled),
    #[prost(message, boxed, tag = "16")]
    AskChild(Box<Sender>),
}

#[derive(Clone, PartialEq, prost::Message)]
struct ChildStart {
    #[prost(message, required, tag = "1")]
    parent: Parent,
    #[prost(message, required, tag = "2")]
    root: Execution,
    #[prost(message, required, tag = "3")]
    request: ChildRequest,
    #[prost(string, tag = "4")]
    task_queue: String,
    #[prost(bytes = "bytes", tag = "5")]
    run_id: Bytes,
    #[prost(fixed64, tag = "6")]
    random_seed_0: u64,
    #[prost(fixed64, tag = "7")]
    random_seed_1: u64,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Signal {
    #[prost(message, required, tag = "1")]
    sender: Sender,
    #[prost(message, required, tag = "2")]
    signal: ExternalSignal,
}

#[derive(Clone, PartialEq, prost::Message)]
struct RequestCancel {
    #[prost(message, required, tag = "1")]
    sender: Sender,
    #[prost(string, tag = "2")]
    reason: String,
    #[prost(bool, tag = "3")]
    child_only: bool,
    #[prost(bool, tag = "4")]
    answered: bool,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Sender {
    #[prost(string, tag = "1")]
    namespace: String,
    #[prost(message, required, tag = "2")]
    execution: Execution,
    #[prost(string, tag = "3")]
    workflow_type: String,
    #[prost(uint64, tag = "4")]
    operation: u64,
    #[prost(bytes = "bytes", optional, tag = "5")]
    parent_run: Option<Bytes>,
    #[prost(uint64, optional, tag = "6")]
    initiated: Option<u64>,
}

/// Encodes a message.
pub(in crate::store) fn encode_message(message: &core::Message) -> Bytes {
    encode(&Message::from(message))
}

/// Reads what [`encode_message`] wrote.
pub(in crate::store) fn decode_message(bytes: Bytes) -> Result<core::Message, Malformed> {
    decode::<Message>(bytes)?.try_into()
}

impl From<&core::Message> for Message {
    fn from(message: &core::Message) -> Self {
        Self {
            namespace: message.namespace.clone(),
            workflow_id: message.workflow_id.clone(),
            run_id: message.run_id.map(id::run_id),
            content: Some((&message.content).into()),
        }
    }
}

impl TryFrom<Message> for core::Message {
    type Error = Malformed;

    fn try_from(stored: Message) -> Result<Self, Malformed> {
        Ok(Self {
            namespace: stored.namespace,
            workflow_id: stored.workflow_id,
            run_id: id::read_optional_run_id(stored.run_id, "message.run_id")?,
            content: stored
                .content
                .ok_or(Malformed::Missing("message.content"))?
                .try_into()?,
        })
    }
}

impl From<&core::Content> for Content {
    fn from(content: &core::Content) -> Self {
        match content {
            core::Content::StartChild(start) => Self::StartChild(Box::new(start.as_ref().into())),
            core::Content::ChildStarted { operation, run_id } => {
                Self::ChildStarted(ChildStarted::new(*operation, *run_id))
            }
            core::Content::ChildNotStarted { operation, cause } => {
                Self::ChildNotStarted(ChildNotStarted::new(*operation, cause))
            }
            core::Content::ChildClosed { operation, outcome } => {
                Self::ChildClosed(ChildClosed::new(*operation, outcome))
            }
            core::Content::AskChild { sender } => Self::AskChild(Box::new(sender.into())),
            core::Content::Signal { sender, signal } => Self::Signal(Box::new(Signal {
                sender: sender.into(),
                signal: signal.as_ref().into(),
            })),
            core::Content::RequestCancel {
                sender,
                reason,
                child_only,
                answered,
            } => Self::RequestCancel(Box::new(RequestCancel {
                sender: sender.into(),
                reason: reason.clone(),
                child_only: *child_only,
                answered: *answered,
            })),
            core::Content::Terminate { sender } => Self::Terminate(Box::new(sender.into())),
            core::Content::Delivered { operation, result } => Self::Delivered(Delivery::new(*operation, *result)),
            core::Content::StartScheduled(start) => Self::StartScheduled(Box::new(start.as_ref().into())),
            core::Content::ScheduledStarted { run_id, result } => {
                Self::ScheduledStarted(ScheduledStarted::new(*run_id, result))
            }
            core::Content::ScheduledClosed { first_run_id, outcome } => {
                Self::ScheduledClosed(ScheduledClosed::new(*first_run_id, outcome))
            }
            core::Content::StopScheduled {
                schedule_id,
                first_run_id,
                stop,
            } => Self::StopScheduled(StopScheduled::new(schedule_id, *first_run_id, *stop)),
        }
    }
}

impl TryFrom<Content> for core::Content {
    type Error = Malformed;

    fn try_from(stored: Content) -> Result<Self, Malformed> {
        Ok(match stored {
            Content::StartChild(start) => Self::StartChild(Box::new((*start).try_into()?)),
            Content::ChildStarted(started) => {
                let (operation, run_id) = started.read()?;
                Self::ChildStarted { operation, run_id }
            }
            Content::ChildNotStarted(not_started) => {
                let (operation, cause) = not_started.read()?;
                Self::ChildNotStarted { operation, cause }
            }
            Content::ChildClosed(closed) => {
                let (operation, outcome) = closed.read()?;
                Self::ChildClosed { operation, outcome }
            }
            Content::AskChild(sender) => Self::AskChild {
                sender: (*sender).try_into()?,
            },
            Content::Signal(signal) => Self::Signal {
                sender: signal.sender.try_into()?,
                signal: Box::new(signal.signal.try_into()?),
            },
            Content::RequestCancel(request) => Self::RequestCancel {
                sender: request.sender.try_into()?,
                reason: request.reason,
                child_only: request.child_only,
                answered: request.answered,
            },
            Content::Terminate(sender) => Self::Terminate {
                sender: (*sender).try_into()?,
            },
            Content::Delivered(delivery) => {
                let (operation, result) = delivery.read()?;
                Self::Delivered { operation, result }
            }
            Content::StartScheduled(start) => Self::StartScheduled(Box::new((*start).try_into()?)),
            Content::ScheduledStarted(started) => {
                let (run_id, result) = started.read()?;
                Self::ScheduledStarted { run_id, result }
            }
            Content::ScheduledClosed(closed) => {
                let (first_run_id, outcome) = closed.read()?;
                Self::ScheduledClosed { first_run_id, outcome }
            }
            Content::StopScheduled(stop) => {
                let (schedule_id, first_run_id, stop) = stop.read()?;
                Self::StopScheduled {
                    schedule_id,
                    first_run_id,
                    stop,
                }
            }
        })
    }
}

impl From<&core::ChildStart> for ChildStart {
    fn from(start: &core::ChildStart) -> Self {
        Self {
            parent: (&start.parent).into(),
            root: (&start.root).into(),
            request: start.request.as_ref().into(),
            task_queue: start.task_queue.clone(),
            run_id: id::run_id(start.run_id),
            random_seed_0: start.random_seed.0,
            random_seed_1: start.random_seed.1,
        }
    }
}

impl TryFrom<ChildStart> for core::ChildStart {
    type Error = Malformed;

    fn try_from(stored: ChildStart) -> Result<Self, Malformed> {
        Ok(Self {
            parent: stored.parent.try_into()?,
            root: stored.root.try_into()?,
            request: Box::new(stored.request.try_into()?),
            task_queue: stored.task_queue,
            run_id: id::read_run_id(&stored.run_id, "child_start.run_id")?,
            random_seed: (stored.random_seed_0, stored.random_seed_1),
        })
    }
}

impl From<&core::Sender> for Sender {
    fn from(sender: &core::Sender) -> Self {
        Self {
            namespace: sender.namespace.clone(),
            execution: (&sender.execution).into(),
            workflow_type: sender.workflow_type.clone(),
            operation: sender.operation.0,
            initiated: sender.initiated.map(|it| it.0),
            parent_run: sender.parent_run.map(id::run_id),
        }
    }
}

impl TryFrom<Sender> for core::Sender {
    type Error = Malformed;

    fn try_from(stored: Sender) -> Result<Self, Malformed> {
        Ok(Self {
            namespace: stored.namespace,
            execution: stored.execution.try_into()?,
            workflow_type: stored.workflow_type,
            operation: OperationId(stored.operation),
            initiated: stored.initiated.map(ShownEventId),
            parent_run: id::read_optional_run_id(stored.parent_run, "sender.parent_run")?,
        })
    }
}
