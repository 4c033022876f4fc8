//! What comes from clients.

use super::{Refused, Run, Taken};
use crate::{Event, Payload, SignalReceived, Timestamp};

impl Run {
    /// Somebody sends a signal.
    pub fn signal(&mut self, signal: SignalReceived, now: Timestamp) -> Result<Taken, Refused> {
        if self.state.has_request(&signal.request_id) {
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
        now: Timestamp,
    ) -> Result<Taken, Refused> {
        if self.state.has_request(&request_id) {
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
            },
        );
        Ok(())
    }
}
