//! `mainspring workflow resume`.

use super::Selection;
use crate::cli::connection::{Connection, identity, request_id};
use crate::cli::output::{Format, print};
use crate::cli::{CliError, Exit};
use mainspring_api::temporal::workflowservice::v1::UnpauseWorkflowExecutionRequest;

#[derive(Debug, clap::Args)]
pub(super) struct ResumeArgs {
    #[command(flatten)]
    workflow: Selection,
    /// Why; its history shows it.
    #[arg(long, default_value = "", hide_default_value = true)]
    reason: String,
}

impl ResumeArgs {
    pub(super) async fn run(self, connection: &mut Connection, format: Format) -> Result<Exit, CliError> {
        let execution = self.workflow.execution();
        let request = UnpauseWorkflowExecutionRequest {
            namespace: connection.namespace.clone(),
            workflow_id: execution.workflow_id,
            run_id: execution.run_id,
            identity: identity(),
            reason: self.reason,
            request_id: request_id(),
        };
        connection.workflows.unpause_workflow_execution(request).await?;
        if format == Format::Text {
            print(&format!("{} goes on\n", self.workflow.workflow_id))?;
        }
        Ok(Exit::Done)
    }
}
