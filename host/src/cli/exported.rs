//! A run's history as a file: all that a replay needs.

use super::connection::Connection;
use super::{CliError, Exit};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mainspring::store::format::Chunk;
use mainspring_api::histories::ExportHistoryRequest;
use mainspring_core::{Event, Record, RunStarted};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// What the first field says. What is stored has versions of its own; this one changes with the fields around it.
const FORMAT: &str = "mainspring-history/1";

/// A history with what people know it by.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Exported {
    format: String,
    namespace: String,
    pub(crate) workflow_id: String,
    pub(crate) run_id: String,
    pub(crate) workflow_type: String,
    pub(crate) events: usize,
    /// The events as the journal stores them, in base64.
    journal: String,
}

impl Exported {
    /// Has the server hand out the history of a run; of the latest one if `run_id` is empty.
    pub(crate) async fn fetch(
        connection: &mut Connection,
        workflow_id: String,
        run_id: String,
    ) -> Result<Self, CliError> {
        let request = ExportHistoryRequest {
            namespace: connection.namespace.clone(),
            workflow_id,
            run_id,
        };
        let mut parts = connection.histories.export_history(request).await?.into_inner();
        let mut stored = Vec::new();
        while let Some(part) = parts.message().await? {
            stored.extend_from_slice(&part.part);
        }
        let records = decode(stored.clone())?;
        let started = started(&records)?;
        Ok(Self {
            format: FORMAT.to_owned(),
            namespace: started.namespace.clone(),
            workflow_id: started.execution.workflow_id.clone(),
            run_id: started.execution.run_id.to_string(),
            workflow_type: started.workflow_type.clone(),
            events: records.len(),
            journal: STANDARD.encode(stored),
        })
    }

    /// Reads a file that `mainspring workflow export` wrote.
    pub(crate) fn read(path: &Path) -> Result<Self, CliError> {
        let shown = path.display();
        let text = std::fs::read_to_string(path)
            .map_err(|error| CliError::new(Exit::NotFound, format!("cannot read {shown}: {error}")))?;
        let value: serde_json::Value = serde_json::from_str(&text)
            .map_err(|error| CliError::new(Exit::Failed, format!("{shown} is no JSON: {error}")))?;
        if value.get("events").is_some_and(serde_json::Value::is_array) {
            let message = format!("{shown} is a history in Temporal's shape, which is less than a replay needs");
            let error = CliError::new(Exit::Refused, message);
            return Err(error.hint("`mainspring workflow export WORKFLOW_ID` writes all of it"));
        }
        match value.get("format").and_then(serde_json::Value::as_str) {
            Some(FORMAT) => serde_json::from_value(value)
                .map_err(|error| CliError::new(Exit::Failed, format!("{shown} is damaged: {error}"))),
            Some(other) => Err(CliError::new(
                Exit::Refused,
                format!("{shown} is of another format, {other:?}; this version reads {FORMAT:?}"),
            )),
            None => Err(CliError::new(Exit::Refused, format!("{shown} is no history"))
                .hint("`mainspring workflow export WORKFLOW_ID` writes one")),
        }
    }

    pub(crate) fn records(&self) -> Result<Vec<Record>, CliError> {
        let stored = STANDARD
            .decode(&self.journal)
            .map_err(|error| CliError::new(Exit::Failed, format!("the history is damaged: {error}")))?;
        decode(stored)
    }
}

fn decode(stored: Vec<u8>) -> Result<Vec<Record>, CliError> {
    Chunk::read(stored.into()).map_err(|error| CliError::failed(&error))
}

fn started(records: &[Record]) -> Result<&RunStarted, CliError> {
    match records.first().map(|record| &record.event) {
        Some(Event::RunStarted(started)) => Ok(started),
        _ => Err(CliError::new(Exit::Failed, "the history does not begin with a start")),
    }
}
