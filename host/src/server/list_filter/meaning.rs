//! What a filter means: which attributes there are, and what each can be compared with.

use super::{
    FilterError,
    grammar::{Comparison, Condition, Operator, Query, Test, Word},
};
use crate::store::RunSummary;
use mainspring_core::{RunStatus, Timestamp};
use std::cmp::Ordering;

/// Which runs are asked for.
#[derive(Debug, PartialEq)]
pub(crate) struct ListFilter {
    predicate: Predicate,
    /// Whether the runs are to be counted by their status.
    pub(crate) groups_by_status: bool,
}

#[derive(Debug, PartialEq)]
enum Predicate {
    Everything,
    Any(Vec<Predicate>),
    All(Vec<Predicate>),
    Text(TextAttribute, TextTest),
    Status(Vec<RunStatus>, bool),
    Moment(MomentAttribute, Operator, Timestamp),
    Closed(bool),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TextAttribute {
    WorkflowId,
    WorkflowType,
    RunId,
    TaskQueue,
}

#[derive(Debug, PartialEq, Eq)]
enum TextTest {
    Compare(Operator, String),
    Prefix(String),
    OneOf(Vec<String>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum MomentAttribute {
    Start,
    Close,
}

#[derive(Clone, Copy)]
enum Attribute {
    Text(TextAttribute),
    Moment(MomentAttribute),
    Status,
}

/// Every attribute that can be asked for, and its type as `ListSearchAttributes` tells it.
pub(crate) const ATTRIBUTES: &[(&str, AttributeType)] = &[
    ("WorkflowId", AttributeType::Keyword),
    ("WorkflowType", AttributeType::Keyword),
    ("RunId", AttributeType::Keyword),
    ("TaskQueue", AttributeType::Keyword),
    ("ExecutionStatus", AttributeType::Keyword),
    ("StartTime", AttributeType::Datetime),
    ("ExecutionTime", AttributeType::Datetime),
    ("CloseTime", AttributeType::Datetime),
];

/// The type of an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AttributeType {
    Keyword,
    Datetime,
}

/// Every status, as tools name it.
pub(crate) const STATUSES: &[(&str, RunStatus)] = &[
    ("Running", RunStatus::Running),
    ("Completed", RunStatus::Completed),
    ("Failed", RunStatus::Failed),
    ("Canceled", RunStatus::Cancelled),
    ("Terminated", RunStatus::Terminated),
    ("TimedOut", RunStatus::TimedOut),
    ("ContinuedAsNew", RunStatus::ContinuedAsNew),
];

impl ListFilter {
    /// Whether the run is one of those that are asked for.
    pub(crate) fn matches(&self, run: &RunSummary) -> bool {
        self.predicate.matches(run)
    }
}

impl Predicate {
    fn matches(&self, run: &RunSummary) -> bool {
        match self {
            Self::Everything => true,
            Self::Any(any) => any.iter().any(|predicate| predicate.matches(run)),
            Self::All(all) => all.iter().all(|predicate| predicate.matches(run)),
            Self::Text(attribute, test) => test.holds(&attribute.of(run)),
            Self::Status(statuses, wanted) => statuses.contains(&run.status) == *wanted,
            Self::Moment(attribute, operator, moment) => {
                attribute.of(run).is_some_and(|at| operator.holds(at.cmp(moment)))
            }
            Self::Closed(closed) => run.status.is_closed() == *closed,
        }
    }
}

impl TextAttribute {
    fn of(self, run: &RunSummary) -> std::borrow::Cow<'_, str> {
        match self {
            Self::WorkflowId => run.execution.workflow_id.as_str().into(),
            Self::WorkflowType => run.workflow_type.as_str().into(),
            Self::RunId => run.execution.run_id.to_string().into(),
            Self::TaskQueue => run.task_queue.as_str().into(),
        }
    }
}

impl MomentAttribute {
    fn of(self, run: &RunSummary) -> Option<Timestamp> {
        match self {
            Self::Start => Some(run.started),
            Self::Close => run.closed,
        }
    }
}

impl TextTest {
    fn holds(&self, text: &str) -> bool {
        match self {
            Self::Compare(operator, other) => operator.holds(text.cmp(other)),
            Self::Prefix(prefix) => text.starts_with(prefix),
            Self::OneOf(texts) => texts.iter().any(|other| other == text),
        }
    }
}

impl Operator {
    const fn holds(self, ordering: Ordering) -> bool {
        match self {
            Self::Equal => ordering.is_eq(),
            Self::NotEqual => ordering.is_ne(),
            Self::Less => ordering.is_lt(),
            Self::LessOrEqual => ordering.is_le(),
            Self::Greater => ordering.is_gt(),
            Self::GreaterOrEqual => ordering.is_ge(),
        }
    }
}

pub(super) fn resolve(text: &str, query: Query) -> Result<ListFilter, FilterError> {
    let meaning = Resolver { text };
    let predicate = query
        .condition
        .map_or(Ok(Predicate::Everything), |condition| meaning.condition(condition))?;
    match &query.group_by {
        Some(name) if name.text != "ExecutionStatus" => {
            Err(meaning.wrong(name, "only ExecutionStatus can be grouped by"))
        }
        group_by => Ok(ListFilter {
            predicate,
            groups_by_status: group_by.is_some(),
        }),
    }
}

/// Holds the filter's text, to say where an error is.
struct Resolver<'a> {
    text: &'a str,
}

impl Resolver<'_> {
    fn condition(&self, condition: Condition) -> Result<Predicate, FilterError> {
        let all = |conditions: Vec<Condition>| -> Result<Vec<Predicate>, FilterError> {
            conditions.into_iter().map(|part| self.condition(part)).collect()
        };
        Ok(match condition {
            Condition::Any(conditions) => Predicate::Any(all(conditions)?),
            Condition::All(conditions) => Predicate::All(all(conditions)?),
            Condition::Comparison(comparison) => self.comparison(comparison)?,
        })
    }

    fn comparison(&self, Comparison { attribute, test }: Comparison) -> Result<Predicate, FilterError> {
        match self.attribute(&attribute)? {
            Attribute::Text(of) => self.text_test(&attribute, test).map(|test| Predicate::Text(of, test)),
            Attribute::Status => self.status(&attribute, test),
            Attribute::Moment(of) => self.moment(&attribute, of, test),
        }
    }

    fn attribute(&self, name: &Word) -> Result<Attribute, FilterError> {
        Ok(match name.text.as_str() {
            "WorkflowId" => Attribute::Text(TextAttribute::WorkflowId),
            "WorkflowType" => Attribute::Text(TextAttribute::WorkflowType),
            "RunId" => Attribute::Text(TextAttribute::RunId),
            "TaskQueue" => Attribute::Text(TextAttribute::TaskQueue),
            "ExecutionStatus" => Attribute::Status,
            // Nothing delays a first activation here, so these are the same.
            "StartTime" | "ExecutionTime" => Attribute::Moment(MomentAttribute::Start),
            "CloseTime" => Attribute::Moment(MomentAttribute::Close),
            unknown => {
                let known: Vec<&str> = ATTRIBUTES.iter().map(|(name, _)| *name).collect();
                let problem = format!("there is no attribute {unknown}; there are {}", known.join(", "));
                return Err(self.wrong(name, problem));
            }
        })
    }

    fn text_test(&self, attribute: &Word, test: Test) -> Result<TextTest, FilterError> {
        Ok(match test {
            Test::Binary(operator, value) => TextTest::Compare(operator, value.text),
            Test::StartsWith(value) => TextTest::Prefix(value.text),
            Test::In(values) => TextTest::OneOf(values.into_iter().map(|value| value.text).collect()),
            Test::Between(..) | Test::IsNull | Test::IsNotNull => {
                return Err(self.wrong(attribute, format!("{} is a text, and always there", attribute.text)));
            }
        })
    }

    fn status(&self, attribute: &Word, test: Test) -> Result<Predicate, FilterError> {
        match test {
            Test::Binary(Operator::Equal, value) => Ok(Predicate::Status(vec![self.status_named(&value)?], true)),
            Test::Binary(Operator::NotEqual, value) => Ok(Predicate::Status(vec![self.status_named(&value)?], false)),
            Test::In(values) => {
                let statuses = values
                    .iter()
                    .map(|value| self.status_named(value))
                    .collect::<Result<_, _>>()?;
                Ok(Predicate::Status(statuses, true))
            }
            _ => Err(self.wrong(attribute, "ExecutionStatus can be compared with =, != and IN")),
        }
    }

    fn status_named(&self, name: &Word) -> Result<RunStatus, FilterError> {
        let status = STATUSES
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(&name.text));
        status.map(|(_, status)| *status).ok_or_else(|| {
            let known: Vec<&str> = STATUSES.iter().map(|(name, _)| *name).collect();
            self.wrong(
                name,
                format!("there is no status {:?}; there are {}", name.text, known.join(", ")),
            )
        })
    }

    fn moment(&self, attribute: &Word, of: MomentAttribute, test: Test) -> Result<Predicate, FilterError> {
        match test {
            Test::Binary(operator, value) => Ok(Predicate::Moment(of, operator, self.timestamp(&value)?)),
            Test::Between(low, high) => Ok(Predicate::All(vec![
                Predicate::Moment(of, Operator::GreaterOrEqual, self.timestamp(&low)?),
                Predicate::Moment(of, Operator::LessOrEqual, self.timestamp(&high)?),
            ])),
            Test::IsNull if of == MomentAttribute::Close => Ok(Predicate::Closed(false)),
            Test::IsNotNull if of == MomentAttribute::Close => Ok(Predicate::Closed(true)),
            Test::In(_) | Test::StartsWith(_) | Test::IsNull | Test::IsNotNull => Err(self.wrong(
                attribute,
                format!(
                    "{} can be compared with =, !=, <, <=, >, >= and BETWEEN",
                    attribute.text
                ),
            )),
        }
    }

    /// A moment in RFC 3339, or as nanoseconds since the epoch.
    fn timestamp(&self, value: &Word) -> Result<Timestamp, FilterError> {
        let nanoseconds = value
            .text
            .parse::<i64>()
            .ok()
            .map(|nanoseconds| nanoseconds / 1_000_000);
        let millis = nanoseconds.or_else(|| Some(value.text.parse::<jiff::Timestamp>().ok()?.as_millisecond()));
        millis
            .and_then(|millis| u64::try_from(millis).ok())
            .map(Timestamp::from_millis)
            .ok_or_else(|| {
                self.wrong(
                    value,
                    format!("{:?} is no moment; write it as '2026-01-31T12:00:00Z'", value.text),
                )
            })
    }

    fn wrong(&self, word: &Word, problem: impl Into<String>) -> FilterError {
        FilterError::new(self.text, word.span.start, problem)
    }
}
