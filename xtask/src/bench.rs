//! Measurements. They are benchmark targets of the host; this only builds and starts them.

use clap::Subcommand;

use crate::test::{MODULES, PYTHON};
use crate::workspace::{Workspace, cargo};
use crate::{command, console, guests, server, setup};

#[derive(Subcommand)]
pub(crate) enum Benchmark {
    /// Durable steps per second and their latency, beside a raw append and a store without workflows
    Steps(Arguments),
    /// How long a page of a list takes among many runs
    Lists(Arguments),
    /// How long it takes from a saved workflow until its new version answers, in TypeScript and Python
    Reload(Arguments),
    /// What a step of a long history takes when it is replayed, and what its guest occupies, in each language
    Replay(Arguments),
}

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Handed to the benchmark as they are; `--help` lists them
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

pub(crate) fn run(workspace: &Workspace, benchmark: &Benchmark) -> anyhow::Result<()> {
    let (name, Arguments { arguments }) = match benchmark {
        Benchmark::Steps(arguments) => ("steps", arguments),
        Benchmark::Lists(arguments) => ("lists", arguments),
        Benchmark::Reload(arguments) => ("reload", arguments),
        Benchmark::Replay(arguments) => ("replay", arguments),
    };
    let mut bench = cargo();
    bench
        .current_dir(workspace.root())
        .args(["bench", "--package", "mainspring", "--bench", name, "--"])
        .args(arguments);
    match benchmark {
        Benchmark::Steps(_) => {
            setup::wasm_target(workspace)?;
            bench.env(MODULES, guests::build_all(workspace)?);
        }
        Benchmark::Reload(_) => {
            let tools = setup::everything(workspace)?;
            bench.env(PYTHON, tools.python.interpreter());
        }
        Benchmark::Replay(_) => {
            let tools = setup::everything(workspace)?;
            let modules = guests::build_all(workspace)?;
            guests::build_others(workspace, &tools, &server::build(workspace)?, &modules)?;
            bench.env(MODULES, modules);
        }
        Benchmark::Lists(_) => {}
    }
    console::step("building and running the benchmark, optimised");
    command::run(&mut bench)
}
