//! Time zones as tables, so that the tests depend on no database.

use mainspring_core::schedule::Zone;

/// Offsets in seconds, each from its moment on; the first holds before, too.
#[derive(Clone, Copy, Debug)]
#[expect(dead_code, reason = "a failing test shows the name")]
pub(super) struct Table(&'static str, &'static [(i64, i64)]);

impl Zone for Table {
    fn offset_at(&self, moment: i64) -> i64 {
        let since = self.1.iter().rev().find(|(from, _)| *from <= moment);
        since.unwrap_or(&self.1[0]).1
    }

    fn next_change(&self, moment: i64) -> Option<i64> {
        self.1.iter().map(|(from, _)| *from).find(|from| *from > moment)
    }
}

const HOUR: i64 = 3_600;

/// Clocks as they are set in 2024, one zone of each kind.
pub(super) const ZONES: [Table; 5] = [
    Table("UTC", &[(0, 0)]),
    Table(
        "Europe/Berlin",
        &[(0, HOUR), (1_711_846_800, 2 * HOUR), (1_729_990_800, HOUR)],
    ),
    Table(
        "America/New_York",
        &[(0, -5 * HOUR), (1_710_054_000, -4 * HOUR), (1_730_613_600, -5 * HOUR)],
    ),
    // Half an hour forward and back.
    Table(
        "Australia/Lord_Howe",
        &[
            (0, 11 * HOUR),
            (1_712_415_600, 10 * HOUR + HOUR / 2),
            (1_728_142_200, 11 * HOUR),
        ],
    ),
    // A day that never was: the 30th of December 2011.
    Table("Pacific/Apia", &[(0, -10 * HOUR), (1_325_239_200, 14 * HOUR)]),
];

/// Moments around which something happens in a zone.
pub(super) fn interesting(zone: &Table) -> impl Iterator<Item = i64> {
    let changes = zone.1.iter().map(|(from, _)| *from).filter(|from| *from > 0);
    // The end of a year, of a leap February, and of the calendars.
    changes.chain([1_704_067_200, 1_709_164_800, 4_133_980_800])
}
