//! `mainspring workflow describe`.

use super::Selection;
use crate::cli::connection::Connection;
use crate::cli::output::{Format, print, print_json};
use crate::cli::render::description;
use crate::cli::time::Viewpoint;
use crate::cli::{CliError, Exit, protojson};
use mainspring_api::temporal::enums::v1::TaskQueueType;
use mainspring_api::temporal::taskqueue::v1::TaskQueue;
use mainspring_api::temporal::workflowservice::v1::{
    DescribeTaskQueueRequest, DescribeWorkflowExecutionRequest, DescribeWorkflowExecutionResponse,
};
use std::collections::BTreeSet;

#[derive(Debug, clap::Args)]
pub(super) struct DescribeArgs {
    #[command(flatten)]
    workflow: Selection,
}

impl DescribeArgs {
    pub(super) async fn run(self, connection: &mut Connection, format: Format) -> Result<Exit, CliError> {
        let request = DescribeWorkflowExecutionRequest {
            namespace: connection.namespace.clone(),
            execution: Some(self.workflow.execution()),
        };
        let described = connection.workflows.describe_workflow_execution(request).await?.into_inner();
        match format {
            Format::Json => print_json(&protojson::to_json(&described)?)?,
            Format::Text => {
                let deserted = deserted_queues(connection, &described).await?;
                print(&description::full(&described, &deserted, &Viewpoint::here()))?;
            }
        }
        Ok(Exit::Done)
    }
}

/// The task queues on which activities of the workflow wait, and that no worker polls.
async fn deserted_queues(
    connection: &mut Connection,
    described: &DescribeWorkflowExecutionResponse,
) -> Result<BTreeSet<String>, CliError> {
    let mut deserted = BTreeSet::new();
    for queue in description::waited_for_queues(described) {
        let request = DescribeTaskQueueRequest {
            namespace: connection.namespace.clone(),
            task_queue: Some(TaskQueue { name: queue.clone(), ..Default::default() }),
            task_queue_type: TaskQueueType::Activity.into(),
            ..Default::default()
        };
        let answer = connection.workflows.describe_task_queue(request).await?.into_inner();
        if answer.pollers.is_empty() {
            deserted.insert(queue);
        }
    }
    Ok(deserted)
}
