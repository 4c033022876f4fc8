//! The WebAssembly target of the Rust toolchain.

use std::path::Path;
use std::process::Command;

use anyhow::Context as _;

use crate::workspace::Workspace;
use crate::{command, console};

/// `rust-toolchain.toml` names the target, but a toolchain that was there before, or a rustup that was told
/// not to install by itself, may be without it.
pub(crate) fn ensure_target(workspace: &Workspace, target: &str) -> anyhow::Result<()> {
    if is_installed(workspace, target)? {
        return Ok(());
    }
    console::step(&format!("installing the Rust target {target}"));
    command::run(
        Command::new("rustup")
            .current_dir(workspace.root())
            .args(["target", "add", target]),
    )
    .with_context(|| {
        format!(
            "the Rust standard library for {target} is missing, and rustup could not install it; \
                 get rustup from https://rustup.rs, or the library from where your Rust came from"
        )
    })
}

fn is_installed(workspace: &Workspace, target: &str) -> anyhow::Result<bool> {
    let mut rustc = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    rustc
        .current_dir(workspace.root())
        .args(["--print", "target-libdir", "--target", target]);
    let directory = command::read(&mut rustc)?;
    Ok(Path::new(directory.trim()).is_dir())
}
