//! Measurements. They are benchmark targets of the host; this only builds and starts them.

use clap::Subcommand;

use crate::workspace::{Workspace, cargo};
use crate::{command, console};

#[derive(Subcommand)]
pub(crate) enum Benchmark {
    /// Durable steps per second and their latency, beside a raw append and a store without workflows
    Steps {
        /// Handed to the benchmark as they are; `--help` lists them
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
}

pub(crate) fn run(workspace: &Workspace, benchmark: &Benchmark) -> anyhow::Result<()> {
    crate::setup::wasm_target(workspace)?;
    let modules = crate::guests::build_all(workspace)?;
    match benchmark {
        Benchmark::Steps { arguments } => {
            console::step("building and running the benchmark, optimised");
            command::run(
                cargo()
                    .current_dir(workspace.root())
                    .args(["bench", "--package", "mainspring", "--bench", "steps", "--"])
                    .args(arguments)
                    .env(crate::test::MODULES, modules),
            )
        }
    }
}
