//! What is durable, behind one narrow trait.
//!
//! [`Store`] is implemented by [`redb`] for real, with a [`log`] in front of it, and by [`memory`] as the model that
//! tests compare it with. A step of a run commits whole or not at all, with all others of its batch. The store knows
//! no guest, no task queue and no API; it takes events as the core has them and gives them back the same.

mod batch_operation;
mod control;
pub mod format;
pub mod log;
pub mod memory;
pub mod redb;
#[cfg(test)]
mod samples;
pub mod search;
mod watched;

pub use batch_operation::{
    BatchAction, BatchOperation, BatchPosition, BatchProgress, BatchReset, BatchRuns, BatchState, BatchTarget,
    ResetPoint,
};
pub use control::{Change, Rate, TaskQueueSettings, WorkflowTypeSettings};
pub use watched::{WatchedStore, Watcher};

use bytes::Bytes;
use mainspring_core::schedule::Schedule;
use mainspring_core::{
    Attempt, Digest, Event, Execution, Message, Millis, OperationId, PayloadMap, Record, RunId, RunStatus, Timestamp,
};
use search::{AttributeTypes, OrderedPage, OrderedQuery, RunCount, RunPage, RunQuery};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A part of the run space that one owner writes: `hash(namespace, workflow id) mod N`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ShardId(pub u16);

impl ShardId {
    /// The shard of a workflow, of `shards` in all. A promise: data directories depend on it.
    pub fn of(namespace: &str, workflow_id: &str, shards: u16) -> Self {
        let mut hasher = blake3::Hasher::new();
        // No namespace contains a zero byte, so no two pairs hash the same bytes.
        hasher
            .update(namespace.as_bytes())
            .update(&[0])
            .update(workflow_id.as_bytes());
        let mut first = [0; 8];
        first.copy_from_slice(&hasher.finalize().as_bytes()[..8]);
        Self((u64::from_le_bytes(first) % u64::from(shards)) as u16)
    }
}

/// Counts the owners of a shard. A write with an older epoch than the store's is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Epoch(pub u64);

/// What a shard makes durable together.
#[derive(Clone, Debug)]
pub struct Batch {
    /// Whose runs these are.
    pub shard: ShardId,
    /// Under which ownership.
    pub epoch: Epoch,
    /// One entry a run, no run twice.
    pub runs: Vec<RunWrite>,
    /// Messages to keep until they are delivered, by number, and (none) to forget. Of the messages that a shard keeps,
    /// no two have the same number.
    pub outbox: Vec<(u64, Option<Message>)>,
    /// Runs to be removed with everything that is kept of them, after what the batch writes of them. A run that was the
    /// current one of its workflow id leaves none in its place. One that is not there is no error.
    pub deletions: Vec<RunId>,
    /// Schedules that have changed; no schedule twice.
    pub schedules: Vec<ScheduleWrite>,
}

/// What a schedule has become.
#[derive(Clone, Debug)]
pub struct ScheduleWrite {
    /// Its tenant.
    pub namespace: String,
    /// Its name. It belongs to the shard of a workflow of that name.
    pub id: String,
    /// The schedule; none forgets it.
    pub schedule: Option<Arc<Schedule>>,
}

/// What one run's steps change.
#[derive(Clone, Debug)]
pub struct RunWrite {
    /// Which run.
    pub run: RunId,
    /// Its new events, encoded; none if only attempts changed.
    pub chunk: Option<format::Chunk>,
    /// Where the run now stands, the new events included.
    pub head: RunHead,
    /// Attempts to keep, or (none) to forget. Those of a run that is closed are forgotten without being named.
    pub attempts: Vec<(OperationId, Option<Attempt>)>,
    /// What lists show, if it changed: at the start, at the close, at a pause, at a change of memo or search
    /// attributes.
    pub summary: Option<Arc<RunSummary>>,
    /// Whether this run is, from now on, the current one of its workflow id. Invariant: then there is a summary.
    pub becomes_current: bool,
}

/// Where a run stands, in a few bytes: enough to know, without its history, whether it needs anything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RunHead {
    /// Events in its history.
    pub length: u64,
    /// What they take in the journal.
    pub bytes: u64,
    /// Whether it must be loaded at start-up at once: its guest is owed something, or an activity is pending.
    pub is_busy: bool,
    /// When it must next be told the time, if ever.
    pub next_deadline: Option<Timestamp>,
    /// Whether it is closed.
    pub is_closed: bool,
}

/// What lists and descriptions show of a run without its history.
#[derive(Clone, Debug, PartialEq)]
pub struct RunSummary {
    /// Its tenant.
    pub namespace: String,
    /// Its workflow id and run id.
    pub execution: Execution,
    /// Its type.
    pub workflow_type: String,
    /// Its task queue.
    pub task_queue: String,
    /// Whether and how it is closed.
    pub status: RunStatus,
    /// When it started.
    pub started: Timestamp,
    /// When it closed, if it has.
    pub closed: Option<Timestamp>,
    /// Events in its history as tools are shown it, when this was written.
    pub history_length: u64,
    /// Events in its history as the journal has it: each is one change of the run's state.
    pub transitions: u64,
    /// What they take in the journal.
    pub history_bytes: u64,
    /// What people describe it with.
    pub memo: PayloadMap,
    /// What people find it by.
    pub search_attributes: PayloadMap,
    /// The key by which its start is recognised when it comes again.
    pub start_request_id: String,
    /// The key by which the reset that made it is recognised when it is asked for again, if one did.
    pub reset_request_id: Option<String>,
    /// The first run of its chain.
    pub first_run_id: RunId,
    /// When its guest is first activated, if that is not at once.
    pub begins: Option<Timestamp>,
    /// Whose child it is, if it is one.
    pub parent: Option<Execution>,
    /// The topmost of its parents, if it has any.
    pub root: Option<Execution>,
}

/// A version of a module, as it was pushed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModuleVersion {
    /// Its tenant.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// The component's digest.
    pub digest: Digest,
    /// The component's size.
    pub size_bytes: u64,
    /// When it was pushed.
    pub pushed: Timestamp,
}

/// A tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Namespace {
    /// Its name.
    pub name: String,
    /// A UUID that stays when everything else changes.
    pub id: RunId,
    /// What it is for.
    pub description: String,
    /// When it was registered.
    pub registered: Timestamp,
    /// The types of the attributes that its runs may carry.
    pub search_attributes: AttributeTypes,
    /// How long a run is kept once it is closed; for ever if there is none.
    pub retention: Option<Millis>,
    /// Whether it takes no new workflows.
    pub is_deprecated: bool,
    /// Whom to ask about it.
    pub owner_email: String,
    /// What else its owners note about it.
    pub data: BTreeMap<String, String>,
    /// Whether it is being removed, with everything in it: it is there for nobody any more.
    pub is_leaving: bool,
}

impl Batch {
    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty() && self.outbox.is_empty() && self.deletions.is_empty() && self.schedules.is_empty()
    }

    /// The invariants that a caller must keep, checked where a batch comes in.
    fn assert_valid(&self, shards: u16) {
        assert!(self.shard.0 < shards, "{:?} of {shards} shards", self.shard);
        for write in &self.runs {
            let events = write.chunk.as_ref().map_or(0, format::Chunk::events);
            assert!(write.chunk.is_none() || events > 0, "{:?}: an empty chunk", write.run);
            assert!(events <= write.head.length, "{:?}: a head without its chunk", write.run);
            assert!(
                write.summary.is_some() || !write.becomes_current,
                "{:?} becomes current without a summary",
                write.run
            );
        }
        for write in &self.schedules {
            let shard = ShardId::of(&write.namespace, &write.id, shards);
            assert_eq!(shard, self.shard, "schedule {:?} is not of this shard", write.id);
        }
    }
}

/// Why the store cannot answer. Except for [`StoreError::Fenced`], the process must stop and open it anew.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The disk or the file failed.
    #[error("cannot {operation}: {source}")]
    Io {
        /// What was being done.
        operation: &'static str,
        /// What went wrong.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// There is no room left on the disk.
    #[error("cannot {operation}: the disk is full; free some space and start again, nothing acknowledged is lost")]
    Full {
        /// What was being done.
        operation: &'static str,
    },
    /// Stored bytes are not what was written.
    #[error("cannot read {what}: {reason}")]
    Corrupt {
        /// Which bytes.
        what: String,
        /// What is wrong with them.
        reason: String,
    },
    /// Somebody else owns the shard now.
    #[error("shard {0:?} is owned by a newer epoch")]
    Fenced(ShardId),
}

/// Durable storage of runs, of what they have to tell each other, of schedules, modules and namespaces.
///
/// Reads see every batch that was said to be durable before they began, and may be called from any thread. They take no
/// lock that writing waits for; but they may wait for a batch that is durable to be where they look.
pub trait Store: Send + Sync + 'static {
    /// How many shards there are; fixed when the store was created.
    fn shards(&self) -> u16;

    /// Takes ownership of a shard: every older epoch's writes are refused from now on.
    fn acquire(&self, shard: ShardId) -> Result<Epoch, StoreError>;

    /// Makes all batches durable, or none. Returns once they are, and reads see them.
    fn append(&self, batches: &[Batch]) -> Result<(), StoreError> {
        self.append_and_tell(batches, &mut || {})
    }

    /// The same, and calls `durable` as soon as they are, perhaps before reads see them: whoever is told so goes on
    /// meanwhile, and reads wait. If it fails before that call, nobody knows what is durable; if it fails after it, the batches are, and
    /// reads fail.
    fn append_and_tell(&self, batches: &[Batch], durable: &mut dyn FnMut()) -> Result<(), StoreError>;

    /// A run's summary and head.
    fn run(&self, run: RunId) -> Result<Option<(RunSummary, RunHead)>, StoreError>;

    /// A run's events from the first on; empty for an unknown run.
    fn history(&self, run: RunId) -> Result<Vec<Record>, StoreError>;

    /// A run's last event, without reading those before it; none for an unknown run.
    fn last_event(&self, run: RunId) -> Result<Option<Event>, StoreError>;

    /// A run's stored attempts.
    fn attempts(&self, run: RunId) -> Result<Vec<(OperationId, Attempt)>, StoreError>;

    /// The current run of a workflow id, open or closed.
    fn current_run(&self, namespace: &str, workflow_id: &str) -> Result<Option<RunId>, StoreError>;

    /// Open runs of a shard in the order of their ids, `limit` at a time, after the given one.
    fn open_runs(
        &self,
        shard: ShardId,
        after: Option<RunId>,
        limit: usize,
    ) -> Result<Vec<(RunId, RunHead)>, StoreError>;

    /// Closed runs of a shard that have a summary, in one namespace: those that closed until then, the earliest first,
    /// `limit` at most.
    fn closed_runs(
        &self,
        shard: ShardId,
        namespace: &str,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<RunId>, StoreError>;

    /// The messages that a shard keeps, in the order of their numbers.
    fn outbox(&self, shard: ShardId) -> Result<Vec<(u64, Message)>, StoreError>;

    /// A schedule.
    fn schedule(&self, namespace: &str, id: &str) -> Result<Option<Schedule>, StoreError>;

    /// Schedules of a shard by namespace and name, `limit` at a time, after the given one.
    fn schedules_of_shard(
        &self,
        shard: ShardId,
        after: Option<(&str, &str)>,
        limit: usize,
    ) -> Result<Vec<Schedule>, StoreError>;

    /// Schedules of a namespace by name, `limit` at a time, after the given one.
    fn schedules(&self, namespace: &str, after: Option<&str>, limit: usize) -> Result<Vec<Schedule>, StoreError>;

    /// A page of the runs that are asked for.
    fn find_runs(&self, query: &RunQuery) -> Result<RunPage, StoreError>;

    /// A page of the runs that are asked for, in the order of a value.
    fn find_in_order(&self, query: &OrderedQuery) -> Result<OrderedPage, StoreError>;

    /// Counts the runs that are asked for, as many at a time as is done quickly.
    fn count_runs(&self, query: &RunQuery) -> Result<RunCount, StoreError> {
        let page = self.find_runs(query)?;
        Ok(RunCount {
            runs: page.runs.len() as u64,
            next: page.next,
        })
    }

    /// Keeps a component's bytes and makes them the current version of a module: the last of its list, unless they
    /// are that already. Durable when it returns.
    fn put_module(&self, version: &ModuleVersion, component: &Bytes) -> Result<(), StoreError>;

    /// All versions of all modules, of each module the oldest first.
    fn modules(&self) -> Result<Vec<ModuleVersion>, StoreError>;

    /// The bytes of a component that was put.
    fn component(&self, digest: &Digest) -> Result<Option<Bytes>, StoreError>;

    /// Registers a namespace, or changes the one of that name. Durable when it returns.
    fn put_namespace(&self, namespace: &Namespace) -> Result<(), StoreError>;

    /// Removes a namespace, with its modules, with what is set about its task queues and workflow types, and with its
    /// batch operations. Its runs and schedules go otherwise, and before. Durable when it returns.
    fn remove_namespace(&self, name: &str) -> Result<(), StoreError>;

    /// All namespaces, by name.
    fn namespaces(&self) -> Result<Vec<Namespace>, StoreError>;

    /// Keeps what is set about a task queue; forgets it where that is nothing any more. Durable when it returns.
    fn put_task_queue(&self, settings: &TaskQueueSettings) -> Result<(), StoreError>;

    /// All task queues about which something is set, by namespace and name.
    fn task_queues(&self) -> Result<Vec<TaskQueueSettings>, StoreError>;

    /// Keeps what is set about a workflow type; forgets it where that is nothing any more. Durable when it returns.
    fn put_workflow_type(&self, settings: &WorkflowTypeSettings) -> Result<(), StoreError>;

    /// All workflow types about which something is set, by namespace and name.
    fn workflow_types(&self) -> Result<Vec<WorkflowTypeSettings>, StoreError>;
    /// Keeps a batch operation, or changes the one of that id. Durable when it returns.
    fn put_batch_operation(&self, operation: &BatchOperation) -> Result<(), StoreError>;

    /// Forgets a batch operation, if there is one of that id. Durable when it returns.
    fn remove_batch_operation(&self, namespace: &str, id: &str) -> Result<(), StoreError>;

    /// A batch operation by its id.
    fn batch_operation(&self, namespace: &str, id: &str) -> Result<Option<BatchOperation>, StoreError>;

    /// All batch operations of a namespace, by their ids.
    fn batch_operations(&self, namespace: &str) -> Result<Vec<BatchOperation>, StoreError>;
}
