//! Where things are, as cargo sees it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;
use serde::Deserialize;

use crate::command;

/// The checked-out repository and its build directory.
pub(crate) struct Workspace {
    root: PathBuf,
    target: PathBuf,
    guests: Vec<Guest>,
}

/// A package that is a workflow module: one that builds a `cdylib`.
pub(crate) struct Guest {
    pub(crate) package: String,
    /// Each makes a module of its own, for tests that need a module and a variant of it.
    pub(crate) features: Vec<String>,
}

#[derive(Deserialize)]
struct Metadata {
    workspace_root: PathBuf,
    target_directory: PathBuf,
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    targets: Vec<Target>,
    features: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
struct Target {
    crate_types: Vec<String>,
}

impl Workspace {
    pub(crate) fn find() -> anyhow::Result<Self> {
        let json = command::read(cargo().args(["metadata", "--no-deps", "--format-version", "1"]))?;
        let metadata: Metadata = serde_json::from_str(&json).context("cannot read what `cargo metadata` printed")?;
        let is_guest = |package: &Package| {
            package
                .targets
                .iter()
                .any(|target| target.crate_types.iter().any(|kind| kind == "cdylib"))
        };
        let guest = |package: Package| Guest {
            package: package.name,
            features: package
                .features
                .into_keys()
                .filter(|feature| feature != "default")
                .collect(),
        };
        Ok(Self {
            guests: metadata.packages.into_iter().filter(is_guest).map(guest).collect(),
            root: metadata.workspace_root,
            target: metadata.target_directory,
        })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn guests(&self) -> &[Guest] {
        &self.guests
    }

    /// Everything the tasks keep, and nothing else; may be deleted at any time.
    pub(crate) fn state(&self) -> PathBuf {
        self.target.join("xtask")
    }
}

/// A directory below [`Workspace::state`] for this run of a task; what the last run left there is removed.
pub(crate) fn fresh_directory(workspace: &Workspace, name: &str) -> anyhow::Result<PathBuf> {
    let directory = workspace.state().join(name);
    if directory.exists() {
        std::fs::remove_dir_all(&directory).with_context(|| format!("cannot remove {}", directory.display()))?;
    }
    std::fs::create_dir_all(&directory).with_context(|| format!("cannot make {}", directory.display()))?;
    Ok(directory)
}

/// The cargo that runs this program, so that both agree about the toolchain.
pub(crate) fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Builds, and returns the files that were made (programs, and libraries for other targets than Rust).
pub(crate) fn build(workspace: &Workspace, arguments: &[&str]) -> anyhow::Result<Vec<PathBuf>> {
    #[derive(Deserialize)]
    struct Message {
        reason: String,
        executable: Option<PathBuf>,
        #[serde(default)]
        filenames: Vec<PathBuf>,
    }

    let mut command = cargo();
    command
        .current_dir(workspace.root())
        .args(["build", "--message-format=json-render-diagnostics"])
        .args(arguments);
    command.stderr(std::process::Stdio::inherit());
    let messages = command::read(&mut command)?;
    let mut files = Vec::new();
    for message in messages.lines() {
        let message: Message = serde_json::from_str(message).context("cannot read what `cargo build` printed")?;
        if message.reason == "compiler-artifact" {
            files.extend(message.executable);
            files.extend(
                message
                    .filenames
                    .into_iter()
                    .filter(|file| file.extension().is_some_and(|e| e == "wasm")),
            );
        }
    }
    Ok(files)
}
