//! Updates: offered to the guest, which may refuse them; accepted, which is durable; answered, which is, too.

use super::Shard;
use super::activating::{Obstacle, Use};
use super::request::UpdateWithStartError;
use super::request::{Reply, RunError, StartRequest, Started, Target, UpdateError, UpdateStatus};
use crate::wasm::{Guest, Guests};
use mainspring_core::{
    ApplicationFailure, Failure, FailureInfo, FailureLayer, Refused, RunId, RunState, Taken, Timestamp, UpdateOutcome,
    UpdateRequest, UpdateStage,
};

/// Callers that may wait for one run's updates at a time; one more is told what is known at once, and asks again.
const UPDATE_WATCHERS_PER_RUN_MAX: usize = 1_000;

/// What waits for an update's answer.
pub(super) struct UpdateWatcher {
    pub(super) update_id: String,
    pub(super) reply: Reply<Result<UpdateStatus, UpdateError>>,
}

/// What an update came to when it was offered.
enum Offered {
    Rejected(Failure),
    Accepted,
}

impl<G: Guests> Shard<G> {
    pub(super) fn update(
        &mut self,
        target: &Target,
        update: UpdateRequest,
        now: Timestamp,
    ) -> Result<UpdateStatus, UpdateError> {
        let id = self.find(target)?;
        self.update_run(id, update, now)
    }

    pub(super) fn update_with_start(
        &mut self,
        start: StartRequest,
        update: UpdateRequest,
        now: Timestamp,
    ) -> Result<(Started, UpdateStatus), UpdateWithStartError> {
        let has_update = |state: &RunState| state.update(&update.id).is_some();
        let started = self.start_unless_running(start, has_update, false, now)?;
        let status = self.update_run(started.run_id, update, now)?;
        Ok((started, status))
    }

    /// How far an update is that was accepted, once that is durable.
    pub(super) fn find_update(&mut self, target: &Target, update_id: &str) -> Result<UpdateStatus, UpdateError> {
        let id = self.find(target)?;
        self.status_of_update(id, update_id)
    }

    /// Answers once the update is over; at once, with how far it is, if too many wait already.
    pub(super) fn await_update(
        &mut self,
        target: &Target,
        update_id: String,
        reply: Reply<Result<UpdateStatus, UpdateError>>,
    ) {
        let status = match self.find_update(target, &update_id) {
            Ok(status) => status,
            Err(error) => return self.answer(reply, Err(error)),
        };
        if status.outcome.is_none()
            && let Some(resident) = self.residents.get_mut(&status.run_id)
        {
            resident.update_watchers.retain(|watcher| !watcher.reply.is_closed());
            if resident.update_watchers.len() < UPDATE_WATCHERS_PER_RUN_MAX {
                resident.update_watchers.push(UpdateWatcher { update_id, reply });
                return;
            }
        }
        self.answer(reply, Ok(status));
    }

    fn update_run(&mut self, id: RunId, update: UpdateRequest, now: Timestamp) -> Result<UpdateStatus, UpdateError> {
        let update_id = update.id.clone();
        match self.offer_update(id, update, now)? {
            Offered::Rejected(failure) => Ok(UpdateStatus {
                run_id: id,
                outcome: Some(Err(failure)),
            }),
            Offered::Accepted => self.status_of_update(id, &update_id),
        }
    }

    /// How far an update is that was accepted.
    fn status_of_update(&self, id: RunId, update_id: &str) -> Result<UpdateStatus, UpdateError> {
        let state = self.residents.get(&id).map(|resident| resident.run().state());
        let stage = state.and_then(|state| Some((state.update(update_id)?, state.status())));
        let outcome = match stage {
            Some((UpdateStage::Completed(outcome), _)) => Some(outcome.clone()),
            Some((UpdateStage::Accepted, status)) => status.is_closed().then(closed_before),
            None => return Err(UpdateError::NotFound(update_id.to_owned())),
        };
        Ok(UpdateStatus { run_id: id, outcome })
    }

    /// Offers the guest an update that is not known yet, once the guest knows all that was before.
    fn offer_update(&mut self, id: RunId, update: UpdateRequest, now: Timestamp) -> Result<Offered, UpdateError> {
        if self.check_update(id, &update.id)? == Taken::Duplicate {
            return Ok(Offered::Accepted);
        }
        if let Some(paused) = self.paused_reason(id) {
            return Err(UpdateError::Blocked(paused));
        }
        self.bring_up_to_date(id, now)?;
        // What the guest was just told may have closed the run.
        self.check_update(id, &update.id)?;
        let blocked = |obstacle: Obstacle| UpdateError::Blocked(obstacle.reason);
        let module = self.module_of(id).map_err(blocked)?;
        let mut guest = self.guest(id, module, Use::Ask).map_err(blocked)?;
        let patches = self.patches(id);
        let verdict = guest
            .validate_update(update.clone(), patches)
            .map_err(|error| UpdateError::Blocked(error.to_string()))?;
        if let Err(failure) = verdict {
            self.keep(id, module, guest);
            return Ok(Offered::Rejected(failure));
        }
        if let Some(resident) = self.residents.get_mut(&id) {
            resident.run_mut().accept_update(update, now)?;
        }
        self.stage(id);
        Ok(Offered::Accepted)
    }

    fn check_update(&mut self, id: RunId, update_id: &str) -> Result<Taken, UpdateError> {
        let Some(resident) = self.residents.get_mut(&id) else {
            return Err(UpdateError::NotFound(update_id.to_owned()));
        };
        resident.run().check_update(update_id).map_err(|refused| match refused {
            Refused::RunClosed => RunError::Closed.into(),
            refused => refused.into(),
        })
    }

    fn bring_up_to_date(&mut self, id: RunId, now: Timestamp) -> Result<(), UpdateError> {
        if let Some(resident) = self.residents.get_mut(&id) {
            resident.run_mut().message_comes();
        }
        self.stage(id);
        if self.ready.remove(&id) {
            self.activate(id, now);
        }
        let Some(resident) = self.residents.get(&id) else {
            return Ok(());
        };
        if let Some(blocked) = &resident.blocked {
            return Err(UpdateError::Blocked(blocked.reason.clone()));
        }
        let state = resident.run().state();
        if !state.has_begun() {
            let reason = "it has not begun: a run of a chain takes updates once its wait is over";
            return Err(UpdateError::Blocked(reason.into()));
        }
        Ok(())
    }

    /// Tells those who wait for an update that is over now, once that is durable; of all, if the run is closed.
    pub(super) fn tell_update_watchers(&mut self, id: RunId, completed: Option<&str>) {
        let Some(resident) = self.residents.get_mut(&id) else {
            return;
        };
        let watchers = std::mem::take(&mut resident.update_watchers);
        let (over, waiting): (Vec<_>, Vec<_>) = watchers
            .into_iter()
            .partition(|watcher| completed.is_none_or(|update_id| watcher.update_id == update_id));
        resident.update_watchers = waiting;
        for UpdateWatcher { update_id, reply } in over {
            let status = self.status_of_update(id, &update_id);
            self.answer(reply, status);
        }
    }
}

/// The answer of an update whose run closed before it had one; type and words as Temporal's clients know them.
fn closed_before() -> UpdateOutcome {
    Err(Failure::new(FailureLayer::of_engine(
        "Workflow Update failed because the Workflow completed before the Update completed.",
        FailureInfo::Application(ApplicationFailure {
            kind: "AcceptedUpdateCompletedWorkflow".into(),
            non_retryable: true,
            ..ApplicationFailure::default()
        }),
    )))
}
