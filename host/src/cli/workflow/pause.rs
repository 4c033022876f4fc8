//! `mainspring workflow pause`.

use super::Selection;
use crate::cli::connection::{Connection, identity, request_id};
use crate::cli::output::{Format, print};
use crate::cli::{CliError, Exit};
use mainspring_api::temporal::workflowservice::v1::PauseWorkflowExecutionRequest;

#[derive(Debug, clap::Args)]
pub(super) struct PauseArgs {
    #[command(flatten)]
    workflow: Selection,
    /// Why; its history shows it.
    #[arg(long, default_value = "", hide_default_value = true)]
    reason: String,
}

impl PauseArgs {
    pub(super) async fn run(self, connection: &mut Connection, format: Format) -> Result<Exit, CliError> {
        let execution = self.workflow.execution();
        let request = PauseWorkflowExecutionRequest {
            namespace: connection.namespace.clone(),
            workflow_id: execution.workflow_id,
            run_id: execution.run_id,
            identity: identity(),
            reason: self.reason,
            request_id: request_id(),
        };
        connection.workflows.pause_workflow_execution(request).await?;
        if format == Format::Text {
            print(&format!("{} is paused\n", self.workflow.workflow_id))?;
        }
        Ok(Exit::Done)
    }
}
