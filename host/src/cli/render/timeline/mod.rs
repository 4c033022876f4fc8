//! A history as a timeline: what a person wants to know of it, line by line.
//!
//! Activations, which Temporal's histories show as workflow tasks, are left out unless they say something.

mod operations;
mod text;

use super::style::{self, BAD, BUSY, FAINT, GOOD, PLAIN, Paint, WARN};
use crate::cli::payload;
use crate::cli::time::{duration_from_wire, format_duration, from_wire};
use jiff::Timestamp;
use mainspring_api::temporal::enums::v1::WorkflowTaskFailedCause;
use mainspring_api::temporal::history::v1::{HistoryEvent, history_event::Attributes};
use std::collections::BTreeMap;
use text::{arguments, by, causes, followed, offset, output, sorted, with_summary};

/// Draws a history event by event; the beginning must not be left out.
#[derive(Default)]
pub(crate) struct Timeline {
    started: Option<Timestamp>,
    /// Activities, timers, children, messages and updates, by the id of the event that began them.
    operations: BTreeMap<i64, Operation>,
}

struct Operation {
    name: String,
    begun: Option<Timestamp>,
    /// The attempt that was started last.
    attempt: i32,
}

/// A line before it is laid out.
struct Line {
    paint: Paint,
    mark: char,
    subject: String,
    what: String,
    /// How long it took, of what took time.
    took: String,
    value: String,
}

/// The marker by which Temporal's SDKs know a patch, and the name of the entry that describes it.
const PATCH_MARKER: &str = "core_patch";
const PATCH_DATA: &str = "patch-data";

const SUBJECT_WIDTH: usize = 18;
const WHAT_WIDTH: usize = 10;
const TOOK_WIDTH: usize = 8;
/// Where a line's value begins, so that what follows on further lines stands under it.
const VALUE_COLUMN: usize = 10 + 2 + 2 + SUBJECT_WIDTH + 2 + WHAT_WIDTH + 2 + TOOK_WIDTH + 2;

impl Timeline {
    /// The line of an event, if it is worth one. Failures take several.
    pub(crate) fn draw(&mut self, event: &HistoryEvent) -> Option<String> {
        let time = from_wire(event.event_time.as_ref());
        self.started = self.started.or(time);
        let line = self.line(event, time)?;
        let offset = match (self.started, time) {
            (Some(started), Some(time)) => offset(started, time),
            _ => String::new(),
        };
        let Line {
            paint,
            mark,
            subject,
            what,
            took,
            value,
        } = line;
        let offset = FAINT.paint(format_args!("{offset:>10}"));
        let mark = paint.paint(mark);
        let beginning = format!("{offset}  {mark} {subject:SUBJECT_WIDTH$}  ");
        // No spaces at a line's end.
        if took.is_empty() && value.is_empty() {
            return Some(format!("{beginning}{}\n", paint.paint(what)));
        }
        let what = paint.paint(format_args!("{what:WHAT_WIDTH$}"));
        let took = FAINT.paint(format_args!("{took:>TOOK_WIDTH$}"));
        Some(format!(
            "{}\n",
            format!("{beginning}{what}  {took}  {value}").trim_end()
        ))
    }

    fn line(&mut self, event: &HistoryEvent, time: Option<Timestamp>) -> Option<Line> {
        use Attributes as A;
        let metadata = event.user_metadata.as_ref();
        let run = |paint, mark, what: &str, value: String| Some(Line::new(paint, mark, "workflow", what, value));
        match event.attributes.as_ref()? {
            A::WorkflowExecutionStartedEventAttributes(it) => {
                let name = it.workflow_type.as_ref().map(|it| it.name.clone()).unwrap_or_default();
                let mut value = format!("{name}{}", arguments(it.input.as_ref()));
                if it.attempt > 1 {
                    value += &FAINT.paint(format_args!("  (attempt {})", it.attempt));
                }
                let begins_in = duration_from_wire(it.first_workflow_task_backoff.as_ref()).unwrap_or_default();
                if !begins_in.is_zero() {
                    value += &FAINT.paint(format_args!("  (begins in {})", format_duration(begins_in)));
                }
                run(BUSY, '▶', "started", with_summary(value, metadata))
            }
            A::WorkflowExecutionCompletedEventAttributes(it) => run(
                GOOD,
                '✔',
                "completed",
                followed(output(it.result.as_ref()), &it.new_execution_run_id),
            ),
            A::WorkflowExecutionFailedEventAttributes(it) => run(
                BAD,
                '✘',
                "failed",
                followed(causes(it.failure.as_ref()), &it.new_execution_run_id),
            ),
            A::WorkflowExecutionTimedOutEventAttributes(it) => {
                run(BAD, '✘', "timed out", followed(String::new(), &it.new_execution_run_id))
            }
            A::WorkflowExecutionCanceledEventAttributes(it) => run(WARN, '✘', "cancelled", output(it.details.as_ref())),
            A::WorkflowExecutionTerminatedEventAttributes(it) => {
                run(BAD, '✘', "terminated", by(&it.reason, &it.identity))
            }
            A::WorkflowExecutionContinuedAsNewEventAttributes(it) => run(
                PLAIN,
                '↻',
                "continued as new",
                format!("run {}", it.new_execution_run_id),
            ),
            A::WorkflowExecutionCancelRequestedEventAttributes(it) => {
                run(WARN, '!', "cancel requested", by(&it.cause, &it.identity))
            }
            A::WorkflowExecutionPausedEventAttributes(it) => run(WARN, '‖', "paused", by(&it.reason, &it.identity)),
            A::WorkflowExecutionUnpausedEventAttributes(it) => run(BUSY, '▶', "resumed", by(&it.reason, &it.identity)),
            A::WorkflowExecutionSignaledEventAttributes(it) => {
                let value = format!("{}{}", it.signal_name, arguments(it.input.as_ref()));
                Some(Line::new(PLAIN, '✉', "signal", "received", value))
            }
            A::WorkflowTaskFailedEventAttributes(it) if it.cause() == WorkflowTaskFailedCause::ResetWorkflow => {
                let reason = it.failure.as_ref().map_or("", |failure| &failure.message);
                let value = FAINT.paint(format_args!("  (until then run {})", it.base_run_id));
                run(PLAIN, '↻', "reset", format!("{}{value}", by(reason, &it.identity)))
            }
            A::WorkflowTaskFailedEventAttributes(it) => run(BAD, '!', "blocked", causes(it.failure.as_ref())),
            A::WorkflowTaskTimedOutEventAttributes(_) => run(BAD, '!', "activation timed out", String::new()),
            A::WorkflowTaskScheduledEventAttributes(_)
            | A::WorkflowTaskStartedEventAttributes(_)
            | A::WorkflowTaskCompletedEventAttributes(_) => None,

            A::UpsertWorkflowSearchAttributesEventAttributes(it) => {
                let names = it
                    .search_attributes
                    .iter()
                    .flat_map(|it| it.indexed_fields.keys())
                    .cloned();
                run(FAINT, '·', "search attributes set", sorted(names))
            }
            A::WorkflowPropertiesModifiedEventAttributes(it) => {
                let names = it.upserted_memo.iter().flat_map(|it| it.fields.keys()).cloned();
                run(FAINT, '·', "memo set", sorted(names))
            }
            A::MarkerRecordedEventAttributes(it) if it.marker_name == PATCH_MARKER => {
                let patch = payload::list_to_value(it.details.get(PATCH_DATA));
                let id = patch.get("id").and_then(|it| it.as_str()).unwrap_or_default();
                run(FAINT, '·', "patched", id.to_owned())
            }
            other => self.operation(event, other, time),
        }
    }
}

impl Line {
    fn new(paint: Paint, mark: char, subject: &str, what: &str, value: String) -> Self {
        let (subject, what) = (subject.to_owned(), what.to_owned());
        Self {
            paint,
            mark,
            subject,
            what,
            took: String::new(),
            value,
        }
    }
}

/// What a run is and how it stands, above its timeline.
pub(crate) fn heading(workflow_id: &str, run_id: &str, status: Option<(Paint, &'static str)>) -> String {
    let status = status
        .map(|(paint, text)| format!("  {}", paint.paint(text)))
        .unwrap_or_default();
    format!(
        "{}{status}\n{}\n\n",
        style::HEADING.paint(workflow_id),
        FAINT.paint(format_args!("run {run_id}"))
    )
}
