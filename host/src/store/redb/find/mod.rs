//! Finds the runs that are asked for: here the latest id first, as [`sources`] lead to them, and in the order of a value
//! where that is [asked for](ordered).

mod ordered;
mod sources;

pub(super) use ordered::page as ordered_page;

use super::super::StoreError;
use super::super::search::{Condition, RunCount, RunPage, RunQuery};
use super::error::{corrupt, failed};
use super::table;
use super::{index, key, runs};
use ::redb::ReadTransaction;
use mainspring_core::RunId;
use sources::{Source, ask, sources};

/// How often sources are asked for one page. What is found by then is the page.
const LOOKS_MAX: usize = 10_000;

/// Rows that are counted at a time.
const COUNTED_MAX: u64 = 100_000;

pub(super) fn page(snapshot: &ReadTransaction, query: &RunQuery) -> Result<RunPage, StoreError> {
    let summaries = table::read(snapshot, runs::TABLE)?;
    let mut rows = table::read(snapshot, index::TABLE)?;
    let mut sources = sources(&rows, &query.namespace, &query.condition)?;
    if sources.is_empty() {
        rows = table::read(snapshot, runs::OF_NAMESPACE)?;
        sources.push(Source::of_prefix(runs::of_namespace(&query.namespace)));
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
