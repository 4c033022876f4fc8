//! The repository's own commands, the same on a developer's machine and in CI.
//!
//! Each does its own set-up: what a fresh machine lacks and can be had without an administrator is
//! installed below `target/`, anything else is named together with how to get it.

mod background;
mod bench;
mod command;
mod console;
mod demo;
mod guests;
mod quickjs;
mod server;
mod setup;
mod test;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::workspace::Workspace;

#[derive(Parser)]
#[command(
    name = "cargo xtask",
    about = "The repository's own commands",
    arg_required_else_help = true
)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Kill the server with SIGKILL while orders are under way, and count what really happened
    Demo(demo::Options),
    /// Run every check and every test
    Test(test::Options),
    /// Measure
    #[command(subcommand)]
    Bench(bench::Benchmark),
    /// Build the JavaScript engine of modules in TypeScript, and put it into the repository
    Quickjs,
    /// Install what the other commands need; they do so themselves
    Setup,
}

fn main() -> ExitCode {
    match run(Arguments::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            console::failure(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> anyhow::Result<()> {
    let workspace = Workspace::find()?;
    match task {
        Task::Demo(options) => demo::run(&workspace, &options),
        Task::Test(options) => test::run(&workspace, &options),
        Task::Bench(benchmark) => bench::run(&workspace, &benchmark),
        Task::Quickjs => quickjs::update(&workspace),
        Task::Setup => setup::everything(&workspace).map(drop),
    }
}
