//! `mainspring workflow signal`.

use super::Selection;
use crate::cli::connection::{Connection, identity, request_id};
use crate::cli::output::{Format, print};
use crate::cli::{CliError, Exit, payload};
use mainspring_api::temporal::common::v1::Payload;
use mainspring_api::temporal::workflowservice::v1::SignalWorkflowExecutionRequest;

#[derive(Debug, clap::Args)]
pub(super) struct SignalArgs {
    #[command(flatten)]
    workflow: Selection,
    /// The signal's name.
    #[arg(long)]
    name: String,
    /// An argument, as JSON; once for each.
    #[arg(long, short = 'i', value_name = "JSON", value_parser = payload::from_json)]
    input: Vec<Payload>,
}

impl SignalArgs {
    pub(super) async fn run(self, connection: &mut Connection, format: Format) -> Result<Exit, CliError> {
        let request = SignalWorkflowExecutionRequest {
            namespace: connection.namespace.clone(),
            workflow_execution: Some(self.workflow.execution()),
            signal_name: self.name.clone(),
            input: payload::list(self.input),
            identity: identity(),
            request_id: request_id(),
            ..Default::default()
        };
        connection.workflows.signal_workflow_execution(request).await?;
        if format == Format::Text {
            print(&format!("{} has the signal {}\n", self.workflow.workflow_id, self.name))?;
        }
        Ok(Exit::Done)
    }
}
