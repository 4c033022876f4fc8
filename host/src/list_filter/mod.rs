//! The small query language in which tools ask for lists of workflows.
//!
//! `WorkflowType = 'order' AND (ExecutionStatus = 'Failed' OR Amount > 100)`: comparisons of attributes, joined by AND,
//! OR, NOT and parentheses. It is Temporal's, as its SQL databases take it. It is parsed in two steps: [`grammar`]
//! knows the form, [`meaning`] the attributes and what they can be compared with.
//!
//! | comparison | of |
//! |---|---|
//! | `=` `!=` `IN (…)` `NOT IN (…)` | all but Text; of a KeywordList: that it has, or has not, one of these |
//! | `=` `!=` | Text: that it has one of the words, small or great, or none |
//! | `<` `<=` `>` `>=` `BETWEEN … AND …` `NOT BETWEEN …` | Keyword, Int, Double, Datetime |
//! | `STARTS_WITH` `NOT STARTS_WITH` | Keyword |
//! | `IS NULL` `IS NOT NULL` | all |
//!
//! A run that has not got an attribute matches no comparison with it but `IS NULL`, under NOT neither.
//!
//! Pages are in the order of run ids, and these begin with the time of the start, the latest first. Temporal lists open
//! runs first, and closed ones by the time of their close; but then a run that closes between two pages moves, and is
//! shown twice or not at all. Who wants an order says so: `ORDER BY CloseTime DESC` takes one attribute of those whose
//! values the store keeps sorted, ascending unless it says `DESC`. Nothing else is ever sorted as a whole.

mod grammar;
mod meaning;
mod workers;

pub(crate) use workers::{WorkerFilter, parse_for_workers};

use crate::store::search::{AttributeTypes, Condition, Order};

/// Which runs are asked for.
#[derive(Debug, PartialEq)]
pub(crate) struct ListFilter {
    /// What they must be.
    pub(crate) condition: Condition,
    /// By what they are to be listed, if not by their ids.
    pub(crate) order: Option<Order>,
    /// Whether they are to be counted by their status.
    pub(crate) groups_by_status: bool,
}

/// Longer filters are refused.
const FILTER_BYTES_MAX: usize = 8 * 1024;

/// More parentheses and NOTs are refused, because each level of nesting takes stack.
const LEVELS_MAX: usize = 64;

/// What is wrong with a filter, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("invalid query, at character {}: {problem}", .at + 1)]
pub(crate) struct FilterError {
    /// The place, in characters from 0.
    at: usize,
    problem: String,
}

impl FilterError {
    /// An error at a place given in bytes.
    fn new(text: &str, byte: usize, problem: impl Into<String>) -> Self {
        let at = text.char_indices().take_while(|(at, _)| *at < byte).count();
        Self {
            at,
            problem: problem.into(),
        }
    }
}

/// Reads a filter, with what it groups by where that is asked for. The empty one takes everything.
pub(crate) fn parse(text: &str, types: &AttributeTypes) -> Result<ListFilter, FilterError> {
    meaning::resolve(text, parse_form(text)?, types)
}

fn parse_form(text: &str) -> Result<grammar::Query, FilterError> {
    if text.len() > FILTER_BYTES_MAX {
        return Err(FilterError::new(
            text,
            0,
            format!("a query has at most {FILTER_BYTES_MAX} bytes"),
        ));
    }
    // Those inside of texts are counted as well, and so are names that end so: nobody comes near the bound.
    let lower = text.to_ascii_lowercase();
    let opened = lower.match_indices("not ").chain(lower.match_indices('('));
    if opened.count() > LEVELS_MAX {
        let problem = format!("a query has at most {LEVELS_MAX} parentheses and NOTs");
        return Err(FilterError::new(text, 0, problem));
    }
    grammar::parse(text)
}

/// A moment in RFC 3339, or as nanoseconds since the epoch.
fn moment(text: &str) -> Option<jiff::Timestamp> {
    match text.parse::<i64>() {
        Ok(nanoseconds) => jiff::Timestamp::from_nanosecond(nanoseconds.into()).ok(),
        Err(_) => text.parse().ok(),
    }
}

#[cfg(test)]
mod tests;
