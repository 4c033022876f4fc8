//! One workflow run as a pure state machine.
//!
//! [`Run`] is a live run: inputs go in, events and owed effects come out. [`Replay`] brings a fresh guest to where a
//! history stands. Both fold events with the one transition function [`RunState::apply`], and both read a guest's
//! commands through the one proposal, so a replayed run cannot differ from the one that was recorded.
//!
//! What starts workflows at certain times is a state machine of its own: [`schedule`].
//!
//! This crate knows no clock, no entropy, no IO, no async, no wasm and no store. Time is an argument; everything is
//! ordered; the same inputs give the same events.

mod activation;
mod activity;
mod agenda;
mod child;
mod command;
mod event;
mod external;
mod failure;
mod id;
mod intervention;
mod message;
mod metadata;
mod mismatch;
mod options;
mod payload;
mod proposal;
mod replay;
pub mod retry;
mod run;
pub mod schedule;
mod size;
mod state;
mod successor;
mod time;
mod update;

pub use activation::{Activation, Job, Resolution, StartResolution};
pub use activity::{Attempt, PendingActivity, Phase, Place};
pub use child::{ChildNotStarted, ChildOutcome, PendingChild};
pub use command::{ActivityRequest, ChildRequest, Command, Continuation, TimerRequest};
pub use event::{
    Activated, AttemptEnd, CancelSender, Event, Origin, Parent, Pause, Predecessor, Record, RunReset, RunStarted,
    RunStatus, SignalReceived, SuccessionReason, TakenBefore,
};
pub use external::{ExternalSignal, ExternalTarget, NotDelivered, PendingExternal};
pub use failure::{
    ActivityFailure, ApplicationFailure, ChildWorkflowFailure, Failure, FailureInfo, FailureLayer, RetryState,
    TimeoutKind,
};
pub use id::{Digest, EventId, Execution, OperationId, RunId, ShownEventId};
pub use intervention::{
    ActivityAction, ActivityOptions, ActivitySelection, Intervention, Jitter, OptionEdit, OptionsChange, PendingReset,
    Reset, Unpause,
};
pub use message::{ChildStart, Content, MESSAGE_BYTES_MAX, Message, Sender};
pub use metadata::Metadata;
pub use mismatch::{FieldComparison, Mismatch};
pub use options::{
    ActivityTimeouts, CancellationType, ChildCancellationType, IdConflictPolicy, IdReusePolicy, ParentClosePolicy,
    Priority, RetryPolicy, WorkflowTimeouts,
};
pub use payload::{Payload, PayloadMap};
pub use proposal::{COMMAND_BYTES_PER_ACTIVATION_MAX, COMMANDS_PER_ACTIVATION_MAX, Misuse};
pub use replay::{Replay, ReplayError};
pub use run::{Base, Effect, HeartbeatAnswer, NotReset, Reapply, Refused, Run, Step, Taken};
pub use size::Size;
pub use state::{IllegalEvent, RunState};
pub use successor::Calendar;
pub use time::{Millis, Timestamp};
pub use update::{UpdateOutcome, UpdateRequest, UpdateStage};
