//! The keys by which requests are recognised when they come again.

use super::Transition;
use std::collections::{BTreeSet, VecDeque};

/// Keys that are remembered. Past it the oldest are forgotten: whoever repeats a request does so soon, and a run that
/// takes in more than that has other limits to fear.
const REQUEST_IDS_MAX: usize = 10_000;
/// Bytes of the keys that the next run of a chain is given; some 900 of them. Older ones are not known to it.
const REQUEST_IDS_HANDED_ON_BYTES_MAX: usize = 32 << 10;

/// Invariant: both hold the same keys.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct RequestIds {
    oldest_first: VecDeque<String>,
    known: BTreeSet<String>,
}

impl RequestIds {
    /// Those that the runs before took.
    pub(super) fn taken_before(ids: &[String]) -> Self {
        let mut known = Self::default();
        for id in ids {
            // Known twice is known.
            let _ = known.remember(id);
        }
        known
    }

    /// The latest, the oldest of them first.
    pub(super) fn latest(&self) -> Vec<String> {
        let mut bytes = 0;
        let fits = |id: &&String| {
            bytes += id.len();
            bytes <= REQUEST_IDS_HANDED_ON_BYTES_MAX
        };
        let mut latest: Vec<String> = self.oldest_first.iter().rev().take_while(fits).cloned().collect();
        latest.reverse();
        latest
    }

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_are_handed_on() {
        let mut ids = RequestIds::default();
        for number in 0..2_000 {
            ids.remember(&format!("{number:036}")).expect("it is new");
        }
        let latest = ids.latest();
        assert_eq!(latest.len(), REQUEST_IDS_HANDED_ON_BYTES_MAX / 36);
        assert_eq!(latest.last().map(String::as_str), Some(&*format!("{:036}", 1_999)));
        assert!(latest.is_sorted());
        let next = RequestIds::taken_before(&latest);
        assert_eq!(next.latest(), latest);
        assert!(next.contains(&latest[0]) && !next.contains(&format!("{:036}", 0)));
    }
}
