//! What a fresh machine needs, installed once and below `target/`.
//!
//! Each part looks first and says nothing if nothing is missing.

mod cargo_tools;
mod go;
mod node;
mod python;
mod rust;

use std::path::Path;
use std::process::Command;

use crate::workspace::Workspace;

pub(crate) use cargo_tools::CargoTools;
pub(crate) use go::Go;
pub(crate) use node::Node;
pub(crate) use python::Python;

/// What builds workflow modules in Python.
const GUESTS_IN_PYTHON: &str = "tests/guests/python/requirements.txt";

/// All tools that tests use.
pub(crate) struct Tools {
    pub(crate) python: Python,
    pub(crate) node: Node,
    pub(crate) go: Go,
    pub(crate) cargo: CargoTools,
}

impl Tools {
    /// Has a program find these tools, as if its user had put them there.
    pub(crate) fn on_path<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        let own = [self.node.directory(), Some(self.python.directory().join("bin"))];
        let path = std::env::var_os("PATH").unwrap_or_default();
        let all = own.into_iter().flatten().chain(std::env::split_paths(&path));
        if let Ok(path) = std::env::join_paths(all) {
            command.env("PATH", path);
        }
        self.go.confine(command);
        command.env("VIRTUAL_ENV", self.python.directory())
    }
}

/// For workflow modules in Rust.
pub(crate) fn wasm_target(workspace: &Workspace) -> anyhow::Result<()> {
    rust::ensure_target(workspace, crate::guests::TARGET)
}

/// A Python with nothing but one package.
pub(crate) fn python_with(workspace: &Workspace, directory: &Path, package: &str) -> anyhow::Result<Python> {
    python::ensure_package(workspace, directory, package)
}

/// For the examples' workers and clients in Python.
pub(crate) fn python_for_examples(workspace: &Workspace) -> anyhow::Result<Python> {
    python::ensure(workspace, &["examples/order/python/requirements.txt"])
}

/// For the examples' workers and clients in TypeScript.
pub(crate) fn node_for_examples(workspace: &Workspace, python: &Python) -> anyhow::Result<Node> {
    node::ensure(workspace, python)
}

/// Node.js, for programs that are written for it.
pub(crate) fn node(workspace: &Workspace, python: &Python) -> anyhow::Result<Node> {
    node::find(workspace, python)
}

/// For everything.
pub(crate) fn everything(workspace: &Workspace) -> anyhow::Result<Tools> {
    wasm_target(workspace)?;
    let python = python::ensure(
        workspace,
        &[
            "examples/order/python/requirements.txt",
            "tests/python/requirements.txt",
            GUESTS_IN_PYTHON,
        ],
    )?;
    let node = node::ensure(workspace, &python)?;
    let go = go::ensure(workspace, &python)?;
    let cargo = cargo_tools::ensure(workspace, &python);
    Ok(Tools {
        python,
        node,
        go,
        cargo,
    })
}
