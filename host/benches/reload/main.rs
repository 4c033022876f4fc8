//! From a saved workflow to a server that runs it: `mainspring dev` on a new project, whose file is saved again and again.
//!
//! The time is a clock's, from the moment at which the file is written until a workflow that was started on the server has
//! given the answer of the new version. What the server itself tells, on the line that says that the module was pushed,
//! begins when it has noticed the file and ends when the module runs. The first line of a language is for the first build of
//! a user whose caches are empty.
//!
//! `cargo xtask bench reload`

mod dev;
mod project;
#[path = "../report/mod.rs"]
mod report;

use clap::Parser;
use dev::Dev;
use project::{Language, Project};
use report::{Reached, Report};
use std::path::PathBuf;
use std::time::{Duration, Instant};

#[derive(Parser)]
struct Options {
    /// The languages that are measured
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = Language::ALL)]
    language: Vec<Language>,

    /// How often the file is saved; the median is printed
    #[arg(long, default_value_t = 9)]
    saves: u32,

    /// Where the projects are, and the caches
    #[arg(long, default_value = concat!(env!("CARGO_TARGET_TMPDIR"), "/bench-reload"))]
    directory: PathBuf,

    /// Given by cargo, and of no meaning here
    #[arg(long, hide = true)]
    bench: bool,
}

/// What was measured of a language.
struct Measured {
    /// From the start of the server until the first version answers.
    first: Duration,
    /// From each save until its version answers.
    saves: Vec<Duration>,
    /// What the processors did for one of them, of the server and of the tools that it calls, type checkers included.
    processor: Duration,
}

fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    if options.directory.exists() {
        std::fs::remove_dir_all(&options.directory)?;
    }
    std::fs::create_dir_all(&options.directory)?;
    let header = [
        "language",
        "first build",
        "save to answer, median",
        "least",
        "most",
        "processor time of one",
    ];
    let mut report = Report::new(1, header);
    for language in &options.language {
        let mut measured = measure(*language, &options)?;
        measured.saves.sort();
        let median = measured.saves[measured.saves.len() / 2];
        let last = measured.saves.len() - 1;
        report.row([
            language.name().to_owned(),
            seconds(measured.first),
            seconds(median),
            seconds(measured.saves[0]),
            seconds(measured.saves[last]),
            seconds(measured.processor),
        ]);
        let wanted = language.wanted();
        report.reached([Reached {
            what: format!("{}, save to answer", language.name()),
            measured: seconds(median),
            wanted: format!("less than {}", seconds(wanted)),
            is_reached: median < wanted,
        }]);
    }
    report.print();
    std::fs::remove_dir_all(&options.directory)?;
    Ok(())
}

fn measure(language: Language, options: &Options) -> anyhow::Result<Measured> {
    anyhow::ensure!(options.saves > 0, "nothing is measured without a save");
    let project = Project::new(language, &options.directory)?;
    project.save(0)?;
    let began = Instant::now();
    let mut dev = Dev::start(&project)?;
    dev.answers(0)?;
    let first = began.elapsed();
    let mut saves = Vec::new();
    let before = dev.processor_time()?;
    for version in 1..=options.saves {
        // Nobody saves while the types of the last version are still being checked.
        dev.rests()?;
        let saved = Instant::now();
        project.save(version)?;
        dev.answers(version)?;
        saves.push(saved.elapsed());
    }
    dev.rests()?;
    Ok(Measured {
        first,
        saves,
        processor: (dev.processor_time()? - before) / options.saves,
    })
}

fn seconds(duration: Duration) -> String {
    format!("{:.2} s", duration.as_secs_f64())
}
