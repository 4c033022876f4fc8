//! Orders that survive `kill -9`.
//!
//! The story: a server on a fresh data directory, the order workflow uploaded as a WebAssembly module, a
//! worker and clients that are the official Temporal SDK and know nothing of all this. Orders are started in
//! waves, and in the midst of each wave, while some orders are charged and not yet shipped, the server is
//! killed and started again. In the end what the worker executed must be what the journal says.

mod journal;
mod ledger;
mod play;
mod table;
mod verdict;

use std::path::PathBuf;

use anyhow::bail;

use self::ledger::Ledger;
use self::play::Play;
use crate::server::{self, Home};
use crate::workspace::{Workspace, fresh_directory};
use crate::{console, guests, setup};

#[derive(clap::Args)]
pub(crate) struct Options {
    /// How often the server is killed; each time a new wave of orders is started before
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=20))]
    kills: u32,

    /// Orders in a wave
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u32).range(4..=200))]
    orders: u32,

    /// Which SDK runs the activities
    #[arg(long, value_enum, default_value_t = Sdk::Python)]
    worker: Sdk,

    /// Use this program, and do not build one
    #[arg(long, value_name = "PROGRAM")]
    server: Option<PathBuf>,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Sdk {
    Python,
    Typescript,
}

pub(crate) fn run(workspace: &Workspace, options: &Options) -> anyhow::Result<()> {
    setup::wasm_target(workspace)?;
    let python = setup::python_for_examples(workspace)?;
    console::step("building the order workflow as a WebAssembly module");
    let module = guests::build(workspace, "order-workflow", &[])?;
    let program = match &options.server {
        Some(program) => program.clone(),
        None => server::build(workspace)?,
    };

    let directory = fresh_directory(workspace, "demo")?;
    let play = Play {
        home: Home::new(program, &directory)?,
        ledger: Ledger::new(directory.join("ledger.jsonl")),
        directory,
        workspace,
        python,
    };
    let verdict = play.perform(options, &module)?;
    table::print(&verdict);
    if !verdict.faults.is_empty() {
        let faults = verdict.faults.join("\n");
        bail!("{faults}\nlogs, ledger and data are in {}", play.directory.display());
    }
    console::success(&format!(
        "{} orders, {} kills: nothing lost, no completed activity ran again, each card charged once",
        options.kills * options.orders,
        options.kills
    ));
    Ok(())
}
