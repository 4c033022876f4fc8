//! Durable steps: how fast, beside what the disk and the store alone can do in the same run.
//!
//! A step is one activity's completion, the activation that it causes, and the schedule of the next activity, all
//! durable before the next activity begins. Activities are empty functions of this process. Machines and disks are
//! noisy: read the ratios, not the figures.
//!
//! `cargo xtask bench steps`

mod engine;
mod measure;
mod raw;
mod reach;
mod recording;
#[path = "../report/mod.rs"]
mod report;
mod store;

use clap::Parser;
use measure::Measured;
use report::Report;
use std::path::PathBuf;
use std::time::Duration;

/// The allocator of the program.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// How long one of the three is measured until it is the next one's turn, so that what else the machine does is to nobody's
/// advantage. Whoever writes begins with an empty directory, since the larger a database is, the longer a write takes.
/// An engine is recorded for as long, for the store to do the same: some 200 MB with many runs.
const TURN: Duration = Duration::from_secs(1);

#[derive(Parser)]
struct Options {
    /// Runs that are under way at the same time
    #[arg(long, value_delimiter = ',', default_values_t = [1, 10, 200, 500])]
    concurrency: Vec<usize>,

    /// How long each of the three is measured in all, in seconds; they take turns
    #[arg(long, default_value_t = 4.0)]
    seconds: f64,

    /// Where to write; a directory on the disk that is to be measured
    #[arg(long, default_value = concat!(env!("CARGO_TARGET_TMPDIR"), "/bench-steps"))]
    directory: PathBuf,

    /// Given by cargo, and of no meaning here
    #[arg(long, hide = true)]
    bench: bool,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    let module = engine::module()?;
    let duration = Duration::from_secs_f64(options.seconds);
    let turns = (duration.div_duration_f64(TURN).ceil() as u32).max(1);
    let turn = duration / turns;
    if options.directory.exists() {
        std::fs::remove_dir_all(&options.directory)?;
    }
    std::fs::create_dir_all(&options.directory)?;
    let idle_bytes = engine::idle_memory(&options.directory.join("idle"), &module).await?;
    let header = [
        "concurrent",
        "what",
        "steps/s",
        "p50",
        "p99",
        "written/step",
        "CPU/step",
        "p50 ÷ raw",
        "steps/s ÷ store",
    ];
    let mut report = Report::new(2, header);
    report.reached([reach::of_idle(idle_bytes)]);
    for &concurrency in &options.concurrency {
        let directory = options.directory.join(concurrency.to_string());
        std::fs::create_dir_all(&directory)?;
        let recording = engine::record(&directory.join("recorded"), &module, concurrency, turn).await?;
        let (mut raw, mut store, mut engine) = (Measured::default(), Measured::default(), Measured::default());
        for number in 0..turns {
            let directory = directory.join(number.to_string());
            std::fs::create_dir_all(&directory)?;
            raw.add(raw::measure(&directory.join("raw"), concurrency, turn)?)?;
            store.add(store::measure(&directory.join("store"), &recording, turn)?)?;
            engine.add(engine::measure(&directory.join("engine"), &module, concurrency, turn).await?)?;
            std::fs::remove_dir_all(&directory)?;
        }
        for (what, it) in [
            ("raw append + fdatasync", &raw),
            ("store alone", &store),
            ("engine", &engine),
        ] {
            report.row(row(concurrency, what, it, &raw, &store));
        }
        report.reached(reach::of_steps(concurrency, &engine, &raw, &store));
    }
    report.print();
    std::fs::remove_dir_all(&options.directory)?;
    Ok(())
}

fn row(concurrency: usize, what: &str, it: &Measured, raw: &Measured, store: &Measured) -> [String; 9] {
    let micros = |quantile| it.latency.value_at_quantile(quantile) as f64;
    [
        concurrency.to_string(),
        what.to_owned(),
        format!("{:.0}", it.steps_per_second()),
        format!("{:.0} µs", micros(0.5)),
        format!("{:.0} µs", micros(0.99)),
        format!("{:.0} B", it.bytes_written_per_step()),
        format!("{:.1} µs", it.cpu.as_secs_f64() * 1e6 / it.steps as f64),
        format!("{:.2}", it.p50_micros() / raw.p50_micros()),
        format!("{:.2}", it.steps_per_second() / store.steps_per_second()),
    ]
}
