//! Whether files have changed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// How files look. What is not there is not in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Look(BTreeMap<PathBuf, Stamp>);

/// What changes when a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    modified: SystemTime,
    bytes: u64,
}

impl Look {
    pub(super) fn at(files: &[PathBuf]) -> Self {
        let stamped = files.iter().filter_map(|file| Some((file.clone(), stamp(file)?)));
        Self(stamped.collect())
    }

    /// Takes the files that are in both as they were before: what has changed since then is yet to be noticed.
    pub(super) fn keep(&mut self, before: &Self) {
        for (file, stamp) in &mut self.0 {
            if let Some(earlier) = before.0.get(file) {
                *stamp = *earlier;
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn stamp(path: &Path) -> Option<Stamp> {
    let metadata = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file)?;
    Some(Stamp {
        modified: metadata.modified().ok()?,
        bytes: metadata.len(),
    })
}

/// More files than this are not looked for. A build that succeeds names its sources by itself, however many.
const FILES_MAX: usize = 2_000;

/// Where tools keep what is not a source.
const SKIPPED: [&str; 4] = ["node_modules", "target", "venv", "__pycache__"];

/// Files below a directory, with one of the endings; without what tools and packages have there.
pub(super) fn below(directory: &Path, extensions: &[&str]) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut to_visit = vec![directory.to_owned()];
    while let Some(directory) = to_visit.pop() {
        // What cannot be read, or is gone by now, is no source.
        let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
        for entry in entries {
            let (path, name) = (entry.path(), entry.file_name());
            let name = name.to_string_lossy();
            match entry.file_type() {
                Ok(kind) if kind.is_dir() && !name.starts_with('.') && !SKIPPED.contains(&&*name) => {
                    to_visit.push(path);
                }
                Ok(kind) if kind.is_file() && has_extension(&path, extensions) => files.push(path),
                Ok(_) | Err(_) => {}
            }
            if files.len() == FILES_MAX {
                return files;
            }
        }
    }
    files
}

fn has_extension(path: &Path, extensions: &[&str]) -> bool {
    let extension = path.extension().and_then(|it| it.to_str());
    extension.is_some_and(|it| extensions.contains(&it))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_looked_for_where_authors_write_them() {
        let home = tempfile::tempdir().unwrap();
        for file in ["a.ts", "deep/down/b.ts", "c.txt", "node_modules/p/d.ts", ".git/e.ts"] {
            let file = home.path().join(file);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, "").unwrap();
        }
        let mut found = below(home.path(), &["ts"]);
        found.sort();
        assert_eq!(found, ["a.ts", "deep/down/b.ts"].map(|file| home.path().join(file)));
    }

    #[test]
    fn a_look_tells_changes() {
        let home = tempfile::tempdir().unwrap();
        let files = [home.path().join("a"), home.path().join("b")];
        std::fs::write(&files[0], "1").unwrap();
        let before = Look::at(&files);
        assert_eq!(before, Look::at(&files));
        std::fs::write(&files[1], "").unwrap();
        let with_both = Look::at(&files);
        assert_ne!(before, with_both);
        std::fs::write(&files[0], "22").unwrap();
        let mut later = Look::at(&files);
        assert_ne!(with_both, later);
        later.keep(&with_both);
        assert_eq!(with_both, later);
    }
}
