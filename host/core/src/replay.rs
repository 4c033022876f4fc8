//! Bringing a fresh guest to where its history stands.
//!
//! The guest is given the recorded activations again. Each of its commands is compared with what was recorded, at
//! the call, so that a divergence is found where it happens.

use crate::mismatch::{self, Mismatch};
use crate::proposal::Proposal;
use crate::{Activation, Command, Event, EventId, IllegalEvent, Misuse, OperationId, Record, RunState};

/// A history that is being replayed to a guest.
#[derive(Debug)]
pub struct Replay {
    history: Vec<Record>,
    /// Events that `state` has seen. Invariant: `cursor <= history.len()`; equal means the guest is up to date.
    cursor: usize,
    state: Option<RunState>,
    proposal: Option<Proposal>,
}

/// Why a replay cannot go on.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ReplayError {
    /// The guest asks for something else than it did.
    #[error(transparent)]
    Mismatch(#[from] Box<Mismatch>),
    /// The guest asks for something senseless.
    #[error(transparent)]
    Misuse(#[from] Misuse),
    /// The history itself is not one that a run can have.
    #[error("the recorded history is damaged: {0}")]
    Illegal(#[from] IllegalEvent),
}

impl Replay {
    /// A replay of this history, from its beginning.
    pub const fn new(history: Vec<Record>) -> Self {
        Self {
            history,
            cursor: 0,
            state: None,
            proposal: None,
        }
    }

    /// The next recorded activation; none once the guest has seen them all.
    pub fn next_activation(&mut self) -> Result<Option<Activation>, ReplayError> {
        while let Some(record) = self.history.get(self.cursor) {
            let activation = match (&mut self.state, &record.event) {
                (None, _) => {
                    self.state = Some(RunState::begin(record)?);
                    None
                }
                (Some(state), Event::Activated(activated)) => {
                    let activation = Activation::of(record, activated, state);
                    state.apply(record)?;
                    self.proposal = Some(Proposal::new(state));
                    Some(activation)
                }
                (Some(state), _) => {
                    state.apply(record)?;
                    None
                }
            };
            self.cursor += 1;
            if activation.is_some() {
                return Ok(activation);
            }
        }
        Ok(None)
    }

    /// Compares a command of the guest with what was recorded; returns the id of the operation that it began.
    pub fn command(&mut self, command: Command) -> Result<Option<OperationId>, ReplayError> {
        let (Some(state), Some(proposal)) = (&self.state, &mut self.proposal) else {
            return Err(Misuse::NotActivating.into());
        };
        let compared = proposal.events().len();
        let operation = proposal.take(state, command)?;
        if let Some(asked) = proposal.events().get(compared) {
            let at = self.cursor + compared;
            let recorded = self
                .history
                .get(at)
                .map(|record| &record.event)
                .filter(|event| event.is_of_command());
            mismatch::check(EventId::at(at), recorded, Some(asked))?;
        }
        Ok(operation)
    }

    /// The guest returned: it must have asked for all that was recorded.
    pub fn end_activation(&mut self) -> Result<(), ReplayError> {
        let Some(proposal) = self.proposal.take() else {
            return Err(Misuse::NotActivating.into());
        };
        let at = self.cursor + proposal.events().len();
        let recorded = self
            .history
            .get(at)
            .map(|record| &record.event)
            .filter(|event| event.is_of_command());
        mismatch::check(EventId::at(at), recorded, None)?;
        Ok(())
    }
}
