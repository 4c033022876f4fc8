//! Events with their moments.

mod activities;
mod children;
mod clients;
mod externals;
mod outcome;
mod reset;
mod started;
mod updates;

use super::Malformed;
use super::child::{ChildClosed, ChildNotStarted, ChildStarted};
use super::command::TimerRequest;
use super::external::Delivery;
use super::id::{self, Execution};
use super::pause::Pause;
use super::payload::{NamedPayloads, Payloads};
use activities::{ActivityCancelled, ActivityCompleted, ActivityEndedBadly, ActivityScheduled};
use bytes::Bytes;
use children::{ChildCancelRequested, ChildInitiated};
use clients::{CancelRequested, SignalReceived};
use externals::{ExternalCancelInitiated, ExternalSignalInitiated};
use mainspring_core as core;
use mainspring_core::OperationId;
use outcome::{RunCompleted, RunContinuedAsNew, RunFailed, RunTerminated, RunTimedOut};
use reset::RunReset;
use started::RunStarted;
use std::sync::Arc;
use updates::{UpdateAccepted, UpdateCompleted};

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Record {
    /// Milliseconds since the record before it in its chunk; of the first, since the Unix epoch.
    #[prost(sint64, tag = "1")]
    pub(super) elapsed_ms: i64,
    #[prost(
        oneof = "Event",
        tags = "2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37"
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
    RunFailed(RunFailed),
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
    #[prost(message, tag = "22")]
    Patched(Patched),
    #[prost(message, boxed, tag = "23")]
    ChildInitiated(Box<ChildInitiated>),
    #[prost(message, tag = "24")]
    ChildCancelRequested(ChildCancelRequested),
    #[prost(message, tag = "25")]
    ChildStarted(ChildStarted),
    #[prost(message, tag = "26")]
    ChildNotStarted(ChildNotStarted),
    #[prost(message, tag = "27")]
    ChildClosed(ChildClosed),
    #[prost(message, boxed, tag = "28")]
    ExternalSignalInitiated(Box<ExternalSignalInitiated>),
    #[prost(message, tag = "29")]
    ExternalCancelInitiated(ExternalCancelInitiated),
    /// The operation.
    #[prost(uint64, tag = "30")]
    ExternalCancelled(u64),
    #[prost(message, tag = "31")]
    ExternalResolved(Delivery),
    #[prost(message, boxed, tag = "32")]
    UpdateAccepted(Box<UpdateAccepted>),
    #[prost(message, tag = "33")]
    UpdateCompleted(UpdateCompleted),
    #[prost(message, boxed, tag = "34")]
    RunContinuedAsNew(Box<RunContinuedAsNew>),
    #[prost(message, tag = "35")]
    RunPaused(Pause),
    #[prost(message, tag = "36")]
    RunResumed(Pause),
    #[prost(message, boxed, tag = "37")]
    RunReset(Box<RunReset>),
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
pub(super) struct TimerStarted {
    #[prost(uint64, tag = "1")]
    operation: u64,
    #[prost(message, required, tag = "2")]
    request: TimerRequest,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Patched {
    #[prost(string, tag = "1")]
    patch_id: String,
    #[prost(bool, tag = "2")]
    deprecated: bool,
}

impl From<&core::Event> for Event {
    fn from(event: &core::Event) -> Self {
        use core::Event as E;
        match event {
            E::RunStarted(started) => Self::RunStarted(Box::new(started.as_ref().into())),
            E::RunReset(reset) => Self::RunReset(Box::new(reset.as_ref().into())),
            E::Activated(activated) => Self::Activated(activated.into()),
            E::ActivityScheduled { operation, request } => {
                Self::ActivityScheduled(Box::new(ActivityScheduled::new(*operation, request)))
            }
            E::TimerStarted { operation, request } => Self::TimerStarted(TimerStarted {
                operation: operation.0,
                request: request.into(),
            }),
            E::ActivityCancelRequested { operation } => Self::ActivityCancelRequested(operation.0),
            E::TimerCancelled { operation } => Self::TimerCancelled(operation.0),
            E::SearchAttributesUpserted(changes) => Self::SearchAttributesUpserted(changes.into()),
            E::MemoUpserted(changes) => Self::MemoUpserted(changes.into()),
            E::Patched { patch_id, deprecated } => Self::Patched(Patched {
                patch_id: patch_id.clone(),
                deprecated: *deprecated,
            }),
            E::ChildInitiated { operation, request } => {
                Self::ChildInitiated(Box::new(ChildInitiated::new(*operation, request)))
            }
            E::ChildCancelRequested { operation, reason } => {
                Self::ChildCancelRequested(ChildCancelRequested::new(*operation, reason))
            }
            E::ExternalSignalInitiated { operation, signal } => {
                Self::ExternalSignalInitiated(Box::new(ExternalSignalInitiated::new(*operation, signal)))
            }
            E::ExternalCancelInitiated {
                operation,
                target,
                reason,
            } => Self::ExternalCancelInitiated(ExternalCancelInitiated::new(*operation, target, reason)),
            E::ExternalCancelled { operation } => Self::ExternalCancelled(operation.0),
            E::UpdateCompleted { update_id, outcome } => {
                Self::UpdateCompleted(UpdateCompleted::new(update_id, outcome))
            }
            E::RunCompleted { output, successor } => Self::RunCompleted(RunCompleted::new(output.as_ref(), *successor)),
            E::RunFailed {
                failure,
                retry_state,
                successor,
            } => Self::RunFailed(RunFailed::new(failure, *retry_state, *successor)),
            E::RunContinuedAsNew {
                continuation,
                successor,
            } => Self::RunContinuedAsNew(Box::new(RunContinuedAsNew::new(continuation, *successor))),
            E::RunCancelled { details } => Self::RunCancelled(details.as_slice().into()),
            E::ActivityCompleted { attempt, output } => {
                Self::ActivityCompleted(ActivityCompleted::new(attempt, output.as_ref()))
            }
            E::ActivityFailed {
                attempt,
                failure,
                retry_state,
            } => Self::ActivityFailed(ActivityEndedBadly::new(attempt, failure, *retry_state)),
            E::ActivityTimedOut {
                attempt,
                failure,
                retry_state,
            } => Self::ActivityTimedOut(ActivityEndedBadly::new(attempt, failure, *retry_state)),
            E::ActivityCancelled { attempt, details } => {
                Self::ActivityCancelled(ActivityCancelled::new(attempt, details))
            }
            E::TimerFired { operation } => Self::TimerFired(operation.0),
            E::ChildStarted { operation, run_id } => Self::ChildStarted(ChildStarted::new(*operation, *run_id)),
            E::ChildNotStarted { operation, cause } => Self::ChildNotStarted(ChildNotStarted::new(*operation, cause)),
            E::ChildClosed { operation, outcome } => Self::ChildClosed(ChildClosed::new(*operation, outcome)),
            E::ExternalResolved { operation, result } => Self::ExternalResolved(Delivery::new(*operation, *result)),
            E::UpdateAccepted(request) => Self::UpdateAccepted(Box::new(request.as_ref().into())),
            E::SignalReceived(signal) => Self::SignalReceived(signal.as_ref().into()),
            E::CancelRequested {
                reason,
                identity,
                request_id,
                sender,
            } => Self::CancelRequested(CancelRequested {
                reason: reason.clone(),
                identity: identity.clone(),
                request_id: request_id.clone(),
                sender: sender.as_ref().map(|it| Execution::from(&it.execution)),
                initiated: sender.as_ref().and_then(|it| it.initiated).map(|it| it.0),
            }),
            E::RunPaused(pause) => Self::RunPaused(pause.into()),
            E::RunResumed(resumption) => Self::RunResumed(resumption.into()),
            E::RunTerminated {
                reason,
                details,
                identity,
                successor,
            } => Self::RunTerminated(RunTerminated::new(reason, details, identity, *successor)),
            E::RunTimedOut { retry_state, successor } => Self::RunTimedOut(RunTimedOut::new(*retry_state, *successor)),
        }
    }
}

impl TryFrom<Event> for core::Event {
    type Error = Malformed;

    fn try_from(stored: Event) -> Result<Self, Malformed> {
        Ok(match stored {
            Event::RunStarted(started) => Self::RunStarted(Arc::new((*started).try_into()?)),
            Event::RunReset(reset) => Self::RunReset(Box::new((*reset).try_into()?)),
            Event::Activated(activated) => Self::Activated(activated.try_into()?),
            Event::ActivityScheduled(scheduled) => scheduled.read()?,
            Event::ActivityCompleted(completed) => completed.read()?,
            Event::TimerStarted(started) => Self::TimerStarted {
                operation: OperationId(started.operation),
                request: started.request.into(),
            },
            Event::TimerFired(operation) => Self::TimerFired {
                operation: OperationId(operation),
            },
            Event::SignalReceived(signal) => Self::SignalReceived(Box::new(signal.try_into()?)),
            Event::RunCompleted(completed) => completed.read()?,
            Event::ActivityFailed(ended) => {
                let (attempt, failure, retry_state) = ended.read()?;
                Self::ActivityFailed {
                    attempt,
                    failure,
                    retry_state,
                }
            }
            Event::ActivityTimedOut(ended) => {
                let (attempt, failure, retry_state) = ended.read()?;
                Self::ActivityTimedOut {
                    attempt,
                    failure,
                    retry_state,
                }
            }
            Event::ActivityCancelled(cancelled) => cancelled.read()?,
            Event::ActivityCancelRequested(operation) => Self::ActivityCancelRequested {
                operation: OperationId(operation),
            },
            Event::TimerCancelled(operation) => Self::TimerCancelled {
                operation: OperationId(operation),
            },
            Event::RunFailed(failed) => failed.read()?,
            Event::RunCancelled(details) => Self::RunCancelled {
                details: details.into(),
            },
            Event::SearchAttributesUpserted(changes) => Self::SearchAttributesUpserted(changes.into()),
            Event::MemoUpserted(changes) => Self::MemoUpserted(changes.into()),
            Event::CancelRequested(requested) => requested.read()?,
            Event::RunTerminated(terminated) => terminated.read()?,
            Event::RunTimedOut(timed_out) => timed_out.read()?,
            Event::Patched(patched) => Self::Patched {
                patch_id: patched.patch_id,
                deprecated: patched.deprecated,
            },
            Event::ChildInitiated(initiated) => initiated.read()?,
            Event::ChildCancelRequested(requested) => requested.read(),
            Event::ChildStarted(started) => {
                let (operation, run_id) = started.read()?;
                Self::ChildStarted { operation, run_id }
            }
            Event::ChildNotStarted(not_started) => {
                let (operation, cause) = not_started.read()?;
                Self::ChildNotStarted { operation, cause }
            }
            Event::ChildClosed(closed) => {
                let (operation, outcome) = closed.read()?;
                Self::ChildClosed { operation, outcome }
            }
            Event::ExternalSignalInitiated(initiated) => initiated.read()?,
            Event::ExternalCancelInitiated(initiated) => initiated.read()?,
            Event::ExternalCancelled(operation) => Self::ExternalCancelled {
                operation: OperationId(operation),
            },
            Event::ExternalResolved(delivery) => {
                let (operation, result) = delivery.read()?;
                Self::ExternalResolved { operation, result }
            }
            Event::UpdateAccepted(request) => Self::UpdateAccepted(Box::new((*request).into())),
            Event::UpdateCompleted(completed) => completed.read()?,
            Event::RunContinuedAsNew(continued) => continued.read()?,
            Event::RunPaused(pause) => Self::RunPaused(pause.into()),
            Event::RunResumed(resumption) => Self::RunResumed(resumption.into()),
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
