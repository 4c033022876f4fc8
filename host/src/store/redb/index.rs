//! Which runs have a value: rows of namespace, name, value and run id, so that the runs with one value lie together in
//! the order of their ids, and the values of an attribute in the order of the values.
//!
//! A row promises little: that the run *may* be one of those with the value. Long texts are cut, numbers are rounded,
//! and what a run carries is read in every way that the type of its name may ask for. Whoever looks a run up here
//! looks at its summary, too. A step that changes no summary changes nothing here.

use super::super::search::{
    Attribute, AttributeType, Check, Order, SortKey, SystemAttribute, Test, Value, readings, searchable,
};
use super::super::{RunSummary, StoreError};
use super::error::corrupt;
use super::key;
use super::table::{self, Definition, Rows};
use mainspring_core::RunId;
use std::collections::BTreeSet;
use std::ops::Bound;

pub(super) const TABLE: Definition = Definition::new("index");

/// Greater than all that may follow a value: a run id has 16 bytes.
const AFTER_RUNS: [u8; 17] = [u8::MAX; 17];

/// A part of the index.
#[derive(Debug)]
pub(super) enum Span {
    /// The runs with one value, in the order of their ids: what their keys begin with.
    Value(Vec<u8>),
    /// The runs with a range of values, in the order of these: the first key, and the first that is none any more.
    Range(Vec<u8>, Vec<u8>),
}

impl Span {
    /// The first key, and the first that is none any more.
    pub(super) fn bounds(self) -> (Vec<u8>, Vec<u8>) {
        match self {
            Self::Value(prefix) => (prefix.clone(), after_runs(prefix)),
            Self::Range(low, high) => (low, high),
        }
    }
}

/// Makes the rows of a run say what its summary says now; none if it is gone.
pub(super) fn change(
    index: &mut Rows<'_>,
    before: Option<&RunSummary>,
    now: Option<&RunSummary>,
) -> Result<(), StoreError> {
    let (before, now) = (before.map(rows).unwrap_or_default(), now.map(rows).unwrap_or_default());
    for gone in before.difference(&now) {
        table::remove(index, gone)?;
    }
    now.difference(&before).try_for_each(|new| table::put(index, new, &[]))
}

fn rows(run: &RunSummary) -> BTreeSet<Vec<u8>> {
    let mut rows = BTreeSet::new();
    let mut add = |name: &str, value: &Value| {
        let mut row = of_value(&run.namespace, name, value);
        row.extend_from_slice(key::run(&run.execution.run_id));
        rows.insert(row);
    };
    for attribute in SystemAttribute::INDEXED {
        if let Some(value) = attribute.value(run) {
            add(attribute.name_and_type().0, &value);
        }
    }
    for (name, payload) in searchable(run) {
        readings(payload).iter().for_each(|value| add(name, value));
    }
    rows
}

/// Where the runs are that pass a test, and maybe others. `None` if the index cannot tell.
pub(super) fn spans(namespace: &str, test: &Test) -> Option<Vec<Span>> {
    let (name, of_type) = indexed(&test.attribute)?;
    if test.is_negated {
        return None;
    }
    let name = of_name(namespace, name);
    match &test.check {
        Check::OneOf(values) => {
            let value = |value| Span::Value(with_value(name.clone(), value));
            Some(values.iter().map(value).collect())
        }
        Check::Between(low, high) => {
            let kind = kind(of_type)?;
            let low = match low {
                Bound::Included(low) | Bound::Excluded(low) => with_value(name.clone(), low),
                Bound::Unbounded => with_kind(name.clone(), kind),
            };
            let high = match high {
                Bound::Included(high) | Bound::Excluded(high) => after_runs(with_value(name, high)),
                Bound::Unbounded => with_kind(name, kind + 1),
            };
            Some(vec![Span::Range(low, high)])
        }
        Check::StartsWith(prefix) => {
            let mut low = with_sort_key(name, &SortKey::of_text(prefix));
            // The text goes on.
            low.pop();
            Some(vec![Span::Range(low.clone(), after_runs(low))])
        }
        Check::Present => Some(vec![Span::Range(name.clone(), with_kind(name, KINDS_END))]),
        Check::HasWord(_) => None,
    }
}

/// Where all runs are that have a value to be listed by, in its order: the first key, and the first that is none any
/// more. Rows of values that are not of the attribute's type lie elsewhere, or are of no value at all.
pub(super) fn in_order(namespace: &str, order: &Order) -> Option<(Vec<u8>, Vec<u8>)> {
    let (name, of_type) = indexed(&order.attribute)?;
    let (name, kind) = (of_name(namespace, name), kind(of_type)?);
    Some((with_kind(name.clone(), kind), with_kind(name, kind + 1)))
}

/// The row of a run that stands at a place in an order.
pub(super) fn row(namespace: &str, order: &Order, key: &SortKey, run: RunId) -> Option<Vec<u8>> {
    let (name, _) = indexed(&order.attribute)?;
    let mut row = with_sort_key(of_name(namespace, name), key);
    row.extend_from_slice(key::run(&run));
    Some(row)
}

/// The place at which a row of an order stands.
pub(super) fn place(namespace: &str, order: &Order, row: &[u8]) -> Result<(SortKey, RunId), StoreError> {
    let malformed = || corrupt("the index of runs", "a row of no value");
    let (name, _) = indexed(&order.attribute).ok_or_else(malformed)?;
    let value = row.strip_prefix(of_name(namespace, name).as_slice());
    let (value, run) = value.and_then(|rest| rest.split_last_chunk()).ok_or_else(malformed)?;
    let key = sort_key(value).ok_or_else(malformed)?;
    Ok((key, RunId::from_bytes(*run)))
}

fn sort_key(value: &[u8]) -> Option<SortKey> {
    let (kind, bytes) = value.split_first()?;
    if *kind == TEXT {
        return key::text(bytes).map(SortKey::Text);
    }
    let number = u64::from_be_bytes(bytes.try_into().ok()?);
    match *kind {
        NUMBER => Some(SortKey::Number(number)),
        BOOL => Some(SortKey::Bool(number != 0)),
        DATETIME => Some(SortKey::Moment((number ^ 1 << 63) as i64)),
        _ => None,
    }
}

fn indexed(attribute: &Attribute) -> Option<(&str, AttributeType)> {
    match attribute {
        Attribute::System(attribute) if SystemAttribute::INDEXED.contains(attribute) => Some(attribute.name_and_type()),
        Attribute::System(_) => None,
        Attribute::Carried(name, of_type) => Some((name, *of_type)),
    }
}

const TEXT: u8 = 1;
const NUMBER: u8 = 2;
const BOOL: u8 = 3;
const DATETIME: u8 = 4;
const KINDS_END: u8 = 5;

/// Among which rows the values of a type are to be found. `None` for texts that are found by their words.
const fn kind(of_type: AttributeType) -> Option<u8> {
    match of_type {
        AttributeType::Keyword | AttributeType::KeywordList => Some(TEXT),
        AttributeType::Int | AttributeType::Double => Some(NUMBER),
        AttributeType::Bool => Some(BOOL),
        AttributeType::Datetime => Some(DATETIME),
        AttributeType::Text => None,
    }
}

fn of_name(namespace: &str, name: &str) -> Vec<u8> {
    let mut key = key::text_and(namespace, &[]);
    key::push_text(&mut key, name);
    key
}

fn of_value(namespace: &str, name: &str, value: &Value) -> Vec<u8> {
    with_value(of_name(namespace, name), value)
}

fn with_kind(mut key: Vec<u8>, kind: u8) -> Vec<u8> {
    key.push(kind);
    key
}

fn with_value(key: Vec<u8>, value: &Value) -> Vec<u8> {
    with_sort_key(key, &SortKey::of(value))
}

/// The order of the bytes is the order of the keys.
fn with_sort_key(key: Vec<u8>, sort_key: &SortKey) -> Vec<u8> {
    let (mut key, bytes) = match sort_key {
        SortKey::Text(text) => {
            let mut key = with_kind(key, TEXT);
            key::push_text(&mut key, text);
            return key;
        }
        SortKey::Number(number) => (with_kind(key, NUMBER), number.to_be_bytes()),
        SortKey::Bool(value) => (with_kind(key, BOOL), [u8::from(*value); 8]),
        SortKey::Moment(at) => (with_kind(key, DATETIME), (*at as u64 ^ 1 << 63).to_be_bytes()),
    };
    key.extend_from_slice(&bytes);
    key
}

fn after_runs(mut key: Vec<u8>) -> Vec<u8> {
    key.extend_from_slice(&AFTER_RUNS);
    key
}
