//! The times of a spec are the seconds that match it, looked at one by one.

use super::zones::{Table, ZONES, interesting};
use mainspring_core::schedule::{Calendar, Interval, Range, Spec, Times, TooSparse};
use mainspring_core::{Millis, Timestamp};
use proptest::prelude::*;

const DAY: i64 = 86_400;

/// Whether a moment matches a calendar, as the calendar's definition says it.
fn matches(calendar: &Calendar, local: i64) -> bool {
    let days = local.div_euclid(DAY);
    let time = local.rem_euclid(DAY);
    let (year, month, day) = date(days);
    let is_in = |ranges: &[Range], value: i64| {
        ranges.iter().any(|range| {
            let (start, end, step) = (i64::from(range.start), i64::from(range.end), i64::from(range.step));
            (start..=end).contains(&value) && (value - start) % step == 0
        })
    };
    (calendar.year.is_empty() && (2000..=2100).contains(&year) || is_in(&calendar.year, year))
        && is_in(&calendar.month, month)
        && is_in(&calendar.day_of_month, day)
        && is_in(&calendar.day_of_week, (days + 4).rem_euclid(7))
        && is_in(&calendar.hour, time / 3_600)
        && is_in(&calendar.minute, time / 60 % 60)
        && is_in(&calendar.second, time % 60)
}

/// Year, month and day, counted off from the epoch on.
fn date(mut days: i64) -> (i64, i64, i64) {
    let is_leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let mut year = 1970;
    while days >= 365 + i64::from(is_leap(year)) {
        days -= 365 + i64::from(is_leap(year));
        year += 1;
    }
    let february = 28 + i64::from(is_leap(year));
    let lengths = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let mut month = 1;
    for length in lengths {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    (year, month, days + 1)
}

fn matches_spec(spec: &Spec, zone: &Table, moment: i64) -> bool {
    use mainspring_core::schedule::Zone;
    let local = moment + zone.offset_at(moment);
    let of_interval = |interval: &Interval| {
        let (every, phase) = (interval.every.get() as i64 / 1_000, interval.phase.get() as i64 / 1_000);
        (moment - phase) % every == 0
    };
    let at = Timestamp::from_millis(moment as u64 * 1_000);
    (spec.calendars.iter().any(|it| matches(it, local)) || spec.intervals.iter().any(of_interval))
        && !spec.exclusions.iter().any(|it| matches(it, local))
        && spec.start.is_none_or(|start| at >= start)
        && spec.end.is_none_or(|end| at <= end)
}

fn times(spec: &Spec, zone: Table) -> Times {
    Times::new(spec, Box::new(zone), "default", "schedule")
}

fn moment(seconds: i64) -> Timestamp {
    Timestamp::from_millis(seconds as u64 * 1_000)
}

/// Ranges of a field: few numbers, or all of them.
fn ranges(min: u32, max: u32) -> impl Strategy<Value = Vec<Range>> {
    let range = (min..=max, min..=max, 1..=max.max(2) / 2).prop_map(|(one, other, step)| Range {
        start: one.min(other),
        end: one.max(other),
        step,
    });
    prop_oneof![
        2 => Just(vec![Range::all(min, max)]),
        2 => (min..=max).prop_map(|value| vec![Range::one(value)]),
        2 => prop::collection::vec(range, 1..3),
    ]
}

fn calendar() -> impl Strategy<Value = Calendar> {
    let date = (ranges(1, 31), ranges(1, 12), ranges(0, 6), prop::bool::weighted(0.2));
    (ranges(0, 59), ranges(0, 59), ranges(0, 23), date).prop_map(
        |(second, minute, hour, (day_of_month, month, day_of_week, has_year))| Calendar {
            second,
            minute,
            hour,
            day_of_month,
            month,
            year: if has_year { vec![Range::one(2024)] } else { Vec::new() },
            day_of_week,
            comment: String::new(),
        },
    )
}

fn interval() -> impl Strategy<Value = Interval> {
    (1..20_000_u64, any::<prop::sample::Index>()).prop_map(|(every, phase)| Interval {
        every: Millis::from_secs(every),
        phase: Millis::from_secs(phase.index(every as usize) as u64),
    })
}

fn spec() -> impl Strategy<Value = Spec> {
    let calendars = prop::collection::vec(calendar(), 0..3);
    let exclusions = prop::collection::vec(calendar(), 0..3);
    (calendars, prop::collection::vec(interval(), 0..2), exclusions).prop_map(|(calendars, intervals, exclusions)| {
        Spec {
            calendars,
            intervals,
            exclusions,
            ..Spec::default()
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn times_are_the_seconds_that_match(
        mut spec in spec(),
        zone in prop::sample::select(&ZONES[..]),
        around in any::<prop::sample::Index>(),
        (before, span) in (0..DAY, 1..2 * DAY),
        (skip_first, skip_last) in (prop::option::of(0..DAY), prop::option::of(0..DAY)),
    ) {
        let interesting: Vec<_> = interesting(&zone).collect();
        let from = interesting[around.index(interesting.len())] - before;
        spec.start = skip_first.map(|skip| moment(from + skip));
        spec.end = skip_last.map(|skip| moment(from + span - skip.min(span)));
        let expected = (from + 1..from + span).filter(|it| matches_spec(&spec, &zone, *it));
        // More than enough to see where it goes wrong.
        let expected: Vec<_> = expected.take(2_000).collect();

        let times = times(&spec, zone);
        let mut after = moment(from);
        let mut found = Vec::new();
        while let Ok(Some(next)) = times.next(after) {
            prop_assert_eq!(next.nominal, next.due);
            after = next.nominal;
            let seconds = (after.as_millis() / 1_000) as i64;
            if seconds >= from + span || found.len() == expected.len() {
                break;
            }
            found.push(seconds);
        }
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn jitter_puts_off_and_keeps_the_order(
        spec in spec(),
        jitter in 1..100_000_u64,
        from in 1_700_000_000..1_750_000_000_i64,
    ) {
        let jittered = Spec { jitter: Millis::new(jitter), ..spec.clone() };
        let (plain, jittered) = (times(&spec, ZONES[0]), times(&jittered, ZONES[0]));
        let mut after = moment(from);
        let mut last_due = Timestamp::default();
        for _ in 0..20 {
            let (Ok(Some(expected)), Ok(found)) = (plain.next(after), jittered.next(after)) else { break };
            let found = found.expect("jitter takes no time away");
            prop_assert_eq!(found.nominal, expected.nominal);
            prop_assert!(found.due >= found.nominal && found.due.since(found.nominal) < Millis::new(jitter));
            prop_assert!(found.due > last_due);
            prop_assert_eq!(jittered.next(after), Ok(Some(found)));
            // The next one is found from where this one is due, too.
            prop_assert_eq!(jittered.next(found.due), jittered.next(found.nominal));
            (after, last_due) = (found.nominal, found.due);
        }
    }

    #[test]
    fn a_search_ends_wherever_it_begins(spec in spec(), zone in prop::sample::select(&ZONES[..]), from in any::<u64>()) {
        let after = Timestamp::from_millis(from);
        if let Ok(Some(next)) = times(&spec, zone).next(after) {
            prop_assert!(next.nominal > after);
        }
    }
}

#[test]
fn different_schedules_are_put_off_differently() {
    let spec = Spec {
        intervals: vec![Interval {
            every: Millis::from_secs(60),
            phase: Millis::ZERO,
        }],
        jitter: Millis::from_secs(60),
        ..Spec::default()
    };
    let due = |id| {
        let times = Times::new(&spec, Box::new(ZONES[0]), "default", id);
        let mut after = moment(1_700_000_000);
        let each = std::iter::from_fn(|| {
            let next = times.next(after).ok().flatten()?;
            after = next.nominal;
            Some(next.due.since(next.nominal).get())
        });
        each.take(50).collect::<Vec<_>>()
    };
    let (one, other) = (due("one"), due("other"));
    assert_ne!(one, other);
    assert_eq!(one, due("one"));
    // All over the minute.
    assert!(
        one.iter().any(|by| *by < 10_000) && one.iter().any(|by| *by > 50_000),
        "{one:?}"
    );
}

fn every_day(at: &[(u32, u32)]) -> Vec<Calendar> {
    let calendars = at.iter().map(|(hour, minute)| Calendar {
        second: vec![Range::one(0)],
        minute: vec![Range::one(*minute)],
        hour: vec![Range::one(*hour)],
        ..always()
    });
    calendars.collect()
}

fn always() -> Calendar {
    Calendar {
        second: vec![Range::all(0, 59)],
        minute: vec![Range::all(0, 59)],
        hour: vec![Range::all(0, 23)],
        day_of_month: vec![Range::all(1, 31)],
        month: vec![Range::all(1, 12)],
        year: Vec::new(),
        day_of_week: vec![Range::all(0, 6)],
        comment: String::new(),
    }
}

#[test]
fn what_never_comes_is_found_out() {
    let spec = |calendars: Vec<Calendar>, exclusions: Vec<Calendar>| Spec {
        calendars,
        exclusions,
        ..Spec::default()
    };
    let day = |day, month| Calendar {
        day_of_month: vec![Range::one(day)],
        month: vec![Range::one(month)],
        ..every_day(&[(0, 0)]).remove(0)
    };
    let are_none = |spec: Spec| ZONES.map(|zone| times(&spec, zone).are_none());
    assert_eq!(are_none(spec(vec![day(30, 2)], Vec::new())), [Ok(true); 5]);
    assert_eq!(are_none(spec(vec![day(29, 2)], Vec::new())), [Ok(false); 5]);
    assert_eq!(are_none(spec(vec![Calendar::default()], Vec::new())), [Ok(true); 5]);
    // Every day of a century is passed by.
    assert_eq!(are_none(spec(vec![always()], vec![always()])), [Ok(true); 5]);
    let by_minutes = |start| Calendar {
        minute: vec![Range {
            start,
            end: 59,
            step: 2,
        }],
        ..always()
    };
    let odd_and_even = spec(vec![always()], vec![by_minutes(0), by_minutes(1)]);
    assert_eq!(times(&odd_and_even, ZONES[0]).are_none(), Err(TooSparse));
}

#[test]
fn a_time_that_is_skipped_does_not_come_and_one_that_comes_twice_does() {
    let spec = Spec {
        calendars: every_day(&[(2, 30)]),
        ..Spec::default()
    };
    let times = times(&spec, ZONES[1]);
    let next = |after| times.next(moment(after)).ok().flatten().map(|it| it.nominal);
    // The 31st of March has no 2:30.
    assert_eq!(next(1_711_762_200), Some(moment(1_711_931_400)));
    // The 27th of October has two.
    assert_eq!(next(1_729_902_600), Some(moment(1_729_989_000)));
    assert_eq!(next(1_729_989_000), Some(moment(1_729_992_600)));
}
