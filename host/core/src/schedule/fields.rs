//! A calendar as sets of numbers, and the first moment that is in all of them.
//!
//! Moments are local here: seconds since the epoch as a clock on the wall would count them. What the wall's clock has
//! to do with the world's is the business of [`Times`](super::Times).

use super::civil::{DAY, Date, weekday};
use super::spec::{Calendar, Range};

/// The first year in which a calendar has moments.
pub(super) const YEAR_MIN: u32 = 2000;
/// The last one. It bounds what a search for the next moment may cost.
pub(super) const YEAR_MAX: u32 = 2100;

const HOUR: i64 = 60 * 60;
const MINUTE: i64 = 60;

/// Sets of numbers, one bit each.
#[derive(Clone, Debug)]
pub(super) struct Fields {
    seconds: u64,
    minutes: u64,
    hours: u64,
    days: u64,
    months: u64,
    weekdays: u64,
    /// From [`YEAR_MIN`] on.
    years: u128,
}

impl Fields {
    pub(super) fn of(calendar: &Calendar) -> Self {
        let years = if calendar.year.is_empty() {
            (1 << (YEAR_MAX - YEAR_MIN + 1)) - 1
        } else {
            let years = numbers(&calendar.year).filter(|year| (YEAR_MIN..=YEAR_MAX).contains(year));
            years.fold(0, |set, year| set | 1 << (year - YEAR_MIN))
        };
        Self {
            seconds: set(&calendar.second),
            minutes: set(&calendar.minute),
            hours: set(&calendar.hour),
            days: set(&calendar.day_of_month),
            months: set(&calendar.month),
            weekdays: set(&calendar.day_of_week),
            years,
        }
    }

    /// Whether a moment is in every set.
    pub(super) fn has(&self, moment: i64) -> bool {
        let (days, time) = (moment.div_euclid(DAY), moment.rem_euclid(DAY));
        let date = Date::of_days(days);
        self.has_year(date.year)
            && has(self.months, date.month)
            && self.has_day(date.day, days)
            && self.next_time(time) == Some(time)
    }

    /// The first moment that is in every set, from `from` on and before `until`.
    pub(super) fn next(&self, from: i64, until: i64) -> Option<i64> {
        let mut moment = from.max(Date::first_of(YEAR_MIN as i64).days() * DAY);
        while moment < until {
            let days = moment.div_euclid(DAY);
            let date = Date::of_days(days);
            if date.year > i64::from(YEAR_MAX) {
                return None;
            }
            let next_day = if !self.has_year(date.year) {
                Date::first_of(date.year + 1).days()
            } else if !has(self.months, date.month) {
                date.next_month().days()
            } else {
                let is_day = self.has_day(date.day, days);
                if let Some(time) = is_day.then(|| self.next_time(moment - days * DAY)).flatten() {
                    return Some(days * DAY + time).filter(|found| *found < until);
                }
                days + 1
            };
            moment = next_day * DAY;
        }
        None
    }

    /// For a moment that is in every set: a later one up to which all are. There may be more of them behind it.
    pub(super) fn end_of_run(&self, moment: i64) -> i64 {
        let time = moment.rem_euclid(DAY);
        let (hour, minute, second) = (time / HOUR, time / MINUTE % 60, time % 60);
        let midnight = moment - time;
        let (this_hour, this_minute) = (midnight + hour * HOUR, midnight + time / MINUTE * MINUTE);
        let fields = [
            (this_minute, 1, self.seconds, second, 60),
            (this_hour, MINUTE, self.minutes, minute, 60),
            (midnight, HOUR, self.hours, hour, 24),
        ];
        for (start, unit, set, value, count) in fields {
            let end = value + i64::from((set >> value).trailing_ones());
            // If the set ends here, or begins late in what follows, nothing is known of what follows.
            if end < count || i64::from(set.trailing_ones()) < count {
                return start + end * unit;
            }
        }
        midnight + DAY
    }

    fn has_year(&self, year: i64) -> bool {
        let since = year - i64::from(YEAR_MIN);
        (0..128).contains(&since) && self.years >> since & 1 == 1
    }

    fn has_day(&self, day_of_month: u32, days: i64) -> bool {
        has(self.days, day_of_month) && has(self.weekdays, weekday(days))
    }

    /// The first time of a day from `from` on, in seconds.
    fn next_time(&self, from: i64) -> Option<i64> {
        let (hour, minute, second) = ((from / HOUR) as u32, (from / MINUTE % 60) as u32, (from % 60) as u32);
        let (first_minute, first_second) = (next(self.minutes, 0)?, next(self.seconds, 0)?);
        let time = |hour: u32, minute: u32, second: u32| {
            i64::from(hour) * HOUR + i64::from(minute) * MINUTE + i64::from(second)
        };
        if has(self.hours, hour) {
            if let Some(second) = has(self.minutes, minute).then(|| next(self.seconds, second)).flatten() {
                return Some(time(hour, minute, second));
            }
            if let Some(minute) = next(self.minutes, minute + 1) {
                return Some(time(hour, minute, first_second));
            }
        }
        Some(time(next(self.hours, hour + 1)?, first_minute, first_second))
    }
}

fn numbers(ranges: &[Range]) -> impl Iterator<Item = u32> {
    ranges
        .iter()
        .flat_map(|range| (range.start..=range.end).step_by(range.step.max(1) as usize))
}

fn set(ranges: &[Range]) -> u64 {
    let small = numbers(ranges).filter(|number| *number < u64::BITS);
    small.fold(0, |set, number| set | 1 << number)
}

const fn has(set: u64, number: u32) -> bool {
    set >> number & 1 == 1
}

/// The first number of a set from `from` on.
fn next(set: u64, from: u32) -> Option<u32> {
    let later = set.checked_shr(from)?;
    (later != 0).then(|| from + later.trailing_zeros())
}
