//! What the engine is to reach, and whether it does.

use super::measure::Measured;
use super::report::Reached;
use std::fmt::Display;

const IDLE_BYTES_MAX: u64 = 60_000_000;
const P50_TO_RAW_MAX: f64 = 2.0;
const STEPS_TO_STORE_MIN: f64 = 0.5;
const STEPS_PER_SECOND_MIN: f64 = 25_000.0;
const WRITTEN_PER_STEP_MAX: f64 = 1024.0;

fn line(what: &str, measured: impl Display, wanted: impl Display, is_reached: bool) -> Reached {
    Reached {
        what: what.to_owned(),
        measured: measured.to_string(),
        wanted: wanted.to_string(),
        is_reached,
    }
}

pub(crate) fn of_idle(bytes: u64) -> Reached {
    let measured = format!("{} MB, this process's compiler included", bytes / 1_000_000);
    let wanted = format!("at most {} MB", IDLE_BYTES_MAX / 1_000_000);
    line("idle engine", measured, wanted, bytes <= IDLE_BYTES_MAX)
}

/// What is asked of so many concurrent runs, if anything is.
pub(crate) fn of_steps(concurrency: usize, engine: &Measured, raw: &Measured, store: &Measured) -> Vec<Reached> {
    match concurrency {
        1 => {
            let ratio = engine.p50_micros() / raw.p50_micros();
            let wanted = format!("at most {P50_TO_RAW_MAX}");
            vec![line(
                "p50 at 1 ÷ raw append",
                format!("{ratio:.2}"),
                wanted,
                ratio <= P50_TO_RAW_MAX,
            )]
        }
        200 => {
            let speed = engine.steps_per_second();
            let ratio = speed / store.steps_per_second();
            let written = engine.bytes_written_per_step();
            vec![
                line(
                    "steps/s at 200 ÷ store alone",
                    format!("{ratio:.2}"),
                    format!("at least {STEPS_TO_STORE_MIN}"),
                    ratio >= STEPS_TO_STORE_MIN,
                ),
                line(
                    "steps/s at 200",
                    format!("{speed:.0}"),
                    format!("at least {STEPS_PER_SECOND_MIN:.0} when the disk is quiet"),
                    speed >= STEPS_PER_SECOND_MIN,
                ),
                line(
                    "written per step at 200",
                    format!("{written:.0} B"),
                    format!("at most {WRITTEN_PER_STEP_MAX:.0} B"),
                    written <= WRITTEN_PER_STEP_MAX,
                ),
            ]
        }
        _ => Vec::new(),
    }
}
