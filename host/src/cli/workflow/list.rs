//! `mainspring workflow list`.

use crate::cli::connection::Connection;
use crate::cli::output::{Format, note, print, print_json};
use crate::cli::render::description;
use crate::cli::time::Viewpoint;
use crate::cli::{CliError, Exit, protojson};
use mainspring_api::temporal::workflow::v1::WorkflowExecutionInfo;
use mainspring_api::temporal::workflowservice::v1::ListWorkflowExecutionsRequest;

#[derive(Debug, clap::Args)]
pub(super) struct ListArgs {
    /// Which ones, as in: WorkflowType = 'processOrder' AND ExecutionStatus = 'Failed' ORDER BY CloseTime DESC. Without an
    /// order, the latest start comes first.
    #[arg(long, short, default_value = "", hide_default_value = true, value_name = "FILTER")]
    query: String,
    /// How many at most.
    #[arg(long, short, default_value_t = 50, value_name = "NUMBER")]
    limit: usize,
}

const PAGE_ENTRIES_MAX: usize = 1_000;

impl ListArgs {
    pub(super) async fn run(self, connection: &mut Connection, format: Format) -> Result<Exit, CliError> {
        let (workflows, is_all) = self.read(connection).await?;
        match format {
            Format::Json => {
                let values = workflows.iter().map(protojson::to_json).collect::<Result<_, _>>()?;
                print_json(&serde_json::Value::Array(values))?;
            }
            Format::Text if workflows.is_empty() => note("no workflows\n"),
            Format::Text => {
                print(&description::list(&workflows, &Viewpoint::here()))?;
                if !is_all {
                    note(&format!(
                        "these are the first {}; there may be more (--limit)\n",
                        workflows.len()
                    ));
                }
            }
        }
        Ok(Exit::Done)
    }

    async fn read(&self, connection: &mut Connection) -> Result<(Vec<WorkflowExecutionInfo>, bool), CliError> {
        let mut found = Vec::new();
        let mut next_page_token = Vec::new();
        loop {
            let page_size = (self.limit - found.len()).min(PAGE_ENTRIES_MAX);
            if page_size == 0 {
                return Ok((found, false));
            }
            let request = ListWorkflowExecutionsRequest {
                namespace: connection.namespace.clone(),
                page_size: i32::try_from(page_size).unwrap_or(i32::MAX),
                next_page_token,
                query: self.query.clone(),
            };
            let page = connection
                .workflows
                .list_workflow_executions(request)
                .await?
                .into_inner();
            found.extend(page.executions.into_iter().take(page_size));
            next_page_token = page.next_page_token;
            if next_page_token.is_empty() {
                return Ok((found, true));
            }
        }
    }
}
