//! `mainspring workflow cancel`.

use super::many::OneOrMany;
use crate::cli::connection::{Connection, identity, request_id};
use crate::cli::output::{Format, print};
use crate::cli::{CliError, Exit};
use mainspring_api::temporal::batch::v1::BatchOperationCancellation;
use mainspring_api::temporal::workflowservice::v1::RequestCancelWorkflowExecutionRequest;
use mainspring_api::temporal::workflowservice::v1::start_batch_operation_request::Operation;

#[derive(Debug, clap::Args)]
pub(super) struct CancelArgs {
    #[command(flatten)]
    workflow: OneOrMany,
    /// Why; the workflow sees it.
    #[arg(long, default_value = "", hide_default_value = true)]
    reason: String,
}

impl CancelArgs {
    pub(super) async fn run(self, connection: &mut Connection, format: Format) -> Result<Exit, CliError> {
        let workflow = match self.workflow.one() {
            Ok(one) => one,
            Err(many) => {
                let operation = Operation::CancellationOperation(BatchOperationCancellation { identity: identity() });
                return many.start(operation, self.reason, connection, format).await;
            }
        };
        let request = RequestCancelWorkflowExecutionRequest {
            namespace: connection.namespace.clone(),
            workflow_execution: Some(workflow.execution()),
            identity: identity(),
            request_id: request_id(),
            reason: self.reason,
            ..Default::default()
        };
        connection.workflows.request_cancel_workflow_execution(request).await?;
        if format == Format::Text {
            print(&format!("{} is asked to cancel itself\n", workflow.workflow_id))?;
        }
        Ok(Exit::Done)
    }
}
