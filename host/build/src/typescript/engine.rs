//! From a bundle to a module: the engine evaluates it, and is kept as it then stands.

use super::Project;
use super::bundle::Bundle;
use crate::Error;
use crate::component::component_of;
use crate::snapshot::{INITIALISER, Initialisable};

/// Of the SDK's package: the engine, as Rust's compiler leaves it.
const ENGINE: &str = "runtime/quickjs.wasm";

/// The engine, which has no program yet.
pub(super) fn component(project: &Project) -> Result<Vec<u8>, Error> {
    let path = project.package.join(ENGINE);
    let engine = std::fs::read(&path).map_err(|error| Error::reading(&path, error))?;
    component_of(&engine, None).map_err(|report| damaged(project, report))
}

/// The engine after it has evaluated the bundle.
pub(super) fn evaluate(project: &Project, engine: &Initialisable<'_>, bundle: &Bundle) -> Result<Vec<u8>, Error> {
    engine.snapshot(|store, instance| {
        let initialise = instance
            .get_typed_func::<(&str, &[String], &[u8]), (Result<(), String>,)>(&mut *store, INITIALISER)
            .map_err(|error| damaged(project, format!("{error:#}")))?;
        match initialise.call(store, (&bundle.code, &bundle.names, &bundle.places)) {
            Ok((Ok(()),)) => Ok(()),
            Ok((Err(thrown),)) => Err(threw(project, &thrown)),
            Err(trap) => Err(threw(project, &format!("{trap:#}"))),
        }
    })
}

fn damaged(project: &Project, report: String) -> Error {
    Error::Source {
        what: format!("{} is damaged", project.package.join(ENGINE).display()),
        report,
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
