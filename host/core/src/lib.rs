//! One workflow run as a pure state machine.
//!
//! [`Run`] is a live run: inputs go in, events and owed effects come out. [`Replay`] brings a fresh guest to where a
//! history stands. Both fold events with the one transition function [`RunState::apply`], and both read a guest's
//! commands through the one proposal, so a replayed run cannot differ from the one that was recorded.
//!
//! This crate knows no clock, no entropy, no IO, no async, no wasm and no store. Time is an argument; everything is
//! ordered; the same inputs give the same events.

mod activation;
mod activity;
mod agenda;
mod command;
mod event;
mod failure;
mod id;
mod mismatch;
mod options;
mod payload;
mod proposal;
mod replay;
pub mod retry;
mod run;
mod state;
mod time;

pub use activation::{Activation, Job, Resolution};
pub use activity::{Attempt, PendingActivity, Phase, Place};
pub use command::{ActivityRequest, Command, TimerRequest};
pub use event::{Activated, AttemptEnd, Event, Record, RunStarted, RunStatus, SignalReceived};
pub use failure::{
    ActivityFailure, ApplicationFailure, ChildWorkflowFailure, Failure, FailureInfo, FailureLayer, RetryState,
    TimeoutKind,
};
pub use id::{Digest, EventId, Execution, OperationId, RunId};
pub use mismatch::{FieldComparison, Mismatch};
pub use options::{ActivityTimeouts, CancellationType, Priority, RetryPolicy, WorkflowTimeouts};
pub use payload::{Payload, PayloadMap};
pub use proposal::{COMMAND_BYTES_PER_ACTIVATION_MAX, COMMANDS_PER_ACTIVATION_MAX, Misuse};
pub use replay::{Replay, ReplayError};
pub use run::{Effect, Refused, Run, Step, Taken};
pub use state::{IllegalEvent, RunState};
pub use time::{Millis, Timestamp};
