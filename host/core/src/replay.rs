//! Bringing a fresh guest to where its history stands.
//!
//! The guest is given the recorded activations again. Each of its commands is compared with what was recorded, at
//! the call, so that a divergence is found where it happens.

use crate::mismatch::{self, Mismatch};
use crate::proposal::Proposal;
use crate::{Activation, Command, Event, EventId, IllegalEvent, Misuse, OperationId, Record, RunState};
use std::collections::BTreeSet;

/// A history that is being replayed to a guest.
#[derive(Debug)]
pub struct Replay {
    history: Vec<Record>,
    /// Events that `state` has seen. Invariant: `cursor <= history.len()`; equal means the guest is up to date.
    cursor: usize,
    state: Option<RunState>,
    proposal: Option<Proposal>,
    declined_patches: BTreeSet<String>,
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
            declined_patches: BTreeSet::new(),
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
        while pass_deprecated_patch(&self.history, self.cursor, proposal) {}
        let compared = proposal.events().len();
        let operation = proposal.take(state, command)?;
        if let Some(asked) = proposal.events().get(compared) {
            let at = self.cursor + compared;
            mismatch::check(EventId::at(at), recorded_command(&self.history, at), Some(asked))?;
        }
        Ok(operation)
    }

    /// Whether the guest took this path of its code, here or before. If it did not when it could have, it will not
    /// for the rest of the run: what it has done since may not fit.
    pub fn patched(&mut self, patch_id: String, deprecated: bool) -> Result<bool, ReplayError> {
        let (Some(state), Some(proposal)) = (&self.state, &mut self.proposal) else {
            return Err(Misuse::NotActivating.into());
        };
        let from = self.cursor + proposal.events().len();
        let marker = place_of_marker(&self.history, from, &patch_id);
        for _ in from..marker.unwrap_or(from) {
            pass_deprecated_patch(&self.history, self.cursor, proposal);
        }
        let is_taken = proposal.take_patch(state, &patch_id, deprecated, marker.is_some())?;
        if !is_taken {
            self.declined_patches.insert(patch_id);
        }
        Ok(is_taken)
    }

    /// The guest returned: it must have asked for all that was recorded.
    pub fn end_activation(&mut self) -> Result<(), ReplayError> {
        let Some(mut proposal) = self.proposal.take() else {
            return Err(Misuse::NotActivating.into());
        };
        while pass_deprecated_patch(&self.history, self.cursor, &mut proposal) {}
        let at = self.cursor + proposal.events().len();
        mismatch::check(EventId::at(at), recorded_command(&self.history, at), None)?;
        Ok(())
    }

    /// The paths that the guest asked about and did not take: [`Run::guest_replaced`](crate::Run::guest_replaced)
    /// needs to know.
    pub fn into_declined_patches(self) -> BTreeSet<String> {
        self.declined_patches
    }
}

fn recorded_command(history: &[Record], at: usize) -> Option<&Event> {
    history
        .get(at)
        .map(|record| &record.event)
        .filter(|event| event.is_of_command())
}

/// Code need no longer ask about a path that all runs take. Returns whether such a path comes next.
fn pass_deprecated_patch(history: &[Record], cursor: usize, proposal: &mut Proposal) -> bool {
    match recorded_command(history, cursor + proposal.events().len()) {
        Some(Event::Patched {
            patch_id,
            deprecated: true,
        }) => {
            proposal.record_patch(patch_id.clone(), true);
            true
        }
        _ => false,
    }
}

/// Where it is recorded that the guest took this path: next, or behind paths that it need no longer ask about.
fn place_of_marker(history: &[Record], from: usize, asked: &str) -> Option<usize> {
    for at in from.. {
        match recorded_command(history, at) {
            Some(Event::Patched { patch_id, .. }) if patch_id == asked => return Some(at),
            Some(Event::Patched { deprecated: true, .. }) => {}
            _ => break,
        }
    }
    None
}
