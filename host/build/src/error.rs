//! Why nothing was built, for the author of the source.

use std::io;
use std::path::{Path, PathBuf};

/// Why there is no module, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It is neither of the languages.
    #[error(
        "{} is no source of workflows: that is a TypeScript file, a Python file or package, or the directory of a Rust \
         crate or a Go module",
        source_path.display()
    )]
    UnknownLanguage {
        /// What was given.
        source_path: PathBuf,
    },
    /// No module can be named after it.
    #[error("{} gives the module no name", source_path.display())]
    Nameless {
        /// What was given.
        source_path: PathBuf,
    },
    /// A tool or a package that the language needs is not there.
    #[error("{what} is missing")]
    Missing {
        /// What.
        what: String,
        /// How to get it: a sentence, or a command.
        advice: String,
    },
    /// The sources are wrong; what the language's tools say, for people, maybe with colours.
    #[error("{what}\n{report}")]
    Source {
        /// One line on what is wrong.
        what: String,
        /// Every mistake with its place.
        report: String,
        /// What to do, where the report does not say it.
        advice: Option<String>,
    },
    /// A tool failed for a reason of its own.
    #[error("`{command}` failed ({status})\n{output}")]
    Tool {
        /// The command line.
        command: String,
        /// How it ended.
        status: String,
        /// What it printed.
        output: String,
    },
    /// The operating system refused something.
    #[error("cannot {action}: {cause}")]
    Io {
        /// What was tried.
        action: String,
        /// Why it did not work.
        #[source]
        cause: io::Error,
    },
}

impl Error {
    /// What to do about it, where that is not part of the message.
    #[must_use]
    pub fn advice(&self) -> Option<&str> {
        match self {
            Self::Missing { advice, .. } => Some(advice),
            Self::Source { advice, .. } => advice.as_deref(),
            Self::UnknownLanguage { .. } | Self::Nameless { .. } | Self::Tool { .. } | Self::Io { .. } => None,
        }
    }

    pub(crate) fn reading(path: &Path, cause: io::Error) -> Self {
        Self::Io {
            action: format!("read {}", path.display()),
            cause,
        }
    }

    pub(crate) fn writing(path: &Path, cause: io::Error) -> Self {
        Self::Io {
            action: format!("write {}", path.display()),
            cause,
        }
    }
}
