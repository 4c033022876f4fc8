//! Batch operations: one thing done to many runs, and how far it is.

use mainspring_core::{Execution, Payload, PayloadMap, Reapply, RunId, Timestamp};

/// One thing that is done to many runs. Not to be confused with a [`Batch`](super::Batch), which is what a shard commits
/// together: the word is Temporal's.
#[derive(Clone, Debug, PartialEq)]
pub struct BatchOperation {
    /// The tenant whose runs they are.
    pub namespace: String,
    /// Its name, chosen by whoever started it.
    pub id: String,
    /// To which runs.
    pub runs: BatchRuns,
    /// What is done to each.
    pub action: BatchAction,
    /// Why.
    pub reason: String,
    /// Who asked for it.
    pub identity: String,
    /// Runs that are taken up in a second, at most. Invariant: more than 0.
    pub per_second: f64,
    /// When it was started.
    pub started: Timestamp,
    /// How far it is.
    pub progress: BatchProgress,
}

/// The runs of a batch operation.
#[derive(Clone, Debug, PartialEq)]
pub enum BatchRuns {
    /// Those that a list filter finds.
    Query(String),
    /// These.
    Listed(Vec<BatchTarget>),
}

/// A run that is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchTarget {
    /// Its workflow id.
    pub workflow_id: String,
    /// Its run id; none if the workflow id had no run.
    pub run_id: Option<RunId>,
}

/// What is done to each run.
#[derive(Clone, Debug, PartialEq)]
pub enum BatchAction {
    /// It is closed without being asked, with data about why.
    Terminate(Vec<Payload>),
    /// It gets a signal.
    Signal {
        /// The signal's name.
        name: String,
        /// Its input, one payload an argument.
        input: Vec<Payload>,
        /// Context that travels beside the input.
        headers: PayloadMap,
    },
    /// It is asked to cancel itself.
    RequestCancel,
    /// It is removed.
    Delete,
    /// It goes on from an earlier point, as another run.
    Reset(BatchReset),
}

/// How runs are reset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchReset {
    /// From which of their activations on.
    pub point: ResetPoint,
    /// What people told them after that, and the new ones are told again.
    pub reapply: Reapply,
}

/// An activation that every run has had that has done anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResetPoint {
    /// The first one.
    First,
    /// The last one.
    Last,
}

/// How far a batch operation is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BatchProgress {
    /// Whether and how it is over.
    pub state: BatchState,
    /// When it was over.
    pub closed: Option<Timestamp>,
    /// Why it is over, if somebody stopped it or if it cannot go on.
    pub end_reason: String,
    /// How many runs there were to begin with, once they are counted.
    pub total: Option<u64>,
    /// Runs that it has taken up, and with success.
    pub done: u64,
    /// Runs that it has taken up, and failed with.
    pub failed: u64,
    /// Runs that are being taken up. What came of them is not recorded.
    pub under_way: Vec<Execution>,
    /// Where the list goes on after them.
    pub next: BatchPosition,
}

/// Whether and how a batch operation is over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BatchState {
    /// It goes on.
    #[default]
    Running,
    /// It has taken up all runs.
    Completed,
    /// It was stopped, or cannot go on.
    Failed,
}

/// Where the list of a batch operation's runs goes on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BatchPosition {
    /// At its beginning.
    #[default]
    Beginning,
    /// Before this run, the latest id coming first: of those that a filter finds.
    Before(RunId),
    /// After so many: of those that are listed.
    After(u64),
    /// Nowhere: it is at its end.
    End,
}

impl BatchAction {
    /// What is left of it for whoever asks later: all but the payloads.
    pub fn without_payloads(self) -> Self {
        match self {
            Self::Terminate(_) => Self::Terminate(Vec::new()),
            Self::Signal { name, .. } => Self::Signal {
                name,
                input: Vec::new(),
                headers: Vec::new(),
            },
            Self::RequestCancel => Self::RequestCancel,
            Self::Delete => Self::Delete,
            Self::Reset(reset) => Self::Reset(reset),
        }
    }
}
