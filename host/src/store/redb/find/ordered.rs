//! Runs in the order of a value.
//!
//! If an index of something else leads to a few runs at most, these are put in order. Otherwise the rows of the value
//! are walked, which are in order already, and what else is asked for is looked up.

use super::super::super::StoreError;
use super::super::super::search::{OrderedPage, OrderedQuery, Place, RunQuery};
use super::super::index;
use super::super::table::{self, Snapshot};
use super::super::{error::failed, runs};
use super::{LOOKS_MAX, sources};
use crate::store::RunSummary;
use ::redb::ReadTransaction;
use mainspring_core::RunId;

/// As many runs are put in order for a page, rather than that the whole order is walked.
const SORTED_MAX: usize = 2_000;

pub(in super::super) fn page(snapshot: &ReadTransaction, query: &OrderedQuery) -> Result<OrderedPage, StoreError> {
    let mut page = OrderedPage {
        runs: Vec::new(),
        next: None,
    };
    let no_value_before = match &query.after {
        Some(Place::NoValue(before)) => Some(*before),
        Some(Place::Value(..)) | None => {
            page = with_value(snapshot, query)?;
            None
        }
    };
    if page.next.is_some() {
        return Ok(page);
    }
    let Some(condition) = query.order.without_value(&query.condition) else {
        return Ok(page);
    };
    let rest = super::page(
        snapshot,
        &RunQuery {
            namespace: query.namespace.clone(),
            condition,
            before: no_value_before,
            limit: query.limit - page.runs.len(),
        },
    )?;
    page.runs.extend(rest.runs);
    page.next = rest.next.map(Place::NoValue);
    Ok(page)
}

/// A page of those that have a value. If there is nothing next, it has room for one without.
fn with_value(snapshot: &ReadTransaction, query: &OrderedQuery) -> Result<OrderedPage, StoreError> {
    let rows = table::read(snapshot, index::TABLE)?;
    let summaries = table::read(snapshot, runs::TABLE)?;
    let wanted = |run| -> Result<Option<(Place, RunSummary)>, StoreError> {
        let summary = runs::get(&summaries, run)?;
        let summary = summary.filter(|run| run.namespace == query.namespace && query.condition.matches(run));
        Ok(summary.and_then(|run| Some((Place::Value(query.order.key(&run)?, run.execution.run_id), run))))
    };
    match sources::few(&rows, &query.namespace, &query.condition, SORTED_MAX)? {
        Some(few) => {
            let found: Result<Vec<_>, _> = few.into_iter().filter_map(|run| wanted(run).transpose()).collect();
            Ok(sorted(query, found?))
        }
        None => walked(&rows, query, wanted),
    }
}

fn sorted(query: &OrderedQuery, mut found: Vec<(Place, RunSummary)>) -> OrderedPage {
    let order = |one: &Place, other: &Place| query.order.compare(one, other);
    found.retain(|(place, _)| query.after.as_ref().is_none_or(|after| order(place, after).is_gt()));
    found.sort_by(|(one, _), (other, _)| order(one, other));
    found.truncate(query.limit);
    let last = found.last().filter(|_| found.len() == query.limit);
    OrderedPage {
        next: last.map(|(place, _)| place.clone()),
        runs: found.into_iter().map(|(_, run)| run).collect(),
    }
}

fn walked(
    rows: &Snapshot,
    query: &OrderedQuery,
    wanted: impl Fn(RunId) -> Result<Option<(Place, RunSummary)>, StoreError>,
) -> Result<OrderedPage, StoreError> {
    let mut page = OrderedPage {
        runs: Vec::new(),
        next: None,
    };
    let Some((low, high)) = range(query).filter(|(low, high)| low < high) else {
        return Ok(page);
    };
    let mut range = rows
        .range(low.as_slice()..high.as_slice())
        .map_err(failed("list runs in order"))?;
    for looks in 1.. {
        let row = match query.order.is_descending {
            true => range.next_back(),
            false => range.next(),
        };
        let Some(row) = row else { break };
        let (row, _) = row.map_err(failed("list runs in order"))?;
        let (key, run) = index::place(&query.namespace, &query.order, row.value())?;
        let place = Place::Value(key, run);
        // Rows promise little: what puts this one here may be no value of the run that counts.
        page.runs
            .extend(wanted(run)?.filter(|(own, _)| *own == place).map(|(_, run)| run));
        if page.runs.len() == query.limit || looks == LOOKS_MAX {
            page.next = Some(place);
            break;
        }
    }
    Ok(page)
}

/// The rows that are left to be walked: the first, and the first that is none any more.
fn range(query: &OrderedQuery) -> Option<(Vec<u8>, Vec<u8>)> {
    let (mut low, mut high) = index::in_order(&query.namespace, &query.order)?;
    for test in query.order.own_tests(&query.condition) {
        let mut spans = index::spans(&query.namespace, test).unwrap_or_default();
        // Several are walked as a whole, with what lies between them.
        if let Some(span) = spans.pop().filter(|_| spans.is_empty()) {
            let (first, end) = span.bounds();
            low = low.max(first);
            high = high.min(end);
        }
    }
    if let Some(Place::Value(key, run)) = &query.after {
        let ended = index::row(&query.namespace, &query.order, key, *run)?;
        match query.order.is_descending {
            true => high = high.min(ended),
            false => low = low.max([ended, vec![0]].concat()),
        }
    }
    Some((low, high))
}
