//! Conditions on runs. They are data, so that a store can see what its indexes are good for.

use super::{Attribute, SystemAttribute, Value};
use crate::store::RunSummary;
use std::cmp::Ordering;
use std::ops::Bound;

/// What a run must be.
///
/// There is no negation of a whole: whoever makes a condition turns it into one of its parts. A comparison with an
/// attribute that the run has not got fails, negated or not, as in SQL.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// All of these; everything, if there are none.
    All(Vec<Condition>),
    /// One of these at least.
    Any(Vec<Condition>),
    /// One comparison.
    Test(Test),
}

/// A comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct Test {
    /// Of what.
    pub attribute: Attribute,
    /// With what. Of several values, one suffices.
    pub check: Check,
    /// Whether it must not hold.
    pub is_negated: bool,
}

/// What a value is compared with. Invariant: values have the attribute's type.
#[derive(Clone, Debug, PartialEq)]
pub enum Check {
    /// It is there.
    Present,
    /// It is one of these.
    OneOf(Vec<Value>),
    /// It lies between these.
    Between(Bound<Value>, Bound<Value>),
    /// It is a text that begins so.
    StartsWith(String),
    /// It is a text with one of these words; in small letters.
    HasWord(Vec<String>),
}

impl Condition {
    /// What every run is.
    pub const EVERYTHING: Self = Self::All(Vec::new());

    /// What the runs of a workflow id are.
    pub fn workflow_id(id: &str) -> Self {
        Self::Test(Test {
            attribute: Attribute::System(SystemAttribute::WorkflowId),
            check: Check::OneOf(vec![Value::Text(id.to_owned())]),
            is_negated: false,
        })
    }

    /// Whether a run is so.
    pub fn matches(&self, run: &RunSummary) -> bool {
        self.holds(&|attribute| attribute.values(run))
    }

    /// Whether something is so whose attributes have these values.
    pub fn holds(&self, values: &impl Fn(&Attribute) -> Vec<Value>) -> bool {
        match self {
            Self::All(all) => all.iter().all(|condition| condition.holds(values)),
            Self::Any(any) => any.iter().any(|condition| condition.holds(values)),
            Self::Test(test) => test.holds(&values(&test.attribute)),
        }
    }

    /// The attributes that it is about.
    pub fn attributes(&self) -> Vec<&Attribute> {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::attributes).collect(),
            Self::Test(test) => vec![&test.attribute],
        }
    }
}

impl Test {
    fn holds(&self, values: &[Value]) -> bool {
        if self.check == Check::Present {
            return values.is_empty() == self.is_negated;
        }
        !values.is_empty() && values.iter().any(|value| self.check.holds(value)) != self.is_negated
    }
}

impl Check {
    fn holds(&self, value: &Value) -> bool {
        match self {
            Self::Present => true,
            Self::OneOf(values) => values.iter().any(|one| value.compare(one) == Some(Ordering::Equal)),
            Self::Between(low, high) => {
                let (low, high) = (order_to(low, value), order_to(high, value));
                low.is_none_or(|(order, is_included)| order.is_gt() || (is_included && order.is_eq()))
                    && high.is_none_or(|(order, is_included)| order.is_lt() || (is_included && order.is_eq()))
            }
            Self::StartsWith(prefix) => matches!(value, Value::Text(text) if text.starts_with(prefix)),
            Self::HasWord(wanted) => {
                matches!(value, Value::Text(text) if words(text).any(|word| wanted.contains(&word)))
            }
        }
    }
}

/// How a value lies to a bound, if there is one, and whether the bound itself is included.
fn order_to(bound: &Bound<Value>, value: &Value) -> Option<(Ordering, bool)> {
    let (end, is_included) = match bound {
        Bound::Included(end) => (end, true),
        Bound::Excluded(end) => (end, false),
        Bound::Unbounded => return None,
    };
    // Types are the same, so there is an order.
    value.compare(end).map(|order| (order, is_included))
}

/// The words of a text, in small letters.
pub fn words(text: &str) -> impl Iterator<Item = String> {
    let words = text.split(|character: char| !character.is_alphanumeric());
    words.filter(|word| !word.is_empty()).map(str::to_lowercase)
}
