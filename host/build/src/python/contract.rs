//! The contract with the host, as `componentize-py` reads it.

use crate::Error;
use std::path::{Path, PathBuf};

/// The files of `wit/`.
pub(super) const FILES: [(&str, &str); 4] = [
    ("world.wit", include_str!("../../../../wit/world.wit")),
    ("types.wit", include_str!("../../../../wit/types.wit")),
    ("guest.wit", include_str!("../../../../wit/guest.wit")),
    ("commands.wit", include_str!("../../../../wit/commands.wit")),
];

/// Writes the contract below a directory, and returns where.
pub(super) fn write(scratch: &Path) -> Result<PathBuf, Error> {
    let directory = scratch.join("wit");
    std::fs::create_dir(&directory).map_err(|error| Error::writing(&directory, error))?;
    for (name, text) in FILES {
        let path = directory.join(name);
        std::fs::write(&path, text).map_err(|error| Error::writing(&path, error))?;
    }
    Ok(directory)
}
