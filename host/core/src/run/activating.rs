//! What comes from the guest: activations, and what it asks for in them.

use super::{Run, workers::attempt_end};
use crate::proposal::Proposal;
use crate::{Activated, Activation, Calendar, Command, Event, Misuse, OperationId, Record, RunState, Timestamp};
use std::collections::BTreeSet;

impl Run {
    /// Begins an activation, if the guest has not been told everything.
    ///
    /// It ends with [`Run::end_activation`] or [`Run::drop_activation`]; in between come only [`Run::command`]s.
    pub fn begin_activation(&mut self, now: Timestamp, activated: Activated) -> Option<Activation> {
        if !self.state.owes_activation() || self.state.status().is_closed() {
            return None;
        }
        let record = Record {
            time: self.moment(now),
            event: Event::Activated(activated.clone()),
        };
        let activation = Activation::of(&record, &activated, &self.state);
        self.activating = Some((record, Proposal::new(&self.state)));
        Some(activation)
    }

    /// Takes a command of the guest; returns the id of the operation that it begins, if it begins one.
    pub fn command(&mut self, command: Command) -> Result<Option<OperationId>, Misuse> {
        let (_, proposal) = self.activating.as_mut().ok_or(Misuse::NotActivating)?;
        proposal.check_new(&self.state, &command)?;
        proposal.take(&self.state, command)
    }

    /// Whether the guest is to take a path of its code that it may not always have had.
    pub fn patched(&mut self, patch_id: &str, deprecated: bool) -> Result<bool, Misuse> {
        let Self {
            state,
            activating,
            declined_patches,
            ..
        } = self;
        let (_, proposal) = activating.as_mut().ok_or(Misuse::NotActivating)?;
        let may_be_new = !declined_patches.contains(patch_id);
        proposal.take_patch(state, patch_id, deprecated, may_be_new)
    }

    /// Another guest stands for the run from now on. It was replayed to where the run stands, and did not take these
    /// paths on its way.
    pub fn guest_replaced(&mut self, declined_patches: BTreeSet<String>) {
        self.declined_patches = declined_patches;
    }

    /// The guest returned: what it asked for has happened. The calendar says when the run that follows begins.
    pub fn end_activation(&mut self, calendar: Calendar) {
        let Some((activated, proposal)) = self.activating.take() else {
            return;
        };
        let now = activated.time;
        self.record(now, activated.event);
        let mut unwanted = Vec::new();
        for event in proposal.into_events() {
            if let Event::ActivityCancelRequested { operation } = event {
                unwanted.push(operation);
            }
            let event = self.with_successor(now, calendar, event);
            self.record(now, event);
        }
        for operation in unwanted {
            self.cancel_unstarted(operation, now);
        }
    }

    /// The guest failed: nothing of the activation has happened, and it is due again.
    pub fn drop_activation(&mut self) {
        self.activating = None;
    }

    /// An activity that is to be cancelled and that no worker has is over at once. Returns whether it is one.
    pub(super) fn cancel_unstarted(&mut self, operation: OperationId, now: Timestamp) -> bool {
        let Some(activity) = self.state.activity(operation) else {
            return false;
        };
        if !activity.cancel_requested || activity.attempt.started().is_some() {
            return false;
        }
        let attempt = attempt_end(activity, String::new());
        let details = Vec::new();
        self.record(now, Event::ActivityCancelled { attempt, details });
        true
    }
}

impl Activation {
    /// The activation that `record`, which is [`Event::Activated`], delivers on top of `state`.
    pub(crate) fn of(record: &Record, activated: &Activated, state: &RunState) -> Self {
        Self {
            now: record.time,
            history_length: state.length() + 1,
            history_bytes: activated.history_bytes,
            continue_as_new_suggested: activated.continue_as_new_suggested,
            jobs: state.undelivered().to_vec(),
        }
    }
}
