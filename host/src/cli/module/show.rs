//! `mainspring module show`.

use crate::cli::connection::Connection;
use crate::cli::output::{Format, print, print_json};
use crate::cli::render::manifest;
use crate::cli::time::Viewpoint;
use crate::cli::{CliError, Exit, protojson};
use mainspring_api::modules::DescribeModuleRequest;

#[derive(Debug, clap::Args)]
pub(super) struct ShowArgs {
    /// The module's name.
    name: String,
}

impl ShowArgs {
    pub(super) async fn run(self, connection: &mut Connection, format: Format) -> Result<Exit, CliError> {
        let request = DescribeModuleRequest {
            namespace: connection.namespace.clone(),
            name: self.name,
        };
        let module = connection.modules.describe_module(request).await?.into_inner();
        match format {
            Format::Json => print_json(&protojson::module_to_json("DescribeModuleResponse", &module)?)?,
            Format::Text => print(&manifest::full(&module, &Viewpoint::here()))?,
        }
        Ok(Exit::Done)
    }
}
