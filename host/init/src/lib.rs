//! New projects with workflows, ready to be built and run: what is behind `mainspring init`.
//!
//! A project has a template's files, and in `vendor/` the SDK that it is written with. This crate knows neither how
//! projects are built nor a server.

mod files;
mod vendor;

use std::io;
use std::path::{Path, PathBuf};

/// The language of a project's workflows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// A crate.
    Rust,
    /// An npm package.
    TypeScript,
    /// Files beside each other.
    Python,
    /// A Go module. Its activities are in Python: what is on no registry that its test reaches could not be tested.
    Go,
}

/// Why there is no project.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nothing is overwritten.
    #[error("{} is not empty; name a directory that is not there yet", directory.display())]
    NotEmpty {
        /// The directory.
        directory: PathBuf,
    },
    /// Packages have such names.
    #[error(
        "{name:?} is no name for a project: it needs a letter first, and then letters, digits, `-` and `_`; name another \
         directory"
    )]
    Name {
        /// The directory's name.
        name: String,
    },
    /// The operating system refused something.
    #[error("cannot write {}: {cause}", path.display())]
    Io {
        /// What was to be written.
        path: PathBuf,
        /// Why it was not.
        #[source]
        cause: io::Error,
    },
}

/// In templates it stands for the project's name.
const NAME: &str = "{{name}}";
/// Files of templates may end so, where tools would take them for theirs otherwise.
const TEMPLATE: &str = ".template";

/// Makes a project in a directory, which is made if there is none. It is named like the directory.
///
/// # Errors
///
/// There is something in the directory already, or it cannot be written. What has been written by then stays.
pub fn init(language: Language, directory: &Path) -> Result<(), Error> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |cause| Error::Io { path, cause }
    };
    std::fs::create_dir_all(directory).map_err(failed(directory))?;
    let whole = directory.canonicalize().map_err(failed(directory))?;
    if whole.read_dir().map_err(failed(directory))?.next().is_some() {
        return Err(Error::NotEmpty {
            directory: directory.to_owned(),
        });
    }
    let name = name_of(&whole)?;
    let (template, vendored) = match language {
        Language::Rust => (files::RUST_TEMPLATE, vendor::rust()),
        Language::TypeScript => (files::TYPESCRIPT_TEMPLATE, vendor::typescript()),
        Language::Python => (files::PYTHON_TEMPLATE, vendor::python()),
        Language::Go => (files::GO_TEMPLATE, vendor::go()),
    };
    let template = template.iter().map(|(path, content)| {
        let content = String::from_utf8_lossy(content).replace(NAME, &name);
        let path = path.strip_suffix(TEMPLATE).unwrap_or(path);
        (PathBuf::from(path), content.into_bytes())
    });
    for (path, content) in template.chain(vendored) {
        let path = whole.join(path);
        let parent = path.parent().unwrap_or(&whole);
        std::fs::create_dir_all(parent).map_err(failed(parent))?;
        std::fs::write(&path, content).map_err(failed(&path))?;
    }
    Ok(())
}

fn name_of(directory: &Path) -> Result<String, Error> {
    let name = directory.file_name().map(|name| name.to_string_lossy().into_owned());
    let name = name.unwrap_or_default();
    let is_good = name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name
            .chars()
            .all(|it| it.is_ascii_alphanumeric() || it == '-' || it == '_');
    match is_good {
        // Names of npm packages have no capitals.
        true => Ok(name.to_ascii_lowercase()),
        false => Err(Error::Name { name }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_project_is_named_like_its_directory() {
        let home = tempfile::tempdir().unwrap();
        for language in [Language::Rust, Language::TypeScript, Language::Python, Language::Go] {
            let directory = home.path().join(format!("My-{language:?}"));
            init(language, &directory).unwrap();
            let readme = std::fs::read_to_string(directory.join("README.md")).unwrap();
            assert!(readme.starts_with(&format!("# my-{}", format!("{language:?}").to_lowercase())));
            assert!(directory.join("vendor").is_dir() && directory.join(".gitignore").is_file());
        }
    }

    #[test]
    fn nothing_is_overwritten() {
        let home = tempfile::tempdir().unwrap();
        let directory = home.path().join("project");
        std::fs::create_dir(&directory).unwrap();
        std::fs::write(directory.join("mine"), "").unwrap();
        let refused = init(Language::Rust, &directory).unwrap_err().to_string();
        assert!(refused.contains("is not empty"), "{refused}");
        assert_eq!(directory.read_dir().unwrap().count(), 1);
    }

    #[test]
    fn a_name_that_no_package_may_have_is_refused() {
        let home = tempfile::tempdir().unwrap();
        let refused = init(Language::Rust, &home.path().join("7 days"))
            .unwrap_err()
            .to_string();
        assert!(refused.contains("\"7 days\" is no name"), "{refused}");
    }
}
