//! What the rest of the host sees of guests: traits that live instances implement, and scripted guests in tests.

use super::error::{GuestError, InstantiateError};
use mainspring_core::{Activation, Command, Digest, Failure, OperationId, Payload, PayloadMap, UpdateRequest};
use std::any::Any;
use std::collections::BTreeSet;
use std::error::Error;

/// One live guest: the memory of one run.
///
/// After a [`GuestError`] the guest is in pieces and must be dropped.
pub trait Guest {
    /// Delivers what happened, and lends the guest `sink` for what it asks meanwhile.
    ///
    /// Never call it on a guest that [was asked](Self::was_asked).
    fn activate<S: CommandSink>(&mut self, activation: Activation, sink: S) -> (S, Result<(), GuestError>);

    /// Asks about the run's state. `patches` are the paths of its code that the run takes.
    fn query(&mut self, question: Question, patches: BTreeSet<String>) -> Result<Result<Payload, Failure>, GuestError>;

    /// Asks whether an update may be accepted. `patches` are the paths of its code that the run takes.
    fn validate_update(
        &mut self,
        update: UpdateRequest,
        patches: BTreeSet<String>,
    ) -> Result<Result<(), Failure>, GuestError>;

    /// Whether the guest has answered a query or validated an update.
    ///
    /// Nothing stops guest code from changing its memory while it answers, and no replay would repeat the change.
    /// So such a guest may answer more, and is never activated again: the run goes on in a fresh one.
    fn was_asked(&self) -> bool;

    /// An estimate of the machine's memory that the guest occupies.
    fn resident_bytes(&self) -> usize;
}

/// Where guests come from.
pub trait Guests {
    /// The guests that it makes.
    type Guest: Guest;

    /// A fresh guest of that module, not yet activated.
    fn instantiate(&self, module: &Digest) -> Result<Self::Guest, InstantiateError>;
}

/// Takes what a guest asks for while it is activated.
///
/// A refusal traps the guest at that call, and comes out of [`Guest::activate`] as [`GuestError::Refused`].
pub trait CommandSink: Any + Send {
    /// Takes an order. Those that begin an operation are given its id, the others `None`.
    ///
    /// Here a replay compares the order with what the journal has; and here the number of orders is limited.
    fn command(&mut self, command: Command) -> Result<Option<OperationId>, Refusal>;

    /// Whether the guest is to take this path of its code, from now on and for the rest of the run.
    fn patched(&mut self, patch_id: String, deprecated: bool) -> Result<bool, Refusal>;

    /// Takes a line of the run's log. Nothing of it is durable.
    fn log(&mut self, line: LogLine);

    /// Takes a text, in Markdown, about the run's present state. Not durable: a replay says it again.
    fn set_current_details(&mut self, details: String);
}

/// Why a guest's call is refused, in the type of whoever refuses.
pub type Refusal = Box<dyn Error + Send + Sync>;

/// A query.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// The query's name.
    pub name: String,
    /// Its input, one payload an argument.
    pub input: Vec<Payload>,
    /// Context that travels beside the input.
    pub headers: PayloadMap,
}

/// A line of a run's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// How much it matters.
    pub level: LogLevel,
    /// What the guest says.
    pub message: String,
    /// Data beside it, by name.
    pub fields: Vec<(String, String)>,
}

/// How much a log line matters, least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogLevel {
    /// For tracing every step.
    Trace,
    /// For finding mistakes.
    Debug,
    /// Worth knowing.
    Info,
    /// Worth a look.
    Warn,
    /// Something is wrong.
    Error,
}
