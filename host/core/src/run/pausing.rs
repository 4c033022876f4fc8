//! Pausing a run, and letting it go on.

use super::{Refused, Run, Taken};
use crate::{Event, OperationId, Pause, Phase, Timestamp};

impl Run {
    /// Somebody pauses the run. Its guest hears of nothing and workers are given nothing of it until it is resumed;
    /// what happens meanwhile is recorded, and told then.
    pub fn pause(&mut self, pause: Pause, now: Timestamp) -> Result<Taken, Refused> {
        if is_repeated(self.state.paused_by(), &pause) {
            return Ok(Taken::Duplicate);
        }
        self.check_open()?;
        if self.state.paused().is_some() {
            return Err(Refused::AlreadyPaused);
        }
        self.record(now, Event::RunPaused(pause));
        Ok(Taken::New)
    }

    /// Somebody lets the run go on: what it has missed is delivered, and activities that wait are offered anew.
    pub fn resume(&mut self, resumption: Pause, now: Timestamp) -> Result<Taken, Refused> {
        if is_repeated(self.state.resumed_by(), &resumption) {
            return Ok(Taken::Duplicate);
        }
        self.check_open()?;
        if self.state.paused().is_none() {
            return Err(Refused::NotPaused);
        }
        self.record(now, Event::RunResumed(resumption));
        let ready = |operation: &OperationId| {
            let activity = self.state.activity(*operation);
            activity.is_some_and(|it| matches!(it.attempt.phase, Phase::Ready(_)))
        };
        let waiting: Vec<OperationId> = self.state.activities().map(|it| it.operation).filter(ready).collect();
        for operation in waiting {
            // Nobody could have taken it, so it is ready only now.
            self.make_ready(operation, now);
        }
        Ok(Taken::New)
    }
}

/// Whether a request is the one that was taken latest.
fn is_repeated(latest: &str, request: &Pause) -> bool {
    !request.request_id.is_empty() && latest == request.request_id
}
