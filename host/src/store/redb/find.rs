//! Finds the runs that are asked for, the latest id first.
//!
//! There is no estimate of what is rare. Each part of a conjunction that the index knows something of is a source, and
//! tells the latest run, from a given one on, that may be wanted. Sources are asked in turn, each from where the one
//! before it stands, until they agree: then the run's summary decides. So the rarest takes the largest leaps, and the
//! others leap with it.

use super::super::StoreError;
use super::super::search::{Attribute, Check, Condition, RunCount, RunPage, RunQuery, SystemAttribute, Test, Value};
use super::error::{corrupt, failed};
use super::index::{self, Span};
use super::key;
use super::runs;
use super::table::{self, Snapshot};
use ::redb::ReadTransaction;
use mainspring_core::RunId;
use std::collections::BTreeSet;

/// How often sources are asked for one page. What is found by then is the page.
const LOOKS_MAX: usize = 10_000;

/// Rows of a range that are gathered for a page, since they are not in the order of run ids. A range that has more is
/// not worth it, and is left to looking.
const RANGE_ROWS_MAX: usize = 50_000;

/// Rows that are counted at a time.
const COUNTED_MAX: u64 = 100_000;

/// Values that one source may have. More cost more than they spare.
const VALUES_MAX: usize = 32;

/// Where runs that may be wanted are, and no others are wanted.
#[derive(Default)]
struct Source {
    /// What keys begin with, of runs in the order of their ids.
    prefixes: Vec<Vec<u8>>,
    runs: BTreeSet<RunId>,
}

pub(super) fn page(snapshot: &ReadTransaction, query: &RunQuery) -> Result<RunPage, StoreError> {
    let summaries = table::read(snapshot, runs::TABLE)?;
    let mut rows = table::read(snapshot, index::TABLE)?;
    let mut sources = sources(&rows, query)?;
    if sources.is_empty() {
        rows = table::read(snapshot, runs::OF_NAMESPACE)?;
        sources.push(Source {
            prefixes: vec![runs::of_namespace(&query.namespace)],
            runs: BTreeSet::new(),
        });
    }
    let mut page = RunPage {
        runs: Vec::new(),
        next: None,
    };
    let mut at_most = match query.before {
        None => Some(LATEST),
        Some(before) => below(before),
    };
    for _ in 0..LOOKS_MAX {
        let Some(from) = at_most else { return Ok(page) };
        let Some((run, is_agreed)) = ask(&rows, &sources, from)? else {
            return Ok(page);
        };
        at_most = Some(run);
        if is_agreed {
            let summary = runs::get(&summaries, run)?;
            let summary = summary.filter(|run| run.namespace == query.namespace && query.condition.matches(run));
            page.runs.extend(summary);
            at_most = below(run);
        }
        if page.runs.len() == query.limit {
            break;
        }
    }
    page.next = at_most.map(above);
    Ok(page)
}

/// Counts the runs of a namespace by their rows, which say nothing else; others as a page of them is found.
pub(super) fn count(snapshot: &ReadTransaction, query: &RunQuery) -> Result<RunCount, StoreError> {
    if query.condition != Condition::EVERYTHING {
        let page = page(snapshot, query)?;
        return Ok(RunCount {
            runs: page.runs.len() as u64,
            next: page.next,
        });
    }
    let mut count = RunCount { runs: 0, next: None };
    let Some(latest) = query.before.map_or(Some(LATEST), below) else {
        return Ok(count);
    };
    let rows = table::read(snapshot, runs::OF_NAMESPACE)?;
    let prefix = runs::of_namespace(&query.namespace);
    let end = [prefix.as_slice(), key::run(&latest)].concat();
    let range = rows.range(prefix.as_slice()..=end.as_slice());
    for row in range.map_err(failed("count runs"))?.rev() {
        let (key, _) = row.map_err(failed("count runs"))?;
        if count.runs == COUNTED_MAX {
            count.next = Some(above(run_of(key.value())?));
            break;
        }
        count.runs += 1;
    }
    Ok(count)
}

/// The latest run that no source rules out yet, and whether all of them have it.
fn ask(rows: &Snapshot, sources: &[Source], from: RunId) -> Result<Option<(RunId, bool)>, StoreError> {
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

fn sources(rows: &Snapshot, query: &RunQuery) -> Result<Vec<Source>, StoreError> {
    let mut sources = Vec::new();
    for candidate in candidates(&query.namespace, &query.condition) {
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

/// `None` if a range has too many runs to be put in order.
fn gathered(rows: &Snapshot, candidate: Candidate) -> Result<Option<Source>, StoreError> {
    let mut source = Source {
        prefixes: Vec::new(),
        runs: candidate.runs,
    };
    let mut left = RANGE_ROWS_MAX;
    for span in candidate.spans {
        match span {
            Span::Value(prefix) => source.prefixes.push(prefix),
            Span::Range(low, high) if low < high => {
                let range = rows.range(low.as_slice()..high.as_slice());
                for row in range.map_err(failed("find runs"))? {
                    let Some(fewer) = left.checked_sub(1) else {
                        return Ok(None);
                    };
                    left = fewer;
                    let (key, _) = row.map_err(failed("find runs"))?;
                    source.runs.insert(run_of(key.value())?);
                }
            }
            Span::Range(..) => {}
        }
    }
    Ok(Some(source))
}

const LATEST: RunId = RunId::from_bytes([u8::MAX; 16]);

fn below(run: RunId) -> Option<RunId> {
    let number = u128::from_be_bytes(*run.as_bytes()).checked_sub(1)?;
    Some(RunId::from_bytes(number.to_be_bytes()))
}

fn above(run: RunId) -> RunId {
    RunId::from_bytes(u128::from_be_bytes(*run.as_bytes()).saturating_add(1).to_be_bytes())
}

fn run_of(key: &[u8]) -> Result<RunId, StoreError> {
    key::last_run(key).ok_or_else(|| corrupt("the index of runs", "a short key"))
}
