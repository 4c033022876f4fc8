//! Runs in the order of a value instead of that of their ids.

use super::{Attribute, AttributeType, Check, Condition, STATUSES, SystemAttribute, Test, Value};
use crate::store::RunSummary;
use mainspring_core::RunId;
use std::cmp::Ordering;

/// How much of a text decides where it stands, to a character's end.
pub const SORTED_TEXT_BYTES_MAX: usize = 128;

/// By what runs are listed. Runs with one value follow each other by their ids, in the same direction; those that have
/// none come at the end, the latest id first.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    /// Whose values. Invariant: [`Attribute::has_order`].
    pub attribute: Attribute,
    /// Whether the greatest comes first.
    pub is_descending: bool,
}

/// Where a value stands among others of its type: long texts by how they begin, whole numbers as the nearest floating
/// ones, moments to the microsecond. Values that differ less than that are equal here.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SortKey {
    /// How a text begins.
    Text(String),
    /// A number, as an integer that sorts as it does.
    Number(u64),
    /// False, then true.
    Bool(bool),
    /// Microseconds since the epoch.
    Moment(i64),
}

/// Which runs are asked for, and by what they are listed.
#[derive(Clone, Debug)]
pub struct OrderedQuery {
    /// Their tenant.
    pub namespace: String,
    /// What they must be.
    pub condition: Condition,
    /// Their order.
    pub order: Order,
    /// Where the page before this one ended, if there was one.
    pub after: Option<Place>,
    /// How many at most. Invariant: not 0.
    pub limit: usize,
}

/// A page of them. It may be shorter than was asked for, even empty, and not be the last: looking has a bound.
#[derive(Clone, Debug, PartialEq)]
pub struct OrderedPage {
    /// The runs.
    pub runs: Vec<RunSummary>,
    /// What to ask for the next page with, if there may be one. It says where in the order this one ended, so runs that
    /// come and go move no other. A run whose own value changes between two pages stands where its value puts it now.
    pub next: Option<Place>,
}

/// A place in an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// After this run, among those that have a value.
    Value(SortKey, RunId),
    /// Before this run, among those that have none.
    NoValue(RunId),
}

impl Order {
    /// Where a run stands, if it has a value.
    pub fn key(&self, run: &RunSummary) -> Option<SortKey> {
        self.attribute.values(run).first().map(SortKey::of)
    }

    /// Which of two places comes first.
    pub fn compare(&self, one: &Place, other: &Place) -> Ordering {
        match (one, other) {
            (Place::Value(key, run), Place::Value(other_key, other_run)) => {
                let ascending = (key, run).cmp(&(other_key, other_run));
                if self.is_descending {
                    ascending.reverse()
                } else {
                    ascending
                }
            }
            (Place::NoValue(run), Place::NoValue(other)) => other.cmp(run),
            (Place::Value(..), Place::NoValue(_)) => Ordering::Less,
            (Place::NoValue(_), Place::Value(..)) => Ordering::Greater,
        }
    }

    /// Those of the runs that are asked for that have no value. `None` if none can be.
    pub fn without_value(&self, condition: &Condition) -> Option<Condition> {
        let is_missing = match &self.attribute {
            Attribute::System(attribute) if attribute.is_of_every_run() => return None,
            // There is an index of what is open.
            Attribute::System(SystemAttribute::CloseTime) => {
                let open = STATUSES.iter().filter(|(_, status)| !status.is_closed());
                Test {
                    attribute: Attribute::System(SystemAttribute::ExecutionStatus),
                    check: Check::OneOf(open.map(|(name, _)| Value::Text((*name).to_owned())).collect()),
                    is_negated: false,
                }
            }
            attribute => Test {
                attribute: attribute.clone(),
                check: Check::Present,
                is_negated: true,
            },
        };
        let needs_value = |test: &&Test| test.check != Check::Present || !test.is_negated;
        if self.own_tests(condition).iter().any(needs_value) {
            return None;
        }
        Some(Condition::All(vec![Condition::Test(is_missing), condition.clone()]))
    }

    /// What every run that is asked for must pass, of the same attribute.
    pub fn own_tests<'a>(&self, condition: &'a Condition) -> Vec<&'a Test> {
        match condition {
            Condition::All(all) => all.iter().flat_map(|part| self.own_tests(part)).collect(),
            Condition::Test(test) if test.attribute == self.attribute => vec![test],
            Condition::Test(_) | Condition::Any(_) => Vec::new(),
        }
    }
}

impl Attribute {
    /// Whether there can be an order of it: every store keeps its values sorted, and no run has several.
    pub fn has_order(&self) -> bool {
        match self {
            Self::System(attribute) => SystemAttribute::INDEXED.contains(attribute),
            Self::Carried(_, AttributeType::Text | AttributeType::KeywordList) => false,
            Self::Carried(..) => true,
        }
    }
}

impl SortKey {
    /// Where a value stands.
    pub fn of(value: &Value) -> Self {
        match value {
            Value::Text(text) => Self::of_text(text),
            Value::Int(number) => Self::of_number(*number as f64),
            Value::Double(number) => Self::of_number(*number),
            Value::Bool(value) => Self::Bool(*value),
            Value::Datetime(at) => Self::Moment(at.as_microsecond()),
        }
    }

    /// Where a text stands.
    pub fn of_text(text: &str) -> Self {
        Self::Text(text[..text.floor_char_boundary(SORTED_TEXT_BYTES_MAX)].to_owned())
    }

    /// Negative numbers sort backwards by their bits, and below the others.
    fn of_number(number: f64) -> Self {
        // There are two zeros, and they are equal.
        let bits = (number + 0.0).to_bits();
        Self::Number(if bits >> 63 == 1 { !bits } else { bits | 1 << 63 })
    }
}
