//! Runs that go for good: because somebody says so, or because they were kept for as long as their namespace asks.
//!
//! From the moment at which it is decided, a run is there for nobody any more; from memory it goes with the commit that
//! removes it from the store.

use super::Shard;
use super::request::{RunError, Target};
use super::residency::store_failed;
use super::staging::summary_of;
use crate::store::StoreError;
use crate::wasm::Guests;
use mainspring_core::{Millis, RunId, Timestamp};

/// Runs whose time is over that go together. What is left goes a moment later, so that others get their turn.
const EXPIRED_AT_ONCE_MAX: usize = 100;

/// Between two looks for runs whose time is over: while there are more of them than go together, and otherwise a part of
/// the time for which they are kept, within bounds.
const LOOK_AGAIN: Millis = Millis::from_secs(1);
const LOOKS_PER_RETENTION: f64 = 10.0;
const LOOK_INTERVAL_MAX: Millis = Millis::from_secs(60);

/// For how long closed runs are kept.
#[derive(Debug, Default)]
pub(super) struct Retention {
    /// Namespaces that do not keep them for ever.
    namespaces: Vec<(String, Millis)>,
    /// When to look for some whose time is over. None if no namespace asks for it.
    next_look: Option<Timestamp>,
}

impl Retention {
    pub(super) const fn next_look(&self) -> Option<Timestamp> {
        self.next_look
    }

    fn interval(&self) -> Option<Millis> {
        let shortest = self.namespaces.iter().map(|(_, retention)| *retention).min()?;
        Some(
            shortest
                .scaled(1.0 / LOOKS_PER_RETENTION)
                .clamp(LOOK_AGAIN, LOOK_INTERVAL_MAX),
        )
    }
}

impl<G: Guests> Shard<G> {
    /// A namespace was changed: its closed runs may have to go sooner, or later.
    pub fn namespaces_changed(&mut self, now: Timestamp) {
        if let Err(error) = self.read_retentions(now) {
            tracing::error!(%error, "the namespaces cannot be read");
        }
    }

    pub(super) fn read_retentions(&mut self, now: Timestamp) -> Result<(), StoreError> {
        let namespaces = self.store.namespaces()?.into_iter();
        let kept_for = namespaces.filter_map(|it| Some((it.name, it.retention?)));
        self.retention.namespaces = kept_for.collect();
        self.retention.next_look = (!self.retention.namespaces.is_empty()).then_some(now);
        Ok(())
    }

    /// Removes closed runs that were kept for long enough, if it is time to look for them.
    pub(super) fn remove_expired(&mut self, now: Timestamp) {
        if self.retention.next_look.is_none_or(|look| now < look) {
            return;
        }
        let mut interval = self.retention.interval();
        match self.expired(now) {
            Ok(expired) => {
                if expired.len() >= EXPIRED_AT_ONCE_MAX {
                    interval = Some(LOOK_AGAIN);
                }
                expired.into_iter().for_each(|run| self.remove(run));
            }
            // They are looked for again.
            Err(error) => tracing::error!(%error, "closed runs cannot be listed"),
        }
        self.retention.next_look = interval.map(|interval| now.after(interval));
    }

    fn expired(&self, now: Timestamp) -> Result<Vec<RunId>, StoreError> {
        let mut expired = Vec::new();
        for (namespace, retention) in &self.retention.namespaces {
            let Some(until) = now.before(*retention) else { continue };
            // The store still has those that are about to leave.
            let limit = EXPIRED_AT_ONCE_MAX - expired.len() + self.leaving.len();
            let closed = self.store.closed_runs(self.id, namespace, until, limit)?.into_iter();
            expired.extend(closed.filter(|run| !self.leaving.contains(run)));
            expired.truncate(EXPIRED_AT_ONCE_MAX);
        }
        Ok(expired)
    }

    pub(super) fn delete(&mut self, target: &Target, now: Timestamp) -> Result<(), RunError> {
        let (id, is_closed) = self.known(target)?.ok_or_else(|| target.not_found())?;
        if !is_closed {
            if !self.load(id) {
                return Err(RunError::Store(format!("run {id} cannot be loaded")));
            }
            if let Some(resident) = self.residents.get_mut(&id) {
                let run = resident.run_mut();
                run.terminate("it is deleted".into(), Vec::new(), String::new(), now)
                    .map_err(|_| RunError::Closed)?;
            }
            self.stage(id);
        }
        self.remove(id);
        Ok(())
    }

    /// The run that a caller means, and whether it is closed. Its history is not read: one that cannot be read can be
    /// deleted.
    fn known(&self, target: &Target) -> Result<Option<(RunId, bool)>, RunError> {
        let id = match target.run_id {
            Some(id) => Some(id).filter(|id| !self.leaving.contains(id)),
            None => self
                .current_run(&target.namespace, &target.workflow_id)
                .map_err(store_failed)?,
        };
        let Some(id) = id else { return Ok(None) };
        let summary = match self.residents.get(&id) {
            Some(resident) => Some(summary_of(resident.run(), resident.settled.bytes)),
            None => self.store.run(id).map_err(store_failed)?.map(|(summary, _)| summary),
        };
        let meant = summary.filter(|it| {
            let in_chain = target.first_run_id.is_none_or(|first| it.first_run_id == first);
            it.namespace == target.namespace && it.execution.workflow_id == target.workflow_id && in_chain
        });
        Ok(meant.map(|summary| (id, summary.status.is_closed())))
    }

    /// Lets a closed run go.
    fn remove(&mut self, id: RunId) {
        self.staging.delete(id);
        self.leaving.insert(id);
        self.agenda.set(id, None);
        self.ready.remove(&id);
        self.residents.block(id, None);
        drop(self.cache.take(&id));
    }

    /// A run's removal is durable.
    pub(super) fn has_left(&mut self, id: RunId) {
        self.leaving.remove(&id);
        self.residents.remove(id);
    }
}
