//! Why a batch operation is refused.

use crate::store::StoreError;

/// Why a batch operation was not started, stopped or described.
#[derive(Debug, thiserror::Error)]
pub enum BatchError {
    /// There is none of that id.
    #[error("batch operation {0:?} was not found")]
    NotFound(String),
    /// Nothing can be stopped any more.
    #[error("batch operation {0:?} is over already")]
    Over(String),
    /// There is one of that id.
    #[error("there is a batch operation {0:?} already; choose another job id")]
    AlreadyExists(String),
    /// So many are under way.
    #[error("{0} batch operations are under way in this namespace; wait for one to end, or stop one")]
    TooMany(usize),
    /// Its filter cannot be read.
    #[error("{0}")]
    Query(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
