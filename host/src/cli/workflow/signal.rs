//! `mainspring workflow signal`.

use super::many::OneOrMany;
use crate::cli::connection::{Connection, identity, request_id};
use crate::cli::output::{Format, print};
use crate::cli::{CliError, Exit, payload};
use mainspring_api::temporal::batch::v1::BatchOperationSignal;
use mainspring_api::temporal::common::v1::Payload;
use mainspring_api::temporal::workflowservice::v1::SignalWorkflowExecutionRequest;
use mainspring_api::temporal::workflowservice::v1::start_batch_operation_request::Operation;

#[derive(Debug, clap::Args)]
pub(super) struct SignalArgs {
    #[command(flatten)]
    workflow: OneOrMany,
    /// The signal's name.
    #[arg(long)]
    name: String,
    /// An argument, as JSON; once for each.
    #[arg(long, short = 'i', value_name = "JSON", value_parser = payload::from_json)]
    input: Vec<Payload>,
}

impl SignalArgs {
    pub(super) async fn run(self, connection: &mut Connection, format: Format) -> Result<Exit, CliError> {
        let workflow = match self.workflow.one() {
            Ok(one) => one,
            Err(many) => {
                let operation = Operation::SignalOperation(BatchOperationSignal {
                    signal: self.name,
                    input: payload::list(self.input),
                    identity: identity(),
                    ..Default::default()
                });
                return many.start(operation, String::new(), connection, format).await;
            }
        };
        let request = SignalWorkflowExecutionRequest {
            namespace: connection.namespace.clone(),
            workflow_execution: Some(workflow.execution()),
            signal_name: self.name.clone(),
            input: payload::list(self.input),
            identity: identity(),
            request_id: request_id(),
            ..Default::default()
        };
        connection.workflows.signal_workflow_execution(request).await?;
        if format == Format::Text {
            print(&format!("{} has the signal {}\n", workflow.workflow_id, self.name))?;
        }
        Ok(Exit::Done)
    }
}
