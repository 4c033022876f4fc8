//! `mainspring module list`.

use crate::cli::connection::Connection;
use crate::cli::output::{Format, note, print, print_json};
use crate::cli::render::manifest;
use crate::cli::time::Viewpoint;
use crate::cli::{CliError, Exit, protojson};
use mainspring_api::modules::ListModulesRequest;

pub(super) async fn run(connection: &mut Connection, format: Format) -> Result<Exit, CliError> {
    let request = ListModulesRequest {
        namespace: connection.namespace.clone(),
    };
    let answer = connection.modules.list_modules(request).await?.into_inner();
    match format {
        Format::Json => {
            let json = |module| protojson::module_to_json("ModuleSummary", module);
            let values = answer.modules.iter().map(json).collect::<Result<_, _>>()?;
            print_json(&serde_json::Value::Array(values))?;
        }
        Format::Text if answer.modules.is_empty() => {
            note("no modules; push one with `mainspring module push MODULE.wasm`\n");
        }
        Format::Text => print(&manifest::list(&answer.modules, &Viewpoint::here()))?,
    }
    Ok(Exit::Done)
}
