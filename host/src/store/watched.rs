//! A store with somebody in front of it who sees every change go through.
//!
//! It is for whoever hands an engine its store ([`Engine::open_through`](crate::engine::Engine::open_through)): to stand between a commit and its effects, or to keep
//! what was committed. It knows no implementation of the store.

use super::search::{OrderedPage, OrderedQuery, RunCount, RunPage, RunQuery};
use super::{
    Batch, BatchOperation, Epoch, ModuleVersion, Namespace, RunHead, RunSummary, ShardId, Store, StoreError,
    TaskQueueSettings, WorkflowTypeSettings,
};
use bytes::Bytes;
use mainspring_core::schedule::Schedule;
use mainspring_core::{Attempt, Digest, Event, Message, OperationId, Record, RunId, Timestamp};
use std::sync::Arc;

/// Sees every change of a store.
pub trait Watcher: Send + Sync + 'static {
    /// A commit begins; what is returned is called once it is durable, before anybody else is told. `batches` are what shards make
    /// durable; there are none where something else changes: what is set about namespaces, task queues and workflow
    /// types, and batch operations.
    fn commits(&self, batches: &[Batch]) -> impl FnOnce();
}

/// A store whose changes go through a [`Watcher`]; all else is handed on as it is, modules and epochs, too.
pub struct WatchedStore<W> {
    inner: Arc<dyn Store>,
    watcher: W,
}

impl<W: Watcher> WatchedStore<W> {
    /// Puts the watcher in front of a store.
    pub fn new(inner: Arc<dyn Store>, watcher: W) -> Self {
        Self { inner, watcher }
    }

    fn commit(&self, change: impl FnOnce(&dyn Store) -> Result<(), StoreError>) -> Result<(), StoreError> {
        let is_durable = self.watcher.commits(&[]);
        change(&*self.inner)?;
        is_durable();
        Ok(())
    }
}

impl<W: Watcher> Store for WatchedStore<W> {
    fn append(&self, batches: &[Batch]) -> Result<(), StoreError> {
        let is_durable = self.watcher.commits(batches);
        self.inner.append(batches)?;
        is_durable();
        Ok(())
    }

    fn append_and_tell(&self, batches: &[Batch], durable: &mut dyn FnMut()) -> Result<(), StoreError> {
        let mut is_durable = Some(self.watcher.commits(batches));
        self.inner.append_and_tell(batches, &mut || {
            if let Some(is_durable) = is_durable.take() {
                is_durable();
            }
            durable();
        })
    }

    fn shards(&self) -> u16 {
        self.inner.shards()
    }

    fn acquire(&self, shard: ShardId) -> Result<Epoch, StoreError> {
        self.inner.acquire(shard)
    }

    fn run(&self, run: RunId) -> Result<Option<(RunSummary, RunHead)>, StoreError> {
        self.inner.run(run)
    }

    fn history(&self, run: RunId) -> Result<Vec<Record>, StoreError> {
        self.inner.history(run)
    }

    fn attempts(&self, run: RunId) -> Result<Vec<(OperationId, Attempt)>, StoreError> {
        self.inner.attempts(run)
    }

    fn current_run(&self, namespace: &str, workflow_id: &str) -> Result<Option<RunId>, StoreError> {
        self.inner.current_run(namespace, workflow_id)
    }

    fn open_runs(
        &self,
        shard: ShardId,
        after: Option<RunId>,
        limit: usize,
    ) -> Result<Vec<(RunId, RunHead)>, StoreError> {
        self.inner.open_runs(shard, after, limit)
    }

    fn find_runs(&self, query: &RunQuery) -> Result<RunPage, StoreError> {
        self.inner.find_runs(query)
    }

    fn find_in_order(&self, query: &OrderedQuery) -> Result<OrderedPage, StoreError> {
        self.inner.find_in_order(query)
    }

    fn count_runs(&self, query: &RunQuery) -> Result<RunCount, StoreError> {
        self.inner.count_runs(query)
    }

    fn last_event(&self, run: RunId) -> Result<Option<Event>, StoreError> {
        self.inner.last_event(run)
    }

    fn outbox(&self, shard: ShardId) -> Result<Vec<(u64, Message)>, StoreError> {
        self.inner.outbox(shard)
    }

    fn closed_runs(
        &self,
        shard: ShardId,
        namespace: &str,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<RunId>, StoreError> {
        self.inner.closed_runs(shard, namespace, until, limit)
    }

    fn schedule(&self, namespace: &str, id: &str) -> Result<Option<Schedule>, StoreError> {
        self.inner.schedule(namespace, id)
    }

    fn schedules_of_shard(
        &self,
        shard: ShardId,
        after: Option<(&str, &str)>,
        limit: usize,
    ) -> Result<Vec<Schedule>, StoreError> {
        self.inner.schedules_of_shard(shard, after, limit)
    }

    fn schedules(&self, namespace: &str, after: Option<&str>, limit: usize) -> Result<Vec<Schedule>, StoreError> {
        self.inner.schedules(namespace, after, limit)
    }

    fn put_module(&self, version: &ModuleVersion, component: &Bytes) -> Result<(), StoreError> {
        self.inner.put_module(version, component)
    }

    fn modules(&self) -> Result<Vec<ModuleVersion>, StoreError> {
        self.inner.modules()
    }

    fn component(&self, digest: &Digest) -> Result<Option<Bytes>, StoreError> {
        self.inner.component(digest)
    }

    fn put_namespace(&self, namespace: &Namespace) -> Result<(), StoreError> {
        self.commit(|inner| inner.put_namespace(namespace))
    }

    fn remove_namespace(&self, name: &str) -> Result<(), StoreError> {
        self.commit(|inner| inner.remove_namespace(name))
    }

    fn namespaces(&self) -> Result<Vec<Namespace>, StoreError> {
        self.inner.namespaces()
    }

    fn put_task_queue(&self, settings: &TaskQueueSettings) -> Result<(), StoreError> {
        self.commit(|inner| inner.put_task_queue(settings))
    }

    fn task_queues(&self) -> Result<Vec<TaskQueueSettings>, StoreError> {
        self.inner.task_queues()
    }

    fn put_workflow_type(&self, settings: &WorkflowTypeSettings) -> Result<(), StoreError> {
        self.commit(|inner| inner.put_workflow_type(settings))
    }

    fn workflow_types(&self) -> Result<Vec<WorkflowTypeSettings>, StoreError> {
        self.inner.workflow_types()
    }

    fn put_batch_operation(&self, operation: &BatchOperation) -> Result<(), StoreError> {
        self.commit(|inner| inner.put_batch_operation(operation))
    }

    fn remove_batch_operation(&self, namespace: &str, id: &str) -> Result<(), StoreError> {
        self.commit(|inner| inner.remove_batch_operation(namespace, id))
    }

    fn batch_operation(&self, namespace: &str, id: &str) -> Result<Option<BatchOperation>, StoreError> {
        self.inner.batch_operation(namespace, id)
    }

    fn batch_operations(&self, namespace: &str) -> Result<Vec<BatchOperation>, StoreError> {
        self.inner.batch_operations(namespace)
    }
}
