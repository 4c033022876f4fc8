//! `mainspring init`: a project to begin with.

use super::output::print;
use super::render::style::{GOOD, HEADING};
use super::{CliError, Exit};
use clap::ValueEnum;
use mainspring_init::{Error, init};
use std::path::{Path, PathBuf};

/// What to write, and where.
#[derive(Debug, clap::Args)]
pub(crate) struct InitArgs {
    /// What its workflows are written in.
    #[arg(value_enum)]
    language: Language,
    /// Where, and by that what its name is; made if it is not there.
    #[arg(default_value = ".", value_name = "DIRECTORY")]
    directory: PathBuf,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Language {
    Rust,
    #[value(name = "typescript")]
    TypeScript,
    Python,
    Go,
}

impl InitArgs {
    pub(crate) fn run(self) -> Result<Exit, CliError> {
        let language = match self.language {
            Language::Rust => mainspring_init::Language::Rust,
            Language::TypeScript => mainspring_init::Language::TypeScript,
            Language::Python => mainspring_init::Language::Python,
            Language::Go => mainspring_init::Language::Go,
        };
        init(language, &self.directory)?;
        print(&told(&self.directory))?;
        Ok(Exit::Done)
    }
}

fn told(directory: &Path) -> String {
    let readme = directory.join("README.md");
    format!(
        "{} {}\nWhat to do with it is in {}.\n",
        GOOD.paint("made"),
        HEADING.paint(directory.display()),
        readme.display()
    )
}

impl From<Error> for CliError {
    fn from(error: Error) -> Self {
        let exit = match &error {
            Error::NotEmpty { .. } | Error::Name { .. } => Exit::Refused,
            Error::Io { .. } => Exit::Failed,
        };
        Self::new(exit, error.to_string())
    }
}
