//! What a scenario leaves behind, as far as it is the same whenever it is played.

use super::calls::runs;
use super::scenario::Workflows;
use crate::support::client::{Client, value};
use mainspring_api::temporal::enums::v1::EventType;
use mainspring_api::temporal::failure::v1::Failure;
use mainspring_api::temporal::history::v1::HistoryEvent;
use mainspring_api::temporal::history::v1::history_event::Attributes;
use std::collections::BTreeMap;

/// Around a difference, on each side.
const LINES_SHOWN: usize = 6;

/// The histories of workflows: of each its runs, the first one first.
pub(super) struct Remains(BTreeMap<&'static str, Vec<Vec<HistoryEvent>>>);

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Detail {
    /// All that happened, and what the guests were told together.
    Activations,
    /// All that happened. A crash may let two things come together that came one after the other, and the guest is
    /// told of both in one activation.
    Events,
}

/// An activity, and the attempt that brought it to its end.
pub(super) struct LastAttempt<'a> {
    pub(super) workflow_id: &'a str,
    pub(super) run_id: &'a str,
    pub(super) activity_id: &'a str,
    pub(super) number: i32,
    pub(super) last_failure: Option<&'a Failure>,
}

impl Remains {
    pub(super) async fn of(client: &Client, workflows: Workflows) -> Self {
        let mut remains = BTreeMap::new();
        for workflow_id in workflows {
            remains.insert(workflow_id, runs(client, workflow_id).await);
        }
        Self(remains)
    }

    /// One line an event.
    pub(super) fn tell(&self, detail: Detail) -> Vec<String> {
        let is_told = |event: &&HistoryEvent| detail == Detail::Activations || !is_of_activation(event);
        let mut lines = Vec::new();
        for (workflow_id, runs) in &self.0 {
            for (at, history) in runs.iter().enumerate() {
                lines.push(format!("{workflow_id}, run {}", at + 1));
                lines.extend(history.iter().filter(is_told).map(line));
            }
        }
        lines
    }

    /// What is left is what was told before, of another playing.
    pub(super) fn assert_told(&self, before: &[String], detail: Detail) {
        let now = self.tell(detail);
        let same = before
            .iter()
            .zip(&now)
            .take_while(|(before, now)| before == now)
            .count();
        if same < before.len().max(now.len()) {
            let from = same.saturating_sub(LINES_SHOWN);
            let show = |lines: &[String]| {
                lines[from.min(lines.len())..]
                    .iter()
                    .take(2 * LINES_SHOWN)
                    .cloned()
                    .collect::<Vec<_>>()
            };
            let (before, now) = (show(before).join("\n"), show(&now).join("\n"));
            panic!("it is not what it is when nobody dies:\n{before}\nbut now:\n{now}");
        }
    }

    /// The attempts that ended activities.
    pub(super) fn last_attempts(&self) -> Vec<LastAttempt<'_>> {
        let mut attempts = Vec::new();
        for (workflow_id, runs) in &self.0 {
            for history in runs {
                let mut run_id = run_id(history);
                let mut scheduled = BTreeMap::new();
                for event in history {
                    match &event.attributes {
                        Some(Attributes::ActivityTaskScheduledEventAttributes(it)) => {
                            scheduled.insert(event.event_id, it.activity_id.as_str());
                        }
                        // What was before is copied.
                        Some(Attributes::WorkflowTaskFailedEventAttributes(reset)) => run_id = &reset.new_run_id,
                        Some(Attributes::ActivityTaskStartedEventAttributes(it)) => attempts.push(LastAttempt {
                            workflow_id,
                            run_id,
                            activity_id: scheduled
                                .remove(&it.scheduled_event_id)
                                .expect("an activity is scheduled, and then started once"),
                            number: it.attempt,
                            last_failure: it.last_failure.as_ref(),
                        }),
                        _ => {}
                    }
                }
            }
        }
        attempts
    }
}

fn run_id(history: &[HistoryEvent]) -> &str {
    match history.first().and_then(|event| event.attributes.as_ref()) {
        Some(Attributes::WorkflowExecutionStartedEventAttributes(started)) => &started.original_execution_run_id,
        other => panic!("a history begins with {other:?}"),
    }
}

fn is_of_activation(event: &HistoryEvent) -> bool {
    matches!(
        event.event_type(),
        EventType::WorkflowTaskScheduled | EventType::WorkflowTaskStarted | EventType::WorkflowTaskCompleted
    )
}

fn line(event: &HistoryEvent) -> String {
    let name = event.event_type().as_str_name().trim_start_matches("EVENT_TYPE_");
    let data = match &event.attributes {
        Some(Attributes::WorkflowExecutionStartedEventAttributes(it)) => value(it.input.as_ref()),
        Some(Attributes::WorkflowExecutionSignaledEventAttributes(it)) => value(it.input.as_ref()),
        Some(Attributes::WorkflowExecutionCompletedEventAttributes(it)) => value(it.result.as_ref()),
        Some(Attributes::ActivityTaskCompletedEventAttributes(it)) => value(it.result.as_ref()),
        Some(Attributes::ChildWorkflowExecutionCompletedEventAttributes(it)) => value(it.result.as_ref()),
        _ => return format!("  {name}"),
    };
    format!("  {name} {data}")
}
