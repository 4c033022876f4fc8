//! When a schedule's times are: its spec in its time zone.

use super::civil::DAY;
use super::fields::Fields;
use super::spec::{Interval, Spec};
use crate::successor::mix;
use crate::{Millis, Timestamp};

/// Excluded moments that one search passes by. A day that is excluded whole counts as one, so that every day of a
/// century fits; exclusions that are more intricate than that [leave nothing](TooSparse).
const EXCLUDED_PER_SEARCH_MAX: u32 = 40_000;

/// Later than every moment of a calendar, in seconds since the epoch.
const END_OF_CALENDARS: i64 = 150 * 366 * DAY;

/// How clocks are set in one part of the world. A database of time zones knows it; this crate has none.
pub trait Zone: Send + Sync {
    /// What clocks show more than UTC at a moment, in seconds. The moment is in seconds since the Unix epoch.
    fn offset_at(&self, moment: i64) -> i64;

    /// The first later moment at which that changes, if there is one.
    fn next_change(&self, moment: i64) -> Option<i64>;
}

/// Where clocks are never changed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Utc;

impl Zone for Utc {
    fn offset_at(&self, _: i64) -> i64 {
        0
    }

    fn next_change(&self, _: i64) -> Option<i64> {
        None
    }
}

/// One of a schedule's times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Occurrence {
    /// What the spec says; whole seconds.
    pub nominal: Timestamp,
    /// When it is due: put off by the jitter, and before the next nominal time.
    pub due: Timestamp,
}

/// A search passed by too many excluded moments, one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("its exclusions leave none of the next {EXCLUDED_PER_SEARCH_MAX} times")]
pub struct TooSparse;

/// A spec, ready to be asked.
pub struct Times {
    calendars: Vec<Fields>,
    intervals: Vec<Interval>,
    exclusions: Vec<Fields>,
    /// In seconds, as all moments below.
    start: Option<i64>,
    end: Option<i64>,
    jitter: Millis,
    zone: Box<dyn Zone>,
    seed: u64,
}

impl Times {
    /// The times of a spec in its zone. What is put off by a jitter is put off differently for every schedule.
    pub fn new(spec: &Spec, zone: Box<dyn Zone>, namespace: &str, schedule_id: &str) -> Self {
        Self {
            calendars: spec.calendars.iter().map(Fields::of).collect(),
            intervals: spec.intervals.clone(),
            exclusions: spec.exclusions.iter().map(Fields::of).collect(),
            start: spec.start.map(|start| start.as_millis().div_ceil(1_000) as i64),
            end: spec.end.map(seconds),
            jitter: spec.jitter,
            zone,
            seed: hash(namespace, schedule_id),
        }
    }

    /// The first one whose nominal time is later than that moment.
    pub fn next(&self, after: Timestamp) -> Result<Option<Occurrence>, TooSparse> {
        let mut after = seconds(after).max(self.start.map_or(i64::MIN, |start| start - 1));
        for _ in 0..EXCLUDED_PER_SEARCH_MAX {
            let found = self.next_included(after);
            let Some(nominal) = found.filter(|it| self.end.is_none_or(|end| *it <= end)) else {
                return Ok(None);
            };
            match self.end_of_exclusion(nominal) {
                Some(end) => after = end - 1,
                None => return Ok(Some(self.put_off(nominal))),
            }
        }
        Err(TooSparse)
    }

    /// Whether there is none at all, past or future.
    pub fn are_none(&self) -> Result<bool, TooSparse> {
        self.next(Timestamp::default()).map(|first| first.is_none())
    }

    /// The next moment of calendars and intervals, excluded or not.
    fn next_included(&self, after: i64) -> Option<i64> {
        let of_calendars = self.calendars.iter().filter_map(|it| self.next_of_calendar(it, after));
        let of_intervals = self.intervals.iter().map(|it| next_of_interval(it, after));
        of_calendars.chain(of_intervals).min()
    }

    /// Between two changes of its clocks a zone is like UTC, moved by its offset. A time of day that is skipped is in
    /// none of these pieces, one that comes twice is in two.
    fn next_of_calendar(&self, calendar: &Fields, after: i64) -> Option<i64> {
        let mut from = after + 1;
        while from < END_OF_CALENDARS {
            let offset = self.zone.offset_at(from);
            let until = self.zone.next_change(from);
            let local_until = until.map_or(i64::MAX, |until| until + offset);
            if let Some(local) = calendar.next(from + offset, local_until) {
                return Some(local - offset);
            }
            from = until?;
        }
        None
    }

    /// If a moment is excluded: a later one up to which all are.
    fn end_of_exclusion(&self, moment: i64) -> Option<i64> {
        if self.exclusions.is_empty() {
            return None;
        }
        let offset = self.zone.offset_at(moment);
        let excluding = self.exclusions.iter().filter(|it| it.has(moment + offset));
        let end = excluding.map(|it| it.end_of_run(moment + offset) - offset).max()?;
        Some(self.zone.next_change(moment).map_or(end, |change| end.min(change)))
    }

    fn put_off(&self, nominal: i64) -> Occurrence {
        let at = Timestamp::from_millis(nominal as u64 * 1_000);
        let mut most = self.jitter;
        if !most.is_zero()
            && let Some(following) = self.next_included(nominal)
        {
            most = most.min(Millis::from_secs((following - nominal) as u64));
        }
        let share = u128::from(mix(self.seed ^ mix(nominal as u64)));
        let by = (share * u128::from(most.get())) >> u64::BITS;
        Occurrence {
            nominal: at,
            due: at.after(Millis::new(by as u64)),
        }
    }
}

fn next_of_interval(interval: &Interval, after: i64) -> i64 {
    let every = (interval.every.get() / 1_000).max(1) as i64;
    let phase = (interval.phase.get() / 1_000) as i64;
    ((after - phase).div_euclid(every) + 1) * every + phase
}

const fn seconds(moment: Timestamp) -> i64 {
    (moment.as_millis() / 1_000) as i64
}

/// FNV-1a: the same schedule is always put off the same.
fn hash(namespace: &str, schedule_id: &str) -> u64 {
    let bytes = namespace.bytes().chain([0]).chain(schedule_id.bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
