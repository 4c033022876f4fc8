//! `mainspring workflow delete`.

use super::many::OneOrMany;
use crate::cli::connection::{Connection, identity};
use crate::cli::output::{Format, print};
use crate::cli::{CliError, Exit};
use mainspring_api::temporal::batch::v1::BatchOperationDeletion;
use mainspring_api::temporal::workflowservice::v1::DeleteWorkflowExecutionRequest;
use mainspring_api::temporal::workflowservice::v1::start_batch_operation_request::Operation;

#[derive(Debug, clap::Args)]
pub(super) struct DeleteArgs {
    #[command(flatten)]
    workflow: OneOrMany,
    /// Why, with --query.
    #[arg(long, default_value = "", hide_default_value = true, conflicts_with = "workflow_id")]
    reason: String,
}

impl DeleteArgs {
    pub(super) async fn run(self, connection: &mut Connection, format: Format) -> Result<Exit, CliError> {
        let workflow = match self.workflow.one() {
            Ok(one) => one,
            Err(many) => {
                let operation = Operation::DeletionOperation(BatchOperationDeletion { identity: identity() });
                return many.start(operation, self.reason, connection, format).await;
            }
        };
        let request = DeleteWorkflowExecutionRequest {
            namespace: connection.namespace.clone(),
            workflow_execution: Some(workflow.execution()),
        };
        connection.workflows.delete_workflow_execution(request).await?;
        if format == Format::Text {
            print(&format!("{} is deleted\n", workflow.workflow_id))?;
        }
        Ok(Exit::Done)
    }
}
