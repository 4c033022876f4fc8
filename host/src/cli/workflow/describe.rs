//! `mainspring workflow describe`.

use super::Selection;
use super::history::HistoryReader;
use crate::cli::connection::Connection;
use crate::cli::output::{Format, print, print_json};
use crate::cli::render::description;
use crate::cli::time::Viewpoint;
use crate::cli::{CliError, Exit, protojson};
use mainspring_api::temporal::common::v1::WorkflowExecution;
use mainspring_api::temporal::history::v1::HistoryEvent;
use mainspring_api::temporal::workflowservice::v1::{
    DescribeWorkflowExecutionRequest, DescribeWorkflowExecutionResponse,
};

#[derive(Debug, clap::Args)]
pub(super) struct DescribeArgs {
    #[command(flatten)]
    workflow: Selection,
}

impl DescribeArgs {
    pub(super) async fn run(self, connection: &mut Connection, format: Format) -> Result<Exit, CliError> {
        let described = describe(connection, self.workflow.execution()).await?;
        match format {
            Format::Json => print_json(&protojson::to_json(&described)?)?,
            Format::Text => {
                let history = history(connection, &described).await?;
                print(&description::full(&described, &history, &Viewpoint::here()))?;
            }
        }
        Ok(Exit::Done)
    }
}

/// The events of a run that is open: they say which timers run.
async fn history(
    connection: &mut Connection,
    described: &DescribeWorkflowExecutionResponse,
) -> Result<Vec<HistoryEvent>, CliError> {
    let info = described.workflow_execution_info.as_ref();
    let execution = info
        .filter(|it| it.close_time.is_none())
        .and_then(|it| it.execution.clone());
    let mut events = Vec::new();
    if let Some(execution) = execution {
        let mut reader = HistoryReader::so_far(connection, execution);
        while let Some(page) = reader.next(connection).await? {
            events.extend(page);
        }
    }
    Ok(events)
}

/// What the server knows of a run.
pub(super) async fn describe(
    connection: &mut Connection,
    execution: WorkflowExecution,
) -> Result<DescribeWorkflowExecutionResponse, CliError> {
    let namespace = connection.namespace.clone();
    let request = DescribeWorkflowExecutionRequest {
        namespace,
        execution: Some(execution),
    };
    Ok(connection
        .workflows
        .describe_workflow_execution(request)
        .await?
        .into_inner())
}

/// The run that is meant, with its run id. Whatever starts meanwhile, it stays this one.
pub(super) async fn pin(
    connection: &mut Connection,
    execution: WorkflowExecution,
) -> Result<WorkflowExecution, CliError> {
    if !execution.run_id.is_empty() {
        return Ok(execution);
    }
    let described = describe(connection, execution.clone()).await?;
    Ok(described
        .workflow_execution_info
        .and_then(|info| info.execution)
        .unwrap_or(execution))
}
