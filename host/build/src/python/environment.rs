//! The author's Python environment: its tools, and its packages.

use super::{TOOL_VERSION, sdk};
use crate::cache::Key;
use crate::{Error, tools};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Names of the directories that have a project's own environment.
const DIRECTORIES: [&str; 2] = [".venv", "venv"];

/// What the modules of a project are built with.
pub(super) struct Environment {
    /// The virtual environment; none if the tool is on `PATH` and everything else, too.
    pub(super) directory: Option<PathBuf>,
    /// The program `componentize-py`.
    pub(super) componentize: PathBuf,
    /// What has to be on Python's path for the SDK: that of the environment, if it is installed there.
    installed_sdk: Option<PathBuf>,
}

impl Environment {
    /// The environment of the project that a source is in.
    pub(super) fn of(source: &Path) -> Result<Self, Error> {
        let directory = directory(source);
        let componentize = program(source, "componentize-py").ok_or_else(|| missing(None))?;
        let printed = tools::run(Command::new(&componentize).arg("--version"))?.into_stdout()?;
        let printed = String::from_utf8_lossy(&printed);
        let version = printed.split_whitespace().last().unwrap_or_default();
        if version != TOOL_VERSION {
            return Err(missing(Some(version)));
        }
        let installed_sdk = directory
            .iter()
            .flat_map(|it| packages(it))
            .find(|packages| packages.join("mainspring/workflow/__init__.py").is_file());
        Ok(Self {
            directory,
            componentize,
            installed_sdk,
        })
    }

    /// The SDK's place on Python's path; if it is not installed, it is written below `scratch`.
    pub(super) fn sdk(&self, scratch: &Path) -> Result<PathBuf, Error> {
        self.installed_sdk.clone().map_or_else(|| sdk::write(scratch), Ok)
    }

    /// Adds what a module depends on: which packages are installed, and the SDK.
    pub(super) fn add_to(&self, mut key: Key) -> Key {
        let mut installed: Vec<_> = self
            .directory
            .iter()
            .flat_map(|it| packages(it))
            .filter_map(|packages| std::fs::read_dir(packages).ok())
            .flatten()
            .flatten()
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .filter(|name| name.ends_with(".dist-info"))
            .collect();
        installed.sort();
        for name in &installed {
            key = key.with(name.as_bytes());
        }
        if self.installed_sdk.is_none() {
            for (name, text) in sdk::FILES {
                key = key.with(name.as_bytes()).with(text.as_bytes());
            }
        }
        key
    }
}

/// The virtual environment of the project that a source is in: beside it or above it, or the one that is active.
pub(super) fn directory(source: &Path) -> Option<PathBuf> {
    let manifests = DIRECTORIES.map(|name| Path::new(name).join("pyvenv.cfg"));
    let of_project = tools::find_upwards(source, &manifests).and_then(|it| it.parent().map(Path::to_owned));
    of_project.or_else(|| {
        std::env::var_os("VIRTUAL_ENV")
            .filter(|it| !it.is_empty())
            .map(PathBuf::from)
    })
}

/// A program of the project's environment, or else one on `PATH`, where an active environment comes first.
pub(super) fn program(source: &Path, name: &str) -> Option<PathBuf> {
    let places: Vec<_> = DIRECTORIES
        .iter()
        .map(Path::new)
        .flat_map(|it| {
            [
                it.join("bin").join(name),
                it.join("Scripts").join(format!("{name}.exe")),
            ]
        })
        .collect();
    tools::find(source, name, &places)
}

/// The directories of an environment that have packages in them.
fn packages(environment: &Path) -> Vec<PathBuf> {
    let versions = std::fs::read_dir(environment.join("lib"))
        .into_iter()
        .flatten()
        .flatten();
    let mut found: Vec<_> = versions
        .map(|entry| entry.path().join("site-packages"))
        .chain([environment.join("Lib").join("site-packages")])
        .filter(|path| path.is_dir())
        .collect();
    found.sort();
    found
}

fn missing(found: Option<&str>) -> Error {
    let instead = found.map_or_else(String::new, |version| format!(" (there is version {version})"));
    Error::Missing {
        what: format!("componentize-py {TOOL_VERSION}, which makes modules of Python,{instead}"),
        advice: format!(
            "pip install componentize-py=={TOOL_VERSION}, in the project's environment (python3 -m venv .venv) or anywhere \
             on PATH"
        ),
    }
}
