//! What the server's journal says, asked for with the official SDK: a witness of neither side.

use std::process::Command;

use anyhow::Context as _;
use serde::Deserialize;

use crate::command;
use crate::setup::Python;
use crate::workspace::Workspace;

/// An activity that is recorded as completed.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Completion {
    pub(super) activity: String,
    pub(super) workflow_id: String,
    pub(super) completed_ms: u64,
}

/// Reads the histories of these workflows.
pub(super) fn read(
    workspace: &Workspace,
    python: &Python,
    address: &str,
    workflow_ids: &[String],
) -> anyhow::Result<Vec<Completion>> {
    let script = workspace.root().join("xtask/src/demo/journal.py");
    let mut command = Command::new(python.interpreter());
    command.arg(script).args(workflow_ids).env("TEMPORAL_ADDRESS", address);
    command::read(&mut command)?
        .lines()
        .map(|line| serde_json::from_str(line).with_context(|| format!("not a completed activity: {line}")))
        .collect()
}
