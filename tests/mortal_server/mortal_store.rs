//! The store between an engine and its store, in which the process dies.

use anyhow::Context as _;
use bytes::Bytes;
use mainspring::store::search::{OrderedPage, OrderedQuery, RunCount, RunPage, RunQuery};
use mainspring::store::{
    Batch, BatchOperation, Epoch, ModuleVersion, Namespace, RunHead, RunSummary, ShardId, Store, StoreError,
    TaskQueueSettings, WorkflowTypeSettings,
};
use mainspring_core::schedule::Schedule;
use mainspring_core::{Attempt, Digest, Event, Message, OperationId, Record, RunId, Timestamp};
use rustix::process::{Signal, getpid, kill_process};
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// When the process dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Death {
    /// Before the commit of that number, from 1.
    Before(u32),
    /// Once the commit of that number is durable, before anybody knows.
    After(u32),
}

impl FromStr for Death {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        let (moment, commit) = text.split_once(':').context("it is MOMENT:COMMIT")?;
        let commit = commit.parse().context("a commit is a number")?;
        match moment {
            "before" => Ok(Self::Before(commit)),
            "after" => Ok(Self::After(commit)),
            _ => anyhow::bail!("the moment is `before` or `after`, not {moment}"),
        }
    }
}

/// Hands everything on, until the chosen commit.
pub(crate) struct MortalStore {
    inner: Arc<dyn Store>,
    death: Death,
    commits: AtomicU32,
}

impl MortalStore {
    pub(crate) fn new(inner: Arc<dyn Store>, death: Death) -> Self {
        Self {
            inner,
            death,
            commits: AtomicU32::new(0),
        }
    }

    fn commit(&self, commit: impl FnOnce(&dyn Store) -> Result<(), StoreError>) -> Result<(), StoreError> {
        let number = self.commits.fetch_add(1, Ordering::Relaxed) + 1;
        self.pass(Death::Before(number));
        commit(&*self.inner)?;
        self.pass(Death::After(number));
        Ok(())
    }

    fn pass(&self, moment: Death) {
        if moment == self.death {
            die();
        }
    }
}

/// No destructor runs, no buffer is flushed, no connection is closed by us.
fn die() -> ! {
    kill_process(getpid(), Signal::KILL).expect("a process may kill itself");
    // The signal is on its way; this thread must do nothing more.
    loop {
        std::thread::park();
    }
}

impl Store for MortalStore {
    fn append(&self, batches: &[Batch]) -> Result<(), StoreError> {
        self.commit(|inner| inner.append(batches))
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
