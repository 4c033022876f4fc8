//! What waits: strictly by priority, then [fairly](super::fairness) among keys, then in the order in which it came.

use super::fairness::{Arrival, Fair, Rules};
use mainspring_core::{Priority, Timestamp};
use std::collections::BTreeMap;

/// 1 goes first, 5 last.
pub(super) type Level = u32;

const LEVEL_LAST: Level = 5;
/// Of what says nothing about it.
const LEVEL_DEFAULT: Level = 3;

/// See the module's documentation.
pub(super) struct Backlog<T> {
    levels: BTreeMap<Level, Fair<T>>,
}

impl<T> Default for Backlog<T> {
    fn default() -> Self {
        Self {
            levels: BTreeMap::new(),
        }
    }
}

/// The level of a priority. What lies outside of them is on the last one, as with Temporal.
pub(super) fn level(priority: Option<&Priority>) -> Level {
    match priority.map_or(0, |priority| priority.key) {
        0 => LEVEL_DEFAULT,
        key => key.min(LEVEL_LAST),
    }
}

impl<T> Backlog<T> {
    pub(super) fn push(&mut self, priority: Option<&Priority>, arrival: Arrival, item: T) {
        let (key, weight) = priority.map_or(("", 0.0), |it| (it.fairness_key.as_str(), it.fairness_weight));
        let level = self.levels.entry(level(priority)).or_default();
        level.push(key, weight, arrival, item);
    }

    /// The first one that the rules let pass. One that they hold back does not keep back those of less priority.
    pub(super) fn take(&mut self, rules: &mut impl Rules<T>) -> Option<T> {
        let taken = self.levels.values_mut().find_map(|level| level.take(rules));
        self.levels.retain(|_, level| !level.is_empty());
        taken
    }

    /// The priority of what would go next, unless rules hold it back.
    pub(super) fn first_level(&self) -> Option<Level> {
        self.levels.first_key_value().map(|(level, _)| *level)
    }

    /// When one that the rules hold back may go.
    pub(super) fn next_release(&self) -> Option<Timestamp> {
        self.levels.values().filter_map(Fair::next_release).min()
    }

    pub(super) fn release_all(&mut self) {
        self.levels.values_mut().for_each(Fair::release_all);
    }

    /// See [`Fair::extract`].
    pub(super) fn extract(&mut self, mut is_meant: impl FnMut(Arrival, &T) -> bool) -> Vec<(Arrival, T)> {
        let levels = self.levels.values_mut();
        let mut extracted: Vec<_> = levels.flat_map(|level| level.extract(&mut is_meant)).collect();
        self.levels.retain(|_, level| !level.is_empty());
        extracted.sort_by_key(|(arrival, _)| *arrival);
        extracted
    }
}
