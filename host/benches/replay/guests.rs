//! The guests: the same workflow in each language.

use super::{Options, memory, processor};
use anyhow::Context as _;
use clap::ValueEnum;
use mainspring::shard::replay;
use mainspring::wasm::{
    AcceptedModule, CompiledCode, Guest as _, Guests as _, Modules, WasmGuest, WasmLimits, WasmSettings, accept,
};
use mainspring_core::Record;
use std::fmt;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Where `cargo xtask` puts the modules that it builds.
const MODULES: &str = "MAINSPRING_TEST_MODULES";

/// Of compiled code that nobody else reads.
const HOST_KEY: [u8; 32] = [0; 32];

/// A language that workflows are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Language {
    Rust,
    Typescript,
    Python,
    Go,
}

/// What came of one language.
pub(crate) struct Measured {
    pub(crate) module_bytes: usize,
    /// Everything between an upload and the first run, of a module that the host has not seen before.
    pub(crate) compiling: Duration,
    pub(crate) instantiating: Duration,
    /// The whole history, to an instance that is there.
    pub(crate) replaying: Duration,
    /// One step of it.
    pub(crate) step: Duration,
    /// What one guest occupies after a few steps, in bytes; and after all of them.
    pub(crate) parked_after_few: usize,
    pub(crate) parked_after_all: usize,
    /// What the cache of instances takes that one for.
    pub(crate) counted: usize,
}

impl Language {
    pub(crate) const ALL: [Self; 4] = [Self::Rust, Self::Typescript, Self::Python, Self::Go];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Rust => "Rust",
            Self::Typescript => "TypeScript",
            Self::Python => "Python",
            Self::Go => "Go",
        }
    }

    /// The module that has the workflow.
    pub(crate) fn module(self) -> anyhow::Result<PathBuf> {
        let directory = std::env::var_os(MODULES)
            .with_context(|| format!("{MODULES} is not set; run this with `cargo xtask bench replay`"))?;
        Ok(PathBuf::from(directory).join(match self {
            Self::Rust => "test_guests.wasm",
            Self::Typescript => "typescript_golden.wasm",
            Self::Python => "python_golden.wasm",
            Self::Go => "go_guests.wasm",
        }))
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name().to_lowercase())
    }
}

pub(crate) fn measure(
    language: Language,
    history: &[Record],
    beginning: &[Record],
    steps: u32,
    options: &Options,
) -> anyhow::Result<Measured> {
    let file = language.module()?;
    let file = std::fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
    let settings = WasmSettings {
        limits: WasmLimits {
            instances_max: options.guests + 1,
            ..WasmLimits::default()
        },
        ..WasmSettings::default()
    };
    let compiled = TempDir::new()?;
    let engine = || {
        let code = CompiledCode::open(compiled.path(), &HOST_KEY)?;
        anyhow::Ok(Modules::new(settings.clone(), Some(code))?)
    };
    let modules = engine()?;
    let began = Instant::now();
    let module = accept(file.into(), &settings.limits)?;
    modules.load_here(module.digest, &module.component)?;
    let compiling = began.elapsed();

    let mut instantiating = Vec::with_capacity(options.times);
    let mut replaying = Vec::with_capacity(options.times);
    for _ in 0..options.times {
        let records = history.to_vec();
        let began = processor::time()?;
        let mut guest = modules.instantiate(&module.digest)?;
        let made = processor::time()?;
        replay(&mut guest, records).with_context(|| format!("the replay in {}", language.name()))?;
        instantiating.push(made - began);
        replaying.push(processor::time()? - made);
    }
    let replaying = median(replaying)?;
    // Each in an engine of its own: memory that ended guests have left to the next ones would not be counted.
    drop(modules);
    let (parked_after_few, _) = parked(&engine()?, &module, beginning, options)?;
    let (parked_after_all, counted) = parked(&engine()?, &module, history, options)?;
    Ok(Measured {
        module_bytes: module.component.len(),
        compiling,
        instantiating: median(instantiating)?,
        replaying,
        step: replaying / steps,
        parked_after_few,
        parked_after_all,
        counted,
    })
}

/// What a guest occupies that has seen so much of the history, and what the cache of instances takes it for.
fn parked(
    modules: &Modules,
    module: &AcceptedModule,
    history: &[Record],
    options: &Options,
) -> anyhow::Result<(usize, usize)> {
    modules.load_here(module.digest, &module.component)?;
    let before = memory::written_bytes()?;
    let guests = (0..options.guests).map(|_| {
        let mut guest = modules.instantiate(&module.digest)?;
        replay(&mut guest, history.to_vec())?;
        Ok::<_, anyhow::Error>(guest)
    });
    let guests: Vec<WasmGuest> = guests.collect::<Result<_, _>>()?;
    let written = memory::written_bytes()?.saturating_sub(before);
    let counted = guests.first().map(|guest| guest.resident_bytes());
    let counted = counted.context("--guests is at least 1")?;
    Ok((written / guests.len(), counted))
}

fn median(mut times: Vec<Duration>) -> anyhow::Result<Duration> {
    times.sort_unstable();
    times.get(times.len() / 2).copied().context("--times is at least 1")
}
