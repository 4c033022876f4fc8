//! What an engine makes durable, kept so that the same can be written again.

use mainspring::store::{Batch, Watcher};
use mainspring_core::RunId;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

/// Keeps every commit of an engine. Cloning shares it.
#[derive(Clone, Default)]
pub(crate) struct Recorder(Arc<Mutex<Vec<Vec<Batch>>>>);

/// Commits of an engine in their order, as few and as large as its runs allow: no run is in one of them twice, since each
/// of its steps waits for the one before to be durable.
pub(crate) struct Recording {
    pub(crate) commits: Vec<Vec<Batch>>,
}

impl Recorder {
    /// Call it when the engine is shut down.
    pub(crate) fn take(&self) -> Recording {
        let recorded = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        let mut commits: Vec<Vec<Batch>> = Vec::new();
        let mut runs = BTreeSet::new();
        for commit in recorded {
            let of_commit: Vec<RunId> = runs_of(&commit).collect();
            match commits.last_mut() {
                Some(last) if of_commit.iter().all(|run| !runs.contains(run)) => last.extend(commit),
                _ => {
                    runs.clear();
                    commits.push(commit);
                }
            }
            runs.extend(of_commit);
        }
        Recording { commits }
    }
}

impl Watcher for Recorder {
    fn commits(&self, batches: &[Batch]) -> impl FnOnce() {
        if !batches.is_empty() {
            let mut recorded = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            recorded.push(batches.to_vec());
        }
        || {}
    }
}

/// The steps in a commit: whatever a run makes durable after its start.
pub(crate) fn steps(commit: &[Batch]) -> u64 {
    let writes = commit.iter().flat_map(|batch| &batch.runs);
    writes.filter(|write| !write.becomes_current).count() as u64
}

fn runs_of(commit: &[Batch]) -> impl Iterator<Item = RunId> {
    commit.iter().flat_map(|batch| &batch.runs).map(|write| write.run)
}
