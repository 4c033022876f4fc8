//! `mainspring module push`.

use super::ModuleFile;
use crate::cli::connection::Connection;
use crate::cli::output::{Format, print, print_json};
use crate::cli::render::manifest;
use crate::cli::render::style::{FAINT, GOOD, HEADING};
use crate::cli::{CliError, Exit, protojson};
use mainspring_api::limits::MODULE_CHUNK_BYTES;
use mainspring_api::modules::push_module_request::Part;
use mainspring_api::modules::{PushModuleHeader, PushModuleRequest, PushModuleResponse};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(super) struct PushArgs {
    /// The module.
    file: PathBuf,
    /// Its name; the file's name without its ending if this is left out.
    #[arg(long)]
    name: Option<String>,
}

impl PushArgs {
    pub(super) async fn run(self, connection: &mut Connection, format: Format) -> Result<Exit, CliError> {
        let ModuleFile { name, bytes } = ModuleFile::read(&self.file)?;
        let header = PushModuleHeader {
            namespace: connection.namespace.clone(),
            name: self.name.unwrap_or(name),
        };
        let chunks: Vec<_> = (0..bytes.len())
            .step_by(MODULE_CHUNK_BYTES)
            .map(|at| Part::Chunk(bytes.slice(at..bytes.len().min(at + MODULE_CHUNK_BYTES))))
            .collect();
        let parts = std::iter::once(Part::Header(header)).chain(chunks);
        let requests = futures::stream::iter(parts.map(|part| PushModuleRequest { part: Some(part) }));
        let pushed = connection.modules.push_module(requests).await?.into_inner();
        match format {
            Format::Json => print_json(&protojson::module_to_json("PushModuleResponse", &pushed)?)?,
            Format::Text => print(&told(&pushed))?,
        }
        Ok(Exit::Done)
    }
}

fn told(pushed: &PushModuleResponse) -> String {
    let what = if pushed.unchanged {
        "unchanged:".to_owned()
    } else {
        GOOD.paint("pushed")
    };
    let digest = pushed
        .version
        .as_ref()
        .map(|it| manifest::short(&it.digest))
        .unwrap_or_default();
    let types = pushed
        .manifest
        .as_ref()
        .map(manifest::workflow_types)
        .unwrap_or_default();
    let version = FAINT.paint(format_args!("version {digest}"));
    format!(
        "{what} {}  {version}\n  workflow types: {types}\n",
        HEADING.paint(&pushed.name)
    )
}
