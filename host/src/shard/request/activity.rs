//! Activities that are not over, for those who look after runs.

use super::run::RunError;
use mainspring_core::{ActivitySelection, Attempt, Priority, Refused, Timestamp};
use std::sync::Arc;

/// An activity that is not over.
#[derive(Clone, Debug)]
pub struct ActivityDescription {
    /// Its name within its run.
    pub activity_id: String,
    /// What is to be done, and with which options.
    pub request: Arc<mainspring_core::ActivityRequest>,
    /// The queue that it goes through.
    pub task_queue: String,
    /// Its place among others, as far as it or its workflow says.
    pub priority: Option<Priority>,
    /// When it was scheduled.
    pub scheduled: Timestamp,
    /// Whether its cancellation was requested.
    pub cancel_requested: bool,
    /// Its attempt.
    pub attempt: Attempt,
    /// When all attempts must be over.
    pub deadline: Option<Timestamp>,
}

/// Why nothing was done to activities.
#[derive(Debug, thiserror::Error)]
pub enum OperateError {
    /// The run has none of those that were meant.
    #[error("the run has no pending activity {}", selection(.0))]
    UnknownActivity(ActivitySelection),
    /// One of them cannot have it.
    #[error(transparent)]
    Refused(Refused),
    /// The run could not be reached.
    #[error(transparent)]
    Run(#[from] RunError),
}

fn selection(selection: &ActivitySelection) -> String {
    match selection {
        ActivitySelection::Id(id) => format!("with the id {id:?}: it is over, or never was"),
        ActivitySelection::Type(name) => format!("of type {name:?}"),
        ActivitySelection::All => "at all".into(),
    }
}
