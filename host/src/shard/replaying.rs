//! Bringing a guest to where a history stands: for a run that goes on, and for an author who wants to know whether it
//! could.

use crate::wasm::{CommandSink, Guest, GuestError, LogLine, Refusal};
use mainspring_core::{Command, Mismatch, OperationId, Record, Replay, ReplayError};
use std::collections::BTreeSet;

/// What is known of a guest that has been brought to where its history stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Replayed {
    /// What it said last of its present state.
    pub current_details: Option<String>,
    /// The paths of its code that it asked about and did not take.
    pub declined_patches: BTreeSet<String>,
}

/// Why a guest does not get to where its history stands.
#[derive(Debug, thiserror::Error)]
pub enum Unreplayable {
    /// It failed, or was refused what it asked for.
    #[error(transparent)]
    Guest(#[from] GuestError),
    /// It did not ask for what is recorded; or the history is none that a run can have.
    #[error(transparent)]
    History(#[from] ReplayError),
}

impl Unreplayable {
    /// Where the guest does something else than its history says, if that is why.
    #[must_use]
    pub fn mismatch(&self) -> Option<&Mismatch> {
        let error = match self {
            Self::History(error) => Some(error),
            Self::Guest(GuestError::Refused { refusal, .. }) => refusal.downcast_ref(),
            Self::Guest(_) => None,
        };
        match error? {
            ReplayError::Mismatch(mismatch) => Some(mismatch),
            ReplayError::Misuse(_) | ReplayError::Illegal(_) => None,
        }
    }
}

/// Gives a fresh guest all activations of a history again, and compares what it asks for.
///
/// # Errors
///
/// The first thing that does not go as it went.
pub fn replay<G: Guest>(guest: &mut G, history: Vec<Record>) -> Result<Replayed, Unreplayable> {
    let mut replaying = Replaying {
        replay: Replay::new(history),
        current_details: None,
    };
    while let Some(activation) = replaying.replay.next_activation()? {
        let (returned, outcome) = guest.activate(activation, replaying);
        outcome?;
        replaying = returned;
        replaying.replay.end_activation()?;
    }
    Ok(Replayed {
        current_details: replaying.current_details,
        declined_patches: replaying.replay.into_declined_patches(),
    })
}

/// A history that is replayed to a guest.
struct Replaying {
    replay: Replay,
    current_details: Option<String>,
}

impl CommandSink for Replaying {
    fn command(&mut self, command: Command) -> Result<Option<OperationId>, Refusal> {
        Ok(self.replay.command(command)?)
    }

    fn patched(&mut self, patch_id: String, deprecated: bool) -> Result<bool, Refusal> {
        Ok(self.replay.patched(patch_id, deprecated)?)
    }

    /// It was said when it was new.
    fn log(&mut self, _line: LogLine) {}

    fn set_current_details(&mut self, details: String) {
        self.current_details = Some(details);
    }
}
