//! Which language a source is in, by its name alone.

use crate::Error;
use std::fmt;
use std::path::Path;

/// A language that workflows are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// A directory with a `Cargo.toml`.
    Rust,
    /// A file that ends in `.ts`, `.tsx`, `.mts`, `.js` or `.mjs`.
    TypeScript,
    /// A file that ends in `.py`, or a directory with an `__init__.py`.
    Python,
    /// A directory with a `go.mod`, or a `.go` file of the package that has the workflows.
    Go,
}

impl Language {
    /// The language of a source.
    ///
    /// # Errors
    ///
    /// There is no such file, or it is nothing that a module could be built of.
    pub fn of(source: &Path) -> Result<Self, Error> {
        let metadata = std::fs::metadata(source).map_err(|error| Error::reading(source, error))?;
        let found = if metadata.is_dir() {
            Self::of_directory(source)
        } else {
            Self::of_file(source)
        };
        found.ok_or_else(|| Error::UnknownLanguage {
            source_path: source.to_owned(),
        })
    }

    fn of_directory(source: &Path) -> Option<Self> {
        if source.join("Cargo.toml").is_file() {
            Some(Self::Rust)
        } else if source.join("__init__.py").is_file() {
            Some(Self::Python)
        } else if source.join("go.mod").is_file() {
            Some(Self::Go)
        } else {
            None
        }
    }

    fn of_file(source: &Path) -> Option<Self> {
        match source.extension()?.to_str()? {
            "ts" | "tsx" | "mts" | "js" | "mjs" => Some(Self::TypeScript),
            "py" => Some(Self::Python),
            "go" => Some(Self::Go),
            // A crate, named by its manifest, is as clear; but its directory is what all else is relative to.
            _ => None,
        }
    }

    /// Files with these endings, below the directory of a source, may be part of it.
    #[must_use]
    pub fn extensions(self) -> &'static [&'static str] {
        match self {
            Self::Rust => &["rs", "toml"],
            Self::TypeScript => &["ts", "tsx", "mts", "js", "mjs", "json"],
            Self::Python => &["py", "pyi"],
            Self::Go => &["go", "mod"],
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rust => "Rust",
            Self::TypeScript => "TypeScript",
            Self::Python => "Python",
            Self::Go => "Go",
        })
    }
}

/// The name of a file or a directory, without an ending.
pub(crate) fn stem(source: &Path) -> Result<String, Error> {
    // `.` has no name of its own.
    let whole = std::fs::canonicalize(source).map_err(|error| Error::reading(source, error))?;
    let stem = whole.file_stem().and_then(|stem| stem.to_str());
    stem.map(ToOwned::to_owned).ok_or_else(|| Error::Nameless {
        source_path: source.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_says_its_language() {
        let home = tempfile::tempdir().unwrap();
        let at = |path: &str| {
            let path = home.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, "").unwrap();
            path
        };
        at("crate/Cargo.toml");
        at("package/__init__.py");
        at("module/go.mod");
        at("neither/file");
        let language = |path: &str| Language::of(&home.path().join(path)).map_err(|error| error.to_string());
        assert_eq!(language("crate"), Ok(Language::Rust));
        assert_eq!(language("package"), Ok(Language::Python));
        assert_eq!(language("module"), Ok(Language::Go));
        assert_eq!(Language::of(&at("module/cmd/main.go")).unwrap(), Language::Go);
        assert_eq!(Language::of(&at("a.py")).unwrap(), Language::Python);
        assert_eq!(Language::of(&at("a.mts")).unwrap(), Language::TypeScript);
        let refused = language("neither").unwrap_err();
        assert!(refused.contains("no source of workflows"), "{refused}");
        let refused = language("missing").unwrap_err();
        assert!(refused.contains("missing"), "{refused}");
    }
}
