//! What people do to a schedule.

use super::{Action, Activity, Backfill, Buffered, OverlapPolicy, Policies, Schedule, Spec};
use crate::{Millis, PayloadMap, Timestamp};

/// Backfills that a schedule works on; one more is refused.
pub const BACKFILLS_MAX: usize = 100;

/// Changes that are recognised when they come again. A client repeats one at once, or not at all.
const CHANGES_REMEMBERED_MAX: usize = 20;

/// A schedule as its owner wants it from now on.
#[derive(Clone, Debug, PartialEq)]
pub struct Update {
    /// When it acts.
    pub spec: Spec,
    /// What it does then.
    pub action: Action,
    /// How it does that.
    pub policies: Policies,
    /// Whether it does that.
    pub activity: Activity,
    /// What people describe it with, if that changes.
    pub memo: Option<PayloadMap>,
    /// What people find it by, if that changes.
    pub search_attributes: Option<PayloadMap>,
    /// Refuse unless this is the revision.
    pub revision: Option<u64>,
    /// The key by which the change is recognised when it comes again; empty for none.
    pub request_id: String,
}

/// A small change, or something to do once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Patch {
    /// A start to make now.
    pub trigger: Option<Trigger>,
    /// Spans of time to go through once more.
    pub backfills: Vec<BackfillRequest>,
    /// Whether it is to be paused, or to go on, with notes that say why.
    pub pause: Option<(bool, String)>,
    /// The key by which the change is recognised when it comes again; empty for none.
    pub request_id: String,
}

/// A start to make now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Trigger {
    /// Its policy, if it is another than the schedule's.
    pub overlap: Option<OverlapPolicy>,
    /// The time that it is for, if it is not now.
    pub scheduled_for: Option<Timestamp>,
}

/// A span of time to go through once more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BackfillRequest {
    /// The first moment of it.
    pub start: Timestamp,
    /// The last moment of it.
    pub end: Timestamp,
    /// The policy of its starts, if it is another than the schedule's.
    pub overlap: Option<OverlapPolicy>,
}

/// Why a change was not made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RefusedChange {
    /// Somebody else changed the schedule first.
    #[error("mismatched conflict token: the schedule has changed; describe it and try again")]
    Conflict,
    /// It works on as many backfills as it may.
    #[error("the schedule works on {BACKFILLS_MAX} backfills; wait for some of them to end")]
    TooManyBackfills,
}

impl Schedule {
    /// Makes it another one, which keeps its name and what it has done.
    pub fn update(&mut self, update: Update, now: Timestamp) -> Result<(), RefusedChange> {
        if self.has_changed_by(&update.request_id) {
            return Ok(());
        }
        if update.revision.is_some_and(|seen| seen != self.revision) {
            return Err(RefusedChange::Conflict);
        }
        self.spec = update.spec;
        self.action = update.action;
        self.policies = update.policies;
        self.activity = update.activity;
        if let Some(memo) = update.memo {
            self.memo = memo;
        }
        if let Some(attributes) = update.search_attributes {
            self.search_attributes = attributes;
        }
        // A time that the jitter has put off is still to come, and may be as old as the jitter is long.
        let back = now.as_millis().saturating_sub(self.spec.jitter.get());
        self.progress.handled = self.progress.handled.max(Timestamp::from_millis(back));
        self.updated = Some(now);
        self.revision += 1;
        self.remember(update.request_id);
        Ok(())
    }

    /// Makes a small change.
    pub fn patch(&mut self, patch: Patch, now: Timestamp) -> Result<(), RefusedChange> {
        if self.has_changed_by(&patch.request_id) {
            return Ok(());
        }
        if self.progress.backfills.len() + patch.backfills.len() > BACKFILLS_MAX {
            return Err(RefusedChange::TooManyBackfills);
        }
        if let Some(trigger) = patch.trigger {
            let at = trigger.scheduled_for.unwrap_or(now);
            self.buffer(Buffered {
                nominal: at,
                due: at,
                overlap: trigger.overlap,
                manual: true,
            });
        }
        let backfills = patch.backfills.into_iter().map(|backfill| Backfill {
            handled: before(backfill.start),
            end: backfill.end,
            overlap: backfill.overlap,
        });
        self.progress.backfills.extend(backfills);
        if let Some((paused, notes)) = patch.pause {
            self.activity.paused = paused;
            self.activity.notes = notes;
            self.revision += 1;
        }
        self.remember(patch.request_id);
        Ok(())
    }

    fn has_changed_by(&self, request_id: &str) -> bool {
        !request_id.is_empty() && self.changed_by.iter().any(|known| known == request_id)
    }

    fn remember(&mut self, request_id: String) {
        if request_id.is_empty() {
            return;
        }
        self.changed_by.push(request_id);
        if self.changed_by.len() > CHANGES_REMEMBERED_MAX {
            self.changed_by.remove(0);
        }
    }
}

/// A moment such that this one is the first after it.
const fn before(moment: Timestamp) -> Timestamp {
    Timestamp::from_millis(moment.as_millis().saturating_sub(Millis::new(1).get()))
}
