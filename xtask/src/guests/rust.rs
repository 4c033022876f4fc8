//! Workflow modules in Rust.

use std::path::PathBuf;

use anyhow::{Context as _, bail};

use crate::workspace::{self, Workspace};

/// The target of workflow modules. It has no system interface, so nothing slips in that is not the contract.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// Builds one package as a workflow module, and returns the `.wasm` file.
pub(crate) fn build(workspace: &Workspace, package: &str, features: &[&str]) -> anyhow::Result<PathBuf> {
    let mut arguments = vec![
        "--profile",
        "workflow",
        "--target",
        TARGET,
        "--package",
        package,
        "--lib",
    ];
    for feature in features {
        arguments.extend(["--features", feature]);
    }
    let files = workspace::build(workspace, &arguments)?;
    match files.as_slice() {
        [module] => Ok(module.clone()),
        files => bail!("expected one WebAssembly module of {package}, cargo built {files:?}"),
    }
}

/// Builds every workflow module of the workspace into one directory: `order_workflow.wasm` and its like, and
/// for each feature of a package, `package_feature.wasm`.
pub(crate) fn build_all(workspace: &Workspace) -> anyhow::Result<PathBuf> {
    let directory = workspace.state().join("modules");
    std::fs::create_dir_all(&directory).with_context(|| format!("cannot make {}", directory.display()))?;
    for guest in workspace.guests() {
        let name = guest.package.replace('-', "_");
        keep(
            &build(workspace, &guest.package, &[])?,
            &directory.join(format!("{name}.wasm")),
        )?;
        for feature in &guest.features {
            let variant = build(workspace, &guest.package, &[feature])?;
            keep(&variant, &directory.join(format!("{name}_{feature}.wasm")))?;
        }
    }
    Ok(directory)
}

/// Copies, since the next build of another variant overwrites what cargo made.
fn keep(built: &PathBuf, kept: &PathBuf) -> anyhow::Result<()> {
    std::fs::copy(built, kept)
        .map(drop)
        .with_context(|| format!("cannot copy {} to {}", built.display(), kept.display()))
}
