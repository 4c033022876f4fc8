//! What comes from clients.

use super::{Refused, Run, Taken};
use crate::{CancelSender, Event, Payload, SignalReceived, Timestamp, UpdateRequest, UpdateStage};

/// Updates that a run takes in all: each stays in its memory, so that it is recognised when it comes again.
pub(super) const UPDATES_PER_RUN_MAX: usize = 2_000;
/// Updates that a run works on at once.
pub(super) const UPDATES_AT_ONCE_MAX: usize = 200;

impl Run {
    /// A message comes: if the run's start was delayed, it begins now.
    pub fn message_comes(&mut self) {
        self.state.begin_with_message();
    }

    /// Whether an update of this id may be offered to the guest: it is new, and there is room for it.
    pub fn check_update(&self, update_id: &str) -> Result<Taken, Refused> {
        if self.state.update(update_id).is_some() {
            return Ok(Taken::Duplicate);
        }
        self.check_open()?;
        if self.state.paused().is_some() {
            return Err(Refused::RunPaused);
        }
        if self.state.updates().len() >= UPDATES_PER_RUN_MAX {
            return Err(Refused::TooManyUpdates);
        }
        let under_way = self.state.updates().filter(|(_, it)| **it == UpdateStage::Accepted);
        if under_way.count() >= UPDATES_AT_ONCE_MAX {
            return Err(Refused::TooManyUpdatesAtOnce);
        }
        Ok(Taken::New)
    }

    /// Somebody sends an update that the guest has found valid.
    pub fn accept_update(&mut self, update: UpdateRequest, now: Timestamp) -> Result<Taken, Refused> {
        let taken = self.check_update(&update.id)?;
        if taken == Taken::New {
            self.record(now, Event::UpdateAccepted(Box::new(update)));
        }
        Ok(taken)
    }

    /// Somebody sends a signal.
    pub fn signal(&mut self, signal: SignalReceived, now: Timestamp) -> Result<Taken, Refused> {
        if self.state.has_signal(&signal.request_id) {
            return Ok(Taken::Duplicate);
        }
        self.check_open()?;
        self.record(now, Event::SignalReceived(Box::new(signal)));
        Ok(Taken::New)
    }

    /// Somebody asks the run to cancel itself. Asking again changes nothing.
    pub fn request_cancel(
        &mut self,
        reason: String,
        identity: String,
        request_id: String,
        sender: Option<CancelSender>,
        now: Timestamp,
    ) -> Result<Taken, Refused> {
        if self.state.was_cancelled_by(&request_id) {
            return Ok(Taken::Duplicate);
        }
        self.check_open()?;
        if self.state.cancel_requested() {
            return Ok(Taken::Duplicate);
        }
        self.record(
            now,
            Event::CancelRequested {
                reason,
                identity,
                request_id,
                sender,
            },
        );
        Ok(Taken::New)
    }

    /// Somebody closes the run without asking it.
    pub fn terminate(
        &mut self,
        reason: String,
        details: Vec<Payload>,
        identity: String,
        now: Timestamp,
    ) -> Result<(), Refused> {
        self.check_open()?;
        self.record(
            now,
            Event::RunTerminated {
                reason,
                details,
                identity,
                successor: None,
            },
        );
        Ok(())
    }
}
