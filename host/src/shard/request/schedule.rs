//! What can be asked of a schedule, and what it answers.

use super::address::Reply;
use crate::store::{ScheduleWrite, StoreError};
use mainspring_core::schedule::{Patch, RefusedChange, Schedule, Update};

/// A schedule, as a caller names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScheduleName {
    /// Its tenant.
    pub namespace: String,
    /// Its name.
    pub id: String,
}

/// Something that is asked of a schedule, with where the answer goes.
#[derive(Debug)]
pub enum ScheduleRequest {
    /// Create it. Answers its revision.
    Create(Box<NewSchedule>, Reply<Result<u64, ScheduleError>>),
    /// Make it another one.
    Update(Box<Update>, Reply<Result<(), ScheduleError>>),
    /// Make a small change.
    Patch(Box<Patch>, Reply<Result<(), ScheduleError>>),
    /// Delete it. What it has started goes on.
    Delete(Reply<Result<(), ScheduleError>>),
    /// Tell all that is known of it.
    Describe(Reply<Result<Box<Schedule>, ScheduleError>>),
}

/// A schedule that is to be.
#[derive(Clone, Debug)]
pub struct NewSchedule {
    /// The schedule. Invariant: it has the name that is asked for, its spec has been checked, its time zone is known.
    pub schedule: Schedule,
    /// What it does first.
    pub patch: Patch,
}

/// Why nothing was done to a schedule.
#[derive(Debug, thiserror::Error)]
pub enum ScheduleError {
    /// There is none of that name.
    #[error("schedule {0:?} was not found")]
    NotFound(String),
    /// There is one of that name.
    #[error("schedule {0:?} exists already")]
    Exists(String),
    /// It does not take the change.
    #[error(transparent)]
    Refused(#[from] RefusedChange),
    /// The store failed, and the process is about to stop.
    #[error("the store failed: {0}")]
    Store(#[from] StoreError),
}

impl ScheduleName {
    pub(in crate::shard) fn of(schedule: &Schedule) -> Self {
        Self {
            namespace: schedule.namespace.clone(),
            id: schedule.id.clone(),
        }
    }

    pub(in crate::shard) fn of_write(write: &ScheduleWrite) -> Self {
        Self {
            namespace: write.namespace.clone(),
            id: write.id.clone(),
        }
    }

    pub(in crate::shard) fn not_found(&self) -> ScheduleError {
        ScheduleError::NotFound(self.id.clone())
    }
}
