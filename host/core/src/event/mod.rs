//! What happened in a run: facts, in the past tense, in the order of the history.
//!
//! Events are all that is durable about a run, apart from the attempts of activities that are still going on.
//! Stored and wire forms are twins of these types and live with the store and the API.

mod reset;
mod started;

pub use reset::RunReset;
pub use started::{Origin, Parent, Predecessor, RunStarted, SuccessionReason, TakenBefore};

use crate::{
    ActivityRequest, ChildNotStarted, ChildOutcome, ChildRequest, Continuation, Digest, EventId, Execution,
    ExternalSignal, ExternalTarget, Failure, Millis, NotDelivered, OperationId, Payload, PayloadMap, RetryState, RunId,
    ShownEventId, TimerRequest, Timestamp, UpdateOutcome, UpdateRequest,
};
use std::sync::Arc;

/// An event with its moment. Its id is its place in the history.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// When it happened, never before the event ahead of it.
    pub time: Timestamp,
    /// What happened.
    pub event: Event,
}

/// What can happen in a run.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The first event of every history. Shared by all who have to do with the run.
    RunStarted(Arc<RunStarted>),
    /// All before it is copied from another run's history, and this run goes on from there.
    RunReset(Box<RunReset>),
    /// The guest was given all that had happened since its last activation. What it then
    /// asked for follows, up to the next event that is not [a command's](Event::is_of_command).
    Activated(Activated),

    // Of commands: what the guest asked for.
    /// An activity is to be done.
    ActivityScheduled {
        /// The operation that it is.
        operation: OperationId,
        /// What was asked. Shared by all who have to do with the activity.
        request: Arc<ActivityRequest>,
    },
    /// A timer runs.
    TimerStarted {
        /// The operation that it is.
        operation: OperationId,
        /// What was asked.
        request: TimerRequest,
    },
    /// The guest no longer wants an activity.
    ActivityCancelRequested {
        /// Which.
        operation: OperationId,
    },
    /// The guest no longer wants a timer.
    TimerCancelled {
        /// Which.
        operation: OperationId,
    },
    /// The guest changed the run's search attributes.
    SearchAttributesUpserted(PayloadMap),
    /// The guest changed the run's memo.
    MemoUpserted(PayloadMap),
    /// The guest takes a path of its code that older versions of it do not have, from now on.
    Patched {
        /// The path's name.
        patch_id: String,
        /// Whether no run takes the old path any more.
        deprecated: bool,
    },
    /// A child is to be started.
    ChildInitiated {
        /// The operation that it is.
        operation: OperationId,
        /// What was asked.
        request: Box<ChildRequest>,
    },
    /// The guest no longer wants a child.
    ChildCancelRequested {
        /// Which.
        operation: OperationId,
        /// Why, as the child is told.
        reason: String,
    },
    /// A signal goes to another run.
    ExternalSignalInitiated {
        /// The operation that it is.
        operation: OperationId,
        /// The signal, and for whom.
        signal: Box<ExternalSignal>,
    },
    /// A request to cancel itself goes to another run.
    ExternalCancelInitiated {
        /// The operation that it is.
        operation: OperationId,
        /// For whom.
        target: ExternalTarget,
        /// Why.
        reason: String,
    },
    /// The guest gave up a message to another run.
    ExternalCancelled {
        /// Which.
        operation: OperationId,
    },
    /// The guest has answered an update.
    UpdateCompleted {
        /// Which.
        update_id: String,
        /// The answer.
        outcome: UpdateOutcome,
    },
    /// The run closed with a result.
    RunCompleted {
        /// The result, if it has one.
        output: Option<Payload>,
        /// The run that follows, if it is one of a cron schedule.
        successor: Option<RunId>,
    },
    /// The run closed with a failure.
    RunFailed {
        /// Why.
        failure: Failure,
        /// Why it is not tried again, or that it is.
        retry_state: RetryState,
        /// The run that follows, if there is another try, or a cron schedule.
        successor: Option<RunId>,
    },
    /// The run closed, and another one goes on with the work.
    RunContinuedAsNew {
        /// What was asked.
        continuation: Box<Continuation>,
        /// The run that follows.
        successor: RunId,
    },
    /// The run closed because it had been asked to.
    RunCancelled {
        /// What the guest had to say.
        details: Vec<Payload>,
    },

    // From outside: what the guest is told of.
    /// An activity succeeded.
    ActivityCompleted {
        /// Which, and in which attempt.
        attempt: AttemptEnd,
        /// Its result, if it has one.
        output: Option<Payload>,
    },
    /// An activity failed for good.
    ActivityFailed {
        /// Which, and in which attempt.
        attempt: AttemptEnd,
        /// Why the last attempt failed.
        failure: Failure,
        /// Why there was no further attempt.
        retry_state: RetryState,
    },
    /// An activity ran out of time for good.
    ActivityTimedOut {
        /// Which, and in which attempt.
        attempt: AttemptEnd,
        /// The timeout, caused by the last attempt's failure where there was one.
        failure: Failure,
        /// Why there was no further attempt.
        retry_state: RetryState,
    },
    /// An activity was cancelled.
    ActivityCancelled {
        /// Which, and in which attempt.
        attempt: AttemptEnd,
        /// What the worker had to say.
        details: Vec<Payload>,
    },
    /// A timer ran down.
    TimerFired {
        /// Which.
        operation: OperationId,
    },
    /// A child has started.
    ChildStarted {
        /// Which.
        operation: OperationId,
        /// Its run.
        run_id: RunId,
    },
    /// A child will not start.
    ChildNotStarted {
        /// Which.
        operation: OperationId,
        /// Why not.
        cause: ChildNotStarted,
    },
    /// A child is closed.
    ChildClosed {
        /// Which.
        operation: OperationId,
        /// How it closed.
        outcome: ChildOutcome,
    },
    /// A message to another run arrived, or will not.
    ExternalResolved {
        /// Which.
        operation: OperationId,
        /// Whether it arrived.
        result: Result<(), NotDelivered>,
    },
    /// Somebody sent an update, and the guest accepted it.
    UpdateAccepted(Box<UpdateRequest>),
    /// Somebody sent a signal.
    SignalReceived(Box<SignalReceived>),
    /// Somebody asks the run to cancel itself.
    CancelRequested {
        /// Why.
        reason: String,
        /// Who.
        identity: String,
        /// The key by which the request is recognised when it comes again.
        request_id: String,
        /// The run that asks, if it is one.
        sender: Option<CancelSender>,
    },
    /// Somebody paused the run: until it is resumed its guest hears of nothing, and no worker is given anything to do.
    RunPaused(Pause),
    /// Somebody let the run go on.
    RunResumed(Pause),
    /// The run was closed from outside, without being asked.
    RunTerminated {
        /// Why.
        reason: String,
        /// Data about it.
        details: Vec<Payload>,
        /// Who.
        identity: String,
        /// The run that has the workflow id now, if it was closed because of a [reset](RunReset).
        successor: Option<RunId>,
    },
    /// The run was closed because it took too long.
    RunTimedOut {
        /// Why it is not tried again, or that it is.
        retry_state: RetryState,
        /// The run that follows, if there is another try, or a cron schedule.
        successor: Option<RunId>,
    },
}

/// One activation of the guest; its `now` is the record's time.
#[derive(Clone, Debug, PartialEq)]
pub struct Activated {
    /// The module's version that answered.
    pub module: Digest,
    /// What the history took in the journal, as the guest was told.
    pub history_bytes: u64,
    /// Whether the guest was advised to continue as new.
    pub continue_as_new_suggested: bool,
}

/// The attempt that brought an activity to its end.
#[derive(Clone, Debug, PartialEq)]
pub struct AttemptEnd {
    /// The activity.
    pub operation: OperationId,
    /// Which attempt, from 1.
    pub attempt: u32,
    /// When a worker took it; none if none ever did.
    pub started: Option<Timestamp>,
    /// Which worker.
    pub identity: String,
    /// Why the attempt before it failed, if there was one.
    pub last_failure: Option<Failure>,
}

/// A signal, as it came.
#[derive(Clone, Debug, PartialEq)]
pub struct SignalReceived {
    /// The signal's name.
    pub name: String,
    /// Its input, one payload an argument.
    pub input: Vec<Payload>,
    /// Context that travels beside the input.
    pub headers: PayloadMap,
    /// Who sent it.
    pub identity: String,
    /// The key by which it is recognised when it comes again; empty for none.
    pub request_id: String,
    /// The run that sent it, if it was one.
    pub sender: Option<Execution>,
}

/// The run that asks another one to cancel itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CancelSender {
    /// Which.
    pub execution: Execution,
    /// The event of it that the request comes of, as tools know it; none if it comes of its end, or was not recorded.
    pub initiated: Option<ShownEventId>,
}

/// Somebody's wish to pause something, or to let it go on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pause {
    /// Why.
    pub reason: String,
    /// Who.
    pub identity: String,
    /// The key by which the request is recognised when it comes again; empty for none.
    pub request_id: String,
}

/// How a run can be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RunStatus {
    /// Not closed. A blocked run is running, too.
    #[default]
    Running,
    /// Not closed, and it goes on only when somebody says so.
    Paused,
    /// Closed with a result.
    Completed,
    /// Closed with a failure.
    Failed,
    /// Closed because it had been asked to.
    Cancelled,
    /// Closed from outside.
    Terminated,
    /// Closed because it took too long.
    TimedOut,
    /// Closed, and another run goes on with the work.
    ContinuedAsNew,
}

impl RunStatus {
    /// Whether nothing more can happen.
    pub const fn is_closed(self) -> bool {
        !matches!(self, Self::Running | Self::Paused)
    }
}

impl Event {
    /// Whether the event records what the guest asked for, and so is checked when the guest is replayed.
    pub const fn is_of_command(&self) -> bool {
        match self {
            Self::ActivityScheduled { .. }
            | Self::TimerStarted { .. }
            | Self::ActivityCancelRequested { .. }
            | Self::TimerCancelled { .. }
            | Self::SearchAttributesUpserted(_)
            | Self::MemoUpserted(_)
            | Self::Patched { .. }
            | Self::ChildInitiated { .. }
            | Self::ChildCancelRequested { .. }
            | Self::ExternalSignalInitiated { .. }
            | Self::ExternalCancelInitiated { .. }
            | Self::ExternalCancelled { .. }
            | Self::UpdateCompleted { .. }
            | Self::RunCompleted { .. }
            | Self::RunFailed { .. }
            | Self::RunContinuedAsNew { .. }
            | Self::RunCancelled { .. } => true,
            Self::RunStarted(_)
            | Self::RunReset(_)
            | Self::Activated(_)
            | Self::ActivityCompleted { .. }
            | Self::ActivityFailed { .. }
            | Self::ActivityTimedOut { .. }
            | Self::ActivityCancelled { .. }
            | Self::TimerFired { .. }
            | Self::ChildStarted { .. }
            | Self::ChildNotStarted { .. }
            | Self::ChildClosed { .. }
            | Self::ExternalResolved { .. }
            | Self::UpdateAccepted(_)
            | Self::SignalReceived(_)
            | Self::CancelRequested { .. }
            | Self::RunPaused(_)
            | Self::RunResumed(_)
            | Self::RunTerminated { .. }
            | Self::RunTimedOut { .. } => false,
        }
    }

    /// The status in which the event leaves the run, if it closes it.
    pub const fn closes_as(&self) -> Option<RunStatus> {
        match self {
            Self::RunCompleted { .. } => Some(RunStatus::Completed),
            Self::RunFailed { .. } => Some(RunStatus::Failed),
            Self::RunCancelled { .. } => Some(RunStatus::Cancelled),
            Self::RunTerminated { .. } => Some(RunStatus::Terminated),
            Self::RunTimedOut { .. } => Some(RunStatus::TimedOut),
            Self::RunContinuedAsNew { .. } => Some(RunStatus::ContinuedAsNew),
            Self::RunStarted(_)
            | Self::RunReset(_)
            | Self::Activated(_)
            | Self::ActivityScheduled { .. }
            | Self::TimerStarted { .. }
            | Self::ActivityCancelRequested { .. }
            | Self::TimerCancelled { .. }
            | Self::SearchAttributesUpserted(_)
            | Self::MemoUpserted(_)
            | Self::Patched { .. }
            | Self::ChildInitiated { .. }
            | Self::ChildCancelRequested { .. }
            | Self::ExternalSignalInitiated { .. }
            | Self::ExternalCancelInitiated { .. }
            | Self::ExternalCancelled { .. }
            | Self::UpdateCompleted { .. }
            | Self::ChildStarted { .. }
            | Self::ChildNotStarted { .. }
            | Self::ChildClosed { .. }
            | Self::ExternalResolved { .. }
            | Self::UpdateAccepted(_)
            | Self::ActivityCompleted { .. }
            | Self::ActivityFailed { .. }
            | Self::ActivityTimedOut { .. }
            | Self::ActivityCancelled { .. }
            | Self::TimerFired { .. }
            | Self::SignalReceived(_)
            | Self::CancelRequested { .. }
            | Self::RunPaused(_)
            | Self::RunResumed(_) => None,
        }
    }

    /// The run that follows, if the event closes the run and another one does.
    pub const fn successor(&self) -> Option<RunId> {
        match self {
            Self::RunCompleted { successor, .. }
            | Self::RunFailed { successor, .. }
            | Self::RunTerminated { successor, .. }
            | Self::RunTimedOut { successor, .. } => *successor,
            Self::RunContinuedAsNew { successor, .. } => Some(*successor),
            _ => None,
        }
    }

    /// The event's name, as histories and errors show it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::RunStarted(_) => "RunStarted",
            Self::RunReset(_) => "RunReset",
            Self::Activated(_) => "Activated",
            Self::ActivityScheduled { .. } => "ActivityScheduled",
            Self::TimerStarted { .. } => "TimerStarted",
            Self::ActivityCancelRequested { .. } => "ActivityCancelRequested",
            Self::TimerCancelled { .. } => "TimerCancelled",
            Self::SearchAttributesUpserted(_) => "SearchAttributesUpserted",
            Self::MemoUpserted(_) => "MemoUpserted",
            Self::RunCompleted { .. } => "RunCompleted",
            Self::RunFailed { .. } => "RunFailed",
            Self::RunCancelled { .. } => "RunCancelled",
            Self::ActivityCompleted { .. } => "ActivityCompleted",
            Self::ActivityFailed { .. } => "ActivityFailed",
            Self::ActivityTimedOut { .. } => "ActivityTimedOut",
            Self::ActivityCancelled { .. } => "ActivityCancelled",
            Self::TimerFired { .. } => "TimerFired",
            Self::SignalReceived(_) => "SignalReceived",
            Self::CancelRequested { .. } => "CancelRequested",
            Self::RunPaused(_) => "RunPaused",
            Self::RunResumed(_) => "RunResumed",
            Self::RunTerminated { .. } => "RunTerminated",
            Self::RunTimedOut { .. } => "RunTimedOut",
            Self::RunContinuedAsNew { .. } => "RunContinuedAsNew",
            Self::Patched { .. } => "Patched",
            Self::ChildInitiated { .. } => "ChildInitiated",
            Self::ChildCancelRequested { .. } => "ChildCancelRequested",
            Self::ChildStarted { .. } => "ChildStarted",
            Self::ChildNotStarted { .. } => "ChildNotStarted",
            Self::ChildClosed { .. } => "ChildClosed",
            Self::ExternalSignalInitiated { .. } => "ExternalSignalInitiated",
            Self::ExternalCancelInitiated { .. } => "ExternalCancelInitiated",
            Self::ExternalCancelled { .. } => "ExternalCancelled",
            Self::ExternalResolved { .. } => "ExternalResolved",
            Self::UpdateAccepted(_) => "UpdateAccepted",
            Self::UpdateCompleted { .. } => "UpdateCompleted",
        }
    }
}

impl EventId {
    /// The id of the event at this place of a history, counted from 0.
    pub const fn at(index: usize) -> Self {
        Self(index as u64 + 1)
    }
}

impl Millis {
    /// The deadline that a limit sets from `start`, if there is a limit.
    pub fn deadline(limit: Option<Self>, start: Timestamp) -> Option<Timestamp> {
        // SDKs write "no limit" as zero.
        limit.filter(|limit| !limit.is_zero()).map(|limit| start.after(limit))
    }
}
