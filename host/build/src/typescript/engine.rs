//! From a bundle to a module: the engine evaluates it, and is kept as it then stands.

use super::Project;
use crate::Error;
use crate::snapshot::{INITIALISER, Initialisable};
use std::path::Path;
use wit_component::ComponentEncoder;

/// Of the SDK's package: the engine, as Rust's compiler leaves it.
const ENGINE: &str = "runtime/quickjs.wasm";

pub(super) fn module_of(project: &Project, bundle: &str) -> Result<Vec<u8>, Error> {
    let path = project.package.join(ENGINE);
    let engine = std::fs::read(&path).map_err(|error| Error::reading(&path, error))?;
    let component = component_of(&path, &engine)?;
    let initialisable = Initialisable::new(&component)?;
    initialisable.snapshot(|store, instance| {
        let initialise = instance
            .get_typed_func::<(&str,), (Result<(), String>,)>(&mut *store, INITIALISER)
            .map_err(|error| damaged(&path, &format!("{error:#}")))?;
        match initialise.call(store, (bundle,)) {
            Ok((Ok(()),)) => Ok(()),
            Ok((Err(thrown),)) => Err(threw(project, &thrown)),
            Err(trap) => Err(threw(project, &format!("{trap:#}"))),
        }
    })
}

fn component_of(path: &Path, engine: &[u8]) -> Result<Vec<u8>, Error> {
    let encoder = ComponentEncoder::default().module(engine);
    let component = encoder.and_then(|encoder| encoder.validate(true).encode());
    component.map_err(|error| damaged(path, &format!("{error:#}")))
}

fn damaged(path: &Path, report: &str) -> Error {
    Error::Source {
        what: format!("{} is damaged", path.display()),
        report: report.to_owned(),
        advice: Some("install the npm package @mainspring/workflow anew".to_owned()),
    }
}

fn threw(project: &Project, report: &str) -> Error {
    Error::Source {
        what: format!(
            "{} throws when it is loaded, before any workflow runs",
            project.shown(&project.source)
        ),
        report: report.trim_end().to_owned(),
        advice: None,
    }
}
