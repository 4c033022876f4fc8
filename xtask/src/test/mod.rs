//! Every check and every test.

mod authors;
mod go_package;
mod official_sdks;
mod python_package;

use std::num::NonZero;
use std::path::Path;

use crate::setup::{self, Tools};
use crate::workspace::Workspace;
use crate::{command, console, guests, quickjs, server};

/// The directory with the built workflow modules, `order_workflow.wasm` and its like.
pub(crate) const MODULES: &str = "MAINSPRING_TEST_MODULES";
/// The `mainspring` program.
const SERVER: &str = "MAINSPRING_TEST_SERVER";
/// The Python interpreter that has the official SDK and pytest.
pub(crate) const PYTHON: &str = "MAINSPRING_TEST_PYTHON";
/// Node.js; the compiled TypeScript lies beside its sources, in `dist`.
const NODE: &str = "MAINSPRING_TEST_NODE";
/// The official `temporal` command-line tool.
const TEMPORAL: &str = "MAINSPRING_TEST_TEMPORAL";

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Only the tests, without formatting, lints and licences
    #[arg(long)]
    quick: bool,

    /// Only tests whose name contains this
    filter: Option<String>,
}

pub(crate) fn run(workspace: &Workspace, options: &Options) -> anyhow::Result<()> {
    let tools = setup::everything(workspace)?;
    if !options.quick {
        checks(workspace, &tools)?;
    }
    console::step("building the workflow modules");
    let modules = guests::build_all(workspace)?;
    let server = server::build_with_tests(workspace)?;
    guests::build_others(workspace, &tools, &server, &modules)?;
    tests(workspace, &tools, &modules, &server, options.filter.as_deref())?;
    if options.filter.is_none() {
        go_package::run(workspace, &tools)?;
        python_package::run(workspace, &tools)?;
        authors::run(workspace, &tools, &modules, &server)?;
        quickjs::check(workspace)?;
        official_sdks::run(workspace, &tools, &modules, server)?;
    }
    console::success("everything passed");
    Ok(())
}

fn checks(workspace: &Workspace, tools: &Tools) -> anyhow::Result<()> {
    let cargo = || tools.cargo.cargo(workspace);

    console::step("formatting");
    command::run(cargo().args(["fmt", "--all", "--check"]))?;

    console::step("lints");
    command::run(cargo().args([
        "clippy",
        "--workspace",
        "--all-targets",
        "--locked",
        "--",
        "--deny",
        "warnings",
    ]))?;

    if tools.cargo.deny {
        // Not advisories: they change from one day to the next, and what passed must go on passing.
        console::step("licences and sources of the dependencies");
        command::run(cargo().args(["deny", "check", "licenses", "bans", "sources"]))?;
    } else {
        console::note("licences are not checked: cargo-deny is not installed (cargo install cargo-deny)");
    }
    Ok(())
}

fn tests(
    workspace: &Workspace,
    tools: &Tools,
    modules: &Path,
    server: &Path,
    filter: Option<&str>,
) -> anyhow::Result<()> {
    let cargo = || {
        let mut cargo = tools.cargo.cargo(workspace);
        cargo
            .env(MODULES, modules)
            .env(SERVER, server)
            .env(PYTHON, tools.python.interpreter())
            .env(TEMPORAL, tools.python.program("temporal"))
            .env(NODE, tools.node.program());
        cargo
    };

    console::step("tests");
    if tools.cargo.nextest {
        command::run(
            cargo()
                .args(["nextest", "run", "--workspace", "--locked", "--no-tests=pass"])
                .args(["--test-threads", &tests_at_once().to_string()])
                .args(filter),
        )?;
    } else {
        command::run(
            cargo()
                .args(["test", "--workspace", "--locked", "--lib", "--bins", "--tests"])
                .args(filter),
        )?;
    }

    console::step("examples in the documentation");
    command::run(cargo().args(["test", "--workspace", "--locked", "--doc"]).args(filter))
}

/// How many tests run at once. They wait more than they compute: for processes, for timers, for workers that are late.
fn tests_at_once() -> usize {
    3 * std::thread::available_parallelism().map_or(1, NonZero::get)
}
