//! `mainspring workflow terminate`.

use super::many::OneOrMany;
use crate::cli::connection::{Connection, identity};
use crate::cli::output::{Format, print};
use crate::cli::{CliError, Exit};
use mainspring_api::temporal::batch::v1::BatchOperationTermination;
use mainspring_api::temporal::workflowservice::v1::TerminateWorkflowExecutionRequest;
use mainspring_api::temporal::workflowservice::v1::start_batch_operation_request::Operation;

#[derive(Debug, clap::Args)]
pub(super) struct TerminateArgs {
    #[command(flatten)]
    workflow: OneOrMany,
    /// Why; its history shows it.
    #[arg(long, default_value = "", hide_default_value = true)]
    reason: String,
}

impl TerminateArgs {
    pub(super) async fn run(self, connection: &mut Connection, format: Format) -> Result<Exit, CliError> {
        let workflow = match self.workflow.one() {
            Ok(one) => one,
            Err(many) => {
                let operation = Operation::TerminationOperation(BatchOperationTermination {
                    identity: identity(),
                    ..Default::default()
                });
                return many.start(operation, self.reason, connection, format).await;
            }
        };
        let request = TerminateWorkflowExecutionRequest {
            namespace: connection.namespace.clone(),
            workflow_execution: Some(workflow.execution()),
            reason: self.reason,
            identity: identity(),
            ..Default::default()
        };
        connection.workflows.terminate_workflow_execution(request).await?;
        if format == Format::Text {
            print(&format!("{} is terminated\n", workflow.workflow_id))?;
        }
        Ok(Exit::Done)
    }
}
