//! `mainspring workflow update`.

use super::Selection;
use crate::cli::connection::{Connection, identity, request_id};
use crate::cli::output::{Format, note, print, print_json};
use crate::cli::render::failure;
use crate::cli::render::style::BAD;
use crate::cli::{CliError, Exit, payload, protojson};
use mainspring_api::temporal::common::v1::Payload;
use mainspring_api::temporal::enums::v1::UpdateWorkflowExecutionLifecycleStage as Stage;
use mainspring_api::temporal::update::v1::{Input, Meta, Outcome, Request, WaitPolicy, outcome};
use mainspring_api::temporal::workflowservice::v1::UpdateWorkflowExecutionRequest;
use serde_json::{Value, json};

#[derive(Debug, clap::Args)]
pub(super) struct UpdateArgs {
    #[command(flatten)]
    workflow: Selection,
    /// The update's name.
    #[arg(long, short = 't', visible_alias = "type", value_name = "NAME")]
    name: String,
    /// An argument, as JSON; once for each.
    #[arg(long, short = 'i', value_name = "JSON", value_parser = payload::from_json)]
    input: Vec<Payload>,
    /// The update's id: one that was sent before under this id is not sent again, only awaited.
    #[arg(long, value_name = "ID")]
    update_id: Option<String>,
}

impl UpdateArgs {
    /// Sends the update, and waits for its answer.
    pub(super) async fn run(self, connection: &mut Connection, format: Format) -> Result<Exit, CliError> {
        let wait = WaitPolicy {
            lifecycle_stage: Stage::Completed.into(),
        };
        let update_id = self.update_id.unwrap_or_else(request_id);
        let request = UpdateWorkflowExecutionRequest {
            namespace: connection.namespace.clone(),
            workflow_execution: Some(self.workflow.execution()),
            wait_policy: Some(wait),
            request: Some(Request {
                meta: Some(Meta {
                    update_id: update_id.clone(),
                    identity: identity(),
                }),
                input: Some(Input {
                    name: self.name,
                    args: payload::list(self.input),
                    ..Default::default()
                }),
                ..Default::default()
            }),
            ..Default::default()
        };
        // The server answers before a connection is taken for dead, and is asked again; it knows the update by its id.
        let outcome = loop {
            let sent = connection.workflows.update_workflow_execution(request.clone());
            if let Some(outcome) = sent.await?.into_inner().outcome {
                break outcome;
            }
        };
        tell(&update_id, &outcome, format)
    }
}

/// Prints the answer, or why there is none.
fn tell(update_id: &str, outcome: &Outcome, format: Format) -> Result<Exit, CliError> {
    let (result, failed) = match &outcome.value {
        Some(outcome::Value::Success(payloads)) => (payload::list_to_value(Some(payloads)), None),
        Some(outcome::Value::Failure(failure)) => (Value::Null, Some(failure)),
        None => (Value::Null, None),
    };
    match format {
        Format::Json => print_json(&json!({
            "updateId": update_id,
            "result": result,
            "failure": failed.map(protojson::to_json).transpose()?,
        }))?,
        Format::Text => match failed {
            Some(failed) => note(&format!(
                "{} {}",
                BAD.paint("the update failed:"),
                failure::chain(failed)
            )),
            None => print(&format!(
                "{}\n",
                serde_json::to_string_pretty(&result).unwrap_or_default()
            ))?,
        },
    }
    Ok(if failed.is_some() {
        Exit::WorkflowNotCompleted
    } else {
        Exit::Done
    })
}
