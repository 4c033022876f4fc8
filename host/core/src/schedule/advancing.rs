//! What a schedule does because it is time.

use super::overlap::judge;
use super::{Buffered, Occurrence, Schedule, Times};
use crate::{Message, Timestamp};

/// Starts that wait; one more is not made, which is counted.
pub const BUFFERED_MAX: usize = 1_000;

/// Times that are dealt with in one go. If more are due, the schedule is due again at once: others get their turn.
pub const DUE_PER_ADVANCE_MAX: usize = 1_000;

/// Times of backfills that are dealt with in one go.
pub const BACKFILLED_PER_ADVANCE_MAX: usize = 100;

/// Starts that may wait so that a backfill still goes on: what is due by itself finds room, too.
const BUFFERED_BY_BACKFILLS_MAX: usize = BUFFERED_MAX / 2;

/// Times before the last change that a look ahead passes over.
const PASSED_OVER_MAX: usize = 1_000;

impl Schedule {
    /// Does what is due by `now`, or a bounded part of it. Whoever changes the schedule calls it before, so that what was
    /// due before the change is done as it was, and after.
    pub fn advance(&mut self, times: &Times, now: Timestamp) -> Vec<Message> {
        self.take_due(times, now);
        self.take_backfills(times);
        self.work_off(now)
    }

    /// When it has something to do next; `now` or earlier, if at once.
    pub fn next_deadline(&self, times: &Times, now: Timestamp) -> Option<Timestamp> {
        if self.backfills_go_on() {
            return Some(now);
        }
        if !self.acts_by_itself() {
            return None;
        }
        next(times, self.progress.handled).map(|next| next.due)
    }

    /// The next times at which it will act, if nothing changes.
    pub fn next_times(&self, times: &Times, now: Timestamp, count: usize) -> Vec<Timestamp> {
        let count = match self.activity.remaining {
            Some(remaining) => count.min(usize::try_from(remaining).unwrap_or(usize::MAX)),
            None => count,
        };
        let mut after = self.progress.handled;
        if !self.acts_by_itself() {
            // Who goes on after a pause begins with what comes then.
            after = after.max(now);
        }
        let occurrences = std::iter::from_fn(|| {
            let next = next(times, after)?;
            after = next.nominal;
            Some(next)
        });
        let due = occurrences.take(count + PASSED_OVER_MAX).map(|it| it.due);
        due.filter(|due| !self.is_before_update(*due)).take(count).collect()
    }

    fn take_due(&mut self, times: &Times, now: Timestamp) {
        if !self.acts_by_itself() {
            self.progress.handled = self.progress.handled.max(now);
            return;
        }
        for _ in 0..DUE_PER_ADVANCE_MAX {
            let Some(next) = next(times, self.progress.handled).filter(|next| next.due <= now) else {
                return;
            };
            self.progress.handled = next.nominal;
            if self.is_before_update(next.due) {
                continue;
            }
            if now.since(next.due) > self.policies.catch_up {
                self.progress.counts.missed += 1;
                continue;
            }
            self.buffer(Buffered {
                nominal: next.nominal,
                due: next.due,
                overlap: None,
                manual: false,
            });
        }
    }

    /// What the spec said before it was changed was dealt with then.
    fn is_before_update(&self, due: Timestamp) -> bool {
        self.updated.is_some_and(|updated| updated > due)
    }

    fn take_backfills(&mut self, times: &Times) {
        for _ in 0..BACKFILLED_PER_ADVANCE_MAX {
            if !self.backfills_go_on() {
                return;
            }
            let Some(backfill) = self.progress.backfills.first_mut() else {
                return;
            };
            match next(times, backfill.handled).filter(|next| next.due <= backfill.end) {
                Some(next) => {
                    backfill.handled = next.nominal;
                    let start = Buffered {
                        nominal: next.nominal,
                        due: next.due,
                        overlap: backfill.overlap,
                        manual: true,
                    };
                    self.buffer(start);
                }
                None => drop(self.progress.backfills.remove(0)),
            }
        }
    }

    fn backfills_go_on(&self) -> bool {
        !self.progress.backfills.is_empty() && self.progress.buffer.len() < BUFFERED_BY_BACKFILLS_MAX
    }

    pub(super) fn buffer(&mut self, start: Buffered) {
        if self.progress.buffer.len() < BUFFERED_MAX {
            self.progress.buffer.push(start);
        } else {
            self.progress.counts.dropped += 1;
        }
    }

    /// Makes the starts that wait, as far as their policies let them.
    fn work_off(&mut self, now: Timestamp) -> Vec<Message> {
        let mut messages = Vec::new();
        loop {
            let starts = std::mem::take(&mut self.progress.buffer);
            let with_policy = starts
                .into_iter()
                .map(|it| (it, it.overlap.unwrap_or(self.policies.overlap)));
            let verdict = judge(with_policy, self.is_running());
            self.progress.buffer = verdict.waiting;
            self.progress.counts.overlapped += verdict.skipped;
            let mut is_forfeited = false;
            let beside = verdict.beside.into_iter().map(|start| (start, true));
            for (start, overlaps) in beside.chain(verdict.alone.map(|start| (start, false))) {
                if self.may_take(start.manual) {
                    messages.push(self.start(start, overlaps, now));
                } else {
                    is_forfeited = true;
                }
            }
            messages.extend(verdict.stop.map(|stop| self.stop(stop)).into_iter().flatten());
            // Those that waited for one which was not made are not waiting for anything.
            if !is_forfeited {
                return messages;
            }
        }
    }

    fn acts_by_itself(&self) -> bool {
        !self.activity.paused && self.activity.remaining != Some(0)
    }

    /// Whether a start may be made; one that nobody asked for is counted.
    fn may_take(&mut self, manual: bool) -> bool {
        if manual {
            return true;
        }
        if !self.acts_by_itself() {
            return false;
        }
        if let Some(remaining) = &mut self.activity.remaining {
            *remaining -= 1;
            self.revision += 1;
        }
        true
    }
}

/// A spec whose exclusions leave nothing for so long has no further times. It is refused when a schedule gets it, unless
/// it had some times then.
fn next(times: &Times, after: Timestamp) -> Option<Occurrence> {
    times.next(after).ok().flatten()
}
