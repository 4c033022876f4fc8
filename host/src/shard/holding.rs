//! Runs whose guests are owed an activation that their type's pause keeps from them.
//!
//! Such a run takes in whatever comes to it, and is told all of it when the pause is over. It may leave memory: what is
//! kept here is its id. A restart finds it by what it is owed.

use super::Shard;
use crate::store::Change;
use crate::wasm::Guests;
use mainspring_core::{Job, RunId};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Runs that go on in one turn once their type's pause is over. The others follow in the next turns, so that those of
/// other types do not wait for all of them.
const RELEASED_PER_TURN_MAX: usize = 500;

#[derive(Default)]
pub(super) struct Held {
    /// By namespace and workflow type.
    of_types: BTreeMap<(String, String), BTreeSet<RunId>>,
    /// Those whose pause is over.
    released: BTreeSet<RunId>,
}

impl Held {
    /// Whether there are some that may go on.
    pub(super) fn has_released(&self) -> bool {
        !self.released.is_empty()
    }

    pub(super) fn take_released(&mut self) -> Vec<RunId> {
        let rest = match self.released.iter().nth(RELEASED_PER_TURN_MAX).copied() {
            Some(next) => self.released.split_off(&next),
            None => BTreeSet::new(),
        };
        std::mem::replace(&mut self.released, rest).into_iter().collect()
    }
}

impl<G: Guests> Shard<G> {
    /// Since when and why runs of this run's type are not activated, if they are not.
    pub(super) fn type_pause(&self, id: RunId) -> Option<Arc<Change>> {
        let started = self.residents.get(&id)?.run().state().started();
        self.modules.pause_of(&started.namespace, &started.workflow_type)
    }

    /// Keeps the run from being activated if its type is paused. Says whether it is.
    pub(super) fn hold(&mut self, id: RunId) -> bool {
        let Some(resident) = self.residents.get_mut(&id) else {
            return false;
        };
        if !resident.run().state().owes_activation() || !resident.code(&*self.modules).is_paused {
            return false;
        }
        let started = resident.run().state().started();
        let key = (started.namespace.clone(), started.workflow_type.clone());
        self.held.of_types.entry(key).or_default().insert(id);
        // Whatever it was blocked by, it is not tried any more.
        self.residents.block(id, None);
        true
    }

    /// The run needs no activation any more.
    pub(super) fn let_go(&mut self, id: RunId) {
        if self.held.of_types.is_empty() {
            return;
        }
        for runs in self.held.of_types.values_mut() {
            runs.remove(&id);
        }
        self.held.of_types.retain(|_, runs| !runs.is_empty());
    }

    /// Pauses may be over.
    pub(super) fn release_held(&mut self) {
        let (modules, released) = (&self.modules, &mut self.held.released);
        self.held.of_types.retain(|(namespace, workflow_type), runs| {
            let is_paused = modules.pause_of(namespace, workflow_type).is_some();
            if !is_paused {
                released.append(runs);
            }
            is_paused
        });
    }

    /// Why a guest cannot be asked that has not been activated yet, if it has not.
    pub(super) fn not_begun(&self, id: RunId) -> Option<String> {
        let resident = self.residents.get(&id)?;
        let state = resident.run().state();
        let waits_to_begin = matches!(state.undelivered().first(), Some(Job::Start(..)));
        (waits_to_begin && !state.status().is_closed()).then(|| match self.paused_reason(id) {
            Some(paused) => format!("it has not begun: {paused}"),
            None if state.paused().is_some() => "it has not begun: the run is paused".to_owned(),
            None => "it has not begun: its start is delayed".to_owned(),
        })
    }

    /// Whether the target's type is paused, in words.
    pub(super) fn paused_reason(&self, id: RunId) -> Option<String> {
        let pause = self.type_pause(id)?;
        let started = self.residents.get(&id)?.run().state().started();
        Some(paused(&started.workflow_type, &pause))
    }
}

fn paused(workflow_type: &str, pause: &Change) -> String {
    let why = match pause.reason.as_str() {
        "" => String::new(),
        reason => format!(" ({reason})"),
    };
    format!("workflow type {workflow_type:?} is paused{why}")
}
