//! `mainspring module check`: what a server would say of a module.

use super::{ModuleFile, inspect};
use crate::cli::output::{Format, print, print_json};
use crate::cli::render::manifest;
use crate::cli::render::style::{FAINT, GOOD};
use crate::cli::{CliError, Exit, protojson};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(super) struct CheckArgs {
    /// The module.
    file: PathBuf,
}

impl CheckArgs {
    pub(super) async fn run(self, format: Format) -> Result<Exit, CliError> {
        let path = self.file.display().to_string();
        let file = ModuleFile::read(&self.file)?;
        let inspecting = tokio::task::spawn_blocking(move || inspect(file.bytes));
        let module = inspecting.await.map_err(|error| CliError::failed(&error))??;
        match format {
            Format::Json => print_json(&serde_json::json!({
                "digest": module.digest,
                "sizeBytes": module.size_bytes(),
                "manifest": protojson::module_to_json("Manifest", &module.manifest)?,
            }))?,
            Format::Text => {
                let size = manifest::size_of(module.size_bytes());
                let facts = FAINT.paint(format_args!(
                    "{size} as a component, version {}",
                    manifest::short(&module.digest)
                ));
                let contents = manifest::contents(&module.manifest);
                print(&format!("{} {path}  {facts}\n{contents}", GOOD.paint("good:")))?;
            }
        }
        Ok(Exit::Done)
    }
}
