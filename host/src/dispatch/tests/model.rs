//! Start-time fair queueing as its authors write it down: each entry has its start when it comes.

use std::collections::BTreeMap;

const ENTRY: f64 = (1 << 20) as f64;

pub(super) struct Entry {
    pub(super) level: u32,
    pub(super) key: &'static str,
    pub(super) weight: f32,
    pub(super) number: u64,
}

#[derive(Default)]
pub(super) struct Model {
    levels: BTreeMap<u32, Level>,
}

#[derive(Default)]
struct Level {
    present: u64,
    ends: BTreeMap<&'static str, u64>,
    /// Start, order of coming, key, weight, number.
    waiting: Vec<(u64, usize, Entry)>,
    came: usize,
}

impl Model {
    pub(super) fn push(&mut self, entry: Entry) {
        let level = self.levels.entry(entry.level).or_default();
        let end = level.ends.get(entry.key).copied().unwrap_or_default();
        let start = end.max(level.present);
        let span = (ENTRY / f64::from(entry.weight)) as u64;
        level.ends.insert(entry.key, start + span);
        level.came += 1;
        level.waiting.push((start, level.came, entry));
    }

    pub(super) fn take(&mut self) -> Option<u64> {
        let level = self.levels.values_mut().find(|level| !level.waiting.is_empty())?;
        let first = level
            .waiting
            .iter()
            .enumerate()
            .min_by_key(|(_, (start, came, _))| (*start, *came));
        let (at, _) = first?;
        let (start, _, entry) = level.waiting.remove(at);
        level.present = start;
        if level.waiting.is_empty() {
            *level = Level::default();
        }
        Some(entry.number)
    }
}
