//! What a filter means: which attributes there are, and what each can be compared with.

use super::{
    FilterError, ListFilter,
    grammar::{self, Comparison, Literal, Operator, OrderBy, Query, Word},
    moment,
};
use crate::store::search::{
    Attribute, AttributeType, AttributeTypes, Check, Condition, Order, PREDEFINED_ATTRIBUTES, STATUSES,
    SystemAttribute, Test, Value, type_of, words,
};
use mainspring_core::RunStatus;
use std::ops::Bound;

pub(super) fn resolve(text: &str, query: Query, types: &AttributeTypes) -> Result<ListFilter, FilterError> {
    let meaning = Resolver { text, types };
    if let Some(name) = query.group_by.as_ref().filter(|name| name.text != "ExecutionStatus") {
        return Err(meaning.wrong(name, "only ExecutionStatus can be grouped by"));
    }
    let condition = query.condition.map_or(Ok(Condition::EVERYTHING), |condition| {
        meaning.condition(condition, false)
    })?;
    Ok(ListFilter {
        condition,
        order: query.order_by.map(|order_by| meaning.order(&order_by)).transpose()?,
        groups_by_status: query.group_by.is_some(),
    })
}

/// Holds the filter's text, to say where an error is, and the types of the namespace.
struct Resolver<'a> {
    text: &'a str,
    types: &'a AttributeTypes,
}

impl Resolver<'_> {
    /// Negations are handed down to the comparisons.
    fn condition(&self, condition: grammar::Condition, is_negated: bool) -> Result<Condition, FilterError> {
        let parts = |parts: Vec<grammar::Condition>| -> Result<Vec<Condition>, FilterError> {
            parts.into_iter().map(|part| self.condition(part, is_negated)).collect()
        };
        match (condition, is_negated) {
            (grammar::Condition::Any(any), false) => Ok(Condition::Any(parts(any)?)),
            (grammar::Condition::Any(any), true) => Ok(Condition::All(parts(any)?)),
            (grammar::Condition::All(all), false) => Ok(Condition::All(parts(all)?)),
            (grammar::Condition::All(all), true) => Ok(Condition::Any(parts(all)?)),
            (grammar::Condition::Not(condition), _) => self.condition(*condition, !is_negated),
            (grammar::Condition::Comparison(comparison), _) => self.comparison(comparison, is_negated),
        }
    }

    fn comparison(&self, comparison: Comparison, is_negated: bool) -> Result<Condition, FilterError> {
        let name = &comparison.attribute;
        let (attribute, of_type) = self.attribute(name)?;
        let test = comparison.test;
        let is_negated = comparison.is_negated != is_negated;
        if attribute == Attribute::System(SystemAttribute::ExecutionStatus) {
            return self.status(name, &test, is_negated);
        }
        // Every closed run has a status that says so, and there is an index of these.
        if attribute == Attribute::System(SystemAttribute::CloseTime) && test == grammar::Test::IsNull {
            return Ok(status_is(|status| status.is_closed() == is_negated));
        }
        let value = |literal: &Literal| self.value(literal, name, &attribute, of_type);
        let is_text = of_type == AttributeType::Text;
        let (check, is_negated) = match &test {
            grammar::Test::IsNull => (Check::Present, !is_negated),
            grammar::Test::Binary(Operator::Equal | Operator::NotEqual, of) if is_text => {
                let Value::Text(text) = value(of)? else {
                    return Err(self.wrong(&of.word, "write a text in quotes"));
                };
                let is_different = matches!(test, grammar::Test::Binary(Operator::NotEqual, _));
                (Check::HasWord(words(&text).collect()), is_different != is_negated)
            }
            grammar::Test::Binary(operator, of) => {
                let value = value(of)?;
                if !allows(of_type, *operator) {
                    return Err(self.not_comparable(name, of_type));
                }
                match operator {
                    Operator::Equal => (Check::OneOf(vec![value]), is_negated),
                    Operator::NotEqual => (Check::OneOf(vec![value]), !is_negated),
                    Operator::Less => (Check::Between(Bound::Unbounded, Bound::Excluded(value)), is_negated),
                    Operator::LessOrEqual => (Check::Between(Bound::Unbounded, Bound::Included(value)), is_negated),
                    Operator::Greater => (Check::Between(Bound::Excluded(value), Bound::Unbounded), is_negated),
                    Operator::GreaterOrEqual => (Check::Between(Bound::Included(value), Bound::Unbounded), is_negated),
                }
            }
            grammar::Test::In(list) if !is_text => {
                let values: Result<_, _> = list.iter().map(value).collect();
                (Check::OneOf(values?), is_negated)
            }
            grammar::Test::Between(low, high) if allows(of_type, Operator::Less) => {
                let (low, high) = (Bound::Included(value(low)?), Bound::Included(value(high)?));
                (Check::Between(low, high), is_negated)
            }
            grammar::Test::StartsWith(prefix) if of_type == AttributeType::Keyword => {
                let Value::Text(prefix) = value(prefix)? else {
                    return Err(self.wrong(&prefix.word, "write a text in quotes"));
                };
                (Check::StartsWith(prefix), is_negated)
            }
            grammar::Test::In(_) | grammar::Test::Between(..) | grammar::Test::StartsWith(_) => {
                return Err(self.not_comparable(name, of_type));
            }
        };
        Ok(Condition::Test(Test {
            attribute,
            check,
            is_negated,
        }))
    }

    fn attribute(&self, name: &Word) -> Result<(Attribute, AttributeType), FilterError> {
        if let Some(system) = SystemAttribute::named(&name.text) {
            return Ok((Attribute::System(system), system.name_and_type().1));
        }
        let of_type = type_of(self.types, &name.text).ok_or_else(|| {
            let system = SystemAttribute::ALL.map(|attribute| attribute.name_and_type().0);
            let predefined = PREDEFINED_ATTRIBUTES.map(|(name, _)| name);
            let own = self.types.keys().map(String::as_str);
            let known: Vec<&str> = own.chain(system).chain(predefined).collect();
            let problem = format!(
                "there is no search attribute {}; there are {}",
                name.text,
                known.join(", ")
            );
            self.wrong(name, problem)
        })?;
        Ok((Attribute::Carried(name.text.clone(), of_type), of_type))
    }

    fn order(&self, order_by: &OrderBy) -> Result<Order, FilterError> {
        let name = &order_by.attribute;
        let (attribute, of_type) = self.attribute(name)?;
        if !attribute.has_order() {
            let system = SystemAttribute::INDEXED
                .map(|attribute| attribute.name_and_type().0)
                .join(", ");
            let problem = match attribute {
                Attribute::System(_) => format!("there is no index of {}", name.text),
                Attribute::Carried(..) => format!("{} is of type {}", name.text, of_type.name()),
            };
            let known = format!("by {system}, and by search attributes of type Keyword, Int, Double, Bool or Datetime");
            return Err(self.wrong(name, format!("{problem}; runs can be ordered {known}")));
        }
        Ok(Order {
            attribute,
            is_descending: order_by.is_descending,
        })
    }

    /// Every run has a status, so what it must not be says what it must be.
    fn status(&self, name: &Word, test: &grammar::Test, is_negated: bool) -> Result<Condition, FilterError> {
        let (named, is_negated) = match test {
            grammar::Test::Binary(Operator::Equal, of) => (vec![self.status_named(of)?], is_negated),
            grammar::Test::Binary(Operator::NotEqual, of) => (vec![self.status_named(of)?], !is_negated),
            grammar::Test::In(list) => {
                let named: Result<_, _> = list.iter().map(|of| self.status_named(of)).collect();
                (named?, is_negated)
            }
            _ => return Err(self.wrong(name, "ExecutionStatus can be compared with =, !=, IN and NOT IN")),
        };
        Ok(status_is(|status| named.contains(&status) != is_negated))
    }

    fn status_named(&self, literal: &Literal) -> Result<RunStatus, FilterError> {
        let asked = &literal.word.text;
        let status = STATUSES.iter().find(|(known, _)| known.eq_ignore_ascii_case(asked));
        status.map(|(_, status)| *status).ok_or_else(|| {
            let known = STATUSES.map(|(name, _)| name).join(", ");
            self.wrong(
                &literal.word,
                format!("there is no status {asked:?}; there are {known}"),
            )
        })
    }

    fn value(
        &self,
        literal: &Literal,
        name: &Word,
        attribute: &Attribute,
        of_type: AttributeType,
    ) -> Result<Value, FilterError> {
        let Literal { word, is_quoted } = literal;
        let text = &word.text;
        let is_span = *attribute == Attribute::System(SystemAttribute::ExecutionDuration);
        let value = match of_type {
            AttributeType::Text | AttributeType::Keyword | AttributeType::KeywordList if *is_quoted => {
                Some(Value::Text(text.clone()))
            }
            AttributeType::Int if !is_quoted => text.parse().ok().map(Value::Int),
            AttributeType::Int if is_span => nanoseconds(text).map(Value::Int),
            AttributeType::Double if !is_quoted => {
                let number = text.parse().ok().filter(|number: &f64| number.is_finite());
                number.map(Value::Double)
            }
            AttributeType::Bool if !is_quoted => text.to_ascii_lowercase().parse().ok().map(Value::Bool),
            AttributeType::Datetime => moment(text).map(Value::Datetime),
            _ => None,
        };
        let example = match of_type {
            _ if is_span => "90000000000 (nanoseconds) or '1m30s'",
            AttributeType::Text | AttributeType::Keyword | AttributeType::KeywordList => "'text'",
            AttributeType::Int => "17",
            AttributeType::Double => "1.7",
            AttributeType::Bool => "true or false",
            AttributeType::Datetime => "'2026-01-31T12:00:00Z'",
        };
        value.ok_or_else(|| {
            let of_type = of_type.name();
            let problem = format!(
                "{} is of type {of_type}, and {text:?} is not; write it as {example}",
                name.text
            );
            self.wrong(word, problem)
        })
    }

    fn not_comparable(&self, name: &Word, of_type: AttributeType) -> FilterError {
        let tests = match of_type {
            AttributeType::Keyword => "=, !=, <, <=, >, >=, BETWEEN, IN, STARTS_WITH",
            AttributeType::Int | AttributeType::Double | AttributeType::Datetime => "=, !=, <, <=, >, >=, BETWEEN, IN",
            AttributeType::Bool | AttributeType::KeywordList => "=, !=, IN",
            AttributeType::Text => "=, != (of its words)",
        };
        let (name_text, of_type) = (&name.text, of_type.name());
        self.wrong(
            name,
            format!("{name_text} is of type {of_type} and can be compared with {tests}; with IS NULL, too"),
        )
    }

    fn wrong(&self, word: &Word, problem: impl Into<String>) -> FilterError {
        FilterError::new(self.text, word.span.start, problem)
    }
}

/// Whether values of the type have an order that can be asked for, or are asked for equality.
const fn allows(of_type: AttributeType, operator: Operator) -> bool {
    match of_type {
        AttributeType::Keyword | AttributeType::Int | AttributeType::Double | AttributeType::Datetime => true,
        AttributeType::Bool | AttributeType::KeywordList | AttributeType::Text => {
            matches!(operator, Operator::Equal | Operator::NotEqual)
        }
    }
}

fn status_is(is_wanted: impl Fn(RunStatus) -> bool) -> Condition {
    let wanted = STATUSES.into_iter().filter(|(_, status)| is_wanted(*status));
    Condition::Test(Test {
        attribute: Attribute::System(SystemAttribute::ExecutionStatus),
        check: Check::OneOf(wanted.map(|(name, _)| Value::Text(name.to_owned())).collect()),
        is_negated: false,
    })
}

/// A span such as `1m30s`.
fn nanoseconds(text: &str) -> Option<i64> {
    let span: jiff::SignedDuration = text.parse().ok()?;
    i64::try_from(span.as_nanos()).ok()
}
