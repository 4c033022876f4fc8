//! Types: mypy or pyright, whichever the project has.

use super::environment::{self, Environment};
use super::scratch::Scratch;
use super::sources::Sources;
use crate::cache::Cache;
use crate::{Error, Options, Types, tools};
use std::path::Path;
use std::process::Command;

pub(super) fn check(source: &Path, options: &Options<'_>) -> Result<Types, Error> {
    let find = |name| environment::program(source, name);
    let (name, program) = match (find("mypy"), find("pyright")) {
        (Some(mypy), _) => ("mypy", mypy),
        (None, Some(pyright)) => ("pyright", pyright),
        (None, None) => {
            return Ok(Types::NoChecker(
                "types were not checked: neither mypy nor pyright is there (pip install mypy)".to_owned(),
            ));
        }
    };
    let sources = Sources::of(source)?;
    let scratch = Scratch::new()?;
    options.tell(&format!("checking types with {name}"));
    let sdk = Environment::of(source)?.sdk(scratch.path())?;
    let mut command = Command::new(program);
    command.current_dir(&sources.root);
    if name == "mypy" {
        command
            .args(["--no-error-summary", "--no-color-output"])
            .env("MYPYPATH", &sdk);
        if let Some(python) = find("python") {
            command.arg("--python-executable").arg(python);
        }
        if let Some(cache) = Cache::of_user() {
            command.arg("--cache-dir").arg(cache.directory().join("mypy"));
        }
        command.args(["-m", &sources.module]);
    } else {
        let whole = std::fs::canonicalize(source).map_err(|error| Error::reading(source, error))?;
        command.env("PYTHONPATH", &sdk).arg(whole);
    }
    let finished = tools::run(&mut command)?;
    if finished.is_success {
        return Ok(Types::Good);
    }
    Err(Error::Source {
        what: format!("{name} found mistakes in {}", sources.name),
        report: finished.report(),
        advice: None,
    })
}
