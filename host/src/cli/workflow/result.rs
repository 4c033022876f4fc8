//! `mainspring workflow result`: waits until a workflow is closed, through all its runs.

use super::Selection;
use super::describe::pin;
use super::history::{HistoryReader, closes};
use super::progress::Progress;
use crate::cli::connection::Connection;
use crate::cli::output::{Format, note, print, print_json};
use crate::cli::render::failure;
use crate::cli::render::style::{BAD, WARN};
use crate::cli::{CliError, Exit, payload, protojson};
use mainspring_api::temporal::common::v1::{Payloads, WorkflowExecution};
use mainspring_api::temporal::history::v1::{HistoryEvent, history_event::Attributes};
use serde_json::{Value, json};

#[derive(Debug, clap::Args)]
pub(super) struct ResultArgs {
    #[command(flatten)]
    workflow: Selection,
}

/// How a workflow ended.
pub(super) struct Outcome {
    /// The last of its runs.
    pub(super) last_run: WorkflowExecution,
    /// The event that closed it.
    pub(super) event: HistoryEvent,
}

impl ResultArgs {
    pub(super) async fn run(self, connection: &mut Connection, format: Format) -> Result<Exit, CliError> {
        let execution = pin(connection, self.workflow.execution()).await?;
        let Outcome { last_run, event } = await_outcome(connection, execution).await?;
        tell(&last_run, &event, format)
    }
}

/// Waits, with a progress line, and follows the workflow through continuations and retries.
pub(super) async fn await_outcome(
    connection: &mut Connection,
    mut execution: WorkflowExecution,
) -> Result<Outcome, CliError> {
    // Takes its line away when this returns.
    let _progress = Progress::show(connection.clone(), execution.workflow_id.clone());
    loop {
        let event = closing_event(connection, execution.clone()).await?;
        match next_run(&event) {
            Some(run_id) => execution.run_id = run_id.to_owned(),
            None => {
                return Ok(Outcome {
                    last_run: execution,
                    event,
                });
            }
        }
    }
}

async fn closing_event(connection: &mut Connection, execution: WorkflowExecution) -> Result<HistoryEvent, CliError> {
    let mut history = HistoryReader::closing(connection, execution);
    while let Some(events) = history.next(connection).await? {
        if let Some(event) = events.into_iter().find(closes) {
            return Ok(event);
        }
    }
    Err(CliError::new(
        Exit::Failed,
        "the server says that the workflow is over, but not how",
    ))
}

fn next_run(event: &HistoryEvent) -> Option<&str> {
    let next = match event.attributes.as_ref()? {
        Attributes::WorkflowExecutionCompletedEventAttributes(it) => &it.new_execution_run_id,
        Attributes::WorkflowExecutionFailedEventAttributes(it) => &it.new_execution_run_id,
        Attributes::WorkflowExecutionTimedOutEventAttributes(it) => &it.new_execution_run_id,
        Attributes::WorkflowExecutionContinuedAsNewEventAttributes(it) => &it.new_execution_run_id,
        _ => return None,
    };
    (!next.is_empty()).then_some(next)
}

/// Prints the result, or how else the workflow ended.
pub(super) fn tell(last_run: &WorkflowExecution, event: &HistoryEvent, format: Format) -> Result<Exit, CliError> {
    let ending = Ending::of(event)?;
    match format {
        Format::Json => print_json(&json!({
            "workflowId": last_run.workflow_id,
            "runId": last_run.run_id,
            "status": ending.status,
            "result": ending.result,
            "failure": ending.failure,
        }))?,
        Format::Text if ending.exit == Exit::Done => {
            let text = serde_json::to_string_pretty(&ending.result).unwrap_or_default();
            print(&format!("{text}\n"))?;
        }
        Format::Text => note(&format!("{} {}", BAD.paint(&last_run.workflow_id), ending.text)),
    }
    Ok(ending.exit)
}

/// How a workflow ended, as it is printed.
struct Ending {
    exit: Exit,
    status: &'static str,
    result: Value,
    failure: Value,
    /// After the workflow id, unless it completed.
    text: String,
}

impl Ending {
    fn of(event: &HistoryEvent) -> Result<Self, CliError> {
        Ok(match event.attributes.as_ref() {
            Some(Attributes::WorkflowExecutionCompletedEventAttributes(it)) => Self {
                exit: Exit::Done,
                status: "COMPLETED",
                result: payload::list_to_value(it.result.as_ref()),
                failure: Value::Null,
                text: String::new(),
            },
            Some(Attributes::WorkflowExecutionFailedEventAttributes(it)) => {
                let chain = it.failure.as_ref().map(failure::chain).unwrap_or_default();
                let failure = it
                    .failure
                    .as_ref()
                    .map(protojson::to_json)
                    .transpose()?
                    .unwrap_or_default();
                Self {
                    failure,
                    ..Self::without_result("FAILED", format!("{}: {chain}", BAD.paint("failed")))
                }
            }
            Some(Attributes::WorkflowExecutionCanceledEventAttributes(it)) => {
                let text = format!("{}{}\n", WARN.paint("was cancelled"), details(it.details.as_ref()));
                Self::without_result("CANCELED", text)
            }
            Some(Attributes::WorkflowExecutionTerminatedEventAttributes(it)) => {
                let reason = if it.reason.is_empty() {
                    String::new()
                } else {
                    format!(": {}", it.reason)
                };
                let text = format!(
                    "{}{reason}{}\n",
                    BAD.paint("was terminated"),
                    details(it.details.as_ref())
                );
                Self::without_result("TERMINATED", text)
            }
            Some(Attributes::WorkflowExecutionTimedOutEventAttributes(_)) => {
                Self::without_result("TIMED_OUT", format!("{}\n", BAD.paint("timed out")))
            }
            _ => Self::without_result("UNKNOWN", "ended in a way that this version does not know\n".to_owned()),
        })
    }

    fn without_result(status: &'static str, text: String) -> Self {
        Self {
            exit: Exit::WorkflowNotCompleted,
            status,
            result: Value::Null,
            failure: Value::Null,
            text,
        }
    }
}

fn details(details: Option<&Payloads>) -> String {
    match details.map(|it| it.payloads.as_slice()).unwrap_or_default() {
        [] => String::new(),
        _ => format!(" {}", payload::list_to_value(details)),
    }
}
