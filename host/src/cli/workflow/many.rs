//! Which workflows a command is meant for: one that is named, or all that a filter finds, as a batch operation.

use super::Selection;
use crate::cli::connection::{Connection, identity, request_id};
use crate::cli::output::{Format, note, print, print_json};
use crate::cli::{CliError, Exit};
use mainspring_api::temporal::workflowservice::v1::StartBatchOperationRequest;
use mainspring_api::temporal::workflowservice::v1::start_batch_operation_request::Operation;

/// One workflow, or many.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct OneOrMany {
    /// The workflow id.
    #[arg(required_unless_present = "query")]
    workflow_id: Option<String>,
    /// The run; the latest one if it is left out.
    #[arg(long, short, conflicts_with = "query")]
    run_id: Option<String>,
    /// Instead of one, all workflows that this finds, as for `list`. `mainspring batch` tells how far that is.
    #[arg(long, short, value_name = "FILTER", conflicts_with = "workflow_id")]
    query: Option<String>,
    /// With --query: how many a second at most.
    #[arg(long, value_name = "NUMBER", conflicts_with = "workflow_id")]
    per_second: Option<f32>,
}

/// All that a filter finds.
pub(super) struct Many {
    query: String,
    per_second: f32,
}

impl OneOrMany {
    /// The one that is named; otherwise which ones.
    pub(super) fn one(self) -> Result<Selection, Many> {
        match self.workflow_id {
            Some(workflow_id) => Ok(Selection {
                workflow_id,
                run_id: self.run_id,
            }),
            None => Err(Many {
                query: self.query.unwrap_or_default(),
                per_second: self.per_second.unwrap_or_default(),
            }),
        }
    }
}

impl Many {
    /// Starts it, and says by which id it goes on.
    pub(super) async fn start(
        self,
        operation: Operation,
        reason: String,
        connection: &mut Connection,
        format: Format,
    ) -> Result<Exit, CliError> {
        let job_id = request_id();
        let request = StartBatchOperationRequest {
            namespace: connection.namespace.clone(),
            visibility_query: self.query,
            job_id: job_id.clone(),
            // Servers ask for one.
            reason: if reason.is_empty() {
                format!("asked for by {}", identity())
            } else {
                reason
            },
            max_operations_per_second: self.per_second,
            operation: Some(operation),
            ..Default::default()
        };
        connection.workflows.start_batch_operation(request).await?;
        match format {
            Format::Json => print_json(&serde_json::json!({ "jobId": job_id }))?,
            Format::Text => {
                print(&format!("{job_id}\n"))?;
                note(&format!("`mainspring batch describe {job_id}` tells how far it is\n"));
            }
        }
        Ok(Exit::Done)
    }
}
