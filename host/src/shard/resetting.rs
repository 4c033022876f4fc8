//! Resets: a run's workflow goes on from an earlier point, as another run. Both belong to this shard, so the one closes
//! and the other begins in one batch.

use super::Shard;
use super::request::{FOLLOWERS_MAX, ResetError, ResetRequest, RunError, Target};
use super::residency::{Settled, store_failed};
use crate::store::search::{Condition, RunQuery};
use crate::wasm::Guests;
use mainspring_core::{Base, Event, Reapply, Record, Run, RunId, RunReset, Timestamp};

/// Runs of a workflow id, the latest first, that are looked through for one that the same request made. Who repeats a
/// request does so soon.
const REPEATED_AFTER_MAX: usize = 1_000;

impl<G: Guests> Shard<G> {
    /// The current run of the workflow id, whichever is reset, closes if it is open.
    pub(super) fn reset(
        &mut self,
        target: &Target,
        request: ResetRequest,
        now: Timestamp,
    ) -> Result<RunId, ResetError> {
        let base = self.find(target)?;
        let current = self.find(&Target {
            run_id: None,
            ..target.clone()
        })?;
        if let Some(run) = self.run_of_request(target, &request)? {
            return Ok(run);
        }
        let history = self.whole_history(base).map_err(store_failed)?;
        let kept = request.point.find(&history)?;
        let followers = self.told_to_followers(&history, request.reapply)?;
        let (run_id, reason, identity) = (request.run_id, request.reason.clone(), request.identity.clone());
        let run = self.run_from(base, (&history, kept), &followers, request, now)?;
        // One that is closed need not give way.
        if let Some(resident) = self.residents.get_mut(&current)
            && resident.run_mut().give_way(run.state(), reason, identity, now).is_ok()
        {
            self.stage(current);
        }
        self.residents.insert(run, Settled::default(), true);
        self.stage(run_id);
        Ok(run_id)
    }

    /// The run that the same request made before. Since then others may have come after it, by themselves or by resets of
    /// other runs.
    fn run_of_request(&mut self, target: &Target, request: &ResetRequest) -> Result<Option<RunId>, RunError> {
        if self.load_if_of(request.run_id, &target.namespace, &target.workflow_id)? {
            return Ok(Some(request.run_id));
        }
        if request.request_id.is_empty() {
            return Ok(None);
        }
        let is_made_by = |id: &Option<String>| id.as_ref() == Some(&request.request_id);
        // What is not durable yet is in memory.
        let resident = self.residents.of_workflow(&target.namespace, &target.workflow_id);
        let mut known = resident.filter(|(_, run)| run.state().reset_request_id() == Some(&request.request_id));
        if let Some((id, _)) = known.next() {
            return Ok(Some(id));
        }
        let durable = self.store.find_runs(&RunQuery {
            namespace: target.namespace.clone(),
            condition: Condition::workflow_id(&target.workflow_id),
            before: None,
            limit: REPEATED_AFTER_MAX,
        });
        let runs = durable.map_err(store_failed)?.runs;
        let made = runs.iter().find(|run| is_made_by(&run.reset_request_id));
        let made = made.map(|run| run.execution.run_id);
        Ok(made.filter(|run| !self.leaving.contains(run)))
    }

    fn run_from(
        &self,
        base: RunId,
        (history, kept): (&[Record], usize),
        followers: &[Record],
        request: ResetRequest,
        now: Timestamp,
    ) -> Result<Run, ResetError> {
        let state = self.residents.get(&base).map(|resident| resident.run().state());
        let state = state.ok_or_else(|| RunError::Store(format!("run {base} cannot be loaded")))?;
        let started = state.started();
        // The type may have moved to another module since the run began.
        let module = self.modules.module_of(&started.namespace, &started.workflow_type);
        let reset = RunReset {
            base,
            run_id: request.run_id,
            random_seed: request.random_seed,
            module: module.unwrap_or_else(|_| started.module.clone()),
            reason: request.reason,
            identity: request.identity,
            request_id: request.request_id,
        };
        let base = Base {
            history,
            kept,
            state,
            followers,
        };
        Ok(Run::reset(&base, reset, request.reapply, now)?)
    }

    /// The events of the runs that followed a run by themselves.
    fn told_to_followers(&mut self, history: &[Record], reapply: Reapply) -> Result<Vec<Record>, ResetError> {
        let mut told = Vec::new();
        if !(reapply.signals || reapply.updates || reapply.cancel_requests) {
            return Ok(told);
        }
        let mut last = history.last().map(|record| record.event.clone());
        for _ in 0..FOLLOWERS_MAX {
            let Some(next) = last.as_ref().and_then(Event::successor) else {
                return Ok(told);
            };
            if !self.load(next) {
                return Ok(told);
            }
            let history = self.whole_history(next).map_err(store_failed)?;
            last = history.last().map(|record| record.event.clone());
            told.extend(history.into_iter().filter(|record| is_told(&record.event)));
        }
        Err(ResetError::TooManyFollowers)
    }
}

/// Whether the event is what people told a run.
const fn is_told(event: &Event) -> bool {
    matches!(
        event,
        Event::SignalReceived(_) | Event::UpdateAccepted(_) | Event::CancelRequested { .. }
    )
}
