//! Files that are there whole or not at all.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};

const UNFINISHED: &str = "unfinished";

/// Writes `directory/name` from its parts. After a crash the file has all of them or does not exist.
pub(super) fn write(directory: &Path, name: &str, parts: &[&[u8]]) -> io::Result<()> {
    // Two threads may write the same file: each under a name of its own, and the last to finish stays.
    static WRITES: AtomicU64 = AtomicU64::new(0);
    let unique = WRITES.fetch_add(1, Ordering::Relaxed);
    let unfinished = directory.join(format!("{name}.{}-{unique}.{UNFINISHED}", process::id()));

    let written = File::create(&unfinished)
        .and_then(|mut file| {
            parts.iter().try_for_each(|part| file.write_all(part))?;
            file.sync_all()
        })
        .and_then(|()| fs::rename(&unfinished, directory.join(name)));
    if written.is_err() {
        // What cannot be written can often not be removed either; `tidy` tries again.
        let _ = fs::remove_file(&unfinished);
    }
    written?;
    File::open(directory)?.sync_all()
}

/// Makes the directory and removes what a crash left unfinished in it. Nobody may be writing in it.
pub(super) fn tidy(directory: &Path) -> io::Result<()> {
    fs::create_dir_all(directory)?;
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == UNFINISHED) {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}
