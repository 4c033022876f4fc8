//! What a batch changes, table by table, inside one transaction.

use super::super::format::StoredHead;
use super::super::{Batch, RunSummary, RunWrite, ShardId, StoreError};
use super::journal::{self, Prefix};
use super::table::{self, Rows};
use super::{attempts, closed_runs, current, garbage, heads, index, open_runs, outbox, runs, schedules};
use ::redb::WriteTransaction;
use mainspring_core::RunId;

/// Chunks of runs that are gone which one call removes from the journal, besides two for each that it writes: so those
/// that are left never outgrow what is written. The rest waits for later calls.
const CHUNKS_REMOVED_MAX: u64 = 500;

/// The tables that steps write.
struct StepTables<'t> {
    journal: Rows<'t>,
    heads: Rows<'t>,
    runs: Rows<'t>,
    runs_of_namespace: Rows<'t>,
    index: Rows<'t>,
    current: Rows<'t>,
    attempts: Rows<'t>,
    open_runs: Rows<'t>,
    closed_runs: Rows<'t>,
    garbage: Rows<'t>,
    outbox: Rows<'t>,
    schedules: Rows<'t>,
}

/// Applies batches; the journal goes on at `position`. Returns the position after the last that it used.
pub(super) fn apply(transaction: &WriteTransaction, batches: &[Batch], mut position: u64) -> Result<u64, StoreError> {
    let first = position;
    let mut tables = StepTables::open(transaction)?;
    for batch in batches {
        for write in &batch.runs {
            tables.apply(batch.shard, write, &mut position)?;
        }
        for (number, message) in &batch.outbox {
            outbox::put(&mut tables.outbox, batch.shard, *number, message.as_ref())?;
        }
        for run in &batch.deletions {
            tables.delete(batch.shard, *run)?;
        }
        for write in &batch.schedules {
            schedules::put(&mut tables.schedules, batch.shard, write)?;
        }
    }
    let written = position - first;
    garbage::remove(
        &mut tables.garbage,
        &mut tables.journal,
        CHUNKS_REMOVED_MAX + 2 * written,
    )?;
    Ok(position)
}

impl<'t> StepTables<'t> {
    fn open(transaction: &'t WriteTransaction) -> Result<Self, StoreError> {
        Ok(Self {
            journal: table::write(transaction, journal::TABLE)?,
            heads: table::write(transaction, heads::TABLE)?,
            runs: table::write(transaction, runs::TABLE)?,
            runs_of_namespace: table::write(transaction, runs::OF_NAMESPACE)?,
            index: table::write(transaction, index::TABLE)?,
            current: table::write(transaction, current::TABLE)?,
            attempts: table::write(transaction, attempts::TABLE)?,
            open_runs: table::write(transaction, open_runs::TABLE)?,
            closed_runs: table::write(transaction, closed_runs::TABLE)?,
            garbage: table::write(transaction, garbage::TABLE)?,
            outbox: table::write(transaction, outbox::TABLE)?,
            schedules: table::write(transaction, schedules::TABLE)?,
        })
    }

    fn apply(&mut self, shard: ShardId, write: &RunWrite, position: &mut u64) -> Result<(), StoreError> {
        let before = heads::get(&self.heads, write.run)?;
        let mut last_chunk = before.and_then(|before| before.last_chunk);
        if let Some(chunk) = &write.chunk {
            let prefix = Prefix {
                run: write.run,
                previous: last_chunk,
                first_event: write.head.length - chunk.events() + 1,
            };
            journal::append(&mut self.journal, *position, prefix, chunk)?;
            last_chunk = Some(*position);
            *position += 1;
        }
        let after = StoredHead {
            head: write.head,
            last_chunk,
        };
        heads::put(&mut self.heads, write.run, &after)?;
        self.apply_attempts(write)?;
        let was_open = before.is_some_and(|before| !before.head.is_closed);
        if was_open == write.head.is_closed {
            open_runs::set(&mut self.open_runs, shard, write.run, !write.head.is_closed)?;
        }
        self.apply_summary(shard, write)
    }

    fn apply_attempts(&mut self, write: &RunWrite) -> Result<(), StoreError> {
        for (operation, attempt) in &write.attempts {
            attempts::put(&mut self.attempts, write.run, *operation, attempt.as_ref())?;
        }
        if write.head.is_closed {
            attempts::forget_all(&mut self.attempts, write.run)?;
        }
        Ok(())
    }

    fn apply_summary(&mut self, shard: ShardId, write: &RunWrite) -> Result<(), StoreError> {
        let Some(summary) = &write.summary else {
            return Ok(());
        };
        let namespace = &summary.namespace;
        let before = runs::get(&self.runs, write.run)?;
        self.apply_indexes(shard, before.as_ref(), Some(summary))?;
        runs::put(&mut self.runs, write.run, summary)?;
        runs::list_in_namespace(&mut self.runs_of_namespace, namespace, write.run)?;
        if write.becomes_current {
            let workflow_id = &summary.execution.workflow_id;
            current::put(&mut self.current, namespace, workflow_id, write.run)?;
        }
        Ok(())
    }

    fn apply_indexes(
        &mut self,
        shard: ShardId,
        before: Option<&RunSummary>,
        now: Option<&RunSummary>,
    ) -> Result<(), StoreError> {
        index::change(&mut self.index, before, now)?;
        closed_runs::change(&mut self.closed_runs, shard, before, now)
    }

    /// At once, but for the journal: a history may be long.
    fn delete(&mut self, shard: ShardId, run: RunId) -> Result<(), StoreError> {
        let Some(stored) = heads::get(&self.heads, run)? else {
            return Ok(());
        };
        heads::remove(&mut self.heads, run)?;
        attempts::forget_all(&mut self.attempts, run)?;
        open_runs::set(&mut self.open_runs, shard, run, false)?;
        if let Some(last) = stored.last_chunk {
            garbage::put(&mut self.garbage, last, run)?;
        }
        let Some(summary) = runs::get(&self.runs, run)? else {
            return Ok(());
        };
        runs::remove(&mut self.runs, run)?;
        runs::unlist_in_namespace(&mut self.runs_of_namespace, &summary.namespace, run)?;
        self.apply_indexes(shard, Some(&summary), None)?;
        let (namespace, workflow_id) = (&summary.namespace, &summary.execution.workflow_id);
        if current::get(&self.current, namespace, workflow_id)? == Some(run) {
            current::remove(&mut self.current, namespace, workflow_id)?;
        }
        Ok(())
    }
}
