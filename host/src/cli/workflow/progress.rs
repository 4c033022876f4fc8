//! The line that shows, while somebody waits, what a workflow is doing.

use crate::cli::connection::Connection;
use indicatif::{ProgressBar, ProgressStyle};
use mainspring_api::temporal::common::v1::WorkflowExecution;
use mainspring_api::temporal::workflowservice::v1::{
    DescribeWorkflowExecutionRequest, DescribeWorkflowExecutionResponse,
};
use std::time::Duration;
use tokio::task::JoinHandle;

/// Quick workflows end before anything is shown.
const PATIENCE: Duration = Duration::from_millis(400);
const REFRESH: Duration = Duration::from_secs(1);

/// A line on standard error, as long as this lives and only if that is a terminal.
pub(super) struct Progress {
    line: ProgressBar,
    refreshing: JoinHandle<()>,
}

impl Progress {
    pub(super) fn show(connection: Connection, workflow_id: String) -> Self {
        let line = ProgressBar::new_spinner();
        // Cannot fail: the template is fixed. A test would see it.
        if let Ok(style) = ProgressStyle::with_template("{spinner:.cyan} {msg} {elapsed:.dim}") {
            line.set_style(style);
        }
        let refreshing = tokio::spawn(refresh(line.clone(), connection, workflow_id));
        Self { line, refreshing }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.refreshing.abort();
        self.line.finish_and_clear();
    }
}

async fn refresh(line: ProgressBar, mut connection: Connection, workflow_id: String) {
    tokio::time::sleep(PATIENCE).await;
    if line.is_hidden() {
        return;
    }
    line.set_message(format!("{workflow_id} is running"));
    line.enable_steady_tick(Duration::from_millis(100));
    loop {
        let request = DescribeWorkflowExecutionRequest {
            namespace: connection.namespace.clone(),
            execution: Some(WorkflowExecution {
                workflow_id: workflow_id.clone(),
                ..Default::default()
            }),
        };
        // If it cannot be told what the workflow does, the wait for its result says why.
        if let Ok(described) = connection.workflows.describe_workflow_execution(request).await {
            line.set_message(activity(&workflow_id, described.get_ref()));
        }
        tokio::time::sleep(REFRESH).await;
    }
}

fn activity(workflow_id: &str, described: &DescribeWorkflowExecutionResponse) -> String {
    if crate::cli::render::description::blocked(described).is_some() {
        return format!("{workflow_id} is blocked; see `mainspring workflow describe {workflow_id}`");
    }
    let events = described
        .workflow_execution_info
        .as_ref()
        .map_or(0, |info| info.history_length);
    match described.pending_activities.as_slice() {
        [] if !described.pending_children.is_empty() => {
            let children = described.pending_children.len();
            let children = if children == 1 {
                "a child".to_owned()
            } else {
                format!("{children} children")
            };
            format!("{workflow_id} waits for {children}, {events} events")
        }
        [] => format!("{workflow_id} is running, {events} events"),
        [activity, others @ ..] => {
            let name = activity
                .activity_type
                .as_ref()
                .map(|it| it.name.as_str())
                .unwrap_or_default();
            let attempt = if activity.attempt > 1 {
                format!(" (attempt {})", activity.attempt)
            } else {
                String::new()
            };
            let more = if others.is_empty() {
                String::new()
            } else {
                format!(" and {} more", others.len())
            };
            format!("{workflow_id} waits for {name}{attempt}{more}, {events} events")
        }
    }
}
