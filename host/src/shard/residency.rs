//! Which runs are in memory, and how the others come back. Memory is a cache: only what a commit still waits for,
//! or what ends with this process anyway, keeps a run in it.

use super::blocked_runs::BlockedRuns;
use super::request::{Blocked, Progress, Reply, RunError, Target};
use super::updating::UpdateWatcher;
use super::{ModuleIndex, Notice, Shard};
use crate::run_map::RunMap;
use crate::store::{RunHead, StoreError};
use crate::wasm::Guests;
use mainspring_core::{Digest, Phase, Place, Record, Run, RunId, RunStatus, Timestamp};
use std::collections::{BTreeSet, HashMap};

/// A run in memory.
pub(super) struct Resident {
    /// None only while its guest is being activated and the run is lent to it.
    run: Option<Box<Run>>,
    /// What is durable.
    pub(super) settled: Settled,
    /// Events handed to the writer that are not yet known to be durable, in order.
    pub(super) unsettled: Vec<Record>,
    /// Batches with something of this run that are not yet known to be durable.
    pub(super) batches_in_flight: u32,
    /// The version that the cached guest is made of.
    pub(super) guest_module: Option<Digest>,
    /// What there is of its code, when that was last looked up.
    code: Option<Code>,
    pub(super) blocked: Option<Blocked>,
    /// What the guest last said about the present state.
    pub(super) current_details: Option<String>,
    /// Who waits for the history to grow beyond that length.
    pub(super) watchers: Vec<(u64, Reply<Result<Progress, RunError>>)>,
    /// Who waits for an update's answer.
    pub(super) update_watchers: Vec<UpdateWatcher>,
    /// In which batch.
    last_use: u64,
}

/// What the [index of modules](super::ModuleIndex) says of a run's code.
#[derive(Clone, Copy, Debug)]
pub(super) struct Code {
    /// The index's [count of changes](super::ModuleIndex::changes) before it was asked.
    as_of: u64,
    /// The version to follow, if its module is there.
    pub(super) module: Option<Digest>,
    /// Whether runs of its type are not activated.
    pub(super) is_paused: bool,
}

/// How much of a run's history is durable, and how much of it the journal holds.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Settled {
    pub(super) length: u64,
    /// Bytes handed to the writer, durable or not.
    pub(super) bytes: u64,
}

/// The runs in memory.
#[derive(Default)]
pub(super) struct Residents {
    runs: RunMap<Resident>,
    /// The newest run in memory of each workflow id; authoritative while a commit is under way.
    current: HashMap<(String, String), RunId>,
    /// Invariant: one entry a run, its `last_use`.
    by_use: BTreeSet<(u64, RunId)>,
    /// Histories that runs were just made of: if their guests are to be made, too, nobody need read them again.
    just_read: RunMap<Vec<Record>>,
    just_read_events: usize,
    blocked: BlockedRuns,
    /// Counts batches: what a batch uses more than once, it uses once.
    batch: u64,
}

/// Events in histories that are kept for a moment after they were read; a history that has no room is read again.
const JUST_READ_EVENTS_MAX: usize = 50_000;

impl Resident {
    pub(super) fn run(&self) -> &Run {
        self.run.as_ref().expect("a run is lent out only within an activation")
    }

    pub(super) fn run_mut(&mut self) -> &mut Run {
        self.run.as_mut().expect("a run is lent out only within an activation")
    }

    pub(super) fn lend_run(&mut self) -> Box<Run> {
        self.run.take().expect("a run is lent out only once")
    }

    pub(super) fn take_back(&mut self, run: Box<Run>) {
        self.run = Some(run);
    }

    /// What there is of its code now. Looked up again only after something has changed.
    pub(super) fn code(&mut self, modules: &dyn ModuleIndex) -> Code {
        let as_of = modules.changes();
        if let Some(code) = self.code.filter(|code| code.as_of == as_of) {
            return code;
        }
        let started = self.run().state().started();
        let pause = modules.pause_of(&started.namespace, &started.workflow_type);
        let code = Code {
            as_of,
            module: modules.current(&started.namespace, &started.module),
            is_paused: pause.is_some(),
        };
        self.code = Some(code);
        code
    }

    /// Whether nothing of it has been handed to the writer.
    pub(super) fn is_new(&self) -> bool {
        self.settled.length == 0 && self.unsettled.is_empty()
    }

    /// How far the run has come, as far as that is durable.
    pub(super) fn progress(&self) -> Progress {
        let state = self.run().state();
        let all_is_durable = self.settled.length == state.length();
        Progress {
            run_id: state.started().execution.run_id,
            length: self.settled.length,
            status: if all_is_durable {
                state.status()
            } else {
                RunStatus::Running
            },
            end: None,
        }
    }

    /// Whether nothing is lost if the run leaves memory.
    fn is_at_rest(&self) -> bool {
        let held_here = |place: &Phase| matches!(place, Phase::Started(_, Place::InProcess));
        self.batches_in_flight == 0
            && self.blocked.is_none()
            && self.watchers.iter().all(|(_, reply)| reply.is_closed())
            && self.update_watchers.iter().all(|watcher| watcher.reply.is_closed())
            && !self
                .run()
                .state()
                .activities()
                .any(|activity| held_here(&activity.attempt.phase))
    }
}

impl Residents {
    pub(super) fn get(&self, run: &RunId) -> Option<&Resident> {
        self.runs.get(run)
    }

    pub(super) fn get_mut(&mut self, run: &RunId) -> Option<&mut Resident> {
        self.runs.get_mut(run)
    }

    pub(super) fn insert(&mut self, run: Run, settled: Settled, is_current: bool) -> RunId {
        let started = run.state().started();
        let id = started.execution.run_id;
        if is_current {
            let key = (started.namespace.clone(), started.execution.workflow_id.clone());
            self.current.insert(key, id);
        }
        self.by_use.insert((self.batch, id));
        self.runs.insert(
            id,
            Resident {
                run: Some(Box::new(run)),
                settled,
                unsettled: Vec::new(),
                batches_in_flight: 0,
                guest_module: None,
                code: None,
                blocked: None,
                current_details: None,
                watchers: Vec::new(),
                update_watchers: Vec::new(),
                last_use: self.batch,
            },
        );
        id
    }

    fn keep_read(&mut self, id: RunId, history: Vec<Record>) {
        if self.just_read_events + history.len() <= JUST_READ_EVENTS_MAX {
            self.just_read_events += history.len();
            let before = self.just_read.insert(id, history);
            self.just_read_events -= before.map_or(0, |history| history.len());
        }
    }

    /// The run's durable history, if it was just read and nothing has been added since.
    pub(super) fn take_read(&mut self, id: RunId) -> Option<Vec<Record>> {
        let history = self.just_read.remove(&id)?;
        self.just_read_events -= history.len();
        let settled = self.runs.get(&id)?.settled.length;
        Some(history).filter(|history| history.len() as u64 == settled)
    }

    pub(super) fn forget_read(&mut self) {
        self.just_read.clear();
        self.just_read_events = 0;
    }

    pub(super) fn touch(&mut self, id: RunId) {
        let Some(resident) = self.runs.get_mut(&id) else { return };
        if resident.last_use != self.batch {
            self.by_use.remove(&(resident.last_use, id));
            resident.last_use = self.batch;
            self.by_use.insert((self.batch, id));
        }
    }

    /// What is used from now on is used later than what was.
    pub(super) const fn begin_batch(&mut self) {
        self.batch += 1;
    }

    pub(super) fn current(&self, namespace: &str, workflow_id: &str) -> Option<RunId> {
        self.current
            .get(&(namespace.to_owned(), workflow_id.to_owned()))
            .copied()
    }

    pub(super) fn block(&mut self, id: RunId, blocked: Option<Blocked>) {
        let Some(resident) = self.runs.get_mut(&id) else { return };
        // Most runs never are, and nobody need be kept from reading for them.
        if resident.blocked != blocked {
            self.blocked.set(id, blocked.clone());
            resident.blocked = blocked;
        }
    }

    pub(super) const fn blocked(&self) -> &BlockedRuns {
        &self.blocked
    }

    /// The runs of a workflow id that are in memory, in no order.
    pub(super) fn of_workflow(&self, namespace: &str, workflow_id: &str) -> impl Iterator<Item = (RunId, &Run)> {
        let runs = self.runs.iter().map(|(id, resident)| (*id, resident.run()));
        runs.filter(move |(_, run)| {
            let started = run.state().started();
            started.namespace == namespace && started.execution.workflow_id == workflow_id
        })
    }

    pub(super) fn remove(&mut self, id: RunId) {
        let Some(resident) = self.runs.remove(&id) else { return };
        self.by_use.remove(&(resident.last_use, id));
        let started = resident.run().state().started();
        let key = (started.namespace.clone(), started.execution.workflow_id.clone());
        if self.current.get(&key) == Some(&id) {
            self.current.remove(&key);
        }
    }
}

impl<G: Guests> Shard<G> {
    /// The run that a caller means, brought into memory.
    pub(super) fn find(&mut self, target: &Target) -> Result<RunId, RunError> {
        let (namespace, workflow_id) = (&target.namespace, &target.workflow_id);
        let id = match target.run_id {
            Some(id) => Some(id),
            None => self.current_run(namespace, workflow_id).map_err(store_failed)?,
        };
        match id {
            Some(id) if self.load_if_of(id, namespace, workflow_id)? && self.is_in_chain(id, target) => Ok(id),
            _ => Err(target.not_found()),
        }
    }

    fn is_in_chain(&self, id: RunId, target: &Target) -> bool {
        let first = |resident: &Resident| resident.run().state().started().first_run_id;
        target.first_run_id.is_none() || self.residents.get(&id).map(first) == target.first_run_id
    }

    /// Brings a run into memory. A run id of another workflow, or of another tenant, is as good as none.
    pub(super) fn load_if_of(&mut self, id: RunId, namespace: &str, workflow_id: &str) -> Result<bool, RunError> {
        if !self.try_load(id).map_err(store_failed)? {
            return Ok(false);
        }
        let started = self.residents.get(&id).map(|resident| resident.run().state().started());
        Ok(started.is_some_and(|it| it.namespace == namespace && it.execution.workflow_id == workflow_id))
    }

    /// The newest run of a workflow id.
    pub(super) fn current_run(&self, namespace: &str, workflow_id: &str) -> Result<Option<RunId>, StoreError> {
        let current = match self.residents.current(namespace, workflow_id) {
            Some(run) => Some(run),
            None => self.store.current_run(namespace, workflow_id)?,
        };
        Ok(current.filter(|run| !self.leaving.contains(run)))
    }

    /// Brings a run into memory; `false` if there is none, or if the store fails.
    pub(super) fn load(&mut self, id: RunId) -> bool {
        self.try_load(id).unwrap_or_else(|error| {
            tracing::error!(run = %id, %error, "the run cannot be loaded");
            false
        })
    }

    fn try_load(&mut self, id: RunId) -> Result<bool, StoreError> {
        if self.leaving.contains(&id) {
            return Ok(false);
        }
        if self.residents.get(&id).is_some() {
            self.residents.touch(id);
            return Ok(true);
        }
        let Some(history) = self.bring(id, Run::fold)? else {
            return Ok(false);
        };
        self.residents.keep_read(id, history);
        Ok(true)
    }

    /// Brings a busy run into memory after a restart of the process, and stages what it owes.
    pub(super) fn recover(&mut self, id: RunId, now: Timestamp) -> Result<(), StoreError> {
        let recover = |history: &[Record], attempts| Run::recover(history, attempts, now);
        if self.bring(id, recover)?.is_some() {
            let taken = self.residents.get(&id).into_iter().flat_map(Notice::all_taken);
            self.recovered.extend(taken);
            self.stage(id);
        }
        Ok(())
    }

    /// Makes the run of its history, and gives that.
    fn bring(
        &mut self,
        id: RunId,
        fold: impl FnOnce(
            &[Record],
            Vec<(mainspring_core::OperationId, mainspring_core::Attempt)>,
        ) -> Result<Run, mainspring_core::IllegalEvent>,
    ) -> Result<Option<Vec<Record>>, StoreError> {
        let Some((_, head)) = self.store.run(id)? else {
            return Ok(None);
        };
        let history = self.store.history(id)?;
        let run = fold(&history, self.store.attempts(id)?).map_err(|illegal| StoreError::Corrupt {
            what: format!("history of run {id}"),
            reason: illegal.to_string(),
        })?;
        let started = run.state().started();
        // A later run may be in memory of which the store does not know yet.
        let current = self.current_run(&started.namespace, &started.execution.workflow_id)?;
        let settled = Settled {
            length: head.length,
            bytes: head.bytes,
        };
        self.residents.insert(run, settled, current == Some(id));
        Ok(Some(history))
    }

    /// Lets runs at rest leave memory while there are too many.
    pub(super) fn make_room(&mut self) {
        let max = if self.settings.evict_always {
            0
        } else {
            self.settings.resident_runs_max
        };
        if self.residents.runs.len() <= max {
            return;
        }
        let excess = self.residents.runs.len() - max;
        let leaving: Vec<RunId> = self
            .residents
            .by_use
            .iter()
            .map(|(_, id)| id)
            .filter(|id| !self.ready.contains(id) && !self.has_staged(**id) && self.residents.runs[id].is_at_rest())
            .take(excess)
            .copied()
            .collect();
        for id in leaving {
            self.residents.remove(id);
            drop(self.cache.take(&id));
        }
    }
}

/// The state of a run's head, as it goes into a batch.
pub(super) fn head_of(run: &Run, bytes: u64) -> RunHead {
    let state = run.state();
    RunHead {
        length: state.length(),
        bytes,
        is_busy: state.owes_activation() || state.activities().len() > 0,
        next_deadline: state.next_deadline(),
        is_closed: state.status().is_closed(),
    }
}

pub(super) fn store_failed(error: StoreError) -> RunError {
    RunError::Store(error.to_string())
}
