//! What a schedule's times are, as its owner says it.

use super::fields::{YEAR_MAX, YEAR_MIN};
use crate::{Millis, Timestamp};
use bytes::Bytes;

/// Calendars, intervals and exclusions together; one more is refused. Finding the next time looks at each.
pub const SPEC_ENTRIES_MAX: usize = 100;
/// Ranges of one field of a calendar; one more is refused.
pub const RANGES_PER_FIELD_MAX: usize = 60;
/// Bytes of a calendar's comment; one more is refused.
pub const COMMENT_BYTES_MAX: usize = 200;
/// Bytes of a time zone's rules, where the spec brings its own; one more is refused.
pub const TIME_ZONE_BYTES_MAX: usize = 64 * 1024;

/// A set of moments: those of all calendars and intervals, but for those of the exclusions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spec {
    /// Moments that a calendar knows.
    pub calendars: Vec<Calendar>,
    /// Moments at equal distances.
    pub intervals: Vec<Interval>,
    /// Moments that are none, whatever the others say.
    pub exclusions: Vec<Calendar>,
    /// No moment is earlier.
    pub start: Option<Timestamp>,
    /// No moment is later.
    pub end: Option<Timestamp>,
    /// By how much a moment may be put off, chosen anew for each.
    pub jitter: Millis,
    /// The time zone of all calendars, by its name; UTC if it is empty.
    pub time_zone: String,
    /// The time zone's rules in the format TZif, if they are not to be those of the build.
    pub time_zone_rules: Bytes,
}

/// Moments whose every field lies in one of the field's ranges. A field without ranges is never right, but for the year:
/// there it is every year.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calendar {
    /// 0-59.
    pub second: Vec<Range>,
    /// 0-59.
    pub minute: Vec<Range>,
    /// 0-23.
    pub hour: Vec<Range>,
    /// 1-31.
    pub day_of_month: Vec<Range>,
    /// 1-12.
    pub month: Vec<Range>,
    /// 2000-2100.
    pub year: Vec<Range>,
    /// 0-6, from Sunday on.
    pub day_of_week: Vec<Range>,
    /// What it is for.
    pub comment: String,
}

/// Every `step`-th number from `start` to `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// The first.
    pub start: u32,
    /// The last, if the steps meet it.
    pub end: u32,
    /// At least 1.
    pub step: u32,
}

/// The multiples of a span since the Unix epoch, each a phase later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    /// Whole seconds, at least one.
    pub every: Millis,
    /// Whole seconds, less than `every`.
    pub phase: Millis,
}

/// Why something is no spec.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidSpec(pub String);

impl Range {
    /// One number.
    pub const fn one(value: u32) -> Self {
        Self::all(value, value)
    }

    /// All numbers from one to another.
    pub const fn all(start: u32, end: u32) -> Self {
        Self { start, end, step: 1 }
    }
}

impl Spec {
    /// Whether it has no moments because none are asked for: such a schedule acts when it is told to.
    pub fn is_empty(&self) -> bool {
        self.calendars.is_empty() && self.intervals.is_empty()
    }

    /// Whether it says something that can be.
    pub fn check(&self) -> Result<(), InvalidSpec> {
        let entries = self.calendars.len() + self.intervals.len() + self.exclusions.len();
        if entries > SPEC_ENTRIES_MAX {
            return Err(InvalidSpec(format!(
                "it has {entries} calendars, intervals and exclusions; at most {SPEC_ENTRIES_MAX} are allowed"
            )));
        }
        let mut calendars = self.calendars.iter().chain(&self.exclusions);
        calendars.try_for_each(Calendar::check)?;
        self.intervals.iter().try_for_each(Interval::check)?;
        let bytes = self.time_zone_rules.len();
        if bytes > TIME_ZONE_BYTES_MAX {
            return Err(InvalidSpec(format!(
                "timezone_data has {bytes} bytes; at most {TIME_ZONE_BYTES_MAX} are allowed"
            )));
        }
        Ok(())
    }
}

impl Calendar {
    fn check(&self) -> Result<(), InvalidSpec> {
        let fields = [
            ("second", &self.second, 0, 59),
            ("minute", &self.minute, 0, 59),
            ("hour", &self.hour, 0, 23),
            ("day_of_month", &self.day_of_month, 1, 31),
            ("month", &self.month, 1, 12),
            ("year", &self.year, YEAR_MIN, YEAR_MAX),
            ("day_of_week", &self.day_of_week, 0, 6),
        ];
        for (name, ranges, min, max) in fields {
            if ranges.len() > RANGES_PER_FIELD_MAX {
                let count = ranges.len();
                return Err(InvalidSpec(format!(
                    "{name} has {count} ranges; at most {RANGES_PER_FIELD_MAX} are allowed"
                )));
            }
            let wrong = |it: &&Range| it.start < min || it.end > max || it.start > it.end;
            if let Some(Range { start, end, .. }) = ranges.iter().find(wrong) {
                let problem = format!("{name} is from {start} to {end}, which is not within {min}-{max}");
                return Err(InvalidSpec(problem));
            }
            if ranges.iter().any(|range| range.step == 0) {
                return Err(InvalidSpec(format!("{name} has a step of 0; steps are at least 1")));
            }
        }
        let bytes = self.comment.len();
        if bytes > COMMENT_BYTES_MAX {
            return Err(InvalidSpec(format!(
                "a comment has {bytes} bytes; at most {COMMENT_BYTES_MAX} are allowed"
            )));
        }
        Ok(())
    }
}

impl Interval {
    fn check(&self) -> Result<(), InvalidSpec> {
        if self.every < Millis::from_secs(1) {
            return Err(InvalidSpec("an interval is at least one second".into()));
        }
        if self.phase >= self.every {
            return Err(InvalidSpec("an interval's phase must be less than the interval".into()));
        }
        Ok(())
    }
}
