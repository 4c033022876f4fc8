//! The small query language in which tools ask for lists of workflows.
//!
//! `WorkflowType = 'order' AND (ExecutionStatus = 'Failed' OR StartTime > '2026-01-01T00:00:00Z')`: comparisons of
//! the attributes that every run has, joined by AND, OR and parentheses. It is parsed in two steps: [`grammar`] knows
//! the form, [`meaning`] the attributes and what they can be compared with.

mod grammar;
mod meaning;

pub(crate) use meaning::{ATTRIBUTES, AttributeType, ListFilter, STATUSES};

/// Longer filters are refused.
const FILTER_BYTES_MAX: usize = 8 * 1024;

/// More parentheses are refused, because each level of nesting takes stack.
const PARENTHESES_MAX: usize = 64;

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
pub(crate) fn parse(text: &str) -> Result<ListFilter, FilterError> {
    if text.len() > FILTER_BYTES_MAX {
        return Err(FilterError::new(
            text,
            0,
            format!("a query has at most {FILTER_BYTES_MAX} bytes"),
        ));
    }
    if let Some((at, _)) = text.match_indices('(').nth(PARENTHESES_MAX) {
        return Err(FilterError::new(
            text,
            at,
            format!("a query has at most {PARENTHESES_MAX} parentheses"),
        ));
    }
    meaning::resolve(text, grammar::parse(text)?)
}

#[cfg(test)]
mod tests;
