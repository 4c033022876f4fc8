//! The schedules that are in memory: those whose commit is under way, or is to be.

use super::super::request::ScheduleName;
use crate::store::ScheduleWrite;
use mainspring_core::schedule::Schedule;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Schedules that are newer here than in the store.
#[derive(Debug, Default)]
pub(in crate::shard) struct StagedSchedules {
    known: BTreeMap<ScheduleName, Known>,
    /// Those that are part of the next batch.
    changed: BTreeSet<ScheduleName>,
}

#[derive(Debug, Default)]
struct Known {
    /// None has been deleted.
    schedule: Option<Arc<Schedule>>,
    batches_in_flight: u32,
}

impl StagedSchedules {
    /// Whether the next batch has none.
    pub(in crate::shard) fn is_empty(&self) -> bool {
        self.changed.is_empty()
    }

    /// A schedule as it is now, or that it has been deleted, if that is known here.
    pub(super) fn get(&self, name: &ScheduleName) -> Option<Option<&Schedule>> {
        self.known.get(name).map(|known| known.schedule.as_deref())
    }

    /// Makes a schedule this one, or (none) deletes it, with the next batch.
    pub(super) fn put(&mut self, name: ScheduleName, schedule: Option<Schedule>) {
        self.known.entry(name.clone()).or_default().schedule = schedule.map(Arc::new);
        self.changed.insert(name);
    }

    /// What the next batch has of them.
    pub(in crate::shard) fn take_writes(&mut self) -> Vec<ScheduleWrite> {
        let changed = std::mem::take(&mut self.changed);
        let writes = changed.into_iter().filter_map(|name| {
            let known = self.known.get_mut(&name)?;
            known.batches_in_flight += 1;
            Some(ScheduleWrite {
                namespace: name.namespace,
                id: name.id,
                schedule: known.schedule.clone(),
            })
        });
        writes.collect()
    }

    /// A batch with this schedule is durable.
    pub(in crate::shard) fn settle(&mut self, name: &ScheduleName) {
        let Some(known) = self.known.get_mut(name) else {
            return;
        };
        known.batches_in_flight -= 1;
        if known.batches_in_flight == 0 && !self.changed.contains(name) {
            self.known.remove(name);
        }
    }
}
