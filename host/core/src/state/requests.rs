//! The keys by which requests are recognised when they come again.

use super::Transition;
use std::collections::{BTreeSet, VecDeque};

/// Keys that are remembered. Past it the oldest are forgotten: whoever repeats a request does so soon, and a run that
/// takes in more than that has other limits to fear.
const REQUEST_IDS_MAX: usize = 10_000;

/// Invariant: both hold the same keys.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct RequestIds {
    oldest_first: VecDeque<String>,
    known: BTreeSet<String>,
}

impl RequestIds {
    /// A request without a key is always new.
    pub(super) fn remember(&mut self, id: &str) -> Transition {
        if id.is_empty() {
            return Ok(());
        }
        if !self.known.insert(id.to_owned()) {
            return Err("its request was recorded before");
        }
        self.oldest_first.push_back(id.to_owned());
        if self.oldest_first.len() > REQUEST_IDS_MAX
            && let Some(forgotten) = self.oldest_first.pop_front()
        {
            self.known.remove(&forgotten);
        }
        Ok(())
    }

    pub(super) fn contains(&self, id: &str) -> bool {
        self.known.contains(id)
    }
}
