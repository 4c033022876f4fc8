//! `mainspring workflow terminate`.

use super::Selection;
use crate::cli::connection::{Connection, identity};
use crate::cli::output::{Format, print};
use crate::cli::{CliError, Exit};
use mainspring_api::temporal::workflowservice::v1::TerminateWorkflowExecutionRequest;

#[derive(Debug, clap::Args)]
pub(super) struct TerminateArgs {
    #[command(flatten)]
    workflow: Selection,
    /// Why; its history shows it.
    #[arg(long, default_value = "", hide_default_value = true)]
    reason: String,
}

impl TerminateArgs {
    pub(super) async fn run(self, connection: &mut Connection, format: Format) -> Result<Exit, CliError> {
        let request = TerminateWorkflowExecutionRequest {
            namespace: connection.namespace.clone(),
            workflow_execution: Some(self.workflow.execution()),
            reason: self.reason,
            identity: identity(),
            ..Default::default()
        };
        connection.workflows.terminate_workflow_execution(request).await?;
        if format == Format::Text {
            print(&format!("{} is terminated\n", self.workflow.workflow_id))?;
        }
        Ok(Exit::Done)
    }
}
