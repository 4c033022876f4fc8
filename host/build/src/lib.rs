//! From a workflow's sources to the module that a server takes: what is behind `mainspring build`.
//!
//! Each language has a file, which calls that language's own tools: those of the author's project if it has them
//! ([`tools`]). This crate knows nothing of the server: whether a module is any good is found out by who gets it.

mod cache;
mod component;
mod error;
mod go;
mod language;
mod python;
mod rust;
mod snapshot;
mod tools;
mod typescript;

pub use cache::cache_directory;
pub use error::Error;
pub use language::Language;
pub use python::SDK as PYTHON_SDK;

use std::fmt;
use std::path::{Path, PathBuf};

/// How to build.
pub struct Options<'a> {
    /// Have the language's type checker look at the sources, where it has one that is a program of its own.
    pub type_check: bool,
    /// Is told what is done now: "bundling", "compiling".
    pub progress: &'a (dyn Fn(&str) + Sync),
}

impl Options<'_> {
    fn tell(&self, doing: &str) {
        (self.progress)(doing);
    }
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self {
            type_check: true,
            progress: &|_| {},
        }
    }
}

impl fmt::Debug for Options<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options").field("type_check", &self.type_check).finish()
    }
}

/// What came of a build.
#[derive(Clone, Debug)]
pub struct Built {
    /// The module, as a server takes it: a component; or a core module with a component's type in it, as Rust's
    /// compiler leaves it, which the server makes a component of.
    pub module: Vec<u8>,
    /// The files that it was made of, without those of packages that the project merely uses. When one of them
    /// changes, it is time to build again.
    pub sources: Vec<PathBuf>,
    /// What the author should know although it was built: that no type checker was found, say.
    pub remarks: Vec<String>,
}

/// Builds the module of a source: a `.ts` file (or `.js`, `.tsx`, `.mts`, `.mjs`), a `.py` file or the directory of a
/// Python package, the directory of a Rust crate, or that of a Go module (or a `.go` file of one of its packages).
///
/// # Errors
///
/// What is missing and how to get it, or what the language's tools say of the sources.
pub fn build(source: &Path, options: &Options<'_>) -> Result<Built, Error> {
    let language = Language::of(source)?;
    let check = || match options.type_check {
        true => check_types(source, options),
        false => Ok(Types::Unchecked),
    };
    // Both take their time, and neither needs the other.
    let (built, checked) = std::thread::scope(|scope| {
        let checking = scope.spawn(check);
        let built = match language {
            Language::Rust => rust::build(source, options),
            Language::TypeScript => typescript::build(source, options),
            Language::Python => python::build(source, options),
            Language::Go => go::build(source, options),
        };
        let checked = checking.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        (built, checked)
    });
    // Types first: what they say of a mistake is worth more than what a bundler says.
    let checked = checked?;
    let mut built = built?;
    if let Types::NoChecker(advice) = checked {
        built.remarks.push(advice);
    }
    Ok(built)
}

/// What is known of a source's types.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Types {
    /// The language's checker found nothing.
    Good,
    /// Nobody looked: it was not asked for, or building looks at them anyway.
    Unchecked,
    /// The project has no checker; how to get one.
    NoChecker(String),
}

/// Has the language's type checker look at a source.
///
/// # Errors
///
/// What it found, as [`Error::Source`].
pub fn check_types(source: &Path, options: &Options<'_>) -> Result<Types, Error> {
    match Language::of(source)? {
        // Nothing is built without.
        Language::Rust | Language::Go => Ok(Types::Unchecked),
        Language::TypeScript => typescript::check_types(source, options),
        Language::Python => python::check_types(source, options),
    }
}

/// The name that a source gives its module, if nobody says otherwise: the file's, the Python package's, the Rust
/// library's, the Go module's directory's.
///
/// # Errors
///
/// As for [`build`].
pub fn name_of(source: &Path) -> Result<String, Error> {
    match Language::of(source)? {
        Language::Rust => rust::name_of(source),
        Language::TypeScript | Language::Python | Language::Go => language::stem(source),
    }
}
