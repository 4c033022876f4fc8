//! Task queues and workflow types, as operators look at them.

use super::description::Facts;
use super::style::{FAINT, HEADING, PLAIN, WARN};
use super::table::{Cell, Table};
use crate::cli::time::{Viewpoint, from_wire};
use mainspring_api::control::{Pause, TaskQueue, WorkflowType};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Where there is no limit.
const ANY: &str = "any";

/// Task queues as a table.
pub(crate) fn task_queues(queues: &[TaskQueue]) -> String {
    let mut table = Table::new(&[
        "TASK QUEUE",
        "STATE",
        "WAITING",
        "RUNNING",
        "WORKERS",
        "RATE",
        "AT ONCE",
    ]);
    for queue in queues {
        let (paint, state) = match queue.pause {
            Some(_) => (WARN, "paused"),
            None => (PLAIN, "open"),
        };
        table.row(vec![
            Cell::new(HEADING, &queue.name),
            Cell::new(paint, state),
            Cell::new(PLAIN, waiting(queue).to_string()),
            Cell::new(PLAIN, queue.running.to_string()),
            Cell::new(PLAIN, queue.pollers.len().to_string()),
            Cell::new(PLAIN, queue.rate.map_or_else(|| ANY.to_owned(), rate)),
            Cell::new(
                PLAIN,
                queue.concurrency.map_or_else(|| ANY.to_owned(), |max| max.to_string()),
            ),
        ]);
    }
    table.render()
}

/// All that a person wants to know of one task queue.
pub(crate) fn task_queue(queue: &TaskQueue, view: &Viewpoint) -> String {
    let mut facts = Facts::default();
    facts.add("Task queue", HEADING.paint(&queue.name));
    if let Some(pause) = &queue.pause {
        facts.add("Paused", WARN.paint(paused(pause, view)));
    }
    let by_priority: BTreeMap<_, _> = queue.waiting.iter().collect();
    let by_priority: Vec<_> = by_priority
        .into_iter()
        .map(|(priority, count)| format!("{count} of priority {priority}"))
        .collect();
    match by_priority.as_slice() {
        [] => facts.add("Waiting", "nothing"),
        some => facts.add("Waiting", some.join(", ")),
    }
    let at_most = queue.concurrency.map(|max| format!(", at most {max} at once"));
    facts.add(
        "Running",
        format_args!("{}{}", queue.running, at_most.unwrap_or_default()),
    );
    if let Some(limit) = queue.rate {
        let of_worker = if queue.rate_of_worker { ", as a worker asks" } else { "" };
        facts.add("Rate", format_args!("{}{of_worker}", rate(limit)));
    }
    if let Some(limit) = queue.key_rate {
        facts.add("Key rate", format_args!("{} times the key's weight", rate(limit)));
    }
    let weights: BTreeMap<_, _> = queue.weights.iter().collect();
    let weights: Vec<_> = weights
        .into_iter()
        .map(|(key, weight)| format!("{key:?} = {weight}"))
        .collect();
    facts.add("Weights", weights.join(", "));
    let mut text = facts.0;
    if !queue.pollers.is_empty() {
        let _ = writeln!(text, "\n{}", HEADING.paint("Workers"));
    }
    for poller in &queue.pollers {
        let latest = from_wire(poller.latest_poll.as_ref()).map(|time| view.relative(time));
        let latest = format!("polled {}", latest.unwrap_or_default());
        let _ = writeln!(text, "  {}  {}", poller.identity, FAINT.paint(latest));
    }
    text
}

/// Workflow types as a table.
pub(crate) fn workflow_types(types: &[WorkflowType], view: &Viewpoint) -> String {
    let mut table = Table::new(&["WORKFLOW TYPE", "MODULE", "PAUSED"]);
    for of_type in types {
        let (paint, pause) = match &of_type.pause {
            Some(pause) => (WARN, paused(pause, view)),
            None => (PLAIN, "no".to_owned()),
        };
        table.row(vec![
            Cell::new(HEADING, &of_type.name),
            Cell::new(PLAIN, &of_type.module),
            Cell::new(paint, pause),
        ]);
    }
    table.render()
}

fn waiting(queue: &TaskQueue) -> u64 {
    queue.waiting.values().sum()
}

fn rate(per_second: f32) -> String {
    format!("{per_second}/s")
}

fn paused(pause: &Pause, view: &Viewpoint) -> String {
    let since = from_wire(pause.since.as_ref()).map(|since| view.relative(since));
    let mut text = since.unwrap_or_default();
    if !pause.reason.is_empty() {
        let _ = write!(text, ": {}", pause.reason);
    }
    if !pause.identity.is_empty() {
        let _ = write!(text, " (by {})", pause.identity);
    }
    text
}
