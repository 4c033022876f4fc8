//! Looking at a module as a server would, without one.

use crate::cli::{CliError, Exit, compiled};
use bytes::Bytes;
use mainspring::wasm::{
    AcceptedModule, HandlerDefinition, Manifest, Modules, WasmSettings, WorkflowDefinition, accept,
};
use mainspring_api::modules as wire;

/// A module that a server would take.
#[derive(Debug)]
pub(crate) struct Inspected {
    /// As the server would keep it.
    pub(crate) component: Bytes,
    /// Its version.
    pub(crate) digest: String,
    pub(crate) manifest: wire::Manifest,
}

impl Inspected {
    pub(crate) fn size_bytes(&self) -> u64 {
        self.component.len() as u64
    }
}

/// The same, ready to be run.
pub(crate) struct Loaded {
    pub(crate) accepted: AcceptedModule,
    pub(crate) modules: Modules,
    manifest: wire::Manifest,
}

/// One at a time is enough to have the module describe itself, or to replay histories one after the other.
const INSTANCES_MAX: u32 = 1;

/// Takes a module, compiles it, and has it describe itself; or says why a server would refuse it.
pub(crate) fn load(module: Bytes) -> Result<Loaded, CliError> {
    let refused = |error: &dyn std::error::Error| CliError::failed(error).exiting(Exit::Refused);
    let mut settings = WasmSettings::default();
    settings.limits.instances_max = INSTANCES_MAX;
    // Whoever asked waits, and trusts what this user compiles.
    settings.compile_in_parallel = true;
    settings.reuse_functions = true;
    let accepted = accept(module, &settings.limits).map_err(|error| refused(&error))?;
    let modules = Modules::new(settings, compiled::open()).map_err(|error| CliError::failed(&error))?;
    let loaded = modules
        .load_here(accepted.digest, &accepted.component)
        .map_err(|error| refused(&error))?;
    Ok(Loaded {
        manifest: to_wire(loaded.manifest()),
        accepted,
        modules,
    })
}

/// The same for who only wants to know.
pub(crate) fn inspect(module: Bytes) -> Result<Inspected, CliError> {
    let Loaded { accepted, manifest, .. } = load(module)?;
    Ok(Inspected {
        digest: accepted.digest.to_string(),
        component: accepted.component,
        manifest,
    })
}

fn to_wire(manifest: &Manifest) -> wire::Manifest {
    let handlers = |handlers: &[HandlerDefinition]| {
        let handler = |it: &HandlerDefinition| wire::HandlerDefinition {
            name: it.name.clone(),
            description: it.description.clone(),
        };
        handlers.iter().map(handler).collect()
    };
    let workflow = |it: &WorkflowDefinition| wire::WorkflowDefinition {
        name: it.name.clone(),
        description: it.description.clone(),
        signals: handlers(&it.signals),
        queries: handlers(&it.queries),
        updates: handlers(&it.updates),
    };
    wire::Manifest {
        sdk: manifest.sdk.clone(),
        workflows: manifest.workflows.iter().map(workflow).collect(),
    }
}
