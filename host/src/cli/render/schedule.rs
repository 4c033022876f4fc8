//! Schedules: what they do and when, and what has come of it.

use super::style::{self, BAD, FAINT, GOOD, HEADING, PLAIN, WARN};
use super::table::{Cell, Table};
use crate::cli::time::{Viewpoint, duration_from_wire, format_duration, from_wire};
use mainspring_api::protobuf;
use mainspring_api::temporal::enums::v1::ScheduleOverlapPolicy;
use mainspring_api::temporal::schedule::v1::schedule_action::Action;
use mainspring_api::temporal::schedule::v1::{
    Range, ScheduleActionResult, ScheduleInfo, ScheduleListEntry, SchedulePolicies, ScheduleSpec, ScheduleState,
    StructuredCalendarSpec,
};
use mainspring_api::temporal::workflow::v1::NewWorkflowExecutionInfo;
use mainspring_api::temporal::workflowservice::v1::DescribeScheduleResponse;
use std::fmt::{Display, Write};

/// Schedules as a table.
pub(crate) fn list(schedules: &[ScheduleListEntry], view: &Viewpoint) -> String {
    let mut table = Table::new(&["STATUS", "SCHEDULE ID", "TYPE", "NEXT", "LAST", "NOTES"]);
    for entry in schedules {
        let info = entry.info.clone().unwrap_or_default();
        let (paint, status) = status(info.paused, !info.future_action_times.is_empty());
        let last = info.recent_actions.last().and_then(|it| it.actual_time.as_ref());
        table.row(vec![
            Cell::new(paint, status),
            Cell::new(HEADING, &entry.schedule_id),
            Cell::new(PLAIN, info.workflow_type.unwrap_or_default().name),
            Cell::new(PLAIN, relative(info.future_action_times.first(), view)),
            Cell::new(PLAIN, relative(last, view)),
            Cell::new(FAINT, info.notes),
        ]);
    }
    table.render()
}

/// All that a person wants to know of one schedule.
pub(crate) fn full(schedule_id: &str, described: &DescribeScheduleResponse, view: &Viewpoint) -> String {
    let schedule = described.schedule.clone().unwrap_or_default();
    let info = described.info.clone().unwrap_or_default();
    let state = schedule.state.unwrap_or_default();
    let (paint, status) = status(state.paused, !info.future_action_times.is_empty());
    let mut text = format!("{}  {}\n", HEADING.paint(schedule_id), paint.paint(status));
    let mut fact = |name: &str, value: &dyn Display| {
        let _ = writeln!(text, "  {} {value}", FAINT.paint(format_args!("{name:<11}")));
    };
    if !state.notes.is_empty() {
        fact("notes", &state.notes);
    }
    if let Some(Action::StartWorkflow(start)) = schedule.action.unwrap_or_default().action {
        fact("starts", &starts(&start));
    }
    for line in spec(&schedule.spec.unwrap_or_default(), view) {
        fact("when", &line);
    }
    fact("policies", &policies(&schedule.policies.unwrap_or_default(), &state));
    fact("created", &relative(info.create_time.as_ref(), view));
    fact("so far", &counts(&info));
    #[expect(deprecated, reason = "there is no other place for why nothing was started")]
    if !info.invalid_schedule_error.is_empty() {
        fact("last start", &BAD.paint(&info.invalid_schedule_error));
    }
    text += &moments("Next", &info.future_action_times, view);
    text += &recent(&info.recent_actions, view);
    text
}

fn status(paused: bool, has_times: bool) -> (style::Paint, &'static str) {
    match (paused, has_times) {
        (true, _) => (WARN, "paused"),
        (false, true) => (GOOD, "active"),
        // Out of times, or out of starts, or only for being triggered.
        (false, false) => (FAINT, "idle"),
    }
}

fn starts(start: &NewWorkflowExecutionInfo) -> String {
    let workflow_type = start.workflow_type.clone().unwrap_or_default().name;
    let task_queue = start.task_queue.clone().unwrap_or_default().name;
    format!("{workflow_type} as {}, task queue {task_queue}", start.workflow_id)
}

fn spec(spec: &ScheduleSpec, view: &Viewpoint) -> Vec<String> {
    let zone = match spec.timezone_name.as_str() {
        "" => "UTC",
        zone => zone,
    };
    let calendars = spec.structured_calendar.iter();
    let mut lines: Vec<_> = calendars
        .map(|it| format!("{} {zone}{}", cron(it), comment(it)))
        .collect();
    lines.extend(spec.interval.iter().map(|interval| {
        let span = |span: Option<&protobuf::Duration>| duration_from_wire(span).map(format_duration);
        let every = span(interval.interval.as_ref()).unwrap_or_default();
        let phase = span(interval.phase.as_ref()).map(|phase| format!(", {phase} later"));
        format!("every {every}{}", phase.unwrap_or_default())
    }));
    let exclusions = spec.exclude_structured_calendar.iter();
    lines.extend(exclusions.map(|it| format!("not {} {zone}{}", cron(it), comment(it))));
    let wall = |at: Option<&protobuf::Timestamp>| from_wire(at).map(|at| view.wall_clock(at));
    lines.extend(wall(spec.start_time.as_ref()).map(|at| format!("from {at} on")));
    lines.extend(wall(spec.end_time.as_ref()).map(|at| format!("until {at}")));
    let jitter = duration_from_wire(spec.jitter.as_ref());
    lines.extend(jitter.map(|jitter| format!("put off by up to {}", format_duration(jitter))));
    if lines.is_empty() {
        lines.push("only when it is triggered".to_owned());
    }
    lines
}

/// A calendar as a cron expression of seven fields.
fn cron(calendar: &StructuredCalendarSpec) -> String {
    let fields = [
        field(&calendar.second, 0, 59),
        field(&calendar.minute, 0, 59),
        field(&calendar.hour, 0, 23),
        field(&calendar.day_of_month, 1, 31),
        field(&calendar.month, 1, 12),
        field(&calendar.day_of_week, 0, 6),
    ];
    let year = match calendar.year.as_slice() {
        [] => "*".to_owned(),
        years => field(years, 0, 0),
    };
    format!("{} {year}", fields.join(" "))
}

fn field(ranges: &[Range], min: i32, max: i32) -> String {
    let ranges = ranges.iter().map(|range| {
        let values = match (range.start, range.end) {
            (start, end) if (start, end) == (min, max) => "*".to_owned(),
            (start, end) if start == end => return start.to_string(),
            (start, end) => format!("{start}-{end}"),
        };
        match range.step {
            0 | 1 => values,
            step => format!("{values}/{step}"),
        }
    });
    ranges.collect::<Vec<_>>().join(",")
}

fn comment(calendar: &StructuredCalendarSpec) -> String {
    match calendar.comment.as_str() {
        "" => String::new(),
        comment => format!("  {}", FAINT.paint(comment)),
    }
}

fn policies(policies: &SchedulePolicies, state: &ScheduleState) -> String {
    let mut text = match policies.overlap_policy() {
        ScheduleOverlapPolicy::Unspecified | ScheduleOverlapPolicy::Skip => "skip what overlaps",
        ScheduleOverlapPolicy::BufferOne => "buffer one start that overlaps",
        ScheduleOverlapPolicy::BufferAll => "buffer all starts that overlap",
        ScheduleOverlapPolicy::CancelOther => "cancel what is overlapped",
        ScheduleOverlapPolicy::TerminateOther => "terminate what is overlapped",
        ScheduleOverlapPolicy::AllowAll => "let runs overlap",
    }
    .to_owned();
    if let Some(window) = duration_from_wire(policies.catchup_window.as_ref()) {
        let _ = write!(text, ", catch up with {}", format_duration(window));
    }
    if policies.pause_on_failure {
        text += ", pause on failure";
    }
    if state.limited_actions {
        let _ = write!(text, ", {} starts left", state.remaining_actions);
    }
    text
}

fn counts(info: &ScheduleInfo) -> String {
    let mut text = format!("{} started", info.action_count);
    for (count, what) in [
        (info.overlap_skipped, "skipped because another one ran"),
        (info.missed_catchup_window, "missed"),
        (info.buffer_dropped, "dropped because too many waited"),
        (info.buffer_size, "waiting"),
        (info.running_workflows.len() as i64, "running"),
    ] {
        if count > 0 {
            let _ = write!(text, ", {count} {what}");
        }
    }
    text
}

fn moments(heading: &str, times: &[protobuf::Timestamp], view: &Viewpoint) -> String {
    if times.is_empty() {
        return String::new();
    }
    let mut text = format!("\n{}\n", HEADING.paint(heading));
    for time in times.iter().filter_map(|time| from_wire(Some(time))) {
        let _ = writeln!(
            text,
            "  {}  {}",
            view.wall_clock(time),
            FAINT.paint(view.relative(time))
        );
    }
    text
}

fn recent(actions: &[ScheduleActionResult], view: &Viewpoint) -> String {
    if actions.is_empty() {
        return String::new();
    }
    let mut table = Table::new(&["STATUS", "WORKFLOW ID", "DUE", "STARTED", "RUN ID"]);
    for action in actions.iter().rev() {
        let (paint, status) = style::status(action.start_workflow_status());
        let execution = action.start_workflow_result.clone().unwrap_or_default();
        table.row(vec![
            Cell::new(paint, status),
            Cell::new(HEADING, execution.workflow_id),
            Cell::new(PLAIN, relative(action.schedule_time.as_ref(), view)),
            Cell::new(PLAIN, relative(action.actual_time.as_ref(), view)),
            Cell::new(FAINT, execution.run_id),
        ]);
    }
    format!("\n{}\n{}", HEADING.paint("Recent"), table.render())
}

fn relative(time: Option<&protobuf::Timestamp>, view: &Viewpoint) -> String {
    from_wire(time).map(|time| view.relative(time)).unwrap_or_default()
}
