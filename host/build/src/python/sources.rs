//! The author's files: which module is to be imported, and from where.

use crate::cache::Key;
use crate::{Error, language};
use std::path::{Path, PathBuf};

/// More Python files than this are no project. Looking at them all takes its time, and each is watched.
const FILES_MAX: usize = 5_000;

/// What is not the author's, or no source.
const SKIPPED: [&str; 6] = [
    "__pycache__",
    "node_modules",
    "target",
    "dist",
    "build",
    "site-packages",
];

/// The sources of a module.
pub(super) struct Sources {
    /// The name by which it is imported: `workflows`, `shop.orders`.
    pub(super) module: String,
    /// What has to be on Python's path for that.
    pub(super) root: PathBuf,
    /// What people call that directory: empty, or with a slash at its end.
    pub(super) shown: String,
    /// What people call the source.
    pub(super) name: String,
    /// Every Python file below the directory.
    pub(super) files: Vec<PathBuf>,
}

impl Sources {
    /// The sources of a file, or of a package.
    pub(super) fn of(source: &Path) -> Result<Self, Error> {
        let whole = std::fs::canonicalize(source).map_err(|error| Error::reading(source, error))?;
        let mut names = vec![language::stem(&whole)?];
        let mut root = parent(&whole);
        // What is in a package is imported by the package's name.
        while root.join("__init__.py").is_file() {
            names.push(language::stem(&root)?);
            root = parent(&root);
        }
        names.reverse();
        if names.last().is_some_and(|name| name == "__init__") {
            names.pop();
        }
        let mut files = Vec::new();
        collect(&root, &mut files)?;
        files.sort();
        Ok(Self {
            module: names.join("."),
            shown: shown(&root),
            name: source.display().to_string(),
            root,
            files,
        })
    }

    /// Adds what a module depends on: the files, by their paths.
    pub(super) fn add_to(&self, mut key: Key) -> Result<Key, Error> {
        for file in &self.files {
            let content = std::fs::read(file).map_err(|error| Error::reading(file, error))?;
            key = key.with(file.to_string_lossy().as_bytes()).with(&content);
        }
        Ok(key)
    }
}

fn parent(path: &Path) -> PathBuf {
    path.parent().unwrap_or(path).to_owned()
}

/// A directory as seen from the present one, if it is below it.
fn shown(root: &Path) -> String {
    let present = std::env::current_dir()
        .and_then(std::fs::canonicalize)
        .unwrap_or_default();
    let path = root.strip_prefix(&present).unwrap_or(root);
    let shown = path.to_string_lossy().replace('\\', "/");
    if shown.is_empty() { shown } else { format!("{shown}/") }
}

fn collect(directory: &Path, files: &mut Vec<PathBuf>) -> Result<(), Error> {
    let entries = std::fs::read_dir(directory).map_err(|error| Error::reading(directory, error))?;
    for entry in entries {
        let path = entry.map_err(|error| Error::reading(directory, error))?.path();
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        if name.starts_with('.') || SKIPPED.contains(&name.as_str()) {
            continue;
        }
        if path.is_dir() {
            // Not through links, which may lead in circles; and not into what pip has filled.
            if !path.is_symlink() && !path.join("pyvenv.cfg").is_file() {
                collect(&path, files)?;
            }
        } else if path.extension().is_some_and(|it| it == "py") {
            files.push(path);
        }
        if files.len() > FILES_MAX {
            return Err(Error::Source {
                what: format!("there are more than {FILES_MAX} Python files beside the source"),
                report: format!("all below {} belong to it", directory.display()),
                advice: Some("give the workflows a directory of their own".to_owned()),
            });
        }
    }
    Ok(())
}
