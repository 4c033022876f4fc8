//! Time zones for schedules: those of the build's database, or rules that a schedule brings with it.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use mainspring_core::schedule::{Spec, Times, Utc, Zone};

/// A time zone that is not known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnknownZone {
    /// There is none of that name.
    #[error("there is no time zone {0:?}; write it as in Europe/Berlin")]
    Name(String),
    /// The rules are not in the format TZif.
    #[error("timezone_data is not in the format TZif: {0}")]
    Rules(String),
}

struct OfDatabase(TimeZone);

/// A schedule's times, in its zone.
pub fn times(spec: &Spec, namespace: &str, schedule_id: &str) -> Result<Times, UnknownZone> {
    Ok(Times::new(spec, zone(spec)?, namespace, schedule_id))
}

fn zone(spec: &Spec) -> Result<Box<dyn Zone>, UnknownZone> {
    let name = spec.time_zone.as_str();
    if !spec.time_zone_rules.is_empty() {
        let zone = TimeZone::tzif(name, &spec.time_zone_rules);
        let zone = zone.map_err(|error| UnknownZone::Rules(error.to_string()))?;
        return Ok(Box::new(OfDatabase(zone)));
    }
    // Most schedules are in it, and it needs no looking up.
    if matches!(name, "" | "UTC") {
        return Ok(Box::new(Utc));
    }
    let zone = TimeZone::get(name).map_err(|_| UnknownZone::Name(name.to_owned()))?;
    Ok(Box::new(OfDatabase(zone)))
}

impl Zone for OfDatabase {
    fn offset_at(&self, moment: i64) -> i64 {
        self.0.to_offset(clamped(moment)).seconds().into()
    }

    fn next_change(&self, moment: i64) -> Option<i64> {
        let offset = self.offset_at(moment);
        // Some transitions change only the zone's name.
        let changes = self.0.following(clamped(moment)).map(|it| it.timestamp().as_second());
        let mut changes = changes.take(CHANGES_LOOKED_AT_MAX);
        changes.find(|change| self.offset_at(*change) != offset)
    }
}

/// A zone without further changes of its clocks may go on changing its name; it is then taken for settled.
const CHANGES_LOOKED_AT_MAX: usize = 100;

fn clamped(moment: i64) -> Timestamp {
    let clamped = moment.clamp(Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
    Timestamp::from_second(clamped).unwrap_or(Timestamp::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600;

    fn of(name: &str) -> Box<dyn Zone> {
        let spec = Spec {
            time_zone: name.into(),
            ..Spec::default()
        };
        zone(&spec).expect("it is known")
    }

    #[test]
    fn clocks_are_set_as_the_database_says() {
        let berlin = of("Europe/Berlin");
        let (summer, winter) = (1_711_846_800, 1_729_990_800);
        assert_eq!(
            [summer - 1, summer, winter - 1, winter].map(|it| berlin.offset_at(it)),
            [HOUR, 2 * HOUR, 2 * HOUR, HOUR]
        );
        assert_eq!(berlin.next_change(summer - 1), Some(summer));
        assert_eq!(berlin.next_change(summer), Some(winter));
        // The rules go on for ever.
        assert!(berlin.next_change(4_000_000_000).is_some());
        assert_eq!(of("Asia/Tokyo").next_change(summer), None);
        assert_eq!(of("Pacific/Apia").offset_at(1_325_239_200), 14 * HOUR);
    }

    /// Between two changes the offset is the same, wherever one looks.
    #[test]
    fn no_change_is_overlooked() {
        for name in [
            "Europe/Berlin",
            "America/New_York",
            "Australia/Lord_Howe",
            "Africa/Casablanca",
            "Asia/Gaza",
        ] {
            let zone = of(name);
            let end = 1_900_000_000;
            let mut at = 1_400_000_000;
            while at < end {
                let until = zone.next_change(at).unwrap_or(end).min(end);
                let offset = zone.offset_at(at);
                assert!(
                    (at..until).step_by(1_800).all(|it| zone.offset_at(it) == offset),
                    "{name} from {at}"
                );
                at = until;
            }
        }
    }

    #[test]
    fn moments_beyond_all_calendars_have_an_offset() {
        let berlin = of("Europe/Berlin");
        for moment in [i64::MIN, i64::MAX] {
            assert!(berlin.offset_at(moment).abs() <= 24 * HOUR);
            let _ = berlin.next_change(moment);
        }
    }

    #[test]
    fn what_is_not_known_is_refused() {
        let mut spec = Spec {
            time_zone: "Mars/Base".into(),
            ..Spec::default()
        };
        assert_eq!(zone(&spec).err(), Some(UnknownZone::Name("Mars/Base".into())));
        spec.time_zone_rules = bytes::Bytes::from_static(b"no rules");
        assert!(matches!(zone(&spec).err(), Some(UnknownZone::Rules(_))));
    }
}
