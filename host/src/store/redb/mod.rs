//! The store on redb, for one process on one machine.
//!
//! | table | key | value |
//! |---|---|---|
//! | `journal` | position (u64) | run id, position of the run's chunk before (u64), first event id (u64), chunk |
//! | `heads` | run id | head row, with the position of the run's last chunk |
//! | `runs` | run id | summary |
//! | `runs_of_namespace` | namespace, run id | nothing |
//! | `index` | namespace, name of an attribute, value, run id | nothing |
//! | `current` | namespace, workflow id | run id |
//! | `attempts` | run id, operation id (u64) | attempt |
//! | `open_runs` | shard (u16), run id | nothing |
//! | `closed_runs` | shard (u16), namespace, moment of the close (u64), run id | nothing |
//! | `garbage` | position of a chunk (u64) | run id |
//! | `outbox` | shard (u16), number (u64) | message |
//! | `schedules` | shard (u16), namespace, schedule id | schedule |
//! | `modules` | namespace, name, number (u64) | module version |
//! | `namespaces` | name | namespace |
//! | `task_queues` | namespace, name | what is set about a task queue |
//! | `workflow_types` | namespace, name | what is set about a workflow type |
//! | `batch_operations` | namespace, id | batch operation |
//! | `epochs` | shard (u16) | epoch (u64) |
//! | `meta` | `layout_version`, `shards`, `logged` | number (u64) |
//! | `meta` | `log_key` | 32 bytes |
//!
//! Numbers are big-endian; text of which more follows is written so that it sorts (`key`). Positions in the journal
//! begin at 1, and 0 stands for none. What the values are made of is the business of [`format`](super::format).
//!
//! A batch is made durable by a [log](super::log) in front of the database, and then applied to the database without
//! a sync of its own: one small write to the disk instead of one for every page that changed. Whoever waits for the batch
//! is told between the two; reads that begin then wait for the second. When the log is full, a
//! durable commit of the database (a *checkpoint*) makes everything in it superfluous, and it begins again. `logged`
//! is written with every batch, so it always says which records the database has; opening applies those after it.
//!
//! A step writes one row at the right edge of `journal` and rewrites one small row of `heads`; all else is written
//! when a run starts, closes, has attempts, or tells another something. Components lie beside the database, in files named by their digests.
//!
//! A run that is deleted is gone with the batch that says so. Its chunks in `journal` are then found by nobody but
//! `garbage`, and go with the batches that follow, some with each.

mod apply;
mod attempts;
mod batch_operations;
mod closed_runs;
mod components;
mod control;
mod current;
mod error;
mod find;
mod garbage;
mod heads;
mod index;
mod journal;
mod key;
mod meta;
mod modules;
mod namespaces;
mod open;
mod open_runs;
mod outbox;
mod runs;
mod schedules;
mod table;
#[cfg(test)]
mod tests;

pub use open::{OpenError, Options};

use super::format::encode_batches;
use super::log::Log;
use super::search::{OrderedPage, OrderedQuery, RunCount, RunPage, RunQuery};
use super::{
    Batch, BatchOperation, Epoch, ModuleVersion, Namespace, RunHead, RunSummary, ShardId, Store, StoreError,
    TaskQueueSettings, WorkflowTypeSettings,
};
use ::redb::{Database, Durability, ReadTransaction, ReadableDatabase, WriteTransaction};
use bytes::Bytes;
use components::Components;
use error::{corrupt, failed, failed_before, failed_io};
use mainspring_core::schedule::Schedule;
use mainspring_core::{Attempt, Digest, Event, Message, OperationId, Record, RunId, Timestamp};
use std::fs::File;
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};

/// The tables and their keys, as a number. A change that an older build would misread makes it greater.
///
/// | version | since then |
/// |---|---|
/// | 1 | the beginning |
/// | 2 | `outbox`, and in the log what goes there; `index`. Opening makes them where they are missing |
/// | 3 | runs that are paused, and that were reset; `task_queues`, `workflow_types`, `closed_runs`, `garbage`, `batch_operations`, `schedules`, and in the log which runs go and what schedules become. Opening makes them where they are missing |
/// | 4 | execution times in `index`. Opening makes them where they are missing |
const LAYOUT_VERSION: u64 = 4;

/// A store in a data directory that no other process has open.
#[derive(Debug)]
pub struct RedbStore {
    database: Database,
    components: Components,
    shards: u16,
    writer: Mutex<Writer>,
    /// Whether somebody was told of something durable that the database does not have. Locked by the writer for as long as
    /// it sees to that.
    is_behind: RwLock<bool>,
    /// Held until the database above is closed: fields are dropped in their order.
    _lock: Option<File>,
}

/// What writing knows without reading.
#[derive(Debug)]
struct Writer {
    /// Where in the journal the next chunk goes.
    next_position: u64,
    /// Who owns each shard.
    epochs: Vec<u64>,
    /// Whether a write failed or panicked half-way. What is durable can then be known only by opening the store anew.
    is_poisoned: bool,
    /// Invariant: while the store is not poisoned, the database has every record.
    log: Log,
}

impl RedbStore {
    fn writer(&self) -> Result<MutexGuard<'_, Writer>, StoreError> {
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        if writer.is_poisoned {
            return Err(failed_before("write"));
        }
        Ok(writer)
    }

    /// Makes a change durable whole, without the log, or fails and leaves the store poisoned. Everything that only the
    /// log had made durable is then durable in the database.
    fn commit<T>(
        &self,
        writer: &mut Writer,
        change: impl FnOnce(&WriteTransaction) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        writer.is_poisoned = true;
        let transaction = self.database.begin_write().map_err(failed("begin to write"))?;
        let changed = change(&transaction)?;
        transaction.commit().map_err(failed("commit"))?;
        writer.log.rewind();
        writer.is_poisoned = false;
        Ok(changed)
    }

    /// Makes a batch durable in the log, and makes the database have it. If somebody is told in between, reads wait for the
    /// second.
    fn commit_logged(
        &self,
        writer: &mut Writer,
        batches: &[Batch],
        record: &[u8],
        durable: Option<&mut dyn FnMut()>,
    ) -> Result<(), StoreError> {
        writer.is_poisoned = true;
        writer.log.append(record).map_err(failed_io("write the log"))?;
        let is_behind = durable.map(|tell| {
            let mut is_behind = self.is_behind.write().unwrap_or_else(PoisonError::into_inner);
            *is_behind = true;
            tell();
            is_behind
        });
        let mut transaction = self.database.begin_write().map_err(failed("begin to write"))?;
        transaction
            .set_durability(Durability::None)
            .map_err(failed("begin to write"))?;
        writer.next_position = apply::apply(&transaction, batches, writer.next_position)?;
        meta::put_logged(&mut table::write(&transaction, meta::TABLE)?, writer.log.last())?;
        transaction.commit().map_err(failed("commit"))?;
        if let Some(mut is_behind) = is_behind {
            *is_behind = false;
        }
        writer.is_poisoned = false;
        Ok(())
    }

    /// Makes all batches durable, or none, and tells so as soon as they are, if somebody waits for that.
    fn append_batches(&self, batches: &[Batch], durable: Option<&mut dyn FnMut()>) -> Result<(), StoreError> {
        let mut writer = self.writer()?;
        for batch in batches {
            batch.assert_valid(self.shards);
            if writer.epochs[usize::from(batch.shard.0)] != batch.epoch.0 {
                return Err(StoreError::Fenced(batch.shard));
            }
        }
        let record = encode_batches(batches);
        if !writer.log.has_room_for(record.len()) {
            self.commit(&mut writer, |_| Ok(()))?;
        }
        if writer.log.has_room_for(record.len()) {
            return self.commit_logged(&mut writer, batches, &record, durable);
        }
        // Longer than the whole log.
        let position = writer.next_position;
        writer.next_position = self.commit(&mut writer, |transaction| apply::apply(transaction, batches, position))?;
        if let Some(tell) = durable {
            tell();
        }
        Ok(())
    }

    /// Everything that anybody was told to be durable.
    fn snapshot(&self) -> Result<ReadTransaction, StoreError> {
        if *self.is_behind.read().unwrap_or_else(PoisonError::into_inner) {
            return Err(failed_before("read"));
        }
        self.database.begin_read().map_err(failed("begin to read"))
    }
}

/// A store that is closed needs nothing of its log when it is opened again.
impl Drop for RedbStore {
    fn drop(&mut self) {
        if let Ok(mut writer) = self.writer() {
            // If this fails, the log still has everything.
            let _ = self.commit(&mut writer, |_| Ok(()));
        }
    }
}

impl Store for RedbStore {
    fn shards(&self) -> u16 {
        self.shards
    }

    fn acquire(&self, shard: ShardId) -> Result<Epoch, StoreError> {
        assert!(shard.0 < self.shards, "{shard:?} of {} shards", self.shards);
        let mut writer = self.writer()?;
        let epoch = writer.epochs[usize::from(shard.0)] + 1;
        self.commit(&mut writer, |transaction| {
            meta::put_epoch(&mut table::write(transaction, meta::EPOCHS)?, shard, epoch)
        })?;
        writer.epochs[usize::from(shard.0)] = epoch;
        Ok(Epoch(epoch))
    }

    fn append(&self, batches: &[Batch]) -> Result<(), StoreError> {
        self.append_batches(batches, None)
    }

    fn append_and_tell(&self, batches: &[Batch], durable: &mut dyn FnMut()) -> Result<(), StoreError> {
        self.append_batches(batches, Some(durable))
    }

    fn run(&self, run: RunId) -> Result<Option<(RunSummary, RunHead)>, StoreError> {
        let snapshot = self.snapshot()?;
        let Some(summary) = runs::get(&table::read(&snapshot, runs::TABLE)?, run)? else {
            return Ok(None);
        };
        let stored = heads::get(&table::read(&snapshot, heads::TABLE)?, run)?
            .ok_or_else(|| corrupt(format!("the head of run {run}"), "it is missing"))?;
        Ok(Some((summary, stored.head)))
    }

    fn history(&self, run: RunId) -> Result<Vec<Record>, StoreError> {
        let snapshot = self.snapshot()?;
        let stored = heads::get(&table::read(&snapshot, heads::TABLE)?, run)?;
        let Some((last, length)) = stored.and_then(|stored| Some((stored.last_chunk?, stored.head.length))) else {
            return Ok(Vec::new());
        };
        journal::history(&table::read(&snapshot, journal::TABLE)?, run, last, length)
    }

    fn last_event(&self, run: RunId) -> Result<Option<Event>, StoreError> {
        let snapshot = self.snapshot()?;
        let stored = heads::get(&table::read(&snapshot, heads::TABLE)?, run)?;
        match stored.and_then(|stored| stored.last_chunk) {
            Some(last) => journal::last_event(&table::read(&snapshot, journal::TABLE)?, run, last),
            None => Ok(None),
        }
    }

    fn attempts(&self, run: RunId) -> Result<Vec<(OperationId, Attempt)>, StoreError> {
        attempts::of_run(&table::read(&self.snapshot()?, attempts::TABLE)?, run)
    }

    fn current_run(&self, namespace: &str, workflow_id: &str) -> Result<Option<RunId>, StoreError> {
        current::get(&table::read(&self.snapshot()?, current::TABLE)?, namespace, workflow_id)
    }

    fn open_runs(
        &self,
        shard: ShardId,
        after: Option<RunId>,
        limit: usize,
    ) -> Result<Vec<(RunId, RunHead)>, StoreError> {
        let snapshot = self.snapshot()?;
        let heads = table::read(&snapshot, heads::TABLE)?;
        let open = open_runs::after(&table::read(&snapshot, open_runs::TABLE)?, shard, after, limit)?;
        let runs = open.into_iter().map(|run| {
            let stored =
                heads::get(&heads, run)?.ok_or_else(|| corrupt(format!("the head of run {run}"), "it is missing"))?;
            Ok((run, stored.head))
        });
        runs.collect()
    }

    fn closed_runs(
        &self,
        shard: ShardId,
        namespace: &str,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<RunId>, StoreError> {
        let rows = table::read(&self.snapshot()?, closed_runs::TABLE)?;
        closed_runs::until(&rows, shard, namespace, until, limit)
    }

    fn outbox(&self, shard: ShardId) -> Result<Vec<(u64, Message)>, StoreError> {
        outbox::of_shard(&table::read(&self.snapshot()?, outbox::TABLE)?, shard)
    }

    fn schedule(&self, namespace: &str, id: &str) -> Result<Option<Schedule>, StoreError> {
        let shard = ShardId::of(namespace, id, self.shards);
        schedules::get(&table::read(&self.snapshot()?, schedules::TABLE)?, shard, namespace, id)
    }

    fn schedules_of_shard(
        &self,
        shard: ShardId,
        after: Option<(&str, &str)>,
        limit: usize,
    ) -> Result<Vec<Schedule>, StoreError> {
        let rows = table::read(&self.snapshot()?, schedules::TABLE)?;
        schedules::of_shard(&rows, shard, after, limit)
    }

    fn schedules(&self, namespace: &str, after: Option<&str>, limit: usize) -> Result<Vec<Schedule>, StoreError> {
        let rows = table::read(&self.snapshot()?, schedules::TABLE)?;
        schedules::of_namespace(&rows, self.shards, namespace, after, limit)
    }

    fn find_runs(&self, query: &RunQuery) -> Result<RunPage, StoreError> {
        find::page(&self.snapshot()?, query)
    }

    fn find_in_order(&self, query: &OrderedQuery) -> Result<OrderedPage, StoreError> {
        find::ordered_page(&self.snapshot()?, query)
    }

    fn count_runs(&self, query: &RunQuery) -> Result<RunCount, StoreError> {
        find::count(&self.snapshot()?, query)
    }

    fn put_module(&self, version: &ModuleVersion, component: &Bytes) -> Result<(), StoreError> {
        let change = self.components.change();
        // The file first: a version without its component would be worse than a component without a version.
        change.put(&version.digest, component)?;
        let mut writer = self.writer()?;
        self.commit(&mut writer, |transaction| {
            modules::put(&mut table::write(transaction, modules::TABLE)?, version)
        })
    }

    fn modules(&self) -> Result<Vec<ModuleVersion>, StoreError> {
        modules::all(&table::read(&self.snapshot()?, modules::TABLE)?)
    }

    fn component(&self, digest: &Digest) -> Result<Option<Bytes>, StoreError> {
        self.components.get(digest)
    }

    fn put_namespace(&self, namespace: &Namespace) -> Result<(), StoreError> {
        let mut writer = self.writer()?;
        self.commit(&mut writer, |transaction| {
            namespaces::put(&mut table::write(transaction, namespaces::TABLE)?, namespace)
        })
    }

    fn remove_namespace(&self, name: &str) -> Result<(), StoreError> {
        let change = self.components.change();
        let removed = self.modules()?.into_iter().filter(|version| version.namespace == name);
        let removed: Vec<ModuleVersion> = removed.collect();
        let mut writer = self.writer()?;
        self.commit(&mut writer, |transaction| {
            for of_namespaces in [
                modules::TABLE,
                control::TASK_QUEUES,
                control::WORKFLOW_TYPES,
                batch_operations::TABLE,
            ] {
                table::remove_namespace(transaction, of_namespaces, name)?;
            }
            namespaces::remove(&mut table::write(transaction, namespaces::TABLE)?, name)
        })?;
        drop(writer);
        // A file that stays because the process dies here is used again if it is put again.
        let left = self.modules()?;
        let is_unused = |digest: &Digest| left.iter().all(|version| version.digest != *digest);
        for version in removed.iter().filter(|version| is_unused(&version.digest)) {
            change.remove(&version.digest)?;
        }
        Ok(())
    }

    fn namespaces(&self) -> Result<Vec<Namespace>, StoreError> {
        namespaces::all(&table::read(&self.snapshot()?, namespaces::TABLE)?)
    }

    fn put_task_queue(&self, settings: &TaskQueueSettings) -> Result<(), StoreError> {
        let mut writer = self.writer()?;
        self.commit(&mut writer, |transaction| {
            control::put_task_queue(&mut table::write(transaction, control::TASK_QUEUES)?, settings)
        })
    }

    fn task_queues(&self) -> Result<Vec<TaskQueueSettings>, StoreError> {
        control::task_queues(&table::read(&self.snapshot()?, control::TASK_QUEUES)?)
    }

    fn put_workflow_type(&self, settings: &WorkflowTypeSettings) -> Result<(), StoreError> {
        let mut writer = self.writer()?;
        self.commit(&mut writer, |transaction| {
            control::put_workflow_type(&mut table::write(transaction, control::WORKFLOW_TYPES)?, settings)
        })
    }

    fn workflow_types(&self) -> Result<Vec<WorkflowTypeSettings>, StoreError> {
        control::workflow_types(&table::read(&self.snapshot()?, control::WORKFLOW_TYPES)?)
    }

    fn put_batch_operation(&self, operation: &BatchOperation) -> Result<(), StoreError> {
        let mut writer = self.writer()?;
        self.commit(&mut writer, |transaction| {
            batch_operations::put(&mut table::write(transaction, batch_operations::TABLE)?, operation)
        })
    }

    fn remove_batch_operation(&self, namespace: &str, id: &str) -> Result<(), StoreError> {
        let mut writer = self.writer()?;
        self.commit(&mut writer, |transaction| {
            batch_operations::remove(&mut table::write(transaction, batch_operations::TABLE)?, namespace, id)
        })
    }

    fn batch_operation(&self, namespace: &str, id: &str) -> Result<Option<BatchOperation>, StoreError> {
        let rows = table::read(&self.snapshot()?, batch_operations::TABLE)?;
        batch_operations::get(&rows, namespace, id)
    }

    fn batch_operations(&self, namespace: &str) -> Result<Vec<BatchOperation>, StoreError> {
        batch_operations::of_namespace(&table::read(&self.snapshot()?, batch_operations::TABLE)?, namespace)
    }
}
