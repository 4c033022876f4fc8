//! Workflow modules in other languages than Rust, built by the program that was just built.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;

use crate::setup::Tools;
use crate::workspace::Workspace;
use crate::{command, console};

/// A language, as far as building it takes to know.
struct Language {
    name: &'static str,
    /// Of its sources.
    extension: &'static str,
    /// What a directory has in it that is a source as a whole, where that is so.
    project: Option<&'static str>,
    /// What every module in it is made of, too.
    sdk: &'static str,
}

const LANGUAGES: [Language; 3] = [
    Language {
        name: "typescript",
        extension: "ts",
        project: None,
        sdk: "guest-sdk/typescript",
    },
    Language {
        name: "python",
        extension: "py",
        project: None,
        sdk: "guest-sdk/python",
    },
    Language {
        name: "go",
        extension: "go",
        project: Some("go.mod"),
        sdk: "guest-sdk/go",
    },
];

/// Where an example has its workflows, in `workflow-LANGUAGE`; without the ending.
const WORKFLOWS: [&str; 2] = ["workflows", "src/workflows"];

/// What decides what `mainspring build` makes of a source.
const BUILDER: [&str; 2] = ["host/build", "wit"];

/// Not sources; and some of them change while one looks.
const SKIPPED: [&str; 6] = ["node_modules", "dist", "target", "__pycache__", ".venv", ".mypy_cache"];

/// Builds every guest in another language than Rust into the directory of modules: `tests/guests/LANGUAGE/NAME.ts` as
/// `LANGUAGE_NAME.wasm` (and all of `tests/guests/go`, which are one module, as `go_guests.wasm`), and
/// `examples/NAME/workflow-LANGUAGE` as `NAME_LANGUAGE.wasm`. One whose sources are as they were
/// when it was built last is left as it is: a module in Python takes a quarter of a minute.
pub(crate) fn build_others(workspace: &Workspace, tools: &Tools, program: &Path, modules: &Path) -> anyhow::Result<()> {
    for language in &LANGUAGES {
        for (name, source) in language.guests(workspace)? {
            let module = modules.join(format!("{name}.wasm"));
            let stamp = modules.join(format!("{name}.built-of"));
            let wanted = language.fingerprint(workspace, &source)?;
            let built = std::fs::read_to_string(&stamp).unwrap_or_default();
            if built == wanted && module.is_file() {
                continue;
            }
            console::step(&format!("building {name}.wasm"));
            let mut build = Command::new(program);
            build.arg("build").arg(&source).arg("--out").arg(&module);
            command::run(tools.on_path(&mut build))?;
            std::fs::write(&stamp, wanted).with_context(|| format!("cannot write {}", stamp.display()))?;
        }
    }
    Ok(())
}

impl Language {
    /// Names of modules, with their sources.
    fn guests(&self, workspace: &Workspace) -> anyhow::Result<Vec<(String, PathBuf)>> {
        let mut guests = Vec::new();
        let own = workspace.root().join("tests/guests").join(self.name);
        if self.is_project(&own) {
            guests.push((format!("{}_guests", self.name), own));
        } else {
            for source in entries(&own)? {
                if let Some(stem) = self.stem(&source) {
                    guests.push((format!("{}_{stem}", self.name), source));
                }
            }
        }
        for example in entries(&workspace.root().join("examples"))? {
            let directory = example.join(format!("workflow-{}", self.name));
            let places = WORKFLOWS.map(|place| directory.join(place).with_extension(self.extension));
            let file = places.into_iter().find(|place| place.is_file());
            let source = file.or_else(|| self.is_project(&directory).then_some(directory));
            if let (Some(source), Some(stem)) = (source, example.file_name().and_then(|name| name.to_str())) {
                guests.push((format!("{}_{}", stem.replace('-', "_"), self.name), source));
            }
        }
        Ok(guests)
    }

    fn is_project(&self, directory: &Path) -> bool {
        self.project.is_some_and(|file| directory.join(file).is_file())
    }

    fn stem<'a>(&self, file: &'a Path) -> Option<&'a str> {
        let is_source = file.is_file() && file.extension().is_some_and(|it| it == self.extension);
        // Configuration of tools, and what only declares types, is no workflow.
        let stem = file.file_stem().and_then(|stem| stem.to_str());
        stem.filter(|stem| is_source && !stem.contains('.') && !stem.starts_with('_'))
    }

    /// The same as long as nothing has changed that the module depends on.
    fn fingerprint(&self, workspace: &Workspace, source: &Path) -> anyhow::Result<String> {
        let directory = if source.is_dir() { Some(source) } else { source.parent() };
        let of_source = directory.map(Path::to_owned);
        let shared = BUILDER.iter().chain([&self.sdk]).map(|it| workspace.root().join(it));
        let mut hasher = DefaultHasher::new();
        for directory in of_source.into_iter().chain(shared) {
            hash_files(&directory, &mut hasher)?;
        }
        Ok(format!("{:016x}", hasher.finish()))
    }
}

fn hash_files(directory: &Path, hasher: &mut DefaultHasher) -> anyhow::Result<()> {
    for path in entries(directory)? {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if SKIPPED.contains(&name) {
            continue;
        }
        if path.is_dir() {
            hash_files(&path, hasher)?;
        } else {
            let content = std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
            (&path, content).hash(hasher);
        }
    }
    Ok(())
}

/// What is in a directory, in order; nothing if there is no such directory.
fn entries(directory: &Path) -> anyhow::Result<Vec<PathBuf>> {
    if !directory.is_dir() {
        return Ok(Vec::new());
    }
    let cannot = || format!("cannot read {}", directory.display());
    let entries = std::fs::read_dir(directory).with_context(cannot)?;
    let paths: Result<Vec<_>, _> = entries.map(|entry| entry.map(|entry| entry.path())).collect();
    let mut paths = paths.with_context(cannot)?;
    paths.sort();
    Ok(paths)
}
