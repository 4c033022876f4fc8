//! What is said to one run, and asked of its guest.

use mainspring_core::{Failure, Payload, Refused, RunId};

/// Why a run could not be reached.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// There is none.
    #[error(
        "workflow {workflow_id:?} was not found{}{}",
        .run_id.map(|id| format!(" with run id {id}")).unwrap_or_default(),
        .first_run_id.map(|id| format!(" in the chain that run {id} began")).unwrap_or_default(),
    )]
    NotFound {
        /// The workflow id that was asked for.
        workflow_id: String,
        /// The run id, if one was asked for.
        run_id: Option<RunId>,
        /// The chain, by its first run, if one was asked for.
        first_run_id: Option<RunId>,
    },
    /// Nothing more can happen to it.
    #[error("workflow execution already completed")]
    Closed,
    /// The store failed, and the process is about to stop.
    #[error("the store failed: {0}")]
    Store(String),
}

/// Why a query has no answer.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// The guest answered with a failure.
    #[error("{0}")]
    Failed(Box<Failure>),
    /// The guest cannot be brought to where the run stands.
    #[error("the run is blocked: {0}")]
    Blocked(String),
    /// The run could not be reached.
    #[error(transparent)]
    Run(#[from] RunError),
}

/// Why a run was neither paused nor resumed.
#[derive(Debug, thiserror::Error)]
pub enum PauseError {
    /// It is paused already, or is not.
    #[error(transparent)]
    Refused(Refused),
    /// The run could not be reached.
    #[error(transparent)]
    Run(#[from] RunError),
}

impl From<Refused> for PauseError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::RunClosed => RunError::Closed.into(),
            refused => Self::Refused(refused),
        }
    }
}

/// A request that a run cancel itself.
#[derive(Clone, Debug, Default)]
pub struct CancelRequest {
    /// Why.
    pub reason: String,
    /// Who asks.
    pub identity: String,
    /// The key by which the request is recognised when it comes again; empty for none.
    pub request_id: String,
}

/// The end of a run from outside.
#[derive(Clone, Debug, Default)]
pub struct Termination {
    /// Why.
    pub reason: String,
    /// Data about it.
    pub details: Vec<Payload>,
    /// Who does it.
    pub identity: String,
}
