//! Calendars as people write them: field by field, and as cron expressions.

use super::fields::{YEAR_MAX, YEAR_MIN};
use super::spec::{Calendar, Interval, InvalidSpec, Range};
use crate::Millis;

/// A calendar, each field as `*`, `5`, `1-5`, `*/10`, `MON,WED` and the like; an empty one has its default.
#[derive(Clone, Copy, Debug, Default)]
pub struct CalendarText<'t> {
    /// 0 if it is empty.
    pub second: &'t str,
    /// 0 if it is empty.
    pub minute: &'t str,
    /// 0 if it is empty.
    pub hour: &'t str,
    /// Every day if it is empty.
    pub day_of_month: &'t str,
    /// Every month if it is empty; names are understood.
    pub month: &'t str,
    /// Every year if it is empty.
    pub year: &'t str,
    /// Every day if it is empty; names are understood, and both 0 and 7 are Sunday.
    pub day_of_week: &'t str,
    /// What it is for.
    pub comment: &'t str,
}

/// What a cron expression comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cron {
    /// Its moments.
    pub moments: CronMoments,
    /// The time zone that it names, if it does.
    pub time_zone: Option<String>,
}

/// The moments of a cron expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CronMoments {
    /// Of five, six or seven fields, or of a name such as `@daily`.
    Calendar(Calendar),
    /// Of `@every`.
    Interval(Interval),
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
const WEEKDAYS: [&str; 7] = [
    "sunday",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
];

/// What one field may be.
struct Field {
    name: &'static str,
    default: &'static str,
    min: u32,
    max: u32,
    /// The last number of `*`.
    all_to: u32,
    /// Names of numbers, the number of the first, and how many letters of a name are enough.
    names: (&'static [&'static str], u32, usize),
}

const fn numeric(name: &'static str, default: &'static str, min: u32, max: u32) -> Field {
    Field {
        name,
        default,
        min,
        max,
        all_to: max,
        names: (&[], 0, 0),
    }
}

const SECOND: Field = numeric("second", "0", 0, 59);
const MINUTE: Field = numeric("minute", "0", 0, 59);
const HOUR: Field = numeric("hour", "0", 0, 23);
const DAY_OF_MONTH: Field = numeric("day of month", "*", 1, 31);
const YEAR: Field = numeric("year", "*", YEAR_MIN, YEAR_MAX);
const MONTH: Field = Field {
    names: (&MONTHS, 1, 3),
    ..numeric("month", "*", 1, 12)
};
const DAY_OF_WEEK: Field = Field {
    // Sunday is not meant twice.
    all_to: 6,
    names: (&WEEKDAYS, 0, 2),
    ..numeric("day of week", "*", 0, 7)
};

/// Reads a calendar.
pub fn calendar(text: &CalendarText<'_>) -> Result<Calendar, InvalidSpec> {
    let mut year = YEAR.read(text.year)?;
    if year == [Range::all(YEAR_MIN, YEAR_MAX)] {
        year.clear();
    }
    let day_of_week = DAY_OF_WEEK.read(text.day_of_week)?;
    Ok(Calendar {
        second: SECOND.read(text.second)?,
        minute: MINUTE.read(text.minute)?,
        hour: HOUR.read(text.hour)?,
        day_of_month: DAY_OF_MONTH.read(text.day_of_month)?,
        month: MONTH.read(text.month)?,
        year,
        day_of_week: day_of_week.into_iter().flat_map(with_sunday_as_0).collect(),
        comment: text.comment.to_owned(),
    })
}

/// Reads a cron expression: `15 8 * * MON-FRI`, the same with a year behind it, or with a year behind it and a second
/// before it; `@daily` and its like; `@every 90m`, or `@every 90m/15m` with a phase. `CRON_TZ=Europe/Berlin` may stand
/// before it, and a comment behind a `#`.
pub fn cron(text: &str) -> Result<Cron, InvalidSpec> {
    let error = |InvalidSpec(problem)| InvalidSpec(format!("{text:?} is no cron expression: {problem}"));
    let (expression, comment) = text.split_once('#').unwrap_or((text, ""));
    let expression = expression.trim();
    let zoned = expression
        .strip_prefix("CRON_TZ=")
        .or_else(|| expression.strip_prefix("TZ="));
    let (time_zone, expression) = match zoned.map(|it| it.split_once(char::is_whitespace)) {
        Some(Some((zone, rest))) => (Some(zone.to_owned()), rest.trim()),
        Some(None) => return Err(error(InvalidSpec("nothing follows the time zone".into()))),
        None => (None, expression),
    };
    let moments = match expression.strip_prefix("@every") {
        Some(interval) => every(interval).map(CronMoments::Interval),
        None => of_fields(expression, comment.trim()).map(CronMoments::Calendar),
    };
    Ok(Cron {
        moments: moments.map_err(error)?,
        time_zone,
    })
}

fn of_fields(expression: &str, comment: &str) -> Result<Calendar, InvalidSpec> {
    let expression = match expression {
        "@yearly" | "@annually" => "0 0 1 1 *",
        "@monthly" => "0 0 1 * *",
        "@weekly" => "0 0 * * 0",
        "@daily" | "@midnight" => "0 0 * * *",
        "@hourly" => "0 * * * *",
        fields => fields,
    };
    let fields: Vec<&str> = expression.split_whitespace().collect();
    let (second, [minute, hour, day_of_month, month, day_of_week], year) = match fields[..] {
        [a, b, c, d, e] => ("", [a, b, c, d, e], ""),
        [a, b, c, d, e, year] => ("", [a, b, c, d, e], year),
        [second, a, b, c, d, e, year] => (second, [a, b, c, d, e], year),
        _ => {
            return Err(InvalidSpec(format!(
                "it has {} fields; expected minute, hour, day of month, month and day of week, then perhaps a year, and \
                 with a year perhaps a second before them",
                fields.len()
            )));
        }
    };
    calendar(&CalendarText {
        second,
        minute,
        hour,
        day_of_month,
        month,
        year,
        day_of_week,
        comment,
    })
}

fn every(text: &str) -> Result<Interval, InvalidSpec> {
    let (every, phase) = match text.trim().split_once('/') {
        Some((every, phase)) => (every, Some(phase)),
        None => (text.trim(), None),
    };
    Ok(Interval {
        every: duration(every)?,
        phase: phase.map_or(Ok(Millis::ZERO), duration)?,
    })
}

/// Whole numbers with the units d, h, m and s, one behind the other.
fn duration(text: &str) -> Result<Millis, InvalidSpec> {
    let error = || InvalidSpec(format!("{text:?} is no duration; write it as 30s, 5m, 1h30m or 7d"));
    let mut rest = text.trim();
    let mut seconds = 0_u64;
    while let Some(end) = rest.find(|it: char| !it.is_ascii_digit()) {
        let count: u64 = rest[..end].parse().map_err(|_| error())?;
        let of_unit = match rest.as_bytes()[end] {
            b's' => 1,
            b'm' => 60,
            b'h' => 60 * 60,
            b'd' => 24 * 60 * 60,
            _ => return Err(error()),
        };
        let span = count.checked_mul(of_unit).ok_or_else(error)?;
        seconds = seconds.checked_add(span).ok_or_else(error)?;
        rest = &rest[end + 1..];
    }
    // What is left is a number without a unit.
    if !rest.is_empty() || text.trim().is_empty() || seconds > SPAN_SECONDS_MAX {
        return Err(error());
    }
    Ok(Millis::from_secs(seconds))
}

/// Ten years: more is taken for a mistake.
const SPAN_SECONDS_MAX: u64 = 10 * 366 * 24 * 60 * 60;

impl Field {
    fn read(&self, text: &str) -> Result<Vec<Range>, InvalidSpec> {
        let text = match text.trim() {
            "" => self.default,
            text => text,
        };
        let ranges = text.split(',').map(|part| {
            let range = self.range(part.trim());
            range.map_err(|problem| InvalidSpec(format!("{} {part:?} {problem}", self.name)))
        });
        ranges.collect()
    }

    fn range(&self, part: &str) -> Result<Range, String> {
        let (values, step) = match part.split_once('/') {
            Some((values, step)) => (values, Some(step)),
            None => (part, None),
        };
        let (start, end) = match values.split_once('-') {
            _ if values == "*" => (self.min, self.all_to),
            Some((start, end)) => (self.value(start)?, self.value(end)?),
            // With a step, a single value is where it begins.
            None if step.is_some() => (self.value(values)?, self.all_to),
            None => (self.value(values)?, self.value(values)?),
        };
        if start > end {
            return Err("goes backwards".into());
        }
        let step = match step.map_or(Ok(1), str::parse) {
            Ok(0) | Err(_) => return Err("has a step that is no number from 1 on".into()),
            Ok(step) => step,
        };
        Ok(Range { start, end, step })
    }

    fn value(&self, text: &str) -> Result<u32, String> {
        let (names, first, letters_min) = self.names;
        let text = text.to_lowercase();
        let named = names.iter().position(|name| name.starts_with(&text));
        if let Some(at) = named.filter(|_| text.len() >= letters_min) {
            return Ok(at as u32 + first);
        }
        let number = text.parse().ok().filter(|it| (self.min..=self.max).contains(it));
        number.ok_or_else(|| format!("is not within {}-{}", self.min, self.max))
    }
}

/// The same days of the week, with 0 for Sunday where it was 7.
fn with_sunday_as_0(range: Range) -> Vec<Range> {
    if range.end < 7 {
        return vec![range];
    }
    let meets_sunday = (7 - range.start).is_multiple_of(range.step);
    let others = (range.start < 7).then_some(Range { end: 6, ..range });
    let sunday = meets_sunday.then_some(Range::one(0));
    sunday.into_iter().chain(others).collect()
}
