//! Which runs have a value: rows of namespace, name, value and run id, so that the runs with one value lie together in
//! the order of their ids, and the values of an attribute in the order of the values.
//!
//! A row promises little: that the run *may* be one of those with the value. Long texts are cut, numbers are rounded,
//! and what a run carries is read in every way that the type of its name may ask for. Whoever looks a run up here
//! looks at its summary, too. A step that changes no summary changes nothing here.

use super::super::search::{Attribute, AttributeType, Check, SystemAttribute, Test, Value, readings, searchable};
use super::super::{RunSummary, StoreError};
use super::key;
use super::table::{self, Definition, Rows};
use std::collections::BTreeSet;
use std::ops::Bound;

pub(super) const TABLE: Definition = Definition::new("index");

/// What of every run is in the index. Each costs a row when a run starts or closes; the rest is left to looking.
const INDEXED: [SystemAttribute; 5] = [
    SystemAttribute::WorkflowId,
    SystemAttribute::WorkflowType,
    SystemAttribute::ExecutionStatus,
    SystemAttribute::StartTime,
    SystemAttribute::CloseTime,
];

/// Texts are cut here, at a character's end.
const TEXT_BYTES_MAX: usize = 128;

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
    for attribute in INDEXED {
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
    let (name, of_type) = match &test.attribute {
        Attribute::System(attribute) if INDEXED.contains(attribute) => attribute.name_and_type(),
        Attribute::Carried(name, of_type) => (name.as_str(), *of_type),
        Attribute::System(_) => return None,
    };
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
            let mut low = with_kind(name, TEXT);
            key::push_text(&mut low, cut(prefix));
            // The text goes on.
            low.pop();
            Some(vec![Span::Range(low.clone(), after_runs(low))])
        }
        Check::Present => Some(vec![Span::Range(name.clone(), with_kind(name, KINDS_END))]),
        Check::HasWord(_) => None,
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

/// The order of the bytes is the order of the values, or they are equal where the values are close.
fn with_value(key: Vec<u8>, value: &Value) -> Vec<u8> {
    let (mut key, bytes) = match value {
        Value::Text(text) => {
            let mut key = with_kind(key, TEXT);
            key::push_text(&mut key, cut(text));
            return key;
        }
        Value::Int(number) => (with_kind(key, NUMBER), of_number(*number as f64)),
        Value::Double(number) => (with_kind(key, NUMBER), of_number(*number)),
        Value::Bool(value) => (with_kind(key, BOOL), [u8::from(*value); 8]),
        Value::Datetime(at) => (with_kind(key, DATETIME), of_whole(at.as_microsecond())),
    };
    key.extend_from_slice(&bytes);
    key
}

/// Negative numbers sort backwards by their bits, and below the others.
fn of_number(number: f64) -> [u8; 8] {
    // There are two zeros, and they are equal.
    let bits = (number + 0.0).to_bits();
    let sortable = if bits >> 63 == 1 { !bits } else { bits | 1 << 63 };
    sortable.to_be_bytes()
}

fn of_whole(number: i64) -> [u8; 8] {
    (number as u64 ^ 1 << 63).to_be_bytes()
}

fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(TEXT_BYTES_MAX)]
}

fn after_runs(mut key: Vec<u8>) -> Vec<u8> {
    key.extend_from_slice(&AFTER_RUNS);
    key
}
