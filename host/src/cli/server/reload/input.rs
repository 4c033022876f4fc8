//! What a module is made of: a file that somebody else builds, or sources that are built here.

use super::files::{self, Look};
use crate::cli::module::ModuleFile;
use crate::cli::{CliError, Exit};
use bytes::Bytes;
use mainspring_build::{Language, Options};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How often a module's file is looked at. It is read once it looks the same twice: builds write in several steps.
const MODULE_INTERVAL: Duration = Duration::from_millis(500);
/// The same for sources, which an editor writes at once, and whose author waits.
const SOURCE_INTERVAL: Duration = Duration::from_millis(50);

#[derive(Clone, Debug)]
pub(super) enum Input {
    /// A `.wasm` file.
    Module(PathBuf),
    /// Anything that can be built.
    Source(PathBuf, Language),
}

impl Input {
    pub(super) fn at(path: PathBuf) -> Result<Self, CliError> {
        let is_module = path.extension().is_some_and(|it| it == "wasm");
        if is_module && !path.is_file() {
            let error = CliError::new(Exit::NotFound, format!("there is no file {}", path.display()));
            return Err(
                error.hint("name its sources instead, which are then built; or build it with `mainspring build`")
            );
        }
        if is_module {
            return Ok(Self::Module(path));
        }
        let language = Language::of(&path)?;
        Ok(Self::Source(path, language))
    }

    pub(super) fn path(&self) -> &Path {
        match self {
            Self::Module(path) | Self::Source(path, _) => path,
        }
    }

    pub(super) fn interval(&self) -> Duration {
        match self {
            Self::Module(_) => MODULE_INTERVAL,
            Self::Source(..) => SOURCE_INTERVAL,
        }
    }

    /// The module as it is now. Takes its time.
    pub(super) fn make(&self) -> Result<Made, CliError> {
        match self {
            Self::Module(path) => {
                let ModuleFile { name, bytes } = ModuleFile::read(path)?;
                Ok(Made {
                    name,
                    bytes,
                    files: Vec::new(),
                    remarks: Vec::new(),
                })
            }
            Self::Source(path, _) => {
                // Types are looked at once the module runs: its author would rather see it.
                let options = Options {
                    type_check: false,
                    ..Options::default()
                };
                let built = mainspring_build::build(path, &options)?;
                Ok(Made {
                    name: mainspring_build::name_of(path)?,
                    bytes: built.module.into(),
                    files: built.sources,
                    remarks: built.remarks,
                })
            }
        }
    }

    /// What a type checker says against the sources. Takes its time.
    pub(super) fn check_types(&self) -> Result<(), CliError> {
        match self {
            Self::Module(_) => Ok(()),
            Self::Source(path, _) => {
                mainspring_build::check_types(path, &Options::default())?;
                Ok(())
            }
        }
    }

    /// How everything looks that it is made of, given what the last build named.
    pub(super) fn look(&self, named: &[PathBuf]) -> Look {
        match self {
            Self::Module(path) => Look::at(std::slice::from_ref(path)),
            // Only a build that succeeds tells what it read. What makes the next one succeed may be any file nearby.
            Self::Source(path, language) if named.is_empty() => {
                let directory = match path.is_dir() {
                    true => path,
                    false => path
                        .parent()
                        .filter(|it| !it.as_os_str().is_empty())
                        .unwrap_or(Path::new(".")),
                };
                Look::at(&files::below(directory, language.extensions()))
            }
            Self::Source(..) => Look::at(named),
        }
    }
}

/// A module that can be pushed.
pub(super) struct Made {
    pub(super) name: String,
    pub(super) bytes: Bytes,
    /// What it was made of, if that is more than one file.
    pub(super) files: Vec<PathBuf>,
    /// What the author should know all the same.
    pub(super) remarks: Vec<String>,
}
