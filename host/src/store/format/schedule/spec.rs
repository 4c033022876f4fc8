//! When a schedule acts.

use bytes::Bytes;
use mainspring_core::schedule as core;
use mainspring_core::{Millis, Timestamp};

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Spec {
    #[prost(message, repeated, tag = "1")]
    calendars: Vec<Calendar>,
    #[prost(message, repeated, tag = "2")]
    intervals: Vec<Interval>,
    #[prost(message, repeated, tag = "3")]
    exclusions: Vec<Calendar>,
    #[prost(uint64, optional, tag = "4")]
    start_ms: Option<u64>,
    #[prost(uint64, optional, tag = "5")]
    end_ms: Option<u64>,
    #[prost(uint64, tag = "6")]
    jitter_ms: u64,
    #[prost(string, tag = "7")]
    time_zone: String,
    #[prost(bytes = "bytes", tag = "8")]
    time_zone_rules: Bytes,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Calendar {
    #[prost(message, repeated, tag = "1")]
    second: Vec<Range>,
    #[prost(message, repeated, tag = "2")]
    minute: Vec<Range>,
    #[prost(message, repeated, tag = "3")]
    hour: Vec<Range>,
    #[prost(message, repeated, tag = "4")]
    day_of_month: Vec<Range>,
    #[prost(message, repeated, tag = "5")]
    month: Vec<Range>,
    #[prost(message, repeated, tag = "6")]
    year: Vec<Range>,
    #[prost(message, repeated, tag = "7")]
    day_of_week: Vec<Range>,
    #[prost(string, tag = "8")]
    comment: String,
}

#[derive(Clone, Copy, PartialEq, prost::Message)]
struct Range {
    #[prost(uint32, tag = "1")]
    start: u32,
    #[prost(uint32, tag = "2")]
    end: u32,
    #[prost(uint32, tag = "3")]
    step: u32,
}

#[derive(Clone, Copy, PartialEq, prost::Message)]
struct Interval {
    #[prost(uint64, tag = "1")]
    every_ms: u64,
    #[prost(uint64, tag = "2")]
    phase_ms: u64,
}

impl From<&core::Spec> for Spec {
    fn from(spec: &core::Spec) -> Self {
        Self {
            calendars: spec.calendars.iter().map(Calendar::from).collect(),
            intervals: spec.intervals.iter().map(Interval::from).collect(),
            exclusions: spec.exclusions.iter().map(Calendar::from).collect(),
            start_ms: spec.start.map(Timestamp::as_millis),
            end_ms: spec.end.map(Timestamp::as_millis),
            jitter_ms: spec.jitter.get(),
            time_zone: spec.time_zone.clone(),
            time_zone_rules: spec.time_zone_rules.clone(),
        }
    }
}

impl From<Spec> for core::Spec {
    fn from(stored: Spec) -> Self {
        Self {
            calendars: stored.calendars.into_iter().map(core::Calendar::from).collect(),
            intervals: stored.intervals.into_iter().map(core::Interval::from).collect(),
            exclusions: stored.exclusions.into_iter().map(core::Calendar::from).collect(),
            start: stored.start_ms.map(Timestamp::from_millis),
            end: stored.end_ms.map(Timestamp::from_millis),
            jitter: Millis::new(stored.jitter_ms),
            time_zone: stored.time_zone,
            time_zone_rules: stored.time_zone_rules,
        }
    }
}

impl From<&core::Calendar> for Calendar {
    fn from(calendar: &core::Calendar) -> Self {
        Self {
            second: ranges(&calendar.second),
            minute: ranges(&calendar.minute),
            hour: ranges(&calendar.hour),
            day_of_month: ranges(&calendar.day_of_month),
            month: ranges(&calendar.month),
            year: ranges(&calendar.year),
            day_of_week: ranges(&calendar.day_of_week),
            comment: calendar.comment.clone(),
        }
    }
}

impl From<Calendar> for core::Calendar {
    fn from(stored: Calendar) -> Self {
        Self {
            second: read_ranges(stored.second),
            minute: read_ranges(stored.minute),
            hour: read_ranges(stored.hour),
            day_of_month: read_ranges(stored.day_of_month),
            month: read_ranges(stored.month),
            year: read_ranges(stored.year),
            day_of_week: read_ranges(stored.day_of_week),
            comment: stored.comment,
        }
    }
}

impl From<&core::Interval> for Interval {
    fn from(interval: &core::Interval) -> Self {
        Self {
            every_ms: interval.every.get(),
            phase_ms: interval.phase.get(),
        }
    }
}

impl From<Interval> for core::Interval {
    fn from(stored: Interval) -> Self {
        Self {
            every: Millis::new(stored.every_ms),
            phase: Millis::new(stored.phase_ms),
        }
    }
}

fn ranges(ranges: &[core::Range]) -> Vec<Range> {
    let ranges = ranges.iter().map(|range| Range {
        start: range.start,
        end: range.end,
        step: range.step,
    });
    ranges.collect()
}

fn read_ranges(stored: Vec<Range>) -> Vec<core::Range> {
    let ranges = stored.into_iter().map(|range| core::Range {
        start: range.start,
        end: range.end,
        step: range.step,
    });
    ranges.collect()
}
