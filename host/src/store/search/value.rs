//! Values of attributes, and how payloads are read as such.

use super::AttributeType;
use crate::store::RunSummary;
use mainspring_core::Payload;
use serde_json::Value as Json;
use std::cmp::Ordering;

/// Attributes that a run can be found by. Further ones, in the order of their names, are kept and not found.
pub const ATTRIBUTES_MAX: usize = 100;

/// The longest value that a run can be found by. A longer one is kept and not found.
pub const VALUE_BYTES_MAX: usize = 2 * 1024;

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Of a text, a keyword, or one of several keywords.
    Text(String),
    /// A whole number.
    Int(i64),
    /// A number. Invariant: it is finite.
    Double(f64),
    /// True or false.
    Bool(bool),
    /// A moment.
    Datetime(jiff::Timestamp),
}

impl Value {
    /// The order of two values of one type. Values of different types have none.
    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Text(one), Self::Text(other)) => Some(one.cmp(other)),
            (Self::Int(one), Self::Int(other)) => Some(one.cmp(other)),
            (Self::Double(one), Self::Double(other)) => one.partial_cmp(other),
            (Self::Bool(one), Self::Bool(other)) => Some(one.cmp(other)),
            (Self::Datetime(one), Self::Datetime(other)) => Some(one.cmp(other)),
            _ => None,
        }
    }
}

/// What a run carries and can be found by.
pub fn searchable(run: &RunSummary) -> impl Iterator<Item = (&String, &Payload)> {
    let bounded = run.search_attributes.iter().take(ATTRIBUTES_MAX);
    bounded
        .filter(|(_, payload)| payload.data.len() <= VALUE_BYTES_MAX)
        .map(|(name, payload)| (name, payload))
}

/// Reads a payload as values of a type: JSON, where a list of one counts as that one, and null as nothing.
/// `None` if it is not of that type.
pub fn read(payload: &Payload, attribute_type: AttributeType) -> Option<Vec<Value>> {
    let one = |json: Json| match (attribute_type, json) {
        (AttributeType::Text | AttributeType::Keyword | AttributeType::KeywordList, Json::String(text)) => {
            Some(Value::Text(text))
        }
        (AttributeType::Int, Json::Number(number)) => number.as_i64().map(Value::Int),
        (AttributeType::Double, Json::Number(number)) => number.as_f64().map(Value::Double),
        (AttributeType::Bool, Json::Bool(value)) => Some(Value::Bool(value)),
        (AttributeType::Datetime, Json::String(text)) => text.parse().ok().map(Value::Datetime),
        _ => None,
    };
    match json(payload)? {
        Json::Null => Some(Vec::new()),
        Json::Array(list) if list.len() <= 1 || attribute_type == AttributeType::KeywordList => {
            list.into_iter().map(one).collect()
        }
        json => one(json).map(|value| vec![value]),
    }
}

/// Every value that [`read`] may find in a payload, whatever the type.
pub(in crate::store) fn readings(payload: &Payload) -> Vec<Value> {
    let list = match json(payload) {
        Some(Json::Array(list)) => list,
        Some(json) => vec![json],
        None => Vec::new(),
    };
    let mut values = Vec::with_capacity(list.len());
    for json in list {
        match json {
            Json::String(text) => {
                values.extend(text.parse().ok().map(Value::Datetime));
                values.push(Value::Text(text));
            }
            // For the index a whole number is a number; its range is rechecked.
            Json::Number(number) => values.extend(number.as_f64().map(Value::Double)),
            Json::Bool(value) => values.push(Value::Bool(value)),
            Json::Null | Json::Array(_) | Json::Object(_) => {}
        }
    }
    values
}

fn json(payload: &Payload) -> Option<Json> {
    match payload.encoding() {
        Some("json/plain") => serde_json::from_slice(&payload.data).ok(),
        Some("binary/null") => Some(Json::Null),
        _ => None,
    }
}
