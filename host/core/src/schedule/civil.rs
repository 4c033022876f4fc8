//! Dates without time zones: the Gregorian calendar, as days since the Unix epoch.
//!
//! The conversions are those of Howard Hinnant's "chrono-Compatible Low-Level Date Algorithms", which count years from
//! March on, so that a leap day is a year's last day.

/// Seconds of a day.
pub(super) const DAY: i64 = 24 * 60 * 60;

const DAYS_OF_ERA: i64 = 146_097;
/// From the 1st of March of year 0 to the Unix epoch.
const DAYS_TO_EPOCH: i64 = 719_468;

/// A day of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Date {
    pub(super) year: i64,
    /// From 1.
    pub(super) month: u32,
    /// From 1.
    pub(super) day: u32,
}

impl Date {
    /// The date that lies so many days after the Unix epoch.
    pub(super) const fn of_days(days: i64) -> Self {
        let days = days + DAYS_TO_EPOCH;
        let era = days.div_euclid(DAYS_OF_ERA);
        let day_of_era = days.rem_euclid(DAYS_OF_ERA);
        let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let month = if month_from_march < 10 {
            month_from_march + 3
        } else {
            month_from_march - 9
        };
        Self {
            year: era * 400 + year_of_era + (month <= 2) as i64,
            month: month as u32,
            day: (day_of_year - (153 * month_from_march + 2) / 5 + 1) as u32,
        }
    }

    /// Days from the Unix epoch to this date.
    pub(super) const fn days(self) -> i64 {
        let year = self.year - (self.month <= 2) as i64;
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let month_from_march = (self.month as i64 + 9) % 12;
        let day_of_year = (153 * month_from_march + 2) / 5 + self.day as i64 - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        era * DAYS_OF_ERA + day_of_era - DAYS_TO_EPOCH
    }

    /// The first day of the next month.
    pub(super) const fn next_month(self) -> Self {
        match self.month {
            12 => Self::first_of(self.year + 1),
            month => Self {
                month: month + 1,
                day: 1,
                ..self
            },
        }
    }

    /// The first day of a year.
    pub(super) const fn first_of(year: i64) -> Self {
        Self { year, month: 1, day: 1 }
    }
}

/// The day of the week, 0 for Sunday.
pub(super) const fn weekday(days: i64) -> u32 {
    // The epoch was a Thursday.
    (days + 4).rem_euclid(7) as u32
}

/// A moment in whole seconds, as RFC 3339 writes it in UTC.
pub(super) fn rfc3339(seconds: i64) -> String {
    let Date { year, month, day } = Date::of_days(seconds.div_euclid(DAY));
    let time = seconds.rem_euclid(DAY);
    let (hour, minute, second) = (time / 3_600, time / 60 % 60, time % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_has_its_date_and_its_weekday() {
        let mut date = Date::first_of(1999);
        let mut of_week = 5;
        for days in Date::first_of(1999).days()..Date::first_of(2102).days() {
            assert_eq!((Date::of_days(days), weekday(days)), (date, of_week));
            assert_eq!(date.days(), days);
            date = tomorrow(date);
            of_week = (of_week + 1) % 7;
        }
    }

    fn tomorrow(date: Date) -> Date {
        let is_leap = date.year % 4 == 0 && (date.year % 100 != 0 || date.year % 400 == 0);
        let last = match date.month {
            2 if is_leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        if date.day == last {
            return date.next_month();
        }
        Date {
            day: date.day + 1,
            ..date
        }
    }

    #[test]
    fn moments_are_written_as_rfc_3339() {
        assert_eq!(rfc3339(0), "1970-01-01T00:00:00Z");
        assert_eq!(rfc3339(1_709_210_096), "2024-02-29T12:34:56Z");
    }
}
