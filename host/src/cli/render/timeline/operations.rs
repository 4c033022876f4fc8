//! Lines of what takes time: activities, timers, children, messages to other workflows, updates.

use super::text::{arguments, causes, output, to, with_summary};
use super::{Line, Operation, Timeline};
use crate::cli::render::style::{BAD, FAINT, GOOD, PLAIN, Paint, WARN};
use crate::cli::time::{between, duration_from_wire, format_duration};
use jiff::Timestamp;
use mainspring_api::temporal::enums::v1::StartChildWorkflowExecutionFailedCause as NotStartedCause;
use mainspring_api::temporal::history::v1::{HistoryEvent, history_event::Attributes};
use mainspring_api::temporal::update::v1::outcome;

impl Timeline {
    /// The line of an event that is not of the workflow as a whole.
    pub(super) fn operation(
        &mut self,
        event: &HistoryEvent,
        attributes: &Attributes,
        time: Option<Timestamp>,
    ) -> Option<Line> {
        use Attributes as A;
        let metadata = event.user_metadata.as_ref();
        match attributes {
            A::ActivityTaskScheduledEventAttributes(it) => {
                let name = it.activity_type.as_ref().map(|it| it.name.clone()).unwrap_or_default();
                let value = with_summary(arguments(it.input.as_ref()), metadata);
                Some(self.begin(event.event_id, name, time, '○', "scheduled", value))
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
                Some(self.begin(
                    event.event_id,
                    format!("timer {}", it.timer_id),
                    time,
                    '◷',
                    "started",
                    value,
                ))
            }
            A::TimerFiredEventAttributes(it) => {
                Some(self.end(it.started_event_id, time, GOOD, '◷', "fired", String::new()))
            }
            A::TimerCanceledEventAttributes(it) => {
                Some(self.end(it.started_event_id, time, FAINT, '◷', "cancelled", String::new()))
            }
            other => self.other_workflow(event, other, time),
        }
    }

    /// Children, and messages from here to there.
    fn other_workflow(
        &mut self,
        event: &HistoryEvent,
        attributes: &Attributes,
        time: Option<Timestamp>,
    ) -> Option<Line> {
        use Attributes as A;
        let id = event.event_id;
        let mut end =
            |begun_by, paint, mark, what: &str, value| Some(self.end(begun_by, time, paint, mark, what, value));
        match attributes {
            A::ChildWorkflowExecutionCompletedEventAttributes(it) => end(
                it.initiated_event_id,
                GOOD,
                '◆',
                "completed",
                output(it.result.as_ref()),
            ),
            A::ChildWorkflowExecutionFailedEventAttributes(it) => {
                end(it.initiated_event_id, BAD, '◆', "failed", causes(it.failure.as_ref()))
            }
            A::ChildWorkflowExecutionCanceledEventAttributes(it) => end(
                it.initiated_event_id,
                WARN,
                '◆',
                "cancelled",
                output(it.details.as_ref()),
            ),
            A::ChildWorkflowExecutionTimedOutEventAttributes(it) => {
                end(it.initiated_event_id, BAD, '◆', "timed out", String::new())
            }
            A::ChildWorkflowExecutionTerminatedEventAttributes(it) => {
                end(it.initiated_event_id, BAD, '◆', "terminated", String::new())
            }
            A::StartChildWorkflowExecutionFailedEventAttributes(it) => {
                let why = match it.cause() {
                    NotStartedCause::WorkflowAlreadyExists => format!("workflow id {} is in use", it.workflow_id),
                    _ => String::new(),
                };
                end(it.initiated_event_id, BAD, '◆', "not started", why)
            }
            A::ExternalWorkflowExecutionSignaledEventAttributes(it) => {
                end(it.initiated_event_id, GOOD, '✉', "delivered", String::new())
            }
            A::ExternalWorkflowExecutionCancelRequestedEventAttributes(it) => {
                end(it.initiated_event_id, GOOD, '✉', "delivered", String::new())
            }
            A::SignalExternalWorkflowExecutionFailedEventAttributes(it) => {
                end(it.initiated_event_id, BAD, '✉', "not delivered", String::new())
            }
            A::RequestCancelExternalWorkflowExecutionFailedEventAttributes(it) => {
                end(it.initiated_event_id, BAD, '✉', "not delivered", String::new())
            }
            A::WorkflowExecutionUpdateCompletedEventAttributes(it) => match &it.outcome.as_ref()?.value {
                Some(outcome::Value::Failure(failure)) => {
                    end(it.accepted_event_id, BAD, '✉', "failed", causes(Some(failure)))
                }
                Some(outcome::Value::Success(payloads)) => {
                    end(it.accepted_event_id, GOOD, '✉', "completed", output(Some(payloads)))
                }
                None => None,
            },

            A::StartChildWorkflowExecutionInitiatedEventAttributes(it) => {
                let name = it.workflow_type.as_ref().map(|it| it.name.clone()).unwrap_or_default();
                let workflow_id = FAINT.paint(format_args!("as {}", it.workflow_id));
                let value = format!("{}  {workflow_id}", arguments(it.input.as_ref()));
                let value = with_summary(value, event.user_metadata.as_ref());
                Some(self.begin(id, name, time, '◇', "initiated", value))
            }
            A::ChildWorkflowExecutionStartedEventAttributes(it) => {
                let run_id = it
                    .workflow_execution
                    .as_ref()
                    .map(|it| it.run_id.as_str())
                    .unwrap_or_default();
                let value = FAINT.paint(format_args!("run {run_id}"));
                Some(Line::new(
                    PLAIN,
                    '◇',
                    self.name(it.initiated_event_id),
                    "started",
                    value,
                ))
            }
            A::SignalExternalWorkflowExecutionInitiatedEventAttributes(it) => {
                let value = format!(
                    "{}  {}",
                    to(it.workflow_execution.as_ref()),
                    arguments(it.input.as_ref())
                );
                Some(self.begin(id, format!("signal {}", it.signal_name), time, '✉', "sent", value))
            }
            A::RequestCancelExternalWorkflowExecutionInitiatedEventAttributes(it) => {
                let value = format!("{}  {}", to(it.workflow_execution.as_ref()), it.reason);
                Some(self.begin(id, "cancel request".to_owned(), time, '✉', "sent", value))
            }
            A::WorkflowExecutionUpdateAcceptedEventAttributes(it) => {
                let input = it.accepted_request.as_ref()?.input.as_ref()?;
                let value = arguments(input.args.as_ref());
                Some(self.begin(id, format!("update {}", input.name), time, '✉', "accepted", value))
            }
            // Newer servers may write what this version does not know.
            _ => {
                let name = event.event_type().as_str_name().trim_start_matches("EVENT_TYPE_");
                let what = name.to_lowercase().replace('_', " ");
                Some(Line::new(FAINT, '·', "workflow", &what, String::new()))
            }
        }
    }

    fn begin(
        &mut self,
        event_id: i64,
        name: String,
        begun: Option<Timestamp>,
        mark: char,
        what: &str,
        value: String,
    ) -> Line {
        let line = Line::new(FAINT, mark, &name, what, value);
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
