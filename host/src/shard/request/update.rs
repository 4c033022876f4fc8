//! Updates.

use super::run::RunError;
use super::start::StartError;
use mainspring_core::{Refused, RunId, UpdateOutcome};

/// How far an update is.
#[derive(Clone, Debug, PartialEq)]
pub struct UpdateStatus {
    /// The run that has it.
    pub run_id: RunId,
    /// Its answer, once it has one. A rejected update is over with its first answer, and leaves no trace.
    pub outcome: Option<UpdateOutcome>,
}

/// Why an update was not taken, or cannot be told of.
#[derive(Debug, thiserror::Error)]
pub enum UpdateError {
    /// No update of this id was accepted.
    #[error("update {0:?} was not found")]
    NotFound(String),
    /// The run takes no more of them.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The guest cannot be brought to where the run stands.
    #[error("the run is blocked: {0}")]
    Blocked(String),
    /// The run could not be reached.
    #[error(transparent)]
    Run(#[from] RunError),
}

/// Why a workflow was neither started nor updated. If the update failed and the workflow was started, it stays so.
#[derive(Debug, thiserror::Error)]
pub enum UpdateWithStartError {
    /// The workflow was not started.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The workflow runs, and the update was not taken.
    #[error(transparent)]
    Update(#[from] UpdateError),
}
