//! Compares what was executed with what was recorded.

use std::collections::BTreeMap;

use super::journal::Completion;
use super::ledger::Execution;

/// The activities of an order, in their order.
pub(super) const ACTIVITIES: [&str; 5] = [
    "validateOrder",
    "chargeCard",
    "createShipment",
    "updateInventory",
    "sendConfirmation",
];

/// The one that must not happen twice, whatever else is retried.
const CHARGE: &str = "chargeCard";

/// The sums over all orders, one line per activity, and everything that should not be.
#[derive(Debug)]
pub(super) struct Verdict {
    pub(super) lines: Vec<Line>,
    pub(super) faults: Vec<String>,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) activity: &'static str,
    /// By the worker's ledger.
    pub(super) executed: usize,
    /// By the server's journal.
    pub(super) completed: usize,
    /// Executions that began when the journal already had the outcome.
    pub(super) repeated: usize,
}

impl Verdict {
    pub(super) fn of(workflow_ids: &[String], executions: &[Execution], completions: &[Completion]) -> Self {
        let mut executed: BTreeMap<(&str, &str), Vec<u64>> = BTreeMap::new();
        for execution in executions {
            let key = (execution.workflow_id.as_str(), execution.activity.as_str());
            executed.entry(key).or_default().push(execution.started_ms);
        }
        let mut completed: BTreeMap<(&str, &str), Vec<u64>> = BTreeMap::new();
        for completion in completions {
            let key = (completion.workflow_id.as_str(), completion.activity.as_str());
            completed.entry(key).or_default().push(completion.completed_ms);
        }

        let mut verdict = Self {
            lines: Vec::new(),
            faults: Vec::new(),
        };
        for activity in ACTIVITIES {
            let mut line = Line {
                activity,
                executed: 0,
                completed: 0,
                repeated: 0,
            };
            for workflow_id in workflow_ids {
                let key = (workflow_id.as_str(), activity);
                let started = executed.get(&key).map_or(&[][..], Vec::as_slice);
                let ended = completed.get(&key).map_or(&[][..], Vec::as_slice);
                let known_from = ended.first().copied().unwrap_or(u64::MAX);
                let repeated = started.iter().filter(|&&started| started > known_from).count();
                line.executed += started.len();
                line.completed += ended.len();
                line.repeated += repeated;
                verdict.judge(workflow_id, activity, started.len(), ended.len(), repeated);
            }
            verdict.lines.push(line);
        }
        verdict
    }

    fn judge(&mut self, workflow_id: &str, activity: &str, executed: usize, completed: usize, repeated: usize) {
        let mut fault = |what: String| self.faults.push(format!("{workflow_id}: {activity} {what}"));
        if completed != 1 {
            fault(format!("is recorded as completed {completed} times, not once"));
        }
        if executed == 0 {
            fault("was never executed".to_owned());
        }
        if repeated > 0 {
            fault(format!("ran {repeated} more times after it was recorded as completed"));
        }
        // A worker that was at work when the server died may be asked again, by the rules of retries. Its
        // SDK keeps telling the outcome until a server hears it, and so that does not happen here either.
        if activity == CHARGE && executed > 1 {
            fault(format!("ran {executed} times: the card was charged more than once"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Builds executions and completions of one order from `activity@millisecond` words, and judges them.
    fn faults(executed: &str, completed: &str) -> Vec<String> {
        fn events(words: &str) -> impl Iterator<Item = (String, u64)> {
            words.split_whitespace().map(|word| {
                let (activity, at) = word.split_once('@').expect("activity@millisecond");
                (activity.to_owned(), at.parse().expect("milliseconds"))
            })
        }
        let workflow_id = "order-o-1".to_owned();
        let executions: Vec<_> = events(executed)
            .map(|(activity, started_ms)| Execution {
                activity,
                workflow_id: workflow_id.clone(),
                started_ms,
            })
            .collect();
        let completions: Vec<_> = events(completed)
            .map(|(activity, completed_ms)| Completion {
                activity,
                workflow_id: workflow_id.clone(),
                completed_ms,
            })
            .collect();
        Verdict::of(&[workflow_id], &executions, &completions).faults
    }

    const ONCE: &str = "validateOrder@1 chargeCard@2 createShipment@3 updateInventory@4 sendConfirmation@5";

    #[test]
    fn once_each_is_right() {
        assert_eq!(faults(ONCE, ONCE), Vec::<String>::new());
    }

    #[test]
    fn an_attempt_that_was_cut_off_may_be_repeated() {
        assert_eq!(faults(&format!("validateOrder@0 {ONCE}"), ONCE), Vec::<String>::new());
    }

    #[test]
    fn a_completed_activity_may_not() {
        let expected = "order-o-1: createShipment ran 1 more times after it was recorded as completed";
        assert_eq!(faults(&format!("{ONCE} createShipment@9"), ONCE), [expected]);
    }

    #[test]
    fn a_second_charge_is_never_right() {
        let expected = "order-o-1: chargeCard ran 2 times: the card was charged more than once";
        assert_eq!(faults(&format!("chargeCard@0 {ONCE}"), ONCE), [expected]);
    }

    #[test]
    fn a_lost_activity_is_noticed() {
        let without = ONCE.replace("updateInventory@4", "");
        let expected = "order-o-1: updateInventory is recorded as completed 0 times, not once";
        assert_eq!(faults(ONCE, &without), [expected]);
    }
}
