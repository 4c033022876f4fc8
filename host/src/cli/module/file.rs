//! A module as a file.

use crate::cli::{CliError, Exit};
use bytes::Bytes;
use std::path::{Path, PathBuf};

/// A module's bytes and the name that its file gives it.
pub(crate) struct ModuleFile {
    pub(crate) name: String,
    pub(crate) bytes: Bytes,
}

impl ModuleFile {
    pub(crate) fn read(path: &Path) -> Result<Self, CliError> {
        let bytes = std::fs::read(path)
            .map_err(|error| CliError::new(Exit::NotFound, format!("cannot read {}: {error}", path.display())))?;
        Ok(Self {
            name: name_of(path)?,
            bytes: bytes.into(),
        })
    }
}

/// The file's name without its ending.
pub(crate) fn name_of(path: &Path) -> Result<String, CliError> {
    let stem = path.file_stem().map(PathBuf::from);
    stem.and_then(|stem| stem.to_str().map(ToOwned::to_owned))
        .ok_or_else(|| {
            CliError::new(Exit::Usage, format!("{} gives the module no name", path.display()))
                .hint("name it with `mainspring module push --name NAME`")
        })
}
