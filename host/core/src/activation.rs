//! What a guest is given: one batch of what happened since it was last activated.

use crate::{Execution, Failure, OperationId, Payload, RunStarted, SignalReceived, Timestamp, UpdateRequest};
use std::sync::Arc;

/// One call into the guest.
#[derive(Clone, Debug, PartialEq)]
pub struct Activation {
    /// The run's present moment, never before an earlier activation's.
    pub now: Timestamp,
    /// Events in the history, this activation's own included.
    pub history_length: u64,
    /// What the history takes in the journal.
    pub history_bytes: u64,
    /// Whether the guest is advised to continue as new.
    pub continue_as_new_suggested: bool,
    /// What happened, in order. Invariant: never empty.
    pub jobs: Vec<Job>,
}

/// One thing that happened, as the guest is told of it.
#[derive(Clone, Debug, PartialEq)]
pub enum Job {
    /// The run begins. The first job of the first activation; the moment is the start's own.
    Start(Arc<RunStarted>, Timestamp),
    /// An activity came to its end.
    ActivityResolved(OperationId, Resolution),
    /// A timer ran down.
    TimerFired(OperationId),
    /// Somebody sent a signal.
    SignalReceived(Box<SignalReceived>),
    /// Somebody asks the run to cancel itself, and says why.
    CancelRequested(String),
    /// Somebody sent an update, and the guest has accepted it.
    UpdateRequested(Box<UpdateRequest>),
    /// A child has started, or will not.
    ChildStarted(OperationId, StartResolution),
    /// A child that had started came to its end.
    ChildResolved(OperationId, Resolution),
    /// A message to another run arrived, or will not.
    ExternalResolved(OperationId, Result<(), Failure>),
    /// The run was reset: what comes from now on uses these random bits.
    RandomReseeded((u64, u64)),
}

/// How an operation ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Resolution {
    /// With a result.
    Completed(Option<Payload>),
    /// With a failure.
    Failed(Failure),
    /// Because it was cancelled.
    Cancelled(Failure),
}

/// How the start of a child ended.
#[derive(Clone, Debug, PartialEq)]
pub enum StartResolution {
    /// It has started.
    Started(Execution),
    /// Another run has the workflow id, and the policy does not let it go.
    AlreadyStarted,
    /// It cannot be started.
    Failed(Failure),
    /// The guest gave it up before.
    Cancelled(Failure),
}
