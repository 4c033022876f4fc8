//! How a run begins again at a point of a history.

use crate::RunId;

/// What a run that was reset has on top of the history that it begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunReset {
    /// The run that was reset: the events before this one are copies of its first ones.
    pub base: RunId,
    /// This run's own id. Up to here the history speaks of the run that it was written for.
    pub run_id: RunId,
    /// 128 random bits, all the randomness from here on.
    pub random_seed: (u64, u64),
    /// The module that has the code from here on, by its name.
    pub module: String,
    /// Why.
    pub reason: String,
    /// Who.
    pub identity: String,
    /// The key by which the request is recognised when it comes again; empty for none.
    pub request_id: String,
}
