//! Resets.

use super::run::RunError;
use crate::store::ResetPoint as WhichActivation;
use mainspring_core::{Event, NotReset, Reapply, Record, RunId};
use std::fmt;
use std::sync::Arc;

/// Runs that followed the one that is reset whose histories are read for what they were told. Past it a reset that wants
/// them is refused.
pub(in crate::shard) const FOLLOWERS_MAX: usize = 1_000;

/// A request to let a run go on from an earlier point, as another run.
#[derive(Clone, Debug)]
pub struct ResetRequest {
    /// From where.
    pub point: ResetPoint,
    /// The run id to be used.
    pub run_id: RunId,
    /// The seed to be used.
    pub random_seed: (u64, u64),
    /// Why.
    pub reason: String,
    /// Who asks.
    pub identity: String,
    /// The key by which the request is recognised when it comes again; empty for none.
    pub request_id: String,
    /// What people told the run after the point, and the new one is told again.
    pub reapply: Reapply,
}

/// The activation that is made anew. Everything before it stays.
#[derive(Clone, Debug)]
pub enum ResetPoint {
    /// The one after so many events.
    After(usize),
    /// One that every run has had that has done anything.
    Activation(WhichActivation),
    /// The one that somebody chooses who knows it by another name.
    Chosen(ChoosePoint),
}

/// Says how many events of a history are before a point, or why it has no such point.
#[derive(Clone)]
pub struct ChoosePoint(Arc<ChoiceOfPoint>);

type ChoiceOfPoint = dyn Fn(&[Record]) -> Result<usize, String> + Send + Sync;

/// Why a run was not reset.
#[derive(Debug, thiserror::Error)]
pub enum ResetError {
    /// It cannot begin again there.
    #[error(transparent)]
    Point(#[from] NotReset),
    /// Its history has no such point.
    #[error("{0}")]
    NoSuchPoint(String),
    /// It was followed by so many runs that what they were told cannot be told again at once.
    #[error(
        "the run was followed by more than {FOLLOWERS_MAX} others; reset one of the later ones, or leave out signals, \
         updates and requests to cancel"
    )]
    TooManyFollowers,
    /// The run could not be reached.
    #[error(transparent)]
    Run(#[from] RunError),
}

impl ResetPoint {
    pub(in crate::shard) fn find(&self, history: &[Record]) -> Result<usize, ResetError> {
        let is_activation = |record: &Record| matches!(record.event, Event::Activated(_));
        match self {
            Self::After(kept) => Ok(*kept),
            Self::Activation(WhichActivation::First) => history
                .iter()
                .position(is_activation)
                .ok_or(NotReset::NoActivation.into()),
            Self::Activation(WhichActivation::Last) => history
                .iter()
                .rposition(is_activation)
                .ok_or(NotReset::NoActivation.into()),
            Self::Chosen(ChoosePoint(choose)) => choose(history).map_err(ResetError::NoSuchPoint),
        }
    }
}

impl ChoosePoint {
    /// Chosen by a function of the run's history.
    pub fn new(choose: impl Fn(&[Record]) -> Result<usize, String> + Send + Sync + 'static) -> Self {
        Self(Arc::new(choose))
    }
}

impl fmt::Debug for ChoosePoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ChoosePoint")
    }
}
