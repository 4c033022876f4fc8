//! Where each activity is, of those that wait or run: in which queue it waits, or on account of which it runs.

use super::backlog::Level;
use super::fairness::Arrival;
use mainspring_core::{OperationId, RunId};
use std::collections::BTreeMap;

/// Numbers the queues that there are, or were.
pub(super) type QueueNumber = u64;

/// An activity. At most one of its attempts waits or runs.
pub(super) type ActivityKey = (RunId, OperationId);

/// How far its attempt is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// It waits in a queue, since that arrival and at that level.
    Waiting(QueueNumber, Arrival, Level),
    /// Somebody has it, through that queue.
    Running(QueueNumber),
}

/// One entry for each activity that waits or runs: as many as shards have on offer or under way.
#[derive(Default)]
pub(super) struct Attempts {
    places: BTreeMap<ActivityKey, Place>,
}

impl Attempts {
    pub(super) fn get(&self, activity: ActivityKey) -> Option<Place> {
        self.places.get(&activity).copied()
    }

    /// Returns where it was.
    pub(super) fn put(&mut self, activity: ActivityKey, place: Place) -> Option<Place> {
        self.places.insert(activity, place)
    }

    /// Returns where it was.
    pub(super) fn remove(&mut self, activity: ActivityKey) -> Option<Place> {
        self.places.remove(&activity)
    }

    /// All activities of a run that wait or run.
    pub(super) fn of_run(&self, run: RunId) -> Vec<ActivityKey> {
        let of_run = self.places.range((run, OperationId(0))..=(run, OperationId(u64::MAX)));
        of_run.map(|(activity, _)| *activity).collect()
    }
}
