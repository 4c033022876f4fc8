//! What people write, and what it means.

use insta::assert_snapshot;
use mainspring_core::schedule::text::{CalendarText, CronMoments, calendar, cron};
use mainspring_core::schedule::{Calendar, Range};

fn told(text: &str) -> String {
    match cron(text) {
        Err(error) => error.to_string(),
        Ok(read) => {
            let moments = match read.moments {
                CronMoments::Calendar(calendar) => self::moments(&calendar),
                CronMoments::Interval(interval) => format!("every {}, phase {}", interval.every, interval.phase),
            };
            let zone = read.time_zone.map(|zone| format!(" in {zone}"));
            format!("{moments}{}", zone.unwrap_or_default())
        }
    }
}

fn moments(calendar: &Calendar) -> String {
    let of = |ranges: &[Range]| {
        let ranges = ranges.iter().map(|it| match (it.start == it.end, it.step) {
            (true, _) => it.start.to_string(),
            (false, 1) => format!("{}-{}", it.start, it.end),
            (false, step) => format!("{}-{}/{step}", it.start, it.end),
        });
        ranges.collect::<Vec<_>>().join(",")
    };
    let fields = [
        &calendar.second,
        &calendar.minute,
        &calendar.hour,
        &calendar.day_of_month,
        &calendar.month,
        &calendar.day_of_week,
        &calendar.year,
    ];
    let fields = fields.map(|ranges| of(ranges)).join(" ");
    match calendar.comment.as_str() {
        "" => fields.trim_end().to_owned(),
        comment => format!("{} # {comment}", fields.trim_end()),
    }
}

#[test]
fn cron_expressions_are_read_as_temporal_reads_them() {
    for (text, meaning) in [
        ("15 8 * * *", "0 15 8 1-31 1-12 0-6"),
        ("*/15 * * * *", "0 0-59/15 0-23 1-31 1-12 0-6"),
        ("0 9-17/2,20 * * MON-FRI", "0 0 9-17/2,20 1-31 1-12 1-5"),
        ("0 0 1,15 feb,Decem tues", "0 0 0 1,15 2,12 2"),
        ("5/20 * * * *", "0 5-59/20 0-23 1-31 1-12 0-6"),
        ("0 12 * * * 2026", "0 0 12 1-31 1-12 0-6 2026"),
        ("30 0 12 * * * 2026-2028", "30 0 12 1-31 1-12 0-6 2026-2028"),
        ("30 0 12 * * * *", "30 0 12 1-31 1-12 0-6"),
        // Sunday is 0 and 7.
        ("0 0 * * 7", "0 0 0 1-31 1-12 0"),
        ("0 0 * * 5-7", "0 0 0 1-31 1-12 0,5-6"),
        ("0 0 * * 3-7/3", "0 0 0 1-31 1-12 3-6/3"),
        ("0 0 * * 1-7/2", "0 0 0 1-31 1-12 0,1-6/2"),
        ("@daily", "0 0 0 1-31 1-12 0-6"),
        ("@weekly", "0 0 0 1-31 1-12 0"),
        ("@hourly # on the hour", "0 0 0-23 1-31 1-12 0-6 # on the hour"),
        (
            "CRON_TZ=Europe/Berlin 0 9 * * *",
            "0 0 9 1-31 1-12 0-6 in Europe/Berlin",
        ),
        ("TZ=UTC @monthly # the first", "0 0 0 1 1-12 0-6 # the first in UTC"),
        ("@every 1h30m", "every 5400000 ms, phase 0 ms"),
        ("@every 14h/3h", "every 50400000 ms, phase 10800000 ms"),
        ("@every 7d # weekly", "every 604800000 ms, phase 0 ms"),
    ] {
        assert_eq!(told(text), meaning, "{text}");
    }
}

#[test]
fn what_is_no_cron_expression_says_why() {
    let wrong = [
        "",
        "soon",
        "* * * *",
        "61 * * * *",
        "* * * 13 *",
        "* * 0 * *",
        "5-1 * * * *",
        "*/0 * * * *",
        "1-2-3 * * * *",
        "* * * * someday",
        "* * * * * 1999",
        "CRON_TZ=Europe/Berlin",
        "@every",
        "@every 5",
        "@every 1x",
        "@every 99999999999999999999s",
    ];
    assert_snapshot!(wrong.map(told).join("\n"), @r#"
    "" is no cron expression: it has 0 fields; expected minute, hour, day of month, month and day of week, then perhaps a year, and with a year perhaps a second before them
    "soon" is no cron expression: it has 1 fields; expected minute, hour, day of month, month and day of week, then perhaps a year, and with a year perhaps a second before them
    "* * * *" is no cron expression: it has 4 fields; expected minute, hour, day of month, month and day of week, then perhaps a year, and with a year perhaps a second before them
    "61 * * * *" is no cron expression: minute "61" is not within 0-59
    "* * * 13 *" is no cron expression: month "13" is not within 1-12
    "* * 0 * *" is no cron expression: day of month "0" is not within 1-31
    "5-1 * * * *" is no cron expression: minute "5-1" goes backwards
    "*/0 * * * *" is no cron expression: minute "*/0" has a step that is no number from 1 on
    "1-2-3 * * * *" is no cron expression: minute "1-2-3" is not within 0-59
    "* * * * someday" is no cron expression: day of week "someday" is not within 0-7
    "* * * * * 1999" is no cron expression: year "1999" is not within 2000-2100
    "CRON_TZ=Europe/Berlin" is no cron expression: nothing follows the time zone
    "@every" is no cron expression: "" is no duration; write it as 30s, 5m, 1h30m or 7d
    "@every 5" is no cron expression: "5" is no duration; write it as 30s, 5m, 1h30m or 7d
    "@every 1x" is no cron expression: "1x" is no duration; write it as 30s, 5m, 1h30m or 7d
    "@every 99999999999999999999s" is no cron expression: "99999999999999999999s" is no duration; write it as 30s, 5m, 1h30m or 7d
    "#);
}

#[test]
fn an_empty_field_has_its_default() {
    let read = calendar(&CalendarText {
        hour: "8",
        comment: "in the morning",
        ..CalendarText::default()
    });
    assert_eq!(
        read.map(|calendar| moments(&calendar)).as_deref(),
        Ok("0 0 8 1-31 1-12 0-6 # in the morning")
    );
}
