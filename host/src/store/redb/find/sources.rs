//! Where runs may be that are asked for.
//!
//! There is no estimate of what is rare. Each part of a conjunction that the index knows something of is a source, and
//! tells the latest run, from a given one on, that may be wanted. Sources are asked in turn, each from where the one
//! before it stands, until they agree: then the run's summary decides. So the rarest takes the largest leaps, and the
//! others leap with it.

use super::super::super::StoreError;
use super::super::super::search::{Attribute, Check, Condition, SystemAttribute, Test, Value};
use super::super::error::failed;
use super::super::index::{self, Span};
use super::super::key;
use super::super::table::Snapshot;
use super::run_of;
use mainspring_core::RunId;
use std::collections::BTreeSet;

/// Rows of a range that are gathered for a page, since they are not in the order of run ids. A range that has more is
/// not worth it, and is left to looking.
const RANGE_ROWS_MAX: usize = 50_000;

/// Values that one source may have. More cost more than they spare.
const VALUES_MAX: usize = 32;

/// Where runs that may be wanted are, and no others are wanted.
#[derive(Default)]
pub(super) struct Source {
    /// What keys begin with, of runs in the order of their ids.
    prefixes: Vec<Vec<u8>>,
    runs: BTreeSet<RunId>,
}

/// The latest run that no source rules out yet, and whether all of them have it.
pub(super) fn ask(rows: &Snapshot, sources: &[Source], from: RunId) -> Result<Option<(RunId, bool)>, StoreError> {
    let (mut first, mut at_most) = (None, from);
    for source in sources {
        let Some(run) = source.latest(rows, at_most)? else {
            return Ok(None);
        };
        first.get_or_insert(run);
        at_most = run;
    }
    Ok(first.map(|first| (at_most, first == at_most)))
}

impl Source {
    pub(super) fn of_prefix(prefix: Vec<u8>) -> Self {
        Self {
            prefixes: vec![prefix],
            runs: BTreeSet::new(),
        }
    }

    fn latest(&self, rows: &Snapshot, at_most: RunId) -> Result<Option<RunId>, StoreError> {
        let mut latest = self.runs.range(..=at_most).next_back().copied();
        for prefix in &self.prefixes {
            let end: Vec<u8> = [prefix.as_slice(), key::run(&at_most)].concat();
            let mut range = rows
                .range(prefix.as_slice()..=end.as_slice())
                .map_err(failed("find runs"))?;
            if let Some(row) = range.next_back() {
                let (key, _) = row.map_err(failed("find runs"))?;
                latest = latest.max(Some(run_of(key.value())?));
            }
        }
        Ok(latest)
    }
}

pub(super) fn sources(rows: &Snapshot, namespace: &str, condition: &Condition) -> Result<Vec<Source>, StoreError> {
    let mut sources = Vec::new();
    for candidate in candidates(namespace, condition) {
        sources.extend(gathered(rows, candidate)?);
    }
    Ok(sources)
}

/// What is known of where runs may be, before the index is read.
#[derive(Default)]
struct Candidate {
    spans: Vec<Span>,
    runs: BTreeSet<RunId>,
}

/// Each of these alone has all runs that are wanted.
fn candidates(namespace: &str, condition: &Condition) -> Vec<Candidate> {
    match condition {
        Condition::All(all) => all.iter().flat_map(|part| candidates(namespace, part)).collect(),
        Condition::Any(any) => {
            let mut union = Candidate::default();
            for part in any {
                // One that can be anywhere makes all others worthless.
                let Some(candidate) = candidates(namespace, part).into_iter().next() else {
                    return Vec::new();
                };
                union.spans.extend(candidate.spans);
                union.runs.extend(candidate.runs);
            }
            worthwhile(union)
        }
        Condition::Test(test) => match run_ids(test) {
            Some(runs) => worthwhile(Candidate {
                spans: Vec::new(),
                runs,
            }),
            None => index::spans(namespace, test).map_or_else(Vec::new, |spans| {
                worthwhile(Candidate {
                    spans,
                    runs: BTreeSet::new(),
                })
            }),
        },
    }
}

fn worthwhile(candidate: Candidate) -> Vec<Candidate> {
    let is_worthwhile = candidate.spans.len() <= VALUES_MAX;
    is_worthwhile.then_some(candidate).into_iter().collect()
}

/// The runs that a test names.
fn run_ids(test: &Test) -> Option<BTreeSet<RunId>> {
    match (&test.attribute, &test.check, test.is_negated) {
        (Attribute::System(SystemAttribute::RunId), Check::OneOf(values), false) => {
            let ids = values.iter().filter_map(|value| match value {
                Value::Text(id) => RunId::parse(id),
                _ => None,
            });
            Some(ids.collect())
        }
        _ => None,
    }
}

/// All runs of one candidate, if there are no more than that: of what is wanted, they are at least all.
pub(super) fn few(
    rows: &Snapshot,
    namespace: &str,
    condition: &Condition,
    max: usize,
) -> Result<Option<BTreeSet<RunId>>, StoreError> {
    for candidate in candidates(namespace, condition) {
        let mut runs = candidate.runs;
        let mut is_exceeded = false;
        for span in candidate.spans {
            let (low, high) = span.bounds();
            is_exceeded |= !gather(rows, &low, &high, max, &mut runs)?;
            if is_exceeded {
                break;
            }
        }
        if !is_exceeded {
            return Ok(Some(runs));
        }
    }
    Ok(None)
}

/// Adds the runs of a range, until there are more than that; whether there were not.
fn gather(
    rows: &Snapshot,
    low: &[u8],
    high: &[u8],
    max: usize,
    runs: &mut BTreeSet<RunId>,
) -> Result<bool, StoreError> {
    // An empty range is none that redb takes.
    if low >= high {
        return Ok(true);
    }
    for row in rows.range(low..high).map_err(failed("find runs"))? {
        let (key, _) = row.map_err(failed("find runs"))?;
        runs.insert(run_of(key.value())?);
        if runs.len() > max {
            return Ok(false);
        }
    }
    Ok(true)
}

/// `None` if a range has too many runs to be put in order.
fn gathered(rows: &Snapshot, candidate: Candidate) -> Result<Option<Source>, StoreError> {
    let mut source = Source {
        prefixes: Vec::new(),
        runs: candidate.runs,
    };
    for span in candidate.spans {
        match span {
            Span::Value(prefix) => source.prefixes.push(prefix),
            Span::Range(low, high) => {
                if !gather(rows, &low, &high, RANGE_ROWS_MAX, &mut source.runs)? {
                    return Ok(None);
                }
            }
        }
    }
    Ok(Some(source))
}
