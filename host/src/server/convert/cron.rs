//! Cron schedules: checked here, once, so that a run never has one that cannot be kept.

use super::InvalidField;

/// How many fields a schedule has: minute, hour, day of the month, month, day of the week.
const FIELDS: usize = 5;

/// A schedule, with the time zone before it that it may have; the empty one is none.
pub(crate) fn cron_schedule_from_wire(schedule: String) -> Result<String, InvalidField> {
    let mut words = schedule.split_whitespace().peekable();
    words.next_if(|word| word.starts_with("CRON_TZ=") || word.starts_with("TZ="));
    let is_named = words.peek().is_some_and(|word| word.starts_with('@'));
    if schedule.is_empty() || is_named || words.count() == FIELDS {
        return Ok(schedule);
    }
    Err(InvalidField::new(
        "cron_schedule",
        "has five fields (minute, hour, day of the month, month, day of the week) or a name like @daily",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules_have_five_fields_or_a_name() {
        for right in [
            "",
            "* * * * *",
            "CRON_TZ=Europe/Berlin 0 9 * * 1-5",
            "@every 1h",
            "TZ=UTC @daily",
        ] {
            assert_eq!(cron_schedule_from_wire(right.to_owned()), Ok(right.to_owned()));
        }
        for wrong in ["hourly", "* * * *", "TZ=UTC"] {
            assert!(cron_schedule_from_wire(wrong.to_owned()).is_err());
        }
    }
}
