//! A long history, replayed to a fresh guest of each language: what a step takes, and what the guest occupies then.
//!
//! A step is the end of one activity as the guest is told of it, and its schedule of the next one, compared with what is on
//! record: three events of a history here, six of one as Temporal counts. All languages are given the same history, which an
//! engine wrote with the workflow in Rust: their workflows ask for the same, event by event. Times are the processor's, of
//! one thread, and medians; the machine's other work matters less to them than to a clock, and still matters. Read the
//! ratios to Rust first.
//!
//! `cargo xtask bench replay`

mod guests;
mod history;
mod memory;
mod processor;
mod reach;
#[path = "../report/mod.rs"]
mod report;

use clap::Parser;
use guests::{Language, Measured};
use report::Report;
use std::path::PathBuf;
use std::time::Duration;

#[derive(Parser)]
struct Options {
    /// The languages that are measured; Rust always is, for comparison
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = Language::ALL)]
    language: Vec<Language>,

    /// How many events the history has, at least
    #[arg(long, default_value_t = 10_000)]
    events: u32,

    /// How often it is replayed; the median is printed
    #[arg(long, default_value_t = 9)]
    times: usize,

    /// Guests that are kept at once to see what one occupies
    #[arg(long, default_value_t = 8)]
    guests: u32,

    /// Where the history is written
    #[arg(long, default_value = concat!(env!("CARGO_TARGET_TMPDIR"), "/bench-replay"))]
    directory: PathBuf,

    /// Given by cargo, and of no meaning here
    #[arg(long, hide = true)]
    bench: bool,
}

/// After so many steps a guest is as large as that of a short run.
const FEW_STEPS: u32 = 10;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    if options.directory.exists() {
        std::fs::remove_dir_all(&options.directory)?;
    }
    let steps = history::steps_of(options.events);
    let history = history::record(&options.directory, &Language::Rust.module()?, steps).await?;
    println!(
        "{} events in our count, {steps} steps; read from the journal in {}; after a restart, a question to the run in Rust \
         is answered in {}",
        history.records.len(),
        millis(history.reading),
        millis(history.returning),
    );

    let parked_after_few = format!("parked, {FEW_STEPS} steps");
    let header = [
        "language",
        "module",
        "compiled",
        "instance made",
        "all replayed",
        "a step",
        "÷ Rust",
        &parked_after_few,
        "parked, all",
        "cache counts",
    ];
    let mut report = Report::new(1, header);
    let mut rust = None;
    for language in Language::ALL {
        if language != Language::Rust && !options.language.contains(&language) {
            continue;
        }
        let few = &history.records[..history::length_of(FEW_STEPS.min(steps))];
        let measured = guests::measure(language, &history.records, few, steps, &options)?;
        let baseline = *rust.get_or_insert(measured.step);
        report.row(row(language, &measured, baseline));
        report.reached(reach::of(language, &measured));
    }
    report.print();
    std::fs::remove_dir_all(&options.directory)?;
    Ok(())
}

fn row(language: Language, it: &Measured, rust: Duration) -> [String; 10] {
    [
        language.name().to_owned(),
        megabytes(it.module_bytes),
        millis(it.compiling),
        micros(it.instantiating),
        millis(it.replaying),
        micros(it.step),
        format!("{:.2}", it.step.as_secs_f64() / rust.as_secs_f64()),
        megabytes(it.parked_after_few),
        megabytes(it.parked_after_all),
        megabytes(it.counted),
    ]
}

fn millis(duration: Duration) -> String {
    format!("{:.1} ms", duration.as_secs_f64() * 1e3)
}

fn micros(duration: Duration) -> String {
    format!("{:.1} µs", duration.as_secs_f64() * 1e6)
}

fn megabytes(bytes: usize) -> String {
    format!("{:.2} MB", bytes as f64 / 1e6)
}
