//! Filters on what is wrong with runs.
//!
//! Nothing durable says which runs are blocked: it is so in memory, and after a restart again once they have been tried. So
//! a condition on that becomes one on the ids of those that are blocked at this moment.

use crate::shard::BlockedRuns;
use crate::store::ShardId;
use crate::store::search::{
    Attribute, Check, Condition, PROBLEMS_ATTRIBUTE, PROBLEMS_OF_BLOCKED, STATUSES, SystemAttribute, Test, Value,
};
use mainspring_core::RunId;
use std::collections::BTreeMap;

/// The condition, with what it says of problems as what it means now.
pub(super) fn resolved(of: Condition, blocked: &BTreeMap<ShardId, BlockedRuns>) -> Condition {
    let ids = || blocked.values().flat_map(BlockedRuns::ids).collect();
    condition(of, &ids)
}

fn condition(of: Condition, blocked: &impl Fn() -> Vec<RunId>) -> Condition {
    let parts = |parts: Vec<Condition>| parts.into_iter().map(|part| condition(part, blocked)).collect();
    match of {
        Condition::All(all) => Condition::All(parts(all)),
        Condition::Any(any) => Condition::Any(parts(any)),
        Condition::Test(test) => match &test.attribute {
            Attribute::Carried(name, _) if name == PROBLEMS_ATTRIBUTE => on_ids(test, blocked),
            Attribute::Carried(..) | Attribute::System(_) => Condition::Test(test),
        },
    }
}

/// All blocked runs have the same problems, and all others none.
fn on_ids(test: Test, blocked: &impl Fn() -> Vec<RunId>) -> Condition {
    let test = Condition::Test(test);
    let problems = PROBLEMS_OF_BLOCKED.map(|problem| Value::Text(problem.to_owned()));
    let holds_of_blocked = test.holds(&|_| problems.to_vec());
    let holds_of_others = test.holds(&|_| Vec::new());
    let ids = match holds_of_blocked == holds_of_others {
        true => Vec::new(),
        false => blocked(),
    };
    is_one_of_the_open(&ids, holds_of_others)
}

/// A run that was ended while it was blocked is kept among those that are for a while.
fn is_one_of_the_open(ids: &[RunId], is_negated: bool) -> Condition {
    let one_of = |attribute, values: Vec<String>| {
        Condition::Test(Test {
            attribute: Attribute::System(attribute),
            check: Check::OneOf(values.into_iter().map(Value::Text).collect()),
            is_negated,
        })
    };
    let open = STATUSES.iter().filter(|(_, status)| !status.is_closed());
    let parts = vec![
        one_of(SystemAttribute::RunId, ids.iter().map(RunId::to_string).collect()),
        one_of(
            SystemAttribute::ExecutionStatus,
            open.map(|(name, _)| (*name).to_owned()).collect(),
        ),
    ];
    match is_negated {
        true => Condition::Any(parts),
        false => Condition::All(parts),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{list_filter, store::search::AttributeTypes};

    fn check(filter: &str, ids: &[RunId], is_negated: bool) {
        let blocked = [RunId::from_bytes([1; 16]), RunId::from_bytes([2; 16])];
        let parsed = list_filter::parse(filter, &AttributeTypes::new()).expect("it is understood");
        let expected = is_one_of_the_open(ids, is_negated);
        assert_eq!(condition(parsed.condition, &|| blocked.to_vec()), expected, "{filter}");
    }

    #[test]
    fn a_condition_on_problems_is_one_on_the_runs_that_are_blocked() {
        let blocked = [RunId::from_bytes([1; 16]), RunId::from_bytes([2; 16])];
        check(
            "TemporalReportedProblems = 'category=WorkflowTaskFailed'",
            &blocked,
            false,
        );
        check(
            "TemporalReportedProblems IN ('x', 'category=WorkflowTaskFailed')",
            &blocked,
            false,
        );
        check("TemporalReportedProblems IS NOT NULL", &blocked, false);
        check("TemporalReportedProblems IS NULL", &blocked, true);
        check("TemporalReportedProblems = 'category=WorkflowTaskTimedOut'", &[], false);
        // As with every attribute: who has none passes no comparison with it, under NOT neither.
        check(
            "TemporalReportedProblems != 'category=WorkflowTaskTimedOut'",
            &blocked,
            false,
        );
        check(
            "NOT TemporalReportedProblems = 'category=WorkflowTaskFailed'",
            &[],
            false,
        );
    }
}
