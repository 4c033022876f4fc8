//! Modules that are pushed again when their files or their sources change.

mod files;
mod input;

use crate::cli::CliError;
use crate::cli::output::{note, print};
use crate::cli::render::manifest::short;
use crate::cli::render::style::{BAD, FAINT, GOOD, HEADING, WARN};
use files::Look;
use input::{Input, Made};
use mainspring::engine::{DEFAULT_NAMESPACE, Engine};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// A module that is watched.
pub(super) struct Watched {
    input: Input,
    /// What it was last made of, as far as that is known.
    files: Vec<PathBuf>,
    /// How everything looked when it was last pushed, or last could not be.
    pushed: Look,
    /// How it looked last.
    seen: Look,
    /// How often it was made. What is found out about an earlier one is of no interest any more.
    made: Arc<AtomicU64>,
}

impl Watched {
    /// Something that is there. It is pushed by [`Watched::push`].
    pub(super) fn new(path: PathBuf) -> Result<Self, CliError> {
        Ok(Self {
            input: Input::at(path)?,
            files: Vec::new(),
            pushed: Look::default(),
            seen: Look::default(),
            made: Arc::default(),
        })
    }

    /// Makes the module of what is there now, and pushes it. Returns the workflow types of a module that was taken.
    /// Otherwise the one that was taken before stays, and what is wrong has been said.
    pub(super) async fn push(&mut self, engine: &Engine) -> Result<Vec<String>, CliError> {
        let number = self.made.fetch_add(1, Ordering::Relaxed) + 1;
        let before = self.input.look(&self.files);
        let began = Instant::now();
        let input = self.input.clone();
        let made = blocking(move || input.make()).await?;
        self.files = made.as_ref().map_or_else(|_| Vec::new(), |made| made.files.clone());
        self.pushed = self.input.look(&self.files);
        self.pushed.keep(&before);
        self.seen = self.pushed.clone();
        match made {
            Ok(made) => {
                let types = push(engine, made, began).await?;
                self.check_types(number);
                Ok(types)
            }
            Err(error) => {
                print(&format!(
                    "{} {}\n{}",
                    BAD.paint("not built"),
                    self.input.path().display(),
                    error.render()
                ))?;
                Ok(Vec::new())
            }
        }
    }

    fn has_changed(&mut self) -> bool {
        let now = self.input.look(&self.files);
        let is_steady = !now.is_empty() && now == self.seen;
        self.seen = now;
        is_steady && self.seen != self.pushed
    }

    /// Beside everything else, so that nobody waits for it.
    fn check_types(&self, number: u64) {
        let (input, made) = (self.input.clone(), self.made.clone());
        tokio::task::spawn_blocking(move || {
            if let Err(error) = input.check_types()
                && made.load(Ordering::Relaxed) == number
            {
                note(&error.render());
            }
        });
    }
}

/// Watches until the process ends.
pub(super) async fn watch(mut watched: Watched, engine: Engine) {
    loop {
        tokio::time::sleep(watched.input.interval()).await;
        if watched.has_changed()
            && let Err(error) = watched.push(&engine).await
        {
            // Nobody reads what is said any more, or the process ends.
            tracing::debug!(error = error.render(), "a changed module was not pushed");
        }
    }
}

async fn push(engine: &Engine, made: Made, began: Instant) -> Result<Vec<String>, CliError> {
    for remark in made.remarks {
        note(&format!("{} {remark}\n", WARN.paint("note:")));
    }
    let name = HEADING.paint(&made.name);
    match engine.push_module(DEFAULT_NAMESPACE, &made.name, made.bytes).await {
        Ok(pushed) => {
            let workflows = &pushed.manifest.workflows;
            let types: Vec<String> = workflows.iter().filter_map(|workflow| workflow.name.clone()).collect();
            let digest = pushed.version.digest.to_string();
            let what = if pushed.is_unchanged {
                FAINT.paint("unchanged")
            } else {
                GOOD.paint("pushed")
            };
            let took = began.elapsed().as_secs_f64();
            let version = FAINT.paint(format_args!("version {}, in {took:.2} s", short(&digest)));
            print(&format!("{what} {name}  {}  {version}\n", types.join(", ")))?;
            Ok(types)
        }
        Err(error) => {
            print(&format!("{} {name}: {error}\n", BAD.paint("not pushed")))?;
            Ok(Vec::new())
        }
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, CliError> {
    let working = tokio::task::spawn_blocking(work);
    working.await.map_err(|error| CliError::failed(&error))
}
