//! Modules that are pushed again when their files change.

use crate::cli::module::ModuleFile;
use crate::cli::output::print;
use crate::cli::render::manifest::short;
use crate::cli::render::style::{BAD, FAINT, GOOD, HEADING};
use crate::cli::{CliError, Exit};
use mainspring::engine::{DEFAULT_NAMESPACE, Engine};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// How often files are looked at. A file is read once it looks the same twice: builds write in several steps.
const INTERVAL: Duration = Duration::from_millis(500);

/// A file that is watched.
pub(super) struct Watched {
    path: PathBuf,
    /// How the file looked when it was last pushed, or last could not be.
    pushed: Option<Stamp>,
    /// How it looked last.
    seen: Option<Stamp>,
}

/// What changes when a file is written.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Stamp {
    modified: SystemTime,
    bytes: u64,
}

impl Watched {
    /// A file that is there. It is pushed by [`Watched::push`].
    pub(super) fn new(path: PathBuf) -> Result<Self, CliError> {
        match stamp(&path) {
            Some(_) => Ok(Self {
                path,
                pushed: None,
                seen: None,
            }),
            None => Err(
                CliError::new(Exit::NotFound, format!("there is no file {}", path.display()))
                    .hint("build the module first; a Rust one with `cargo build --target wasm32-unknown-unknown`"),
            ),
        }
    }

    /// Pushes the file as it is, and tells what came of it. Returns the workflow types of a module that was taken.
    pub(super) async fn push(&mut self, engine: &Engine) -> Result<Vec<String>, CliError> {
        self.pushed = stamp(&self.path);
        self.seen = self.pushed;
        let ModuleFile { name, bytes } = ModuleFile::read(&self.path)?;
        match engine.push_module(DEFAULT_NAMESPACE, &name, bytes).await {
            Ok(pushed) => {
                let workflows = &pushed.manifest.workflows;
                let types: Vec<String> = workflows.iter().filter_map(|workflow| workflow.name.clone()).collect();
                let digest = pushed.version.digest.to_string();
                let what = if pushed.is_unchanged {
                    FAINT.paint("unchanged")
                } else {
                    GOOD.paint("pushed")
                };
                let version = FAINT.paint(format_args!("version {}", short(&digest)));
                print(&format!(
                    "{what} {}  {}  {version}\n",
                    HEADING.paint(&name),
                    types.join(", ")
                ))?;
                Ok(types)
            }
            Err(error) => {
                print(&format!(
                    "{} {}: {error}\n",
                    BAD.paint("not pushed"),
                    self.path.display()
                ))?;
                Ok(Vec::new())
            }
        }
    }

    fn has_changed(&mut self) -> bool {
        let now = stamp(&self.path);
        let is_steady = now.is_some() && now == self.seen;
        self.seen = now;
        is_steady && now != self.pushed
    }
}

/// Watches until the process ends.
pub(super) async fn watch(mut files: Vec<Watched>, engine: Engine) {
    loop {
        tokio::time::sleep(INTERVAL).await;
        for file in &mut files {
            if file.has_changed()
                && let Err(error) = file.push(&engine).await
            {
                // Gone again already: the next look finds out.
                tracing::debug!(error = error.render(), "a changed module could not be read");
            }
        }
    }
}

fn stamp(path: &Path) -> Option<Stamp> {
    let metadata = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file)?;
    Some(Stamp {
        modified: metadata.modified().ok()?,
        bytes: metadata.len(),
    })
}
