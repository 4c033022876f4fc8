//! What conversations must have come to.

use super::{Conversation, Kind, UPDATES};
use crate::simulation::world::World;
use mainspring_core::{Event, ParentClosePolicy, RunStatus};
use std::collections::BTreeSet;

impl Conversation {
    pub(super) fn check(&self, world: &World) {
        let id = &self.id;
        let (runs, output) = chain(world, id);
        match self.kind {
            Kind::Family => {
                let ends = r#"["completed","failed","cancelled","cancelled","cancelled","cancelled"]"#;
                assert_eq!(output, ends, "{id}");
                self.check_family(world);
            }
            Kind::Heir => {
                assert_eq!(output, "7", "{id}");
                let (runs, output) = chain(world, &self.second_id());
                assert_eq!((runs, output.as_str()), (2, "8"), "{id}: the child and its heir");
            }
            Kind::Tells(count) => {
                assert_eq!(output, count.to_string(), "{id}");
                let told: Vec<_> = (0..count).map(|number| number.to_string()).collect();
                let (_, output) = chain(world, &self.second_id());
                assert_eq!(output, serde_json::to_string(&told).expect("text is JSON"), "{id}");
            }
            Kind::Updates => assert_eq!(output, (0..UPDATES).sum::<u64>().to_string(), "{id}"),
            Kind::CountsRuns(count) => {
                assert_eq!((runs, output), (count as usize + 1, count.to_string()), "{id}");
            }
            Kind::SucceedsAt(attempt) => {
                assert_eq!((runs, output), (attempt as usize, attempt.to_string()), "{id}");
            }
            Kind::Delayed => assert_eq!((runs, output.as_str()), (1, r#"["0"]"#), "{id}"),
        }
    }

    /// Those that the parent left behind ended as its policies say.
    fn check_family(&self, world: &World) {
        let run = self.run.expect("it was started");
        let history = world.history(run);
        let left = history.iter().filter_map(|record| match &record.event {
            Event::ChildInitiated { operation, request } if operation.0 <= 3 => Some((operation, request.parent_close)),
            _ => None,
        });
        for (operation, policy) in left {
            let child = history.iter().find_map(|record| match &record.event {
                Event::ChildStarted { operation: of, run_id } if of == operation => Some(*run_id),
                _ => None,
            });
            let last = child.and_then(|child| world.history(child).pop());
            let status = last.and_then(|record| record.event.closes_as());
            let expected = match policy {
                ParentClosePolicy::Terminate => RunStatus::Terminated,
                ParentClosePolicy::RequestCancel => RunStatus::Cancelled,
                ParentClosePolicy::Abandon => RunStatus::Completed,
            };
            assert_eq!(status, Some(expected), "{}: child {operation}", self.id);
        }
    }
}

/// Of no run or message there is a second one.
pub(super) fn check_all_runs(world: &World) {
    let mut starts = BTreeSet::new();
    for run in world.runs() {
        let run_id = run.execution.run_id;
        let mut signals = BTreeSet::new();
        let mut told = BTreeSet::new();
        for (at, record) in world.history(run_id).into_iter().enumerate() {
            let is_new = match record.event {
                Event::RunStarted(started) => {
                    assert_eq!(at, 0, "run {run_id} is started twice");
                    let origin = &started.origin;
                    let child_of = origin.parent.as_ref().filter(|_| origin.predecessor.is_none());
                    child_of.is_none_or(|parent| starts.insert((parent.execution.run_id, parent.operation)))
                }
                Event::SignalReceived(signal) => signals.insert(signal.request_id),
                Event::ChildStarted { operation, .. } => told.insert((operation, "started")),
                Event::ChildNotStarted { operation, .. } => told.insert((operation, "not started")),
                Event::ChildClosed { operation, .. } => told.insert((operation, "closed")),
                Event::ExternalResolved { operation, .. } => told.insert((operation, "delivered")),
                _ => true,
            };
            assert!(is_new, "event {} of run {run_id} repeats another", at + 1);
        }
    }
}

/// How many runs a workflow id has, and what the last one gave.
fn chain(world: &World, workflow_id: &str) -> (usize, String) {
    let all = world.runs();
    let runs: Vec<_> = all
        .iter()
        .filter(|run| run.execution.workflow_id == workflow_id)
        .collect();
    let current = world.current_run(workflow_id);
    let last = current.and_then(|run| world.history(run).pop());
    match last.map(|record| record.event) {
        Some(Event::RunCompleted { output, .. }) => (runs.len(), output.map(|it| it.to_string()).unwrap_or_default()),
        other => panic!("{workflow_id} ended as {other:?}"),
    }
}
