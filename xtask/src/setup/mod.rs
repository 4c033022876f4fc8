//! What a fresh machine needs, installed once and below `target/`.
//!
//! Each part looks first and says nothing if nothing is missing.

mod cargo_tools;
mod node;
mod python;
mod rust;

use crate::workspace::Workspace;

pub(crate) use cargo_tools::CargoTools;
pub(crate) use node::Node;
pub(crate) use python::Python;

/// All tools that tests use.
pub(crate) struct Tools {
    pub(crate) python: Python,
    pub(crate) node: Node,
    pub(crate) cargo: CargoTools,
}

/// For workflow modules in Rust.
pub(crate) fn wasm_target(workspace: &Workspace) -> anyhow::Result<()> {
    rust::ensure_target(workspace, crate::guests::TARGET)
}

/// For the examples' workers and clients in Python.
pub(crate) fn python_for_examples(workspace: &Workspace) -> anyhow::Result<Python> {
    python::ensure(workspace, &["examples/order/python/requirements.txt"])
}

/// For the examples' workers and clients in TypeScript.
pub(crate) fn node_for_examples(workspace: &Workspace, python: &Python) -> anyhow::Result<Node> {
    node::ensure(workspace, python)
}

/// For everything.
pub(crate) fn everything(workspace: &Workspace) -> anyhow::Result<Tools> {
    wasm_target(workspace)?;
    let python = python::ensure(
        workspace,
        &[
            "examples/order/python/requirements.txt",
            "tests/python/requirements.txt",
        ],
    )?;
    let node = node::ensure(workspace, &python)?;
    let cargo = cargo_tools::ensure(workspace, &python);
    Ok(Tools { python, node, cargo })
}
