//! Modules in Python: `componentize-py`, which imports the author's code in the place where it will run.

mod contract;
mod environment;
mod lists;
mod scratch;
mod sdk;
mod sources;
mod types;

use crate::cache::{Cache, Key};
use crate::tools::{self, Finished};
use crate::{Built, Error, Options, Types};
use environment::Environment;
use scratch::Scratch;
use sources::Sources;
use std::path::Path;
use std::process::Command;

/// The package `mainspring`, whole, for who makes projects that depend on it: paths in it, and texts.
pub use sdk::FILES as SDK;

/// The version of `componentize-py` that the SDK is made for. It brings the Python that a module contains.
const TOOL_VERSION: &str = "0.25.1";

/// What is done to that which the tool builds. Another word for it, and nothing built before is taken for what is built now.
const MENDED: &[u8] = b"lists";

/// The module that is built: it imports the author's.
const ENTRY: &str = "mainspring_entry";

/// Around what the SDK says of a build that failed; `mainspring._build.entry` prints these lines.
const SAID_BEGIN: &str = "--- mainspring: begin ---";
const SAID_END: &str = "--- mainspring: end ---";

pub(crate) fn build(source: &Path, options: &Options<'_>) -> Result<Built, Error> {
    let sources = Sources::of(source)?;
    let environment = Environment::of(source)?;
    let entry = entry(&sources);
    let mut key = Key::of("python")
        .with(TOOL_VERSION.as_bytes())
        .with(MENDED)
        .with(entry.as_bytes());
    for (_, text) in contract::FILES {
        key = key.with(text.as_bytes());
    }
    let key = sources.add_to(environment.add_to(key))?;
    let cache = Cache::of_user();
    let module = match cache.as_ref().and_then(|cache| cache.get(&key)) {
        Some(module) => module,
        None => {
            options.tell("importing the workflows with componentize-py");
            let module = componentize(&sources, &environment, &entry)?;
            if let Some(cache) = &cache {
                cache.put(&key, &module)?;
            }
            module
        }
    };
    Ok(Built {
        module,
        sources: sources.files,
        remarks: Vec::new(),
    })
}

pub(crate) fn check_types(source: &Path, options: &Options<'_>) -> Result<Types, Error> {
    types::check(source, options)
}

/// The file that exports the author's workflows. Directories are numbered as they are given to the tool: first that of
/// this file, then that of the author's.
fn entry(sources: &Sources) -> String {
    let literal = |text: &str| serde_json::Value::from(text).to_string();
    format!(
        "from mainspring._build.entry import load\n\nGuest = load({}, {{\"/1\": {}}})\n",
        literal(&sources.module),
        literal(&sources.shown)
    )
}

fn componentize(sources: &Sources, environment: &Environment, entry: &str) -> Result<Vec<u8>, Error> {
    let scratch = Scratch::new()?;
    let scratch = scratch.path();
    let entry_directory = scratch.join("entry");
    let entry_file = entry_directory.join(ENTRY).with_extension("py");
    std::fs::create_dir(&entry_directory)
        .and_then(|()| std::fs::write(&entry_file, entry))
        .map_err(|error| Error::writing(&entry_file, error))?;
    let output = scratch.join("module.wasm");
    let mut command = Command::new(&environment.componentize);
    command
        .arg("--quiet")
        .arg("--wit-path")
        .arg(contract::write(scratch)?)
        .args(["--world", "workflow", "componentize", ENTRY, "--stub-wasi"]);
    for directory in [&entry_directory, &sources.root, &environment.sdk(scratch)?] {
        command.arg("--python-path").arg(directory);
    }
    command.arg("--output").arg(&output);
    if let Some(directory) = &environment.directory {
        // Where the tool looks for the packages that the author has installed.
        command.env("VIRTUAL_ENV", directory);
    }
    let finished = tools::run(&mut command)?;
    if !finished.is_success {
        return Err(told(finished, sources));
    }
    let module = std::fs::read(&output).map_err(|error| Error::reading(&output, error))?;
    lists::mend(&module)
}

/// What the SDK said of the author's code, if it was that; otherwise, what the tool said.
fn told(finished: Finished, sources: &Sources) -> Error {
    let printed = finished.complaints();
    let said = printed
        .split_once(SAID_BEGIN)
        .and_then(|(_, rest)| rest.split_once(SAID_END))
        .map(|(said, _)| said.trim().to_owned());
    match said {
        Some(report) => Error::Source {
            what: format!("{} makes no module", sources.name),
            report,
            advice: None,
        },
        None => finished.into_error(),
    }
}
