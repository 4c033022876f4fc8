//! The SDK for Python that this program carries, for projects that have not installed it.

use crate::Error;
use std::path::{Path, PathBuf};

include!(concat!(env!("OUT_DIR"), "/python_sdk.rs"));

/// Writes the package below a directory, and returns what has to be on Python's path.
pub(super) fn write(scratch: &Path) -> Result<PathBuf, Error> {
    let root = scratch.join("sdk");
    for (name, text) in FILES {
        if let Some(name) = name.strip_prefix("src/") {
            let path = root.join(name);
            let directory = path.parent().unwrap_or(&root);
            std::fs::create_dir_all(directory).map_err(|error| Error::writing(directory, error))?;
            std::fs::write(&path, text).map_err(|error| Error::writing(&path, error))?;
        }
    }
    Ok(root)
}
