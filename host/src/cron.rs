//! Cron schedules, as Temporal's clients write them.
//!
//! Five fields in UTC (`15 8 * * MON-FRI`), the same in another time zone (`CRON_TZ=Europe/Berlin 15 8 * * *`), the
//! usual names (`@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly`), and `@every 1h30m`.

use cronexpr::{Crontab, FallbackTimezoneOption, MakeTimestamp, ParseOptions};
use mainspring_core::{Millis, Timestamp};

/// The furthest that a schedule's next moment may lie away; what comes later than that never comes.
const HORIZON_YEARS: u64 = 10;
const MILLIS_PER_YEAR: u64 = 366 * 24 * 60 * 60 * 1_000;

/// A schedule that cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{schedule:?} is not a cron schedule: {problem}")]
pub struct CronError {
    schedule: String,
    problem: String,
}

enum Schedule {
    Every(Millis),
    Calendar(Crontab),
}

/// The first moment of a schedule that is later than that one, if there is any.
pub fn next(schedule: &str, after: Timestamp) -> Result<Option<Timestamp>, CronError> {
    match parse(schedule)? {
        Schedule::Every(interval) => Ok(Some(after.after(interval))),
        Schedule::Calendar(calendar) => Ok(next_of_calendar(&calendar, after)),
    }
}

/// The same for a schedule that was understood once: if it is not any more, it never comes, and the log says why.
pub fn calendar(schedule: &str, after: Timestamp) -> Option<Timestamp> {
    next(schedule, after).unwrap_or_else(|error| {
        tracing::error!(%error, "a workflow's cron schedule ends");
        None
    })
}

fn next_of_calendar(calendar: &Crontab, after: Timestamp) -> Option<Timestamp> {
    let millis = i64::try_from(after.as_millis()).ok()?;
    let from = jiff::Timestamp::from_millisecond(millis).ok()?;
    let horizon = after.after(Millis::new(HORIZON_YEARS * MILLIS_PER_YEAR));
    // Calendars end with the year 9999, and whoever looks for a day beyond it panics.
    jiff::Timestamp::from_millisecond(i64::try_from(horizon.as_millis()).ok()?).ok()?;
    let next = calendar.find_next(MakeTimestamp(from)).ok()?;
    let next = Timestamp::from_millis(u64::try_from(next.timestamp().as_millisecond()).ok()?);
    (next <= horizon).then_some(next)
}

fn parse(schedule: &str) -> Result<Schedule, CronError> {
    let error = |problem: String| CronError {
        schedule: schedule.to_owned(),
        problem,
    };
    let text = schedule.trim();
    let (zone, fields) = match text.strip_prefix("CRON_TZ=").or_else(|| text.strip_prefix("TZ=")) {
        Some(rest) => {
            let split = rest.split_once(char::is_whitespace);
            let (zone, fields) = split.ok_or_else(|| error("nothing follows the time zone".into()))?;
            (Some(zone), fields.trim())
        }
        None => (None, text),
    };
    if let Some(interval) = fields.strip_prefix("@every ") {
        let interval: jiff::SignedDuration = interval
            .trim()
            .parse()
            .map_err(|it: jiff::Error| error(it.to_string()))?;
        return match u64::try_from(interval.as_millis()) {
            Ok(millis) if millis >= 1_000 => Ok(Schedule::Every(Millis::new(millis))),
            _ => Err(error("an interval is at least one second".into())),
        };
    }
    let fields = match fields {
        "@yearly" | "@annually" => "0 0 1 1 *",
        "@monthly" => "0 0 1 * *",
        "@weekly" => "0 0 * * 0",
        "@daily" | "@midnight" => "0 0 * * *",
        "@hourly" => "0 * * * *",
        fields => fields,
    };
    let count = fields.split_whitespace().count();
    if count != 5 {
        return Err(error(format!(
            "it has {count} fields; expected minute, hour, day of month, month and day of week"
        )));
    }
    let mut options = ParseOptions::default();
    options.fallback_timezone_option = FallbackTimezoneOption::UTC;
    // Other dialects write "any day" as a question mark.
    let fields = fields.replace('?', "*");
    let expression = match zone {
        Some(zone) => format!("{fields} {zone}"),
        None => fields,
    };
    let calendar = cronexpr::parse_crontab_with(&expression, options).map_err(|it| error(it.to_string()))?;
    Ok(Schedule::Calendar(calendar))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(schedule: &str, moment: &str) -> String {
        let moment: jiff::Timestamp = moment.parse().expect("a moment");
        let moment = Timestamp::from_millis(moment.as_millisecond() as u64);
        match next(schedule, moment) {
            Ok(Some(next)) => jiff::Timestamp::from_millisecond(next.as_millis() as i64)
                .expect("a moment")
                .to_string(),
            Ok(None) => "never".into(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn the_next_moment_is_later_and_the_first() {
        let noon = "2026-03-28T12:00:00Z";
        for (schedule, expected) in [
            ("0 12 * * *", "2026-03-29T12:00:00Z"),
            ("*/15 * * * *", "2026-03-28T12:15:00Z"),
            ("15 8 * * MON-FRI", "2026-03-30T08:15:00Z"),
            ("0 0 ? 4 *", "2026-04-01T00:00:00Z"),
            ("@hourly", "2026-03-28T13:00:00Z"),
            ("@weekly", "2026-03-29T00:00:00Z"),
            ("@every 1h30m", "2026-03-28T13:30:00Z"),
            // Clocks go forward that night.
            ("CRON_TZ=Europe/Berlin 0 9 * * *", "2026-03-29T07:00:00Z"),
            ("TZ=America/New_York 30 2 * * *", "2026-03-29T06:30:00Z"),
        ] {
            assert_eq!(after(schedule, noon), expected, "{schedule}");
        }
    }

    #[test]
    fn what_never_comes_never_comes() {
        assert_eq!(after("0 0 30 2 *", "2026-03-28T12:00:00Z"), "never");
    }

    #[test]
    fn what_is_no_schedule_is_refused() {
        for schedule in [
            "",
            "soon",
            "* * * *",
            "61 * * * *",
            "@every 1ms",
            "@every soon",
            "CRON_TZ=Mars/Base 0 0 * * *",
        ] {
            let refused = after(schedule, "2026-03-28T12:00:00Z");
            assert!(refused.contains("is not a cron schedule"), "{schedule}: {refused}");
        }
    }
}
