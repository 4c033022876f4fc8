//! A Python environment of our own, with the official Temporal SDK.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};

use crate::workspace::Workspace;
use crate::{command, console};

/// The oldest Python that the official SDK and ours take.
const VERSION_MIN: (u32, u32) = (3, 11);

/// Versions of what the requirements bring along.
const CONSTRAINTS: &str = "tests/python/constraints.txt";

/// A Python with packages installed into it.
pub(crate) struct Python {
    directory: PathBuf,
}

impl Python {
    /// The environment.
    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    pub(crate) fn interpreter(&self) -> PathBuf {
        self.program("python")
    }

    /// A program that one of the packages brought.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.directory.join("bin").join(name)
    }

    pub(crate) fn install(&self, workspace: &Workspace, arguments: &[&str]) -> anyhow::Result<()> {
        command::run_quietly(
            Command::new(self.interpreter())
                .current_dir(workspace.root())
                .args([
                    "-m",
                    "pip",
                    "install",
                    "--quiet",
                    "--disable-pip-version-check",
                    "--no-input",
                ])
                .args(arguments),
        )
        .context("cannot install Python packages; is the package index reachable?")
    }
}

/// Makes the environment if it is missing, and installs the given requirements files unless this version of
/// each is installed already.
pub(crate) fn ensure(workspace: &Workspace, requirements: &[&str]) -> anyhow::Result<Python> {
    let python = Python {
        directory: workspace.state().join("venv"),
    };
    if !command::succeeds(Command::new(python.interpreter()).args(["-m", "pip", "--version"])) {
        create(&python)?;
    }
    for file in requirements {
        let wanted = read(workspace, file)? + &read(workspace, CONSTRAINTS)?;
        let stamp = python.directory.join(format!("installed-{}", file.replace('/', "-")));
        if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
            continue;
        }
        console::step(&format!("installing the Python packages of {file}"));
        python.install(workspace, &["--constraint", CONSTRAINTS, "--requirement", file])?;
        std::fs::write(&stamp, wanted).with_context(|| format!("cannot write {}", stamp.display()))?;
    }
    Ok(python)
}

/// An environment of its own with one package, of which the version is part of the name.
pub(crate) fn ensure_package(workspace: &Workspace, directory: &Path, package: &str) -> anyhow::Result<Python> {
    let python = Python {
        directory: directory.to_owned(),
    };
    let stamp = directory.join("installed");
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == package) {
        return Ok(python);
    }
    create(&python)?;
    console::step(&format!("installing {package}"));
    python.install(workspace, &["--no-deps", package])?;
    std::fs::write(&stamp, package).with_context(|| format!("cannot write {}", stamp.display()))?;
    Ok(python)
}

fn create(python: &Python) -> anyhow::Result<()> {
    let base = find()?;
    console::step(&format!(
        "making a Python environment in {}",
        python.directory.display()
    ));
    // A half-made one, or one whose base interpreter went away, is of no use.
    if python.directory.exists() {
        std::fs::remove_dir_all(&python.directory)
            .with_context(|| format!("cannot remove {}", python.directory.display()))?;
    }
    command::run_quietly(Command::new(&base).args(["-m", "venv"]).arg(&python.directory)).with_context(|| {
        format!(
            "{} cannot make a virtual environment; on Debian and Ubuntu: apt-get install python3-venv",
            base.display()
        )
    })
}

/// The first interpreter on the path that is new enough; `$PYTHON` goes before all.
fn find() -> anyhow::Result<PathBuf> {
    let chosen = std::env::var_os("PYTHON").map(PathBuf::from);
    let names = [
        "python3",
        "python3.14",
        "python3.13",
        "python3.12",
        "python3.11",
        "python",
    ];
    let candidates = chosen.into_iter().chain(names.map(PathBuf::from));
    let mut too_old = Vec::new();
    for candidate in candidates {
        match version(&candidate) {
            Some(version) if version >= VERSION_MIN => return Ok(candidate),
            Some((major, minor)) => too_old.push(format!("{} is {major}.{minor}", candidate.display())),
            None => {}
        }
    }
    let (major, minor) = VERSION_MIN;
    let found = if too_old.is_empty() {
        "none was found".to_owned()
    } else {
        too_old.join(", ")
    };
    bail!(
        "Python {major}.{minor} or newer is needed, and {found}; install it (Debian and Ubuntu: apt-get install \
         python3 python3-venv; macOS: brew install python), or name one in $PYTHON"
    )
}

fn version(python: &Path) -> Option<(u32, u32)> {
    let program = "import sys; print(sys.version_info[0], sys.version_info[1])";
    let printed = command::read(Command::new(python).args(["-c", program])).ok()?;
    let (major, minor) = printed.trim().split_once(' ')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

fn read(workspace: &Workspace, file: &str) -> anyhow::Result<String> {
    std::fs::read_to_string(workspace.root().join(file)).with_context(|| format!("cannot read {file}"))
}
