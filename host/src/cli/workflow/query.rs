//! `mainspring workflow query`.

use super::Selection;
use crate::cli::connection::Connection;
use crate::cli::output::{Format, print_json};
use crate::cli::{CliError, Exit, payload};
use mainspring_api::temporal::common::v1::Payload;
use mainspring_api::temporal::query::v1::WorkflowQuery;
use mainspring_api::temporal::workflowservice::v1::QueryWorkflowRequest;

#[derive(Debug, clap::Args)]
pub(super) struct QueryArgs {
    #[command(flatten)]
    workflow: Selection,
    /// The query's name.
    #[arg(long = "type", short = 't', visible_alias = "name", value_name = "NAME")]
    query_type: String,
    /// An argument, as JSON; once for each.
    #[arg(long, short = 'i', value_name = "JSON", value_parser = payload::from_json)]
    input: Vec<Payload>,
}

impl QueryArgs {
    /// The answer is JSON for people as well as for scripts.
    pub(super) async fn run(self, connection: &mut Connection, _format: Format) -> Result<Exit, CliError> {
        let request = QueryWorkflowRequest {
            namespace: connection.namespace.clone(),
            execution: Some(self.workflow.execution()),
            query: Some(WorkflowQuery {
                query_type: self.query_type,
                query_args: payload::list(self.input),
                ..Default::default()
            }),
            ..Default::default()
        };
        let answer = connection.workflows.query_workflow(request).await?.into_inner();
        print_json(&payload::list_to_value(answer.query_result.as_ref()))?;
        Ok(Exit::Done)
    }
}
