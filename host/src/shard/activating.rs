//! Bringing a guest to where its run stands, and letting it go on from there.
//!
//! Whatever goes wrong inside a guest leaves no trace in the history: the run is blocked, keeps taking in what
//! comes from outside, and is tried again later, or at once when its module changes.

use super::Shard;
use super::replaying::{Unreplayable, replay};
use super::request::{Blocked, QueryError, Reply, Target};
use super::run_log::RunLog;
use crate::cron;
use crate::store::StoreError;
use crate::wasm::{CommandSink, Guest, GuestError, Guests, InstantiateError, LogLine, Question, Refusal};
use mainspring_core::{Activated, Command, Digest, Millis, OperationId, Payload, Record, Run, RunId, Timestamp};
use std::collections::BTreeSet;

/// The wait before a blocked run is tried again: doubled each time, up to the maximum.
const BLOCKED_RETRY_MIN: Millis = Millis::from_secs(1);
const BLOCKED_RETRY_MAX: Millis = Millis::from_secs(60);
/// The same for a guest that had to be stopped: while it runs, all other runs of its thread wait.
const STOPPED_RETRY_MIN: Millis = Millis::from_secs(30);
const STOPPED_RETRY_MAX: Millis = Millis::from_secs(30 * 60);

/// A live run, lent to its guest for one activation.
struct Live {
    run: Box<Run>,
    log: RunLog,
    details: Option<String>,
}

/// Why a guest cannot go on.
pub(super) struct Obstacle {
    /// For the author.
    pub(super) reason: String,
    /// Whether it would have gone on for ever, and was stopped.
    was_stopped: bool,
}

impl<G: Guests> Shard<G> {
    /// Activates the run's guest once, if it is owed that.
    pub(super) fn activate(&mut self, id: RunId, now: Timestamp) {
        if !self.load(id) || self.hold(id) {
            return;
        }
        let outcome = self.try_activate(id, now);
        match outcome {
            Ok(()) => self.residents.block(id, None),
            Err(obstacle) => self.block(id, obstacle, now),
        }
        self.stage(id);
    }

    fn try_activate(&mut self, id: RunId, now: Timestamp) -> Result<(), Obstacle> {
        if self
            .residents
            .get(&id)
            .is_none_or(|resident| !resident.run().state().owes_activation())
        {
            return Ok(());
        }
        let module = self.module_of(id)?;
        let mut guest = self.guest(id, module, Use::Activate)?;
        let Some(resident) = self.residents.get_mut(&id) else {
            return Ok(());
        };
        let bytes = resident.settled.bytes;
        let length = resident.run().state().length();
        let activated = Activated {
            module,
            history_bytes: bytes,
            continue_as_new_suggested: length >= self.settings.history_length_suggested_max
                || bytes >= self.settings.history_bytes_suggested_max,
        };
        let Some(activation) = resident.run_mut().begin_activation(now, activated) else {
            return Ok(());
        };
        let live = Live {
            run: resident.lend_run(),
            log: RunLog::of(id),
            details: None,
        };
        let (mut live, outcome) = guest.activate(activation, live);
        match &outcome {
            Ok(()) => live.run.end_activation(cron::calendar),
            Err(_) => live.run.drop_activation(),
        }
        resident.take_back(live.run);
        outcome.map_err(failed)?;
        if live.details.is_some() {
            resident.current_details = live.details;
        }
        self.keep(id, module, guest);
        Ok(())
    }

    /// Asks the run's guest, once all that is delivered to it is known to it.
    pub(super) fn query(
        &mut self,
        target: &Target,
        question: Question,
        reply: Reply<Result<Payload, QueryError>>,
        now: Timestamp,
    ) {
        let answer = self.try_query(target, question, now);
        self.answer(reply, answer);
    }

    fn try_query(&mut self, target: &Target, question: Question, now: Timestamp) -> Result<Payload, QueryError> {
        let id = self.find(target)?;
        if self.ready.remove(&id) {
            self.activate(id, now);
        }
        if let Some(blocked) = self.residents.get(&id).and_then(|resident| resident.blocked.as_ref()) {
            return Err(QueryError::Blocked(blocked.reason.clone()));
        }
        if let Some(reason) = self.not_begun(id) {
            return Err(QueryError::Blocked(reason));
        }
        let blocked = |obstacle: Obstacle| QueryError::Blocked(obstacle.reason);
        let module = self.module_of(id).map_err(blocked)?;
        let mut guest = self.guest(id, module, Use::Ask).map_err(blocked)?;
        let patches = self.patches(id);
        let answer = guest
            .query(question, patches)
            .map_err(|error| QueryError::Blocked(error.to_string()))?;
        self.keep(id, module, guest);
        answer.map_err(|failure| QueryError::Failed(Box::new(failure)))
    }

    /// The paths of its code that the run takes.
    pub(super) fn patches(&self, id: RunId) -> BTreeSet<String> {
        let resident = self.residents.get(&id);
        resident
            .map(|resident| resident.run().state().patches().clone())
            .unwrap_or_default()
    }

    pub(super) fn module_of(&mut self, id: RunId) -> Result<Digest, Obstacle> {
        let Some(resident) = self.residents.get_mut(&id) else {
            return Err(obstacle("the run is not in memory"));
        };
        resident.code(&*self.modules).module.ok_or_else(|| {
            let started = resident.run().state().started();
            obstacle(format!(
                "module {:?} is gone from namespace {:?}; push it again",
                started.module, started.namespace
            ))
        })
    }

    /// The run's guest: the one that is kept, if it fits, or a new one that has been brought up to date.
    pub(super) fn guest(&mut self, id: RunId, module: Digest, purpose: Use) -> Result<G::Guest, Obstacle> {
        let kept_module = self.residents.get(&id).and_then(|resident| resident.guest_module);
        if let Some(guest) = self.cache.take(&id)
            && kept_module == Some(module)
            && (purpose == Use::Ask || !guest.was_asked())
        {
            return Ok(guest);
        }
        let mut guest = self.instantiate(&module)?;
        let history = self.whole_history(id).map_err(obstacle)?;
        let replayed = replay(&mut guest, history).map_err(|error| match error {
            Unreplayable::Guest(error) => failed(error),
            Unreplayable::History(error) => obstacle(error),
        })?;
        if let Some(resident) = self.residents.get_mut(&id) {
            resident.current_details = replayed.current_details;
            resident.run_mut().guest_replaced(replayed.declined_patches);
        }
        Ok(guest)
    }

    fn instantiate(&mut self, module: &Digest) -> Result<G::Guest, Obstacle> {
        loop {
            match self.guests.instantiate(module) {
                // A guest of a run at rest gives way to one that has something to do.
                Err(InstantiateError::PoolFull { .. }) if self.cache.evict_oldest() => {}
                Err(error @ InstantiateError::NotLoaded(_)) => {
                    self.modules.want(*module);
                    return Err(obstacle(error));
                }
                outcome => return outcome.map_err(obstacle),
            }
        }
    }

    /// All that has been decided about the run and delivered or not, durable or not.
    pub(super) fn whole_history(&mut self, id: RunId) -> Result<Vec<Record>, StoreError> {
        let just_read = self.residents.take_read(id);
        let Some(resident) = self.residents.get(&id) else {
            return Ok(Vec::new());
        };
        let mut history = match (just_read, resident.settled.length) {
            (Some(history), _) => history,
            (None, 0) => Vec::new(),
            (None, _) => self.store.history(id)?,
        };
        // The store may already have what has not yet been reported durable.
        history.truncate(usize::try_from(resident.settled.length).unwrap_or(usize::MAX));
        history.extend_from_slice(&resident.unsettled);
        history.extend_from_slice(self.staged_events(id));
        Ok(history)
    }

    pub(super) fn keep(&mut self, id: RunId, module: Digest, guest: G::Guest) {
        let Some(resident) = self.residents.get_mut(&id) else {
            return;
        };
        resident.guest_module = Some(module);
        let is_open = !resident.run().state().status().is_closed();
        if is_open && !self.settings.evict_always {
            self.cache.put(id, guest);
        }
    }

    fn block(&mut self, id: RunId, obstacle: Obstacle, now: Timestamp) {
        let Some(resident) = self.residents.get(&id) else {
            return;
        };
        let (since, tries) = match &resident.blocked {
            Some(blocked) => (blocked.since, blocked.tries + 1),
            None => (now, 1),
        };
        let (min, max) = match obstacle.was_stopped {
            true => (STOPPED_RETRY_MIN, STOPPED_RETRY_MAX),
            false => (BLOCKED_RETRY_MIN, BLOCKED_RETRY_MAX),
        };
        let wait = min.scaled(f64::from(tries - 1).exp2()).min(max);
        let blocked = Blocked {
            reason: obstacle.reason,
            since,
            tries,
            next_try: now.after(wait),
        };
        if tries == 1 {
            let started = resident.run().state().started();
            tracing::warn!(
                namespace = started.namespace,
                workflow_id = started.execution.workflow_id,
                run = %id,
                reason = blocked.reason,
                "the run is blocked"
            );
        }
        self.residents.block(id, Some(blocked));
    }

    /// Tries a blocked run again whose time has come.
    pub(super) fn retry_blocked(&mut self, id: RunId, now: Timestamp) {
        let blocked = self.residents.get(&id).and_then(|resident| resident.blocked.as_ref());
        if blocked.is_some_and(|blocked| blocked.next_try <= now) {
            self.ready.insert(id);
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    Activate,
    Ask,
}

fn obstacle(error: impl std::fmt::Display) -> Obstacle {
    Obstacle {
        reason: error.to_string(),
        was_stopped: false,
    }
}

fn failed(error: GuestError) -> Obstacle {
    Obstacle {
        was_stopped: matches!(error, GuestError::TimedOut { .. }),
        reason: error.to_string(),
    }
}

impl CommandSink for Live {
    fn command(&mut self, command: Command) -> Result<Option<OperationId>, Refusal> {
        Ok(self.run.command(command)?)
    }

    fn patched(&mut self, patch_id: String, deprecated: bool) -> Result<bool, Refusal> {
        Ok(self.run.patched(&patch_id, deprecated)?)
    }

    fn log(&mut self, line: LogLine) {
        self.log.write(&line);
    }

    fn set_current_details(&mut self, details: String) {
        self.details = Some(details);
    }
}
