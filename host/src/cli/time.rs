//! Moments and durations, from the command line and for it.

use jiff::{Span, SpanRelativeTo, Timestamp, tz::TimeZone};
use mainspring_api::protobuf;
use std::time::Duration;

/// Reads `30s`, `1h 30m`, `7d`.
pub(crate) fn parse_duration(text: &str) -> Result<Duration, String> {
    let advice = || format!("{text:?} is no duration; write it as 30s, 5m, 1h30m or 7d");
    let span: Span = text.parse().map_err(|_| advice())?;
    let duration = span
        .to_duration(SpanRelativeTo::days_are_24_hours())
        .map_err(|_| advice())?;
    match Duration::try_from(duration) {
        Ok(duration) if !duration.is_zero() => Ok(duration),
        _ => Err(format!("{text:?} is not more than nothing")),
    }
}

/// A duration as requests carry it.
pub(crate) fn to_wire(duration: Duration) -> protobuf::Duration {
    protobuf::Duration {
        seconds: i64::try_from(duration.as_secs()).unwrap_or(i64::MAX),
        nanos: duration.subsec_nanos().cast_signed(),
    }
}

/// Reads `2030-01-31T08:00:00Z`, with any offset.
pub(crate) fn parse_moment(text: &str) -> Result<protobuf::Timestamp, String> {
    let advice = |_| format!("{text:?} is no moment; write it as 2030-01-31T08:00:00Z or 2030-01-31T08:00:00+01:00");
    let moment: Timestamp = text.parse().map_err(advice)?;
    Ok(protobuf::Timestamp {
        seconds: moment.as_second(),
        nanos: moment.subsec_nanosecond(),
    })
}

/// A moment as answers carry it; none if it is missing or makes no sense.
pub(crate) fn from_wire(time: Option<&protobuf::Timestamp>) -> Option<Timestamp> {
    let time = time?;
    Timestamp::new(time.seconds, time.nanos).ok()
}

/// A duration as answers carry it; none if it is missing or zero, which means the same.
pub(crate) fn duration_from_wire(duration: Option<&protobuf::Duration>) -> Option<Duration> {
    let duration = duration?;
    let duration = Duration::new(
        u64::try_from(duration.seconds).ok()?,
        u32::try_from(duration.nanos).ok()?,
    );
    (!duration.is_zero()).then_some(duration)
}

/// How long it is from one moment to another; nothing if the other is earlier.
pub(crate) fn between(from: Timestamp, to: Timestamp) -> Duration {
    Duration::try_from(to.duration_since(from)).unwrap_or_default()
}

/// A duration in at most two units, as people say it.
pub(crate) fn format_duration(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    let (number, unit, rest, smaller) = match seconds {
        0 => return format!("{} ms", duration.as_millis()),
        1..60 => return format!("{seconds}.{} s", duration.subsec_millis() / 100),
        60..3_600 => (minutes, "min", seconds % 60, "s"),
        3_600..86_400 => (hours, "h", minutes, "min"),
        _ => (days, "d", hours, "h"),
    };
    match rest {
        0 => format!("{number} {unit}"),
        rest => format!("{number} {unit} {rest} {smaller}"),
    }
}

/// From where and when somebody looks.
#[derive(Clone, Debug)]
pub(crate) struct Viewpoint {
    pub(crate) now: Timestamp,
    pub(crate) zone: TimeZone,
}

impl Viewpoint {
    /// Here and now.
    pub(crate) fn here() -> Self {
        Self {
            now: Timestamp::now(),
            zone: TimeZone::system(),
        }
    }

    /// A moment on the wall clock.
    pub(crate) fn wall_clock(&self, time: Timestamp) -> String {
        time.to_zoned(self.zone.clone())
            .strftime("%Y-%m-%d %H:%M:%S")
            .to_string()
    }

    /// How long ago a moment is, or in how long it comes.
    pub(crate) fn relative(&self, time: Timestamp) -> String {
        if time > self.now {
            format!("in {}", format_duration(between(self.now, time)))
        } else {
            format!("{} ago", format_duration(between(time, self.now)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_people_write_them() {
        let check = |text, seconds| assert_eq!(parse_duration(text), Ok(Duration::from_secs_f64(seconds)), "{text}");
        check("30s", 30.0);
        check("1h30m", 5_400.0);
        check("1h 30m", 5_400.0);
        check("7d", 604_800.0);
        check("250ms", 0.25);
        check("PT5M", 300.0);
        assert!(parse_duration("30").is_err());
        assert!(parse_duration("soon").is_err());
        assert!(parse_duration("0s").is_err());
        assert!(parse_duration("-5s").is_err());
    }

    #[test]
    fn durations_are_said_in_two_units() {
        let check = |millis, text| assert_eq!(format_duration(Duration::from_millis(millis)), text);
        check(0, "0 ms");
        check(999, "999 ms");
        check(5_250, "5.2 s");
        check(192_000, "3 min 12 s");
        check(7_500_000, "2 h 5 min");
        check(604_800_000, "7 d");
        check(608_400_000, "7 d 1 h");
    }
}
