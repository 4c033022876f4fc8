//! What a run has to do at a later moment, in due order.

use crate::{OperationId, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// Whose moment it is. The order decides between two that are due at the same moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Subject {
    Run,
    /// The first activation.
    Begin,
    Timer(OperationId),
    Activity(OperationId),
}

/// Invariant: both maps hold the same entries, at most one a subject.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Agenda {
    by_time: BTreeSet<(Timestamp, Subject)>,
    by_subject: BTreeMap<Subject, Timestamp>,
}

impl Agenda {
    /// Puts the subject at that moment, or takes it off.
    pub(crate) fn set(&mut self, subject: Subject, due: Option<Timestamp>) {
        if let Some(earlier) = self.by_subject.remove(&subject) {
            self.by_time.remove(&(earlier, subject));
        }
        if let Some(due) = due {
            self.by_subject.insert(subject, due);
            self.by_time.insert((due, subject));
        }
    }

    /// Whether the subject has a moment.
    pub(crate) fn has(&self, subject: Subject) -> bool {
        self.by_subject.contains_key(&subject)
    }

    /// The subject's moment, if it has one.
    pub(crate) fn moment(&self, subject: Subject) -> Option<Timestamp> {
        self.by_subject.get(&subject).copied()
    }

    /// The earliest entry.
    pub(crate) fn first(&self) -> Option<(Timestamp, Subject)> {
        self.by_time.first().copied()
    }
}
