//! What runs are found by: attributes and their types, values, and conditions on them.
//!
//! A run's own attributes are payloads, and are kept as they came. What they mean depends on the type that their
//! namespace gives to the name, and is settled when somebody asks: a value that is not of that type is there for
//! whoever reads the run, and for lists it is as if it were missing. So a type can be given, taken and given anew
//! without a single run being touched. Nothing here knows how a condition is written, nor where runs are kept.

mod attribute;
mod condition;
mod order;
mod value;

pub use attribute::{
    Attribute, AttributeType, PREDEFINED_ATTRIBUTES, PROBLEMS_ATTRIBUTE, PROBLEMS_OF_BLOCKED, STATUSES, SystemAttribute,
};
pub use condition::{Check, Condition, Test, words};
pub use order::{Order, OrderedPage, OrderedQuery, Place, SORTED_TEXT_BYTES_MAX, SortKey};
pub(in crate::store) use value::readings;
pub use value::{ATTRIBUTES_MAX, VALUE_BYTES_MAX, Value, read, searchable};

use super::RunSummary;
use mainspring_core::RunId;
use std::collections::BTreeMap;

/// The types that a namespace gives to names.
pub type AttributeTypes = BTreeMap<String, AttributeType>;

/// Which runs are asked for, the latest id first.
#[derive(Clone, Debug)]
pub struct RunQuery {
    /// Their tenant.
    pub namespace: String,
    /// What they must be.
    pub condition: Condition,
    /// Where the page before this one ended, if there was one.
    pub before: Option<RunId>,
    /// How many at most. Invariant: not 0.
    pub limit: usize,
}

/// A page of runs. It may be shorter than was asked for, even empty, and not be the last: looking has a bound.
#[derive(Clone, Debug, PartialEq)]
pub struct RunPage {
    /// The runs.
    pub runs: Vec<RunSummary>,
    /// What to ask for the next page with, if there may be one. Since a run's id never changes, a run that starts or
    /// closes between two pages is neither shown twice nor hides another.
    pub next: Option<RunId>,
}

/// How many runs there are, as far as was counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunCount {
    /// How many.
    pub runs: u64,
    /// What to go on counting with, if there may be more.
    pub next: Option<RunId>,
}

/// The type of an attribute that a run may carry: one that has a meaning everywhere, or one of its namespace.
pub fn type_of(types: &AttributeTypes, name: &str) -> Option<AttributeType> {
    let predefined = PREDEFINED_ATTRIBUTES.iter().find(|(known, _)| *known == name);
    predefined
        .map(|(_, attribute_type)| *attribute_type)
        .or_else(|| types.get(name).copied())
}
