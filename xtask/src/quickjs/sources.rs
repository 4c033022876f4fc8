//! The crates that the engine is made of: those that its `Cargo.lock` names, in a directory of ours, and one of them
//! changed. Cargo still compares them with the digests in `Cargo.lock`, but for the file that is changed.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};
use serde_json::Value;

use super::patch::Patch;
use super::{read, read_text};
use crate::{command, console};

/// What is changed, in the form of `diff -u`; beside the engine's sources.
const PATCH: &str = "quickjs.patch";
/// The crate with QuickJS in it.
const PATCHED: &str = "rquickjs-sys-0.14.0";
/// What cargo compares a crate's files with.
const CHECKSUMS: &str = ".cargo-checksum.json";

/// The crates that an engine is built of, and where it is built.
pub(super) struct Sources {
    vendored: PathBuf,
    /// For `--target-dir`.
    pub(super) target: PathBuf,
}

impl Sources {
    /// Puts the crates of `engine`, the directory of its sources, below `directory`, unless they are there.
    pub(super) fn ensure(engine: &Path, directory: &Path) -> anyhow::Result<Self> {
        let sources = Self {
            vendored: directory.join("vendor"),
            target: directory.join("target"),
        };
        let wanted = format!(
            "{}{}",
            read_text(&engine.join("Cargo.lock"))?,
            read_text(&engine.join(PATCH))?
        );
        let stamp = directory.join("vendored-for");
        if std::fs::read_to_string(&stamp).is_ok_and(|vendored| vendored == wanted) {
            return Ok(sources);
        }
        console::step("fetching the crates of the JavaScript engine");
        // What was built of them, too: cargo takes it that the crates of a lock file never change.
        if directory.exists() {
            std::fs::remove_dir_all(directory).with_context(|| format!("cannot remove {}", directory.display()))?;
        }
        let mut vendor = crate::workspace::cargo();
        vendor
            .current_dir(engine)
            .args(["vendor", "--locked", "--versioned-dirs"]);
        command::run_quietly(vendor.arg(&sources.vendored))
            .context("cannot fetch the crates of the JavaScript engine; is the registry reachable?")?;
        change(&sources.vendored.join(PATCHED), &engine.join(PATCH))?;
        write(&stamp, &wanted)?;
        Ok(sources)
    }

    /// Has a build take these crates instead of the registry's.
    pub(super) fn instead_of_the_registry(&self, build: &mut Command) {
        let directory = format!("source.vendored.directory={:?}", self.vendored.display().to_string());
        build
            .args(["--config", "source.crates-io.replace-with=\"vendored\""])
            .args(["--config", &directory]);
    }
}

/// Changes a crate, and has cargo take it as it is then.
fn change(package: &Path, patch: &Path) -> anyhow::Result<()> {
    let patch = Patch::of(&read_text(patch)?).with_context(|| format!("{} is no patch", patch.display()))?;
    let file = package.join(&patch.file);
    let changed = patch
        .applied_to(&read_text(&file)?)
        .with_context(|| format!("{PATCH} does not fit {}", file.display()))?;
    write(&file, &changed)?;
    let checksums = package.join(CHECKSUMS);
    let mut known: Value =
        serde_json::from_slice(&read(&checksums)?).with_context(|| format!("cannot read {}", checksums.display()))?;
    let files = known.get_mut("files").and_then(Value::as_object_mut);
    if files.and_then(|files| files.remove(&patch.file)).is_none() {
        bail!("{} does not name {}", checksums.display(), patch.file);
    }
    write(&checksums, &known.to_string())
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}
