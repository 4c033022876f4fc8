//! `mainspring workflow show`.

use super::Selection;
use super::describe::describe;
use super::history::{HistoryReader, closes};
use crate::cli::connection::Connection;
use crate::cli::output::{Format, print, print_json};
use crate::cli::render::{description, style, timeline};
use crate::cli::time::Viewpoint;
use crate::cli::{CliError, Exit, protojson};
use mainspring_api::temporal::common::v1::WorkflowExecution;
use mainspring_api::temporal::history::v1::History;

#[derive(Debug, clap::Args)]
pub(super) struct ShowArgs {
    #[command(flatten)]
    workflow: Selection,
    /// Go on until the run is closed. With `--output json`, print one event a line.
    #[arg(long, short)]
    follow: bool,
}

impl ShowArgs {
    pub(super) async fn run(self, connection: &mut Connection, format: Format) -> Result<Exit, CliError> {
        let execution = self.workflow.execution();
        match (format, self.follow) {
            (Format::Json, false) => whole(connection, execution).await?,
            (Format::Json, true) => event_by_event(connection, execution).await?,
            (Format::Text, follow) => drawn(connection, execution, follow).await?,
        }
        Ok(Exit::Done)
    }
}

/// The file that Temporal's tools and replay tests read.
async fn whole(connection: &mut Connection, execution: WorkflowExecution) -> Result<(), CliError> {
    let mut reader = HistoryReader::so_far(connection, execution);
    let mut history = History::default();
    while let Some(events) = reader.next(connection).await? {
        history.events.extend(events);
    }
    print_json(&protojson::to_json(&history)?)
}

async fn event_by_event(connection: &mut Connection, execution: WorkflowExecution) -> Result<(), CliError> {
    let mut reader = HistoryReader::following(connection, execution);
    while let Some(events) = reader.next(connection).await? {
        for event in &events {
            print(&format!("{}\n", protojson::to_json(event)?))?;
        }
        if events.iter().any(closes) {
            break;
        }
    }
    Ok(())
}

async fn drawn(connection: &mut Connection, execution: WorkflowExecution, follow: bool) -> Result<(), CliError> {
    let described = describe(connection, execution.clone()).await?;
    let info = described.workflow_execution_info.clone().unwrap_or_default();
    // All pages are of this run, whatever starts meanwhile.
    let execution = info.execution.clone().unwrap_or(execution);
    // A status that changes while one looks on would be wrong above the timeline.
    let status = (!follow).then(|| style::status(info.status()));
    print(&timeline::heading(&execution.workflow_id, &execution.run_id, status))?;

    let mut reader = match follow {
        true => HistoryReader::following(connection, execution),
        false => HistoryReader::so_far(connection, execution),
    };
    let mut timeline = timeline::Timeline::default();
    while let Some(events) = reader.next(connection).await? {
        let lines: String = events.iter().filter_map(|event| timeline.draw(event)).collect();
        print(&lines)?;
        if events.iter().any(closes) {
            return Ok(());
        }
    }
    // It is open: what is it waiting for?
    print(&description::standing(&described, &Viewpoint::here()))
}
