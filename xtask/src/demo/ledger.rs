//! What the worker itself says that it did: one line of JSON for each activity it executed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use anyhow::Context as _;
use serde::Deserialize;

/// One execution of an activity, as the worker wrote it down before the server could hear of its outcome.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Execution {
    pub(super) activity: String,
    pub(super) workflow_id: String,
    pub(super) started_ms: u64,
}

pub(super) struct Ledger {
    path: PathBuf,
}

/// How far the orders have come, by what was executed for them.
#[derive(Debug, Default)]
pub(super) struct Progress {
    executed: BTreeMap<String, BTreeSet<String>>,
}

/// Where an order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    NotCharged,
    /// Charged and not shipped: the worst moment to lose the memory.
    Charged,
    Shipped,
    Confirmed,
}

impl Ledger {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path }
    }

    pub(super) fn path(&self) -> &PathBuf {
        &self.path
    }

    pub(super) fn read(&self) -> anyhow::Result<Vec<Execution>> {
        let text = match std::fs::read_to_string(&self.path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            read => read.with_context(|| format!("cannot read {}", self.path.display()))?,
        };
        // A last line without its end is still being written.
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        whole
            .lines()
            .map(|line| serde_json::from_str(line).with_context(|| format!("not a line of a ledger: {line}")))
            .collect()
    }

    pub(super) fn progress(&self) -> anyhow::Result<Progress> {
        let mut progress = Progress::default();
        for execution in self.read()? {
            progress
                .executed
                .entry(execution.workflow_id)
                .or_default()
                .insert(execution.activity);
        }
        Ok(progress)
    }
}

impl Progress {
    pub(super) fn stage(&self, workflow_id: &str) -> Stage {
        let has = |activity| {
            self.executed
                .get(workflow_id)
                .is_some_and(|executed| executed.contains(activity))
        };
        if has("sendConfirmation") {
            Stage::Confirmed
        } else if has("createShipment") {
            Stage::Shipped
        } else if has("chargeCard") {
            Stage::Charged
        } else {
            Stage::NotCharged
        }
    }

    /// How many of these orders stand there.
    pub(super) fn count<'a>(&self, stage: Stage, workflow_ids: impl IntoIterator<Item = &'a String>) -> usize {
        workflow_ids.into_iter().filter(|id| self.stage(id) == stage).count()
    }
}
