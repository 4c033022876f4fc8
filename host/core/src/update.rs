//! Updates: messages with an answer.

use crate::{Failure, Payload, PayloadMap};

/// An update, as it came and was accepted.
#[derive(Clone, Debug, PartialEq)]
pub struct UpdateRequest {
    /// The key by which it is recognised when it comes again.
    pub id: String,
    /// The handler's name.
    pub name: String,
    /// Its input, one payload an argument.
    pub input: Vec<Payload>,
    /// Context that travels beside the input.
    pub headers: PayloadMap,
    /// Who sent it.
    pub identity: String,
}

/// What an update came to.
pub type UpdateOutcome = Result<Option<Payload>, Failure>;

/// How far an update is.
#[derive(Clone, Debug, PartialEq)]
pub enum UpdateStage {
    /// The guest works on it.
    Accepted,
    /// It is over.
    Completed(UpdateOutcome),
}
