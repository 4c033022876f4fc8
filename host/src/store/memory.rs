//! The store as a plain model in memory: what the real ones are compared with, and what simulations and throw-away
//! servers run on. Nothing outlives it.

use super::search::{OrderedPage, OrderedQuery, Place, RunPage, RunQuery};
use super::{
    Batch, BatchOperation, Epoch, ModuleVersion, Namespace, RunHead, RunSummary, RunWrite, ShardId, Store, StoreError,
    TaskQueueSettings, WorkflowTypeSettings, format::Chunk,
};
use bytes::Bytes;
use mainspring_core::schedule::Schedule;
use mainspring_core::{Attempt, Digest, Event, Message, OperationId, Record, RunId, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// A store that forgets everything when it is dropped.
#[derive(Debug)]
pub struct MemoryStore {
    shards: u16,
    state: RwLock<State>,
}

#[derive(Debug, Default)]
struct State {
    epochs: BTreeMap<ShardId, u64>,
    runs: BTreeMap<RunId, StoredRun>,
    open: BTreeSet<(ShardId, RunId)>,
    outbox: BTreeMap<(ShardId, u64), Message>,
    /// By namespace and name.
    schedules: BTreeMap<(String, String), Arc<Schedule>>,
    current: BTreeMap<(String, String), RunId>,
    of_namespace: BTreeMap<String, BTreeSet<RunId>>,
    modules: BTreeMap<(String, String), Vec<ModuleVersion>>,
    components: BTreeMap<Digest, Bytes>,
    namespaces: BTreeMap<String, Namespace>,
    task_queues: BTreeMap<(String, String), TaskQueueSettings>,
    workflow_types: BTreeMap<(String, String), WorkflowTypeSettings>,
    batch_operations: BTreeMap<(String, String), BatchOperation>,
}

#[derive(Debug)]
struct StoredRun {
    shard: ShardId,
    head: RunHead,
    chunks: Vec<Chunk>,
    attempts: BTreeMap<OperationId, Attempt>,
    summary: Option<Arc<RunSummary>>,
}

impl StoredRun {
    fn new(shard: ShardId) -> Self {
        Self {
            shard,
            head: RunHead::default(),
            chunks: Vec::new(),
            attempts: BTreeMap::new(),
            summary: None,
        }
    }
}

impl MemoryStore {
    /// An empty store of so many shards.
    pub fn new(shards: u16) -> Self {
        Self {
            shards,
            state: RwLock::default(),
        }
    }

    // A change is either not begun or complete when something panics: checks come first.
    fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn apply(&mut self, shard: ShardId, write: &RunWrite) {
        let run = self.runs.entry(write.run).or_insert_with(|| StoredRun::new(shard));
        run.head = write.head;
        run.chunks.extend(write.chunk.clone());
        for (operation, attempt) in &write.attempts {
            match attempt {
                Some(attempt) => run.attempts.insert(*operation, attempt.clone()),
                None => run.attempts.remove(operation),
            };
        }
        if write.head.is_closed {
            run.attempts.clear();
            self.open.remove(&(shard, write.run));
        } else {
            self.open.insert((shard, write.run));
        }
        if let Some(summary) = &write.summary {
            let namespace = summary.namespace.clone();
            self.of_namespace
                .entry(namespace.clone())
                .or_default()
                .insert(write.run);
            if write.becomes_current {
                let workflow_id = summary.execution.workflow_id.clone();
                self.current.insert((namespace, workflow_id), write.run);
            }
            run.summary = Some(summary.clone());
        }
    }

    fn delete(&mut self, run: RunId) {
        let Some(deleted) = self.runs.remove(&run) else {
            return;
        };
        self.open.remove(&(deleted.shard, run));
        let Some(summary) = deleted.summary else { return };
        if let Some(listed) = self.of_namespace.get_mut(&summary.namespace) {
            listed.remove(&run);
        }
        let key = (summary.namespace.clone(), summary.execution.workflow_id.clone());
        if self.current.get(&key) == Some(&run) {
            self.current.remove(&key);
        }
    }

    fn apply_outbox(&mut self, batch: &Batch) {
        for (number, message) in &batch.outbox {
            let key = (batch.shard, *number);
            match message {
                Some(message) => self.outbox.insert(key, message.clone()),
                None => self.outbox.remove(&key),
            };
        }
    }

    fn apply_schedules(&mut self, batch: &Batch) {
        for write in &batch.schedules {
            let key = (write.namespace.clone(), write.id.clone());
            match &write.schedule {
                Some(schedule) => self.schedules.insert(key, schedule.clone()),
                None => self.schedules.remove(&key),
            };
        }
    }
}

impl Store for MemoryStore {
    fn shards(&self) -> u16 {
        self.shards
    }

    fn acquire(&self, shard: ShardId) -> Result<Epoch, StoreError> {
        let mut state = self.write();
        let epoch = state.epochs.entry(shard).or_default();
        *epoch += 1;
        Ok(Epoch(*epoch))
    }

    fn append_and_tell(&self, batches: &[Batch], durable: &mut dyn FnMut()) -> Result<(), StoreError> {
        let mut state = self.write();
        for batch in batches {
            batch.assert_valid(self.shards);
            if state.epochs.get(&batch.shard) != Some(&batch.epoch.0) {
                return Err(StoreError::Fenced(batch.shard));
            }
        }
        for batch in batches {
            for write in &batch.runs {
                state.apply(batch.shard, write);
            }
            state.apply_outbox(batch);
            for run in &batch.deletions {
                state.delete(*run);
            }
            state.apply_schedules(batch);
        }
        drop(state);
        durable();
        Ok(())
    }

    fn run(&self, run: RunId) -> Result<Option<(RunSummary, RunHead)>, StoreError> {
        let state = self.read();
        let found = state
            .runs
            .get(&run)
            .and_then(|run| Some((run.summary.as_ref()?, run.head)));
        Ok(found.map(|(summary, head)| (summary.as_ref().clone(), head)))
    }

    fn history(&self, run: RunId) -> Result<Vec<Record>, StoreError> {
        let state = self.read();
        let mut records = Vec::new();
        for chunk in state.runs.get(&run).iter().flat_map(|run| &run.chunks) {
            let decoded = Chunk::decode(chunk.bytes().clone()).map_err(|reason| StoreError::Corrupt {
                what: format!("the history of run {run}"),
                reason: reason.to_string(),
            })?;
            records.extend(decoded);
        }
        Ok(records)
    }

    fn last_event(&self, run: RunId) -> Result<Option<Event>, StoreError> {
        Ok(self.history(run)?.pop().map(|record| record.event))
    }

    fn attempts(&self, run: RunId) -> Result<Vec<(OperationId, Attempt)>, StoreError> {
        let state = self.read();
        let attempts = state.runs.get(&run).into_iter().flat_map(|run| &run.attempts);
        Ok(attempts
            .map(|(operation, attempt)| (*operation, attempt.clone()))
            .collect())
    }

    fn current_run(&self, namespace: &str, workflow_id: &str) -> Result<Option<RunId>, StoreError> {
        let key = (namespace.to_owned(), workflow_id.to_owned());
        Ok(self.read().current.get(&key).copied())
    }

    fn open_runs(
        &self,
        shard: ShardId,
        after: Option<RunId>,
        limit: usize,
    ) -> Result<Vec<(RunId, RunHead)>, StoreError> {
        let state = self.read();
        let open = state.open.iter().filter(|(of, _)| *of == shard).map(|(_, run)| *run);
        let later = open.filter(|run| after.is_none_or(|after| *run > after));
        Ok(later.take(limit).map(|run| (run, state.runs[&run].head)).collect())
    }

    fn closed_runs(
        &self,
        shard: ShardId,
        namespace: &str,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<RunId>, StoreError> {
        let state = self.read();
        let listed = state.of_namespace.get(namespace).into_iter().flatten();
        let in_shard = listed.filter(|run| state.runs[run].shard == shard);
        let closed = in_shard.filter_map(|run| Some((state.runs[run].summary.as_ref()?.closed?, *run)));
        let in_order: BTreeSet<_> = closed.filter(|(closed, _)| *closed <= until).collect();
        Ok(in_order.into_iter().take(limit).map(|(_, run)| run).collect())
    }

    fn outbox(&self, shard: ShardId) -> Result<Vec<(u64, Message)>, StoreError> {
        let state = self.read();
        let kept = state.outbox.range((shard, 0)..=(shard, u64::MAX));
        Ok(kept.map(|((_, number), message)| (*number, message.clone())).collect())
    }

    fn schedule(&self, namespace: &str, id: &str) -> Result<Option<Schedule>, StoreError> {
        let key = (namespace.to_owned(), id.to_owned());
        Ok(self
            .read()
            .schedules
            .get(&key)
            .map(|schedule| schedule.as_ref().clone()))
    }

    fn schedules_of_shard(
        &self,
        shard: ShardId,
        after: Option<(&str, &str)>,
        limit: usize,
    ) -> Result<Vec<Schedule>, StoreError> {
        let state = self.read();
        let all = state.schedules.iter();
        let own = all.filter(|((namespace, id), _)| ShardId::of(namespace, id, self.shards) == shard);
        let later =
            own.filter(|((namespace, id), _)| after.is_none_or(|after| (namespace.as_str(), id.as_str()) > after));
        Ok(later
            .take(limit)
            .map(|(_, schedule)| schedule.as_ref().clone())
            .collect())
    }

    fn schedules(&self, namespace: &str, after: Option<&str>, limit: usize) -> Result<Vec<Schedule>, StoreError> {
        let state = self.read();
        let own = state.schedules.iter().filter(|((of, _), _)| of == namespace);
        let later = own.filter(|((_, id), _)| after.is_none_or(|after| id.as_str() > after));
        Ok(later
            .take(limit)
            .map(|(_, schedule)| schedule.as_ref().clone())
            .collect())
    }

    /// Looks at every run, so that what indexes do can be compared with it.
    fn find_runs(&self, query: &RunQuery) -> Result<RunPage, StoreError> {
        let state = self.read();
        let end = query.before.map_or(Bound::Unbounded, Bound::Excluded);
        let listed = state.of_namespace.get(&query.namespace).into_iter();
        let latest_first = listed.flat_map(|runs| runs.range((Bound::Unbounded, end)).rev());
        let summaries = latest_first.filter_map(|run| state.runs[run].summary.as_deref());
        let wanted = summaries.filter(|run| query.condition.matches(run));
        let runs: Vec<_> = wanted.take(query.limit).cloned().collect();
        let next = (runs.len() == query.limit).then(|| runs.last().map(|run| run.execution.run_id));
        Ok(RunPage {
            next: next.flatten(),
            runs,
        })
    }

    fn find_in_order(&self, query: &OrderedQuery) -> Result<OrderedPage, StoreError> {
        let state = self.read();
        let listed = state.of_namespace.get(&query.namespace).into_iter().flatten();
        let summaries = listed.filter_map(|run| state.runs[run].summary.as_deref());
        let wanted = summaries.filter(|run| query.condition.matches(run));
        let mut places: Vec<(Place, &RunSummary)> = wanted
            .map(|run| match query.order.key(run) {
                Some(key) => (Place::Value(key, run.execution.run_id), run),
                None => (Place::NoValue(run.execution.run_id), run),
            })
            .collect();
        let order = |one: &Place, other: &Place| query.order.compare(one, other);
        places.sort_by(|(one, _), (other, _)| order(one, other));
        places.retain(|(place, _)| query.after.as_ref().is_none_or(|after| order(place, after).is_gt()));
        places.truncate(query.limit);
        let last = places.last().filter(|_| places.len() == query.limit);
        Ok(OrderedPage {
            next: last.map(|(place, _)| place.clone()),
            runs: places.into_iter().map(|(_, run)| run.clone()).collect(),
        })
    }

    fn put_module(&self, version: &ModuleVersion, component: &Bytes) -> Result<(), StoreError> {
        let mut state = self.write();
        state.components.insert(version.digest, component.clone());
        let name = (version.namespace.clone(), version.name.clone());
        let versions = state.modules.entry(name).or_default();
        if versions.last().is_none_or(|last| last.digest != version.digest) {
            versions.push(version.clone());
        }
        Ok(())
    }

    fn modules(&self) -> Result<Vec<ModuleVersion>, StoreError> {
        Ok(self.read().modules.values().flatten().cloned().collect())
    }

    fn component(&self, digest: &Digest) -> Result<Option<Bytes>, StoreError> {
        Ok(self.read().components.get(digest).cloned())
    }

    fn put_namespace(&self, namespace: &Namespace) -> Result<(), StoreError> {
        let mut state = self.write();
        state.namespaces.insert(namespace.name.clone(), namespace.clone());
        Ok(())
    }

    fn remove_namespace(&self, name: &str) -> Result<(), StoreError> {
        let mut state = self.write();
        state.namespaces.remove(name);
        state.modules.retain(|(of, _), _| of != name);
        state.task_queues.retain(|(of, _), _| of != name);
        state.workflow_types.retain(|(of, _), _| of != name);
        state.batch_operations.retain(|(of, _), _| of != name);
        let State {
            modules, components, ..
        } = &mut *state;
        let is_used = |digest: &Digest| modules.values().flatten().any(|version| version.digest == *digest);
        components.retain(|digest, _| is_used(digest));
        Ok(())
    }

    fn namespaces(&self) -> Result<Vec<Namespace>, StoreError> {
        Ok(self.read().namespaces.values().cloned().collect())
    }

    fn put_task_queue(&self, settings: &TaskQueueSettings) -> Result<(), StoreError> {
        let key = (settings.namespace.clone(), settings.name.clone());
        let queues = &mut self.write().task_queues;
        match settings.is_default() {
            true => queues.remove(&key),
            false => queues.insert(key, settings.clone()),
        };
        Ok(())
    }

    fn task_queues(&self) -> Result<Vec<TaskQueueSettings>, StoreError> {
        Ok(self.read().task_queues.values().cloned().collect())
    }

    fn put_workflow_type(&self, settings: &WorkflowTypeSettings) -> Result<(), StoreError> {
        let key = (settings.namespace.clone(), settings.name.clone());
        let types = &mut self.write().workflow_types;
        match settings.is_default() {
            true => types.remove(&key),
            false => types.insert(key, settings.clone()),
        };
        Ok(())
    }

    fn workflow_types(&self) -> Result<Vec<WorkflowTypeSettings>, StoreError> {
        Ok(self.read().workflow_types.values().cloned().collect())
    }

    fn put_batch_operation(&self, operation: &BatchOperation) -> Result<(), StoreError> {
        let key = (operation.namespace.clone(), operation.id.clone());
        self.write().batch_operations.insert(key, operation.clone());
        Ok(())
    }

    fn remove_batch_operation(&self, namespace: &str, id: &str) -> Result<(), StoreError> {
        let key = (namespace.to_owned(), id.to_owned());
        self.write().batch_operations.remove(&key);
        Ok(())
    }

    fn batch_operation(&self, namespace: &str, id: &str) -> Result<Option<BatchOperation>, StoreError> {
        let key = (namespace.to_owned(), id.to_owned());
        Ok(self.read().batch_operations.get(&key).cloned())
    }

    fn batch_operations(&self, namespace: &str) -> Result<Vec<BatchOperation>, StoreError> {
        let state = self.read();
        let all = state.batch_operations.values();
        Ok(all.filter(|it| it.namespace == namespace).cloned().collect())
    }
}
