//! What one run tells another, and what schedules and runs tell each other. A message is durable with the step that
//! sends it, is delivered at least once after that, and is recognised when it comes again.

use crate::schedule::{ScheduledStart, Stop};
use crate::{
    ChildNotStarted, ChildOutcome, ChildRequest, Execution, ExternalSignal, NotDelivered, OperationId, Parent, Payload,
    PayloadMap, RunId, RunState, ShownEventId, Timestamp,
};

/// What a run takes from another at a time: the payloads of one input, of headers, of a memo. As much as from a client, so
/// that whatever can be sent can be dealt with. Past it nothing arrives, and the sender is told so.
pub const MESSAGE_BYTES_MAX: usize = 2 << 20;

/// One message.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// The recipient's tenant.
    pub namespace: String,
    /// The recipient's workflow id; a schedule's name, if it is for a schedule.
    pub workflow_id: String,
    /// Its run; none is the current one.
    pub run_id: Option<RunId>,
    /// What it is told.
    pub content: Content,
}

/// What a run can be told by another.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// A child is to be started under the workflow id. Its answer is [`Content::ChildStarted`] or
    /// [`Content::ChildNotStarted`].
    StartChild(Box<ChildStart>),
    /// To a parent: the child of this operation has started.
    ChildStarted {
        /// The parent's operation.
        operation: OperationId,
        /// The child's run.
        run_id: RunId,
    },
    /// To a parent: the child of this operation will not start.
    ChildNotStarted {
        /// The parent's operation.
        operation: OperationId,
        /// Why not.
        cause: ChildNotStarted,
    },
    /// To a parent: the child of this operation is closed, and no run follows it.
    ChildClosed {
        /// The parent's operation.
        operation: OperationId,
        /// How it closed.
        outcome: ChildOutcome,
    },
    /// To a child that had started: is it closed? If it is, the answer is [`Content::ChildClosed`]; otherwise it tells
    /// when it closes, as ever.
    AskChild {
        /// The parent, and its operation.
        sender: Sender,
    },
    /// A signal. Its answer is [`Content::Delivered`].
    Signal {
        /// Who sends it.
        sender: Sender,
        /// The signal.
        signal: Box<ExternalSignal>,
    },
    /// A request to cancel itself. If it has a sender that waits, its answer is [`Content::Delivered`].
    RequestCancel {
        /// Who sends it.
        sender: Sender,
        /// Why.
        reason: String,
        /// Whether only a child of the sender may have it.
        child_only: bool,
        /// Whether the sender waits for an answer.
        answered: bool,
    },
    /// To a child: its parent is closed, and it closes with it.
    Terminate {
        /// The parent.
        sender: Sender,
    },
    /// To a sender: what became of the message of this operation.
    Delivered {
        /// The sender's operation.
        operation: OperationId,
        /// Whether it arrived.
        result: Result<(), NotDelivered>,
    },
    /// A workflow is to be started under the workflow id, because it is time. Its answer is
    /// [`Content::ScheduledStarted`].
    StartScheduled(Box<ScheduledStart>),
    /// To a schedule: what became of the start of this run.
    ScheduledStarted {
        /// The run.
        run_id: RunId,
        /// When it started, or why it will not.
        result: Result<Timestamp, ChildNotStarted>,
    },
    /// To a schedule: the chain that this run began is closed.
    ScheduledClosed {
        /// The chain's first run.
        first_run_id: RunId,
        /// How it closed.
        outcome: ChildOutcome,
    },
    /// To the chain that a schedule began with this run: another one waits for its end.
    StopScheduled {
        /// The schedule.
        schedule_id: String,
        /// The chain's first run.
        first_run_id: RunId,
        /// How it is to end.
        stop: Stop,
    },
}

/// Who sends a message: one operation of a run sends at most one of a kind, so this recognises it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    /// The sender's tenant.
    pub namespace: String,
    /// The sender.
    pub execution: Execution,
    /// The sender's type.
    pub workflow_type: String,
    /// The operation that the message is; 0 if it is none, but comes of the sender's end.
    pub operation: OperationId,
    /// The event of the sender that the message comes of, as tools know it; none if it comes of the sender's end.
    pub initiated: Option<ShownEventId>,
    /// The run that its recipient is a child of, if that is not the sender but one that was reset to it.
    pub parent_run: Option<RunId>,
}

/// What a child is started with.
#[derive(Clone, Debug, PartialEq)]
pub struct ChildStart {
    /// Whose child it is.
    pub parent: Parent,
    /// The topmost parent.
    pub root: Execution,
    /// What the parent asked for.
    pub request: Box<ChildRequest>,
    /// Where its activities go.
    pub task_queue: String,
    /// The child's run id, chosen by the parent so that the start is recognised when it comes again.
    pub run_id: RunId,
    /// The child's random bits.
    pub random_seed: (u64, u64),
}

impl Sender {
    /// The key by which the recipient recognises the message.
    pub fn request_id(&self) -> String {
        request_id(&self.execution, self.operation)
    }

    /// The sender of a message about an operation, under the name of the run that began it.
    pub(crate) fn of(state: &RunState, operation: OperationId) -> Self {
        let started = state.started();
        Self {
            namespace: started.namespace.clone(),
            execution: state.execution_of(operation),
            workflow_type: started.workflow_type.clone(),
            operation,
            initiated: None,
            parent_run: None,
        }
    }

    /// Whom a child of the sender has for its parent.
    pub(crate) fn as_parent(&self) -> Execution {
        Execution {
            workflow_id: self.execution.workflow_id.clone(),
            run_id: self.parent_run.unwrap_or(self.execution.run_id),
        }
    }
}

impl Parent {
    /// The key by which the start of the child is recognised.
    pub fn request_id(&self) -> String {
        request_id(&self.execution, self.operation)
    }
}

fn request_id(sender: &Execution, operation: OperationId) -> String {
    format!("{}/{operation}", sender.run_id)
}

impl Content {
    /// Whether it has more data than a run takes from another.
    pub fn is_too_large(&self) -> bool {
        let all = |payloads: &[Payload]| payloads.iter().map(Payload::size_bytes).sum::<usize>();
        let named = |map: &PayloadMap| {
            let entries = map.iter().map(|(name, payload)| name.len() + payload.size_bytes());
            entries.sum::<usize>()
        };
        let largest = match self {
            Self::StartChild(start) => {
                let request = &start.request;
                let maps = [&request.headers, &request.memo, &request.search_attributes];
                let maps = maps.into_iter().map(named);
                maps.fold(all(&request.input), usize::max)
            }
            Self::Signal { signal, .. } => all(&signal.input).max(named(&signal.headers)),
            Self::ChildStarted { .. }
            | Self::ChildNotStarted { .. }
            | Self::ChildClosed { .. }
            | Self::AskChild { .. }
            | Self::RequestCancel { .. }
            | Self::Terminate { .. }
            | Self::Delivered { .. }
            | Self::StartScheduled(_)
            | Self::ScheduledStarted { .. }
            | Self::ScheduledClosed { .. }
            | Self::StopScheduled { .. } => 0,
        };
        largest > MESSAGE_BYTES_MAX
    }
}

impl Message {
    /// A message to the run that sent another.
    pub fn to_sender(sender: &Sender, content: Content) -> Self {
        Self {
            namespace: sender.namespace.clone(),
            workflow_id: sender.execution.workflow_id.clone(),
            run_id: Some(sender.execution.run_id),
            content,
        }
    }

    /// A message to a schedule.
    pub fn to_schedule(namespace: &str, schedule_id: &str, content: Content) -> Self {
        Self {
            namespace: namespace.to_owned(),
            workflow_id: schedule_id.to_owned(),
            run_id: None,
            content,
        }
    }

    /// A message to a child's parent.
    pub fn to_parent(parent: &Parent, content: Content) -> Self {
        Self {
            namespace: parent.namespace.clone(),
            workflow_id: parent.execution.workflow_id.clone(),
            run_id: Some(parent.execution.run_id),
            content,
        }
    }
}
