//! `mainspring workflow count`.

use crate::cli::connection::Connection;
use crate::cli::output::{Format, print, print_json};
use crate::cli::{CliError, Exit, protojson};
use mainspring_api::temporal::workflowservice::v1::CountWorkflowExecutionsRequest;

#[derive(Debug, clap::Args)]
pub(super) struct CountArgs {
    /// Which ones, as for `list`. With GROUP BY ExecutionStatus, how many have which status.
    #[arg(long, short, default_value = "", hide_default_value = true, value_name = "FILTER")]
    query: String,
}

impl CountArgs {
    pub(super) async fn run(self, connection: &mut Connection, format: Format) -> Result<Exit, CliError> {
        let request = CountWorkflowExecutionsRequest {
            namespace: connection.namespace.clone(),
            query: self.query,
        };
        let counted = connection.workflows.count_workflow_executions(request).await?;
        let counted = counted.into_inner();
        match format {
            Format::Json => print_json(&protojson::to_json(&counted)?)?,
            Format::Text => {
                print(&format!("{}\n", counted.count))?;
                for group in &counted.groups {
                    let values = group.group_values.iter();
                    let name: String = values.map(|value| String::from_utf8_lossy(&value.data)).collect();
                    print(&format!("{} {}\n", name.trim_matches('"'), group.count))?;
                }
            }
        }
        Ok(Exit::Done)
    }
}
