//! Moments and spans: the core counts milliseconds, the wire seconds and nanoseconds.

use super::InvalidField;
use mainspring_api::protobuf;
use mainspring_core::{Millis, Timestamp};

const NANOS_PER_MILLI: i32 = 1_000_000;

/// The longest span that is accepted, ten years: more is taken for a mistake, and all sums stay far from overflow.
const SPAN_SECONDS_MAX: i64 = 10 * 366 * 24 * 60 * 60;

pub(crate) fn timestamp_to_wire(at: Timestamp) -> protobuf::Timestamp {
    let (seconds, nanos) = split(at.as_millis());
    protobuf::Timestamp { seconds, nanos }
}

/// A moment; one before the epoch counts as the epoch, and fractions of a millisecond are cut off.
pub(crate) fn timestamp_from_wire(
    field: &'static str,
    at: Option<protobuf::Timestamp>,
) -> Result<Option<Timestamp>, InvalidField> {
    /// The year 9999.
    const SECONDS_MAX: i64 = 253_402_300_799;
    let Some(at) = at else { return Ok(None) };
    if at.seconds > SECONDS_MAX || !(0..1000 * NANOS_PER_MILLI).contains(&at.nanos) {
        return Err(InvalidField::new(field, "is no moment before the year 10000"));
    }
    let seconds = u64::try_from(at.seconds).unwrap_or(0);
    let millis = (at.nanos / NANOS_PER_MILLI).unsigned_abs();
    Ok(Some(Timestamp::from_millis(seconds * 1000 + u64::from(millis))))
}

pub(crate) fn duration_to_wire(span: Millis) -> protobuf::Duration {
    let (seconds, nanos) = split(span.get());
    protobuf::Duration { seconds, nanos }
}

/// A timeout; no limit is written as zero, because some SDKs fail where the field is missing.
pub(crate) fn timeout_to_wire(limit: Option<Millis>) -> protobuf::Duration {
    duration_to_wire(limit.unwrap_or(Millis::ZERO))
}

/// A span; a fraction of a millisecond counts as a whole one, so that something never turns into nothing.
pub(crate) fn duration_from_wire(
    field: &'static str,
    span: Option<protobuf::Duration>,
) -> Result<Option<Millis>, InvalidField> {
    let Some(span) = span else { return Ok(None) };
    if span.seconds < 0 || span.nanos < 0 {
        return Err(InvalidField::new(field, "a duration cannot be negative"));
    }
    if span.seconds > SPAN_SECONDS_MAX || span.nanos >= 1000 * NANOS_PER_MILLI {
        return Err(InvalidField::new(
            field,
            "the duration is longer than ten years or malformed",
        ));
    }
    let millis = span.seconds as u64 * 1000 + u64::from((span.nanos as u32).div_ceil(NANOS_PER_MILLI as u32));
    Ok(Some(Millis::new(millis)))
}

/// A timeout, where zero means no limit.
pub(crate) fn timeout_from_wire(
    field: &'static str,
    limit: Option<protobuf::Duration>,
) -> Result<Option<Millis>, InvalidField> {
    Ok(duration_from_wire(field, limit)?.filter(|limit| !limit.is_zero()))
}

fn split(millis: u64) -> (i64, i32) {
    // Cannot truncate: a u64 of milliseconds has fewer than 2^54 seconds, and the rest is below 1000.
    ((millis / 1000) as i64, (millis % 1000) as i32 * NANOS_PER_MILLI)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(seconds: i64, nanos: i32) -> Option<protobuf::Duration> {
        Some(protobuf::Duration { seconds, nanos })
    }

    #[test]
    fn spans_survive_the_wire_to_the_millisecond() {
        for millis in [0, 1, 999, 1000, 1001, 86_400_000] {
            let wire = duration_to_wire(Millis::new(millis));
            assert_eq!(duration_from_wire("f", Some(wire)), Ok(Some(Millis::new(millis))));
        }
    }

    #[test]
    fn a_fraction_of_a_millisecond_is_not_nothing() {
        assert_eq!(timeout_from_wire("f", span(0, 1)), Ok(Some(Millis::new(1))));
        assert_eq!(timeout_from_wire("f", span(0, 0)), Ok(None));
    }

    #[test]
    fn nonsense_is_refused() {
        for wrong in [span(-1, 0), span(0, -1), span(i64::MAX, 0), span(0, i32::MAX)] {
            assert!(duration_from_wire("f", wrong).is_err());
        }
    }
}
