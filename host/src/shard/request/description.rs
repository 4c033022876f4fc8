//! What is known of a run.

use super::activity::ActivityDescription;
use crate::store::Change;
use mainspring_core::{Event, OperationId, Pause, PendingChild, PendingExternal, Record, RunId, RunStatus, Timestamp};
use std::sync::Arc;

/// What is known of a run.
#[derive(Clone, Debug)]
pub struct Description {
    /// Its summary, as it is now.
    pub summary: crate::store::RunSummary,
    /// What it was started with.
    pub started: Arc<mainspring_core::RunStarted>,
    /// Its activities that are not over.
    pub activities: Vec<ActivityDescription>,
    /// Its timers that run, and when each is due.
    pub timers: Vec<(OperationId, Timestamp)>,
    /// Its children that are not over.
    pub children: Vec<PendingChild>,
    /// Its messages to other runs that are not answered.
    pub externals: Vec<PendingExternal>,
    /// Whether somebody asked it to cancel itself.
    pub cancel_requested: bool,
    /// Since when it is paused, and by whose wish, if it is.
    pub paused: Option<(Timestamp, Pause)>,
    /// When its history's first event happened: before its start, if it was reset.
    pub original_start: Timestamp,
    /// Whether it began at a point of another run's history.
    pub is_reset: bool,
    /// The run that took its place, by a reset.
    pub heir: Option<RunId>,
    /// Why its guest cannot go on, if it cannot.
    pub blocked: Option<Blocked>,
    /// Since when and why runs of its type are not activated, if they are not.
    pub type_paused: Option<Arc<Change>>,
    /// What its guest last said about the present state, in Markdown; unknown while it is not in memory.
    pub current_details: Option<String>,
}

/// Why a run's guest cannot go on. Nothing is lost: it is tried again, and at once when its module changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blocked {
    /// Why, for the author.
    pub reason: String,
    /// Since when.
    pub since: Timestamp,
    /// How often it was tried since then.
    pub tries: u32,
    /// When it is tried next.
    pub next_try: Timestamp,
}

/// How far a run has come.
#[derive(Clone, Debug)]
pub struct Progress {
    /// Which run.
    pub run_id: RunId,
    /// Durable events in its history.
    pub length: u64,
    /// Whether and how it is closed.
    pub status: RunStatus,
    /// The event that closed it, for those who were waiting when it did. Others find it in the store.
    pub end: Option<Arc<Event>>,
}

/// A run's whole history, with how it was when the history was read.
#[derive(Clone, Debug)]
pub struct History {
    /// Which run.
    pub run_id: RunId,
    /// Its events from the first on.
    pub records: Vec<Record>,
}
