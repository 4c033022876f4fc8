//! A history as a timeline: what a person wants to know of it, line by line.
//!
//! Activations, which Temporal's histories show as workflow tasks, are left out unless they say something.

use super::failure;
use super::style::{self, BAD, BUSY, FAINT, GOOD, PLAIN, Paint, WARN};
use crate::cli::payload;
use crate::cli::time::{between, duration_from_wire, format_duration, from_wire};
use jiff::Timestamp;
use mainspring_api::temporal::common::v1::Payloads;
use mainspring_api::temporal::failure::v1::Failure;
use mainspring_api::temporal::history::v1::{HistoryEvent, history_event::Attributes};
use mainspring_api::temporal::sdk::v1::UserMetadata;
use std::collections::BTreeMap;

/// Draws a history event by event; the beginning must not be left out.
#[derive(Default)]
pub(crate) struct Timeline {
    started: Option<Timestamp>,
    /// Activities, timers and children, by the id of the event that began them.
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

/// Longer values are cut: `--output json` has them whole.
const VALUE_CHARS_MAX: usize = 80;
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
                let value = format!("{name}{}", arguments(it.input.as_ref()));
                run(BUSY, '▶', "started", with_summary(value, metadata))
            }
            A::WorkflowExecutionCompletedEventAttributes(it) => run(GOOD, '✔', "completed", output(it.result.as_ref())),
            A::WorkflowExecutionFailedEventAttributes(it) => run(BAD, '✘', "failed", causes(it.failure.as_ref())),
            A::WorkflowExecutionTimedOutEventAttributes(_) => run(BAD, '✘', "timed out", String::new()),
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
            A::WorkflowExecutionSignaledEventAttributes(it) => {
                let value = format!("{}{}", it.signal_name, arguments(it.input.as_ref()));
                Some(Line::new(PLAIN, '✉', "signal", "received", value))
            }
            A::WorkflowTaskFailedEventAttributes(it) => run(BAD, '!', "blocked", causes(it.failure.as_ref())),
            A::WorkflowTaskTimedOutEventAttributes(_) => run(BAD, '!', "activation timed out", String::new()),
            A::WorkflowTaskScheduledEventAttributes(_)
            | A::WorkflowTaskStartedEventAttributes(_)
            | A::WorkflowTaskCompletedEventAttributes(_) => None,

            A::ActivityTaskScheduledEventAttributes(it) => {
                let name = it.activity_type.as_ref().map(|it| it.name.clone()).unwrap_or_default();
                let value = with_summary(arguments(it.input.as_ref()), metadata);
                Some(self.begin(event.event_id, name, time, '○', value))
            }
            A::ActivityTaskStartedEventAttributes(it) => {
                if let Some(operation) = self.operations.get_mut(&it.scheduled_event_id) {
                    operation.attempt = it.attempt;
                }
                None
            }
            A::ActivityTaskCompletedEventAttributes(it) => Some(self.end(
                it.scheduled_event_id,
                time,
                GOOD,
                '●',
                "completed",
                output(it.result.as_ref()),
            )),
            A::ActivityTaskFailedEventAttributes(it) => Some(self.end(
                it.scheduled_event_id,
                time,
                BAD,
                '●',
                "failed",
                causes(it.failure.as_ref()),
            )),
            A::ActivityTaskTimedOutEventAttributes(it) => Some(self.end(
                it.scheduled_event_id,
                time,
                BAD,
                '●',
                "timed out",
                causes(it.failure.as_ref()),
            )),
            A::ActivityTaskCancelRequestedEventAttributes(it) => {
                Some(self.during(it.scheduled_event_id, "cancel requested"))
            }
            A::ActivityTaskCanceledEventAttributes(it) => Some(self.end(
                it.scheduled_event_id,
                time,
                WARN,
                '●',
                "cancelled",
                output(it.details.as_ref()),
            )),

            A::TimerStartedEventAttributes(it) => {
                let lasts = duration_from_wire(it.start_to_fire_timeout.as_ref()).unwrap_or_default();
                let value = with_summary(format_duration(lasts), metadata);
                Some(self.begin(event.event_id, format!("timer {}", it.timer_id), time, '◷', value))
            }
            A::TimerFiredEventAttributes(it) => {
                Some(self.end(it.started_event_id, time, GOOD, '◷', "fired", String::new()))
            }
            A::TimerCanceledEventAttributes(it) => {
                Some(self.end(it.started_event_id, time, FAINT, '◷', "cancelled", String::new()))
            }

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
            // Newer servers may write what this version does not know.
            _ => {
                let name = event.event_type().as_str_name().trim_start_matches("EVENT_TYPE_");
                run(FAINT, '·', &name.to_lowercase().replace('_', " "), String::new())
            }
        }
    }

    fn begin(&mut self, event_id: i64, name: String, begun: Option<Timestamp>, mark: char, value: String) -> Line {
        let line = Line::new(
            FAINT,
            mark,
            &name,
            if mark == '◷' { "started" } else { "scheduled" },
            value,
        );
        self.operations.insert(
            event_id,
            Operation {
                name,
                begun,
                attempt: 0,
            },
        );
        line
    }

    fn during(&self, begun_by: i64, what: &str) -> Line {
        Line::new(WARN, '!', self.name(begun_by), what, String::new())
    }

    fn end(
        &mut self,
        begun_by: i64,
        time: Option<Timestamp>,
        paint: Paint,
        mark: char,
        what: &str,
        value: String,
    ) -> Line {
        let mut line = Line::new(paint, mark, self.name(begun_by), what, value);
        let Some(operation) = self.operations.remove(&begun_by) else {
            return line;
        };
        if let (Some(begun), Some(time)) = (operation.begun, time) {
            line.took = format_duration(between(begun, time));
        }
        if operation.attempt > 1 {
            let attempt = FAINT.paint(format_args!("(attempt {})", operation.attempt));
            line.value = if line.value.is_empty() {
                attempt
            } else {
                format!("{}  {attempt}", line.value)
            };
        }
        line
    }

    fn name(&self, begun_by: i64) -> &str {
        self.operations.get(&begun_by).map_or("?", |operation| &operation.name)
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

fn offset(started: Timestamp, time: Timestamp) -> String {
    let elapsed = between(started, time);
    if elapsed.as_secs() < 1_000 {
        format!("+{}.{:03} s", elapsed.as_secs(), elapsed.subsec_millis())
    } else {
        format!("+{}", format_duration(elapsed))
    }
}

fn arguments(payloads: Option<&Payloads>) -> String {
    let values = payloads.map(|it| it.payloads.as_slice()).unwrap_or_default();
    let values: Vec<String> = values
        .iter()
        .map(|value| payload::to_value(value).to_string())
        .collect();
    format!("({})", cut(&values.join(", ")))
}

fn output(payloads: Option<&Payloads>) -> String {
    match payloads.map(|it| it.payloads.as_slice()).unwrap_or_default() {
        [] => String::new(),
        _ => format!("→ {}", cut(&payload::list_to_value(payloads).to_string())),
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(VALUE_CHARS_MAX) {
        None => text.to_owned(),
        Some((at, _)) => format!("{}…", &text[..at]),
    }
}

fn with_summary(value: String, metadata: Option<&UserMetadata>) -> String {
    match metadata.and_then(|it| it.summary.as_ref()).map(payload::to_value) {
        Some(serde_json::Value::String(summary)) if !summary.is_empty() => {
            format!("{value}  {}", FAINT.paint(format_args!("“{}”", cut(&summary))))
        }
        _ => value,
    }
}

fn by(reason: &str, identity: &str) -> String {
    match (reason, identity) {
        ("", "") => String::new(),
        ("", identity) => format!("by {identity}"),
        (reason, "") => reason.to_owned(),
        (reason, identity) => format!("{reason} (by {identity})"),
    }
}

fn sorted(names: impl Iterator<Item = String>) -> String {
    let mut names: Vec<String> = names.collect();
    names.sort();
    names.join(", ")
}

/// A failure with its causes, each on a line of its own.
fn causes(failure: Option<&Failure>) -> String {
    let mut lines = Vec::new();
    let mut next = failure;
    while let Some(failure) = next {
        lines.push(cut(&failure::line(failure)));
        next = failure.cause.as_deref();
    }
    lines.join(&format!("\n{:VALUE_COLUMN$}caused by: ", ""))
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
