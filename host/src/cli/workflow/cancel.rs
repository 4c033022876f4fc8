//! `mainspring workflow cancel`.

use super::Selection;
use crate::cli::connection::{Connection, identity, request_id};
use crate::cli::output::{Format, print};
use crate::cli::{CliError, Exit};
use mainspring_api::temporal::workflowservice::v1::RequestCancelWorkflowExecutionRequest;

#[derive(Debug, clap::Args)]
pub(super) struct CancelArgs {
    #[command(flatten)]
    workflow: Selection,
    /// Why; the workflow sees it.
    #[arg(long, default_value = "", hide_default_value = true)]
    reason: String,
}

impl CancelArgs {
    pub(super) async fn run(self, connection: &mut Connection, format: Format) -> Result<Exit, CliError> {
        let request = RequestCancelWorkflowExecutionRequest {
            namespace: connection.namespace.clone(),
            workflow_execution: Some(self.workflow.execution()),
            identity: identity(),
            request_id: request_id(),
            reason: self.reason,
            ..Default::default()
        };
        connection.workflows.request_cancel_workflow_execution(request).await?;
        if format == Format::Text {
            print(&format!("{} is asked to cancel itself\n", self.workflow.workflow_id))?;
        }
        Ok(Exit::Done)
    }
}
