//! `mainspring build`: from sources to a module.

mod progress;

use super::module::{Inspected, inspect};
use super::output::{Format, note, print, print_json};
use super::render::manifest;
use super::render::style::{FAINT, GOOD, HEADING, WARN};
use super::{CliError, Exit, protojson};
use mainspring_build::{Error, Options};
use progress::Progress;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// What to build, and where to put it.
///
/// The language's own tools are used: those of the project that the source is in (`node_modules`, `.venv`), or else
/// those on the path. What is missing is named, together with how to get it.
#[derive(Debug, clap::Args)]
pub(crate) struct BuildArgs {
    /// A TypeScript file, a Python file or package, or the directory of a Rust crate.
    source: PathBuf,
    /// Where to write the module [default: the source's name with .wasm, in this directory]
    #[arg(long, short = 'o', value_name = "MODULE.wasm")]
    out: Option<PathBuf>,
    /// Leave the types unchecked: no `tsc`, no `mypy`, no `pyright`.
    #[arg(long)]
    no_type_check: bool,
    /// How to print the result.
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    output: Format,
}

impl BuildArgs {
    pub(crate) fn run(self) -> Result<Exit, CliError> {
        let began = Instant::now();
        let progress = Progress::show();
        let options = Options {
            type_check: !self.no_type_check,
            progress: &|doing| progress.tell(doing),
        };
        let built = mainspring_build::build(&self.source, &options)?;
        progress.tell("checking the module");
        let module = inspect(built.module.into())?;
        let out = self.out()?;
        std::fs::write(&out, &module.component)
            .map_err(|error| CliError::new(Exit::Failed, format!("cannot write {}: {error}", out.display())))?;
        drop(progress);
        for remark in &built.remarks {
            note(&format!("{} {remark}\n", WARN.paint("note:")));
        }
        match self.output {
            Format::Text => print(&told(&out, &module, began.elapsed()))?,
            Format::Json => print_json(&serde_json::json!({
                "module": out,
                "digest": module.digest,
                "sizeBytes": module.size_bytes(),
                "manifest": protojson::module_to_json("Manifest", &module.manifest)?,
                "sources": built.sources,
            }))?,
        }
        Ok(Exit::Done)
    }

    fn out(&self) -> Result<PathBuf, CliError> {
        match &self.out {
            Some(out) => Ok(out.clone()),
            None => Ok(format!("{}.wasm", mainspring_build::name_of(&self.source)?).into()),
        }
    }
}

fn told(out: &Path, module: &Inspected, took: Duration) -> String {
    let size = manifest::size_of(module.size_bytes());
    let took = took.as_secs_f64();
    let facts = FAINT.paint(format_args!("{size} in {took:.1} s, version {}", module.digest));
    let table = manifest::table(&module.manifest);
    let name = HEADING.paint(out.display());
    format!("{} {name}  {facts}\n\n{table}", GOOD.paint("built"))
}

impl From<Error> for CliError {
    fn from(error: Error) -> Self {
        let exit = match &error {
            Error::Io { cause, .. } if cause.kind() == std::io::ErrorKind::NotFound => Exit::NotFound,
            Error::UnknownLanguage { .. } | Error::Nameless { .. } => Exit::Usage,
            Error::Io { .. } | Error::Missing { .. } | Error::Source { .. } | Error::Tool { .. } => Exit::Failed,
        };
        // Not with its causes: the message has them already.
        let told = Self::new(exit, error.to_string());
        match error.advice() {
            Some(advice) => told.hint(advice),
            None => told,
        }
    }
}
