//! Modules in TypeScript: esbuild makes one file of the author's sources and the SDK, and what the JavaScript engine's memory holds once it has evaluated that file is what the module begins with.

mod bundle;
mod engine;
mod metafile;
mod source_map;
mod types;

use crate::snapshot::Initialisable;
use crate::{Built, Error, Options, Types, tools};
use std::path::{Path, PathBuf};

/// The SDK, as npm installs it.
const PACKAGE: &str = "node_modules/@mainspring/workflow";

pub(crate) fn build(source: &Path, options: &Options<'_>) -> Result<Built, Error> {
    let project = Project::of(source)?;
    let engine = engine::component(&project)?;
    // Neither needs the other, and the engine is what takes longest, the first time.
    let (bundle, engine) = std::thread::scope(|scope| {
        let compiling = scope.spawn(|| Initialisable::new(&engine));
        let bundle = bundle::bundle(&project, options);
        let engine = compiling
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        (bundle, engine)
    });
    let (bundle, engine) = (bundle?, engine?);
    options.tell("evaluating the bundle");
    let module = engine::evaluate(&project, &engine, &bundle)?;
    Ok(Built {
        module,
        sources: bundle.sources,
        remarks: Vec::new(),
    })
}

pub(crate) fn check_types(source: &Path, options: &Options<'_>) -> Result<Types, Error> {
    types::check(&Project::of(source)?, options)
}

/// Where the author's things are.
struct Project {
    /// The file with the workflows.
    source: PathBuf,
    /// The nearest directory above it with a `package.json`; stack traces name files from here on.
    root: PathBuf,
    /// The SDK's.
    package: PathBuf,
}

impl Project {
    fn of(source: &Path) -> Result<Self, Error> {
        let package = tools::find_upwards(source, &[PACKAGE.into()]).ok_or_else(|| Error::Missing {
            what: "the npm package @mainspring/workflow".to_owned(),
            advice:
                "install it in the project of the workflows with `npm install`; `mainspring init typescript` makes a \
                     project that has it"
                    .to_owned(),
        })?;
        let source = std::fs::canonicalize(source).map_err(|error| Error::reading(source, error))?;
        let manifest = tools::find_upwards(&source, &["package.json".into()]);
        let root = manifest
            .as_deref()
            .unwrap_or(&source)
            .parent()
            .unwrap_or(Path::new("/"));
        Ok(Self {
            root: root.to_owned(),
            source,
            package: std::fs::canonicalize(&package).map_err(|error| Error::reading(&package, error))?,
        })
    }

    /// A path as the author would write it.
    fn shown(&self, path: &Path) -> String {
        path.strip_prefix(&self.root).unwrap_or(path).display().to_string()
    }
}
