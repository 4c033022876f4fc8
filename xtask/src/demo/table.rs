//! The verdict as a person reads it.

use std::fmt::Write as _;

use super::verdict::Verdict;
use crate::console::{BAD, GOOD, QUIET};

/// Columns stay aligned because the styles wrap padded text.
pub(super) fn print(verdict: &Verdict) {
    let mut text = format!(
        "\n    {QUIET}{:<18} {:>16} {:>19} {:>20}{QUIET:#}\n",
        "activity", "really executed", "journal: completed", "run again after it"
    );
    for line in &verdict.lines {
        let right = line.executed >= line.completed && line.completed > 0 && line.repeated == 0;
        let style = if right { GOOD } else { BAD };
        let _ = writeln!(
            text,
            "    {:<18} {:>16} {:>19} {style}{:>20}{style:#}",
            line.activity, line.executed, line.completed, line.repeated
        );
    }
    anstream::println!("{text}");
}
