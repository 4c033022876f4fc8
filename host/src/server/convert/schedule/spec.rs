//! When schedules act.

use super::super::{InvalidField, duration_from_wire, duration_to_wire, timestamp_from_wire, timestamp_to_wire};
use mainspring_api::temporal::schedule::v1 as wire;
use mainspring_core::Millis;
use mainspring_core::schedule::text::{self, CalendarText, CronMoments};
use mainspring_core::schedule::{Calendar, Interval, InvalidSpec, Range, SPEC_ENTRIES_MAX, Spec};

const FIELD: &str = "schedule.spec";

/// A spec, with everything that is written as text turned into ranges and intervals.
pub(crate) fn spec_from_wire(spec: Option<wire::ScheduleSpec>) -> Result<Spec, InvalidField> {
    let spec = spec.unwrap_or_default();
    #[expect(deprecated, reason = "clients may still send it")]
    let excluded = spec.exclude_calendar;
    if spec.calendar.len() + spec.cron_string.len() + excluded.len() > SPEC_ENTRIES_MAX {
        return Err(InvalidField::new(FIELD, "has too many calendars and cron expressions"));
    }
    let mut read = Spec {
        calendars: structured(spec.structured_calendar)?,
        intervals: spec.interval.into_iter().map(interval).collect::<Result<_, _>>()?,
        exclusions: structured(spec.exclude_structured_calendar)?,
        start: timestamp_from_wire("schedule.spec.start_time", spec.start_time)?,
        end: timestamp_from_wire("schedule.spec.end_time", spec.end_time)?,
        jitter: duration_from_wire("schedule.spec.jitter", spec.jitter)?.unwrap_or(Millis::ZERO),
        time_zone: spec.timezone_name,
        time_zone_rules: spec.timezone_data.into(),
    };
    for calendar in &spec.calendar {
        read.calendars.push(written(calendar)?);
    }
    for calendar in &excluded {
        read.exclusions.push(written(calendar)?);
    }
    add_cron(&mut read, &spec.cron_string)?;
    read.check()?;
    Ok(read)
}

/// All of them must name the same time zone, or none, and the spec must not name another one.
fn add_cron(spec: &mut Spec, expressions: &[String]) -> Result<(), InvalidField> {
    let mut zones = Vec::new();
    for expression in expressions {
        let cron = text::cron(expression)?;
        match cron.moments {
            CronMoments::Calendar(calendar) => spec.calendars.push(calendar),
            CronMoments::Interval(interval) => spec.intervals.push(interval),
        }
        zones.push(cron.time_zone);
    }
    zones.dedup();
    let zone = match zones.as_slice() {
        [] | [None] => return Ok(()),
        [Some(zone)] => zone,
        _ => {
            return Err(InvalidField::new(
                FIELD,
                "its cron expressions are in different time zones",
            ));
        }
    };
    let is_other = !spec.time_zone.is_empty() && spec.time_zone != *zone;
    if is_other || !spec.time_zone_rules.is_empty() {
        let problem = "its cron expressions are in another time zone than the spec itself";
        return Err(InvalidField::new(FIELD, problem));
    }
    spec.time_zone.clone_from(zone);
    Ok(())
}

fn written(calendar: &wire::CalendarSpec) -> Result<Calendar, InvalidField> {
    Ok(text::calendar(&CalendarText {
        second: &calendar.second,
        minute: &calendar.minute,
        hour: &calendar.hour,
        day_of_month: &calendar.day_of_month,
        month: &calendar.month,
        year: &calendar.year,
        day_of_week: &calendar.day_of_week,
        comment: &calendar.comment,
    })?)
}

fn structured(calendars: Vec<wire::StructuredCalendarSpec>) -> Result<Vec<Calendar>, InvalidField> {
    let calendars = calendars.into_iter().map(|calendar| {
        Ok(Calendar {
            second: ranges(&calendar.second)?,
            minute: ranges(&calendar.minute)?,
            hour: ranges(&calendar.hour)?,
            day_of_month: ranges(&calendar.day_of_month)?,
            month: ranges(&calendar.month)?,
            year: ranges(&calendar.year)?,
            day_of_week: ranges(&calendar.day_of_week)?,
            comment: calendar.comment,
        })
    });
    calendars.collect()
}

/// An end that is missing is the start, a step that is missing is 1.
fn ranges(ranges: &[wire::Range]) -> Result<Vec<Range>, InvalidField> {
    let negative = |_| InvalidField::new(FIELD, "has a range with a negative number");
    let ranges = ranges.iter().map(|range| {
        let start = u32::try_from(range.start).map_err(negative)?;
        let step = u32::try_from(range.step).map_err(negative)?;
        Ok(Range {
            start,
            end: u32::try_from(range.end).map_err(negative)?.max(start),
            step: step.max(1),
        })
    });
    ranges.collect()
}

/// Fractions of a second are cut off.
fn interval(interval: wire::IntervalSpec) -> Result<Interval, InvalidField> {
    let seconds = |field, span| {
        let span = duration_from_wire(field, span)?.unwrap_or(Millis::ZERO);
        Ok::<_, InvalidField>(Millis::from_secs(span.get() / 1_000))
    };
    Ok(Interval {
        every: seconds("schedule.spec.interval.interval", interval.interval)?,
        phase: seconds("schedule.spec.interval.phase", interval.phase)?,
    })
}

impl From<InvalidSpec> for InvalidField {
    fn from(InvalidSpec(problem): InvalidSpec) -> Self {
        Self::new(FIELD, problem)
    }
}

pub(crate) fn spec_to_wire(spec: &Spec) -> wire::ScheduleSpec {
    wire::ScheduleSpec {
        structured_calendar: spec.calendars.iter().map(calendar_to_wire).collect(),
        interval: spec
            .intervals
            .iter()
            .map(|interval| wire::IntervalSpec {
                interval: Some(duration_to_wire(interval.every)),
                phase: Some(duration_to_wire(interval.phase)),
            })
            .collect(),
        exclude_structured_calendar: spec.exclusions.iter().map(calendar_to_wire).collect(),
        start_time: spec.start.map(timestamp_to_wire),
        end_time: spec.end.map(timestamp_to_wire),
        jitter: (!spec.jitter.is_zero()).then(|| duration_to_wire(spec.jitter)),
        timezone_name: spec.time_zone.clone(),
        timezone_data: spec.time_zone_rules.to_vec(),
        ..Default::default()
    }
}

fn calendar_to_wire(calendar: &Calendar) -> wire::StructuredCalendarSpec {
    wire::StructuredCalendarSpec {
        second: ranges_to_wire(&calendar.second),
        minute: ranges_to_wire(&calendar.minute),
        hour: ranges_to_wire(&calendar.hour),
        day_of_month: ranges_to_wire(&calendar.day_of_month),
        month: ranges_to_wire(&calendar.month),
        year: ranges_to_wire(&calendar.year),
        day_of_week: ranges_to_wire(&calendar.day_of_week),
        comment: calendar.comment.clone(),
    }
}

fn ranges_to_wire(ranges: &[Range]) -> Vec<wire::Range> {
    let number = |number| i32::try_from(number).unwrap_or(i32::MAX);
    let ranges = ranges.iter().map(|range| wire::Range {
        start: number(range.start),
        end: number(range.end),
        step: number(range.step),
    });
    ranges.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_cron(expressions: &[&str], time_zone: &str) -> Result<Spec, InvalidField> {
        spec_from_wire(Some(wire::ScheduleSpec {
            cron_string: expressions.iter().map(|it| (*it).to_owned()).collect(),
            timezone_name: time_zone.into(),
            ..Default::default()
        }))
    }

    #[test]
    fn what_was_written_is_shown_in_ranges() {
        let spec = of_cron(&["15 8 * * 1-5 # on workdays", "@every 1h/10m"], "").expect("it is right");
        let shown = spec_to_wire(&spec);
        assert!(shown.cron_string.is_empty());
        assert_eq!(shown.structured_calendar[0].comment, "on workdays");
        assert_eq!(shown.interval.len(), 1);
        // And it means the same when it comes back.
        assert_eq!(spec_from_wire(Some(shown)), Ok(spec));
    }

    #[test]
    fn time_zones_must_agree() {
        let berlin = "CRON_TZ=Europe/Berlin 0 9 * * *";
        let zone = |expressions: &[&str], zone| of_cron(expressions, zone).map(|spec| spec.time_zone);
        assert_eq!(zone(&[berlin, berlin], "").as_deref(), Ok("Europe/Berlin"));
        assert_eq!(zone(&[berlin], "Europe/Berlin").as_deref(), Ok("Europe/Berlin"));
        assert_eq!(zone(&["0 9 * * *"], "Asia/Tokyo").as_deref(), Ok("Asia/Tokyo"));
        assert!(zone(&[berlin], "Asia/Tokyo").is_err());
        assert!(zone(&[berlin, "0 9 * * *"], "").is_err());
    }

    #[test]
    fn ranges_have_defaults() {
        let one = wire::Range {
            start: 5,
            end: 0,
            step: 0,
        };
        assert_eq!(ranges(&[one]), Ok(vec![Range::one(5)]));
        assert!(ranges(&[wire::Range { start: -1, ..one }]).is_err());
    }
}
