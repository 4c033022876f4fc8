//! `mainspring module check`: what a server would say of a module.

use super::ModuleFile;
use crate::cli::output::{Format, print, print_json};
use crate::cli::render::manifest;
use crate::cli::render::style::{FAINT, GOOD};
use crate::cli::{CliError, Exit, protojson};
use mainspring::wasm::{Manifest, Modules, WasmSettings, accept};
use mainspring_api::modules as wire;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(super) struct CheckArgs {
    /// The module.
    file: PathBuf,
}

/// One is enough to have the module describe itself.
const INSTANCES_MAX: u32 = 1;

impl CheckArgs {
    pub(super) async fn run(self, format: Format) -> Result<Exit, CliError> {
        let path = self.file.display().to_string();
        let file = ModuleFile::read(&self.file)?;
        let checking = tokio::task::spawn_blocking(move || check(file));
        let (digest, size_bytes, manifest) = checking.await.map_err(|error| CliError::failed(&error))??;
        match format {
            Format::Json => print_json(&serde_json::json!({
                "digest": digest,
                "sizeBytes": size_bytes,
                "manifest": protojson::module_to_json("Manifest", &manifest)?,
            }))?,
            Format::Text => {
                let size = manifest::size_of(size_bytes);
                let facts = FAINT.paint(format_args!(
                    "{size} as a component, version {}",
                    manifest::short(&digest)
                ));
                let contents = manifest::contents(&manifest);
                print(&format!("{} {path}  {facts}\n{contents}", GOOD.paint("good:")))?;
            }
        }
        Ok(Exit::Done)
    }
}

fn check(file: ModuleFile) -> Result<(String, u64, wire::Manifest), CliError> {
    let refused = |error: &dyn std::error::Error| CliError::failed(error).exiting(Exit::Refused);
    let mut settings = WasmSettings::default();
    settings.limits.instances_max = INSTANCES_MAX;
    let accepted = accept(file.bytes, &settings.limits).map_err(|error| refused(&error))?;
    let modules = Modules::new(settings, None).map_err(|error| CliError::failed(&error))?;
    let loaded = modules
        .load_here(accepted.digest, &accepted.component)
        .map_err(|error| refused(&error))?;
    Ok((
        accepted.digest.to_string(),
        accepted.component.len() as u64,
        to_wire(loaded.manifest()),
    ))
}

fn to_wire(manifest: &Manifest) -> wire::Manifest {
    let handlers = |handlers: &[mainspring::wasm::HandlerDefinition]| {
        let handler = |it: &mainspring::wasm::HandlerDefinition| wire::HandlerDefinition {
            name: it.name.clone(),
            description: it.description.clone(),
        };
        handlers.iter().map(handler).collect()
    };
    let workflow = |it: &mainspring::wasm::WorkflowDefinition| wire::WorkflowDefinition {
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
