//! What waits at one priority, shared by keys in proportion to their weights; of one key, in the order in which it came.
//!
//! This is start-time fair queueing (P. Goyal, H. M. Vin, H. Cheng: "Start-Time Fair Queueing: A Scheduling Algorithm
//! for Integrated Services Packet Switching Networks", SIGCOMM 1996), where each entry is as long as any other. An entry's
//! *start* is a point in virtual time: where its key's last one ended, but not before the present. Its end is later by one
//! through its weight. The least start goes first, and is then the present.

use super::rate::Empty;
use mainspring_core::Timestamp;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

/// A point in virtual time. At weight 1, an entry takes [`ENTRY`].
type Virtual = u64;

const ENTRY: f64 = (1 << 20) as f64;

/// Weights outside of these are taken for the nearest, as Temporal does.
const WEIGHT_MIN: f32 = 0.001;
const WEIGHT_MAX: f32 = 1_000.0;

/// Keys without entries that are remembered because they have had more than their share. Of one more, the one that is
/// the least ahead is forgotten: if it comes back at once, it is served a little too soon.
const AHEAD_MAX: usize = 1_000;

/// Counts what came. Who came first has the lower number.
pub(super) type Arrival = u64;

/// See the module's documentation. Invariant: each key with entries is either in `heads` or in `held`, once.
pub(super) struct Fair<T> {
    present: Virtual,
    keys: BTreeMap<Arc<str>, Row<T>>,
    /// Keys that may go, by the start and the arrival of their first entry.
    heads: BTreeMap<(Virtual, Arrival), Arc<str>>,
    /// Keys that must wait for a moment (none: for other rules), with the arrival of their first entry.
    held: BTreeMap<(Until, Arrival), Arc<str>>,
    /// Keys without entries whose next start is later than the present.
    ahead: BTreeSet<(Virtual, Arc<str>)>,
}

/// Until when a key is held. Never comes last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Until {
    At(Timestamp),
    Never,
}

/// One key's entries.
struct Row<T> {
    entries: VecDeque<Entry<T>>,
    /// The start of its first entry; without entries, of the next one.
    start: Virtual,
}

struct Entry<T> {
    arrival: Arrival,
    weight: f32,
    item: T,
}

/// What decides about entries when their turn comes.
pub(super) trait Rules<T> {
    /// Whether anybody wants it still. What nobody wants leaves without having been served.
    fn is_wanted(&self, arrival: Arrival, item: &T) -> bool;

    /// The weight that holds, for an entry that has this one of its own; 0 for none.
    fn weight(&self, key: &str, own: f32) -> f32;

    /// Lets one of the key pass, or says when it may.
    fn admit(&mut self, key: &str, weight: f32) -> Result<(), Empty>;

    /// The present moment.
    fn now(&self) -> Timestamp;
}

impl<T> Default for Fair<T> {
    fn default() -> Self {
        Self {
            present: 0,
            keys: BTreeMap::new(),
            heads: BTreeMap::new(),
            held: BTreeMap::new(),
            ahead: BTreeSet::new(),
        }
    }
}

impl<T> Fair<T> {
    pub(super) fn push(&mut self, key: &str, weight: f32, arrival: Arrival, item: T) {
        let entry = Entry { arrival, weight, item };
        if let Some((name, row)) = self.keys.get_key_value(key) {
            let (name, is_idle) = (name.clone(), row.entries.is_empty());
            if is_idle {
                self.ahead.remove(&(row.start, name.clone()));
            }
            if let Some(row) = self.keys.get_mut(key) {
                row.entries.push_back(entry);
                if is_idle {
                    row.start = row.start.max(self.present);
                    self.heads.insert((row.start, arrival), name);
                }
            }
            return;
        }
        let name: Arc<str> = key.into();
        self.heads.insert((self.present, arrival), name.clone());
        let row = Row {
            entries: [entry].into(),
            start: self.present,
        };
        self.keys.insert(name, row);
    }

    /// Whether nothing is left, wanted or not.
    pub(super) fn is_empty(&self) -> bool {
        self.heads.is_empty() && self.held.is_empty()
    }

    /// When one that is held may go, if all are.
    pub(super) fn next_release(&self) -> Option<Timestamp> {
        match self.held.first_key_value() {
            Some(((Until::At(at), _), _)) => Some(*at),
            _ => None,
        }
    }

    /// The next one that the rules let pass.
    pub(super) fn take(&mut self, rules: &mut impl Rules<T>) -> Option<T> {
        self.release(Until::At(rules.now()));
        while let Some(((start, arrival), key)) = self.heads.pop_first() {
            let Some(row) = self.keys.get_mut(&key) else { continue };
            let first = row.entries.front();
            let Some(first) = first.filter(|it| it.arrival == arrival && rules.is_wanted(arrival, &it.item)) else {
                row.entries.pop_front();
                self.put(key);
                continue;
            };
            let weight = rules.weight(&key, first.weight);
            if let Err(Empty(at)) = rules.admit(&key, weight) {
                self.held.insert((at.map_or(Until::Never, Until::At), arrival), key);
                continue;
            }
            let taken = row.entries.pop_front();
            row.start = start.saturating_add(span(weight));
            self.present = start;
            self.put(key);
            self.forget_the_past();
            return taken.map(|entry| entry.item);
        }
        // The last ones may have been wanted by nobody.
        self.forget_the_past();
        None
    }

    /// Takes out everything for which this says so, with its arrival, in the order of arrivals. What is left keeps its
    /// place.
    pub(super) fn extract(&mut self, mut is_meant: impl FnMut(Arrival, &T) -> bool) -> Vec<(Arrival, T)> {
        let mut extracted = Vec::new();
        self.release(Until::Never);
        self.heads.clear();
        let keys: Vec<_> = self.keys.keys().cloned().collect();
        for key in keys {
            if let Some(row) = self.keys.get_mut(&key) {
                let was_idle = row.entries.is_empty();
                let (out, kept): (Vec<_>, Vec<_>) = std::mem::take(&mut row.entries)
                    .into_iter()
                    .partition(|entry| is_meant(entry.arrival, &entry.item));
                row.entries = kept.into();
                extracted.extend(out.into_iter().map(|entry| (entry.arrival, entry.item)));
                if !was_idle {
                    self.put(key);
                }
            }
        }
        self.forget_the_past();
        extracted.sort_by_key(|(arrival, _)| *arrival);
        extracted
    }

    /// The rules have changed: what was held may go at once.
    pub(super) fn release_all(&mut self) {
        self.release(Until::Never);
    }

    fn release(&mut self, until: Until) {
        while let Some(first) = self.held.first_entry().filter(|it| it.key().0 <= until) {
            let key = first.remove();
            if let Some(row) = self.keys.get_mut(&key) {
                // What it could not have meanwhile it does not get in addition.
                row.start = row.start.max(self.present);
            }
            self.put(key);
        }
    }

    /// A key that is in no order goes where it belongs.
    fn put(&mut self, key: Arc<str>) {
        let Some(row) = self.keys.get(&key) else { return };
        match row.entries.front() {
            Some(first) => drop(self.heads.insert((row.start, first.arrival), key)),
            None => drop(self.ahead.insert((row.start, key))),
        }
    }

    fn forget_the_past(&mut self) {
        if self.is_empty() {
            *self = Self::default();
            return;
        }
        while let Some((start, _)) = self.ahead.first() {
            if *start > self.present && self.ahead.len() <= AHEAD_MAX {
                break;
            }
            if let Some((_, key)) = self.ahead.pop_first() {
                self.keys.remove(&key);
            }
        }
    }
}

/// How much of virtual time an entry takes.
fn span(weight: f32) -> Virtual {
    let weight = if weight.is_nan() || weight <= 0.0 { 1.0 } else { weight };
    (ENTRY / f64::from(weight.clamp(WEIGHT_MIN, WEIGHT_MAX))) as Virtual
}

#[cfg(test)]
impl<T> Fair<T> {
    /// Keys that it knows of.
    pub(super) fn keys(&self) -> usize {
        self.keys.len()
    }
}
