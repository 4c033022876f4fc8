//! What replay is to reach, and whether it does.

use super::guests::{Language, Measured};
use super::report::Reached;
use super::{megabytes, micros};
use std::time::Duration;

/// What is asked of a language.
struct Wanted {
    step: Duration,
    module_bytes: Option<usize>,
    parked: usize,
}

fn wanted(language: Language) -> Option<Wanted> {
    match language {
        Language::Typescript => Some(Wanted {
            step: Duration::from_micros(15),
            module_bytes: Some(1_300_000),
            parked: 300_000,
        }),
        Language::Python => Some(Wanted {
            step: Duration::from_micros(25),
            module_bytes: None,
            parked: 1_400_000,
        }),
        Language::Rust | Language::Go => None,
    }
}

fn line(what: String, measured: String, wanted: &str, is_reached: bool) -> Reached {
    Reached {
        what,
        measured,
        wanted: format!("at most {wanted}"),
        is_reached,
    }
}

/// What is asked of a language, if anything is.
pub(crate) fn of(language: Language, it: &Measured) -> Vec<Reached> {
    let Some(wanted) = wanted(language) else {
        return Vec::new();
    };
    let name = language.name();
    let size = |what: &str, bytes, max| {
        let what = format!("{name}, {what}");
        line(what, megabytes(bytes), &megabytes(max), bytes <= max)
    };
    let step = line(
        format!("{name}, a step"),
        micros(it.step),
        &micros(wanted.step),
        it.step <= wanted.step,
    );
    let module = wanted.module_bytes.map(|max| size("module", it.module_bytes, max));
    let parked = [
        size("parked after a few steps", it.parked_after_few, wanted.parked),
        size("parked after all", it.parked_after_all, wanted.parked),
    ];
    [step].into_iter().chain(module).chain(parked).collect()
}
