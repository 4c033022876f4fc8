//! `mainspring workflow reset`.

use super::history::HistoryReader;
use super::many::OneOrMany;
use crate::cli::connection::{Connection, identity, request_id};
use crate::cli::output::{Format, print, print_json};
use crate::cli::render::style::HEADING;
use crate::cli::{CliError, Exit};
use clap::ValueEnum;
use mainspring_api::temporal::batch::v1::BatchOperationReset;
use mainspring_api::temporal::common::v1::{ResetOptions, WorkflowExecution, reset_options::Target};
use mainspring_api::temporal::enums::v1::{EventType, ResetReapplyExcludeType};
use mainspring_api::temporal::workflowservice::v1::ResetWorkflowExecutionRequest;
use mainspring_api::temporal::workflowservice::v1::start_batch_operation_request::Operation;

#[derive(Debug, clap::Args)]
pub(super) struct ResetArgs {
    #[command(flatten)]
    workflow: OneOrMany,
    #[command(flatten)]
    point: Point,
    /// Why; its history shows it.
    #[arg(long, default_value = "", hide_default_value = true)]
    reason: String,
    /// Leave out what was sent to the workflow after the point; otherwise it is sent to the new run. Several with
    /// commas between them.
    #[arg(long, value_enum, value_delimiter = ',', value_name = "WHAT")]
    exclude: Vec<Excluded>,
}

#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct Point {
    /// From before the first or the last time that the workflow went on.
    #[arg(long, value_enum, value_name = "WHICH")]
    to: Option<Place>,
    /// From before the workflow task that this event started or completed, as `workflow show --output json` has it.
    #[arg(long, value_name = "ID", conflicts_with = "query")]
    event_id: Option<i64>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Place {
    /// Before it did anything.
    First,
    /// Before it last did something.
    Last,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Excluded {
    /// Signals.
    Signals,
    /// Updates.
    Updates,
    /// Requests to cancel.
    CancelRequests,
}

impl ResetArgs {
    pub(super) async fn run(self, connection: &mut Connection, format: Format) -> Result<Exit, CliError> {
        let place = self.point.to.unwrap_or(Place::Last);
        let excluded = self.exclude.iter().map(|excluded| excluded.to_wire().into());
        let workflow = match self.workflow.one() {
            Ok(one) => one,
            Err(many) => {
                let options = ResetOptions {
                    target: Some(match place {
                        Place::First => Target::FirstWorkflowTask(()),
                        Place::Last => Target::LastWorkflowTask(()),
                    }),
                    reset_reapply_exclude_types: excluded.collect(),
                    ..Default::default()
                };
                let operation = Operation::ResetOperation(BatchOperationReset {
                    identity: identity(),
                    options: Some(options),
                    ..Default::default()
                });
                return many.start(operation, self.reason, connection, format).await;
            }
        };
        let execution = workflow.execution();
        let event_id = match self.point.event_id {
            Some(event_id) => event_id,
            None => workflow_task(connection, execution.clone(), place).await?,
        };
        let request = ResetWorkflowExecutionRequest {
            namespace: connection.namespace.clone(),
            workflow_execution: Some(execution),
            reason: self.reason,
            workflow_task_finish_event_id: event_id,
            request_id: request_id(),
            reset_reapply_exclude_types: excluded.collect(),
            identity: identity(),
            ..Default::default()
        };
        let answer = connection.workflows.reset_workflow_execution(request).await?;
        let run_id = answer.into_inner().run_id;
        let workflow_id = &workflow.workflow_id;
        match format {
            Format::Json => print_json(&serde_json::json!({ "workflowId": workflow_id, "runId": run_id }))?,
            Format::Text => {
                let name = HEADING.paint(workflow_id);
                print(&format!(
                    "{name} goes on as run {run_id}, from before event {event_id}\n"
                ))?;
            }
        }
        Ok(Exit::Done)
    }
}

impl Excluded {
    const fn to_wire(self) -> ResetReapplyExcludeType {
        match self {
            Self::Signals => ResetReapplyExcludeType::Signal,
            Self::Updates => ResetReapplyExcludeType::Update,
            #[expect(deprecated, reason = "this server leaves them out")]
            Self::CancelRequests => ResetReapplyExcludeType::CancelRequest,
        }
    }
}

/// The event that completed the run's first or last workflow task.
async fn workflow_task(
    connection: &mut Connection,
    execution: WorkflowExecution,
    place: Place,
) -> Result<i64, CliError> {
    let mut history = HistoryReader::so_far(connection, execution);
    let mut found = None;
    while let Some(events) = history.next(connection).await? {
        let completed = |event: &&_| is_completed(event);
        let on_page = match place {
            Place::First => events.iter().find(completed),
            Place::Last => events.iter().rfind(completed),
        };
        found = on_page.map(|event| event.event_id).or(found);
        if found.is_some() && matches!(place, Place::First) {
            break;
        }
    }
    let nothing_yet = "the workflow has done nothing yet: it is at its beginning";
    found.ok_or_else(|| CliError::new(Exit::Refused, nothing_yet))
}

fn is_completed(event: &mainspring_api::temporal::history::v1::HistoryEvent) -> bool {
    event.event_type() == EventType::WorkflowTaskCompleted
}
