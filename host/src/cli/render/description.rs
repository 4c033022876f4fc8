//! How workflows stand.

use super::failure;
use super::style::{self, BAD, FAINT, GOOD, HEADING, PLAIN, WARN};
use super::table::{Cell, Table};
use super::timers;
use crate::cli::payload;

use crate::cli::time::{Viewpoint, between, format_duration, from_wire};
use jiff::Timestamp;
use mainspring::server::{BLOCKED_MEMO, TYPE_PAUSED_MEMO};
use mainspring_api::protobuf;
use mainspring_api::temporal::common::v1::Payload;
use mainspring_api::temporal::enums::v1::PendingActivityState;
use mainspring_api::temporal::history::v1::HistoryEvent;
use mainspring_api::temporal::workflow::v1::pending_activity_info::{PauseInfo, pause_info::PausedBy};
use mainspring_api::temporal::workflow::v1::{
    PendingActivityInfo, PendingChildExecutionInfo, WorkflowExecutionInfo, WorkflowExecutionPauseInfo,
};
use mainspring_api::temporal::workflowservice::v1::DescribeWorkflowExecutionResponse;
use std::collections::HashMap;
use std::fmt::{Display, Write};

/// Where Temporal's own tools look for runs that cannot go on.
const PROBLEMS_ATTRIBUTE: &str = "TemporalReportedProblems";

/// Lines of a reason that are shown: what it is, and where, not how deep the recursion went.
const REASON_LINES_MAX: usize = 12;

/// Workflows as a table.
pub(crate) fn list(workflows: &[WorkflowExecutionInfo], view: &Viewpoint) -> String {
    let mut table = Table::new(&["STATUS", "WORKFLOW ID", "TYPE", "STARTED", "TOOK", "RUN ID"]);
    for info in workflows {
        let (paint, status) = match is_blocked(info) {
            true => (BAD, "blocked"),
            false => style::status(info.status()),
        };
        let (workflow_id, run_id) = ids(info);
        let started = from_wire(info.start_time.as_ref());
        let closed = from_wire(info.close_time.as_ref());
        let took = started
            .zip(closed)
            .map(|(started, closed)| format_duration(between(started, closed)));
        table.row(vec![
            Cell::new(paint, status),
            Cell::new(HEADING, workflow_id),
            Cell::new(PLAIN, workflow_type(info)),
            Cell::new(PLAIN, started.map(|time| view.relative(time)).unwrap_or_default()),
            Cell::new(PLAIN, took.unwrap_or_default()),
            Cell::new(FAINT, run_id),
        ]);
    }
    table.render()
}

/// All that a person wants to know of one workflow, whose history this is.
pub(crate) fn full(
    described: &DescribeWorkflowExecutionResponse,
    history: &[HistoryEvent],
    view: &Viewpoint,
) -> String {
    let default = WorkflowExecutionInfo::default();
    let info = described.workflow_execution_info.as_ref().unwrap_or(&default);
    facts(info, described, view) + &standing(described, view) + &timers::pending(history, view)
}

/// What a workflow waits for, and why it does not go on; nothing if neither is so.
pub(crate) fn standing(described: &DescribeWorkflowExecutionResponse, view: &Viewpoint) -> String {
    let mut text = String::new();
    if let Some(blocked) = blocked(described) {
        text += &blocked.render(view);
    }
    if let Some(paused) = type_paused(described) {
        text += &paused.render(view);
    }
    if !described.pending_activities.is_empty() {
        let _ = writeln!(text, "\n{}", HEADING.paint("Pending activities"));
    }
    for activity in &described.pending_activities {
        text += &pending(activity, view);
    }
    if !described.pending_children.is_empty() {
        let _ = writeln!(text, "\n{}", HEADING.paint("Pending children"));
    }
    for child in &described.pending_children {
        text += &pending_child(child);
    }
    text
}

fn is_blocked(info: &WorkflowExecutionInfo) -> bool {
    let memo = info.memo.as_ref();
    memo.is_some_and(|memo| memo.fields.contains_key(BLOCKED_MEMO))
}

/// Why the guest cannot go on, if it cannot.
pub(crate) fn blocked(described: &DescribeWorkflowExecutionResponse) -> Option<Blocked> {
    let memo = described.workflow_execution_info.as_ref()?.memo.as_ref()?;
    serde_json::from_value(payload::to_value(memo.fields.get(BLOCKED_MEMO)?)).ok()
}

/// What the server's memo entry says of a blocked run.
#[derive(Debug, serde::Deserialize)]
pub(crate) struct Blocked {
    reason: String,
    since_ms: i64,
    tries: u32,
    next_try_ms: i64,
}

impl Blocked {
    fn render(&self, view: &Viewpoint) -> String {
        let moment = |millis| {
            Timestamp::from_millisecond(millis)
                .map(|time| view.relative(time))
                .unwrap_or_default()
        };
        let mut text = format!(
            "\n{}\n",
            BAD.paint("Blocked: nothing is lost, but the workflow does not go on")
        );
        for line in self.reason.lines().take(REASON_LINES_MAX) {
            let _ = writeln!(text, "  {line}");
        }
        if self.reason.lines().count() > REASON_LINES_MAX {
            let _ = writeln!(text, "  …");
        }
        let times = format!(
            "since {}; tried {}×, again {}, and at once when a mended module is pushed",
            moment(self.since_ms),
            self.tries,
            moment(self.next_try_ms),
        );
        let _ = writeln!(text, "  {}", FAINT.paint(times));
        text
    }
}

/// Why workflows of its type do not go on, if they do not.
fn type_paused(described: &DescribeWorkflowExecutionResponse) -> Option<TypePaused> {
    let memo = described.workflow_execution_info.as_ref()?.memo.as_ref()?;
    serde_json::from_value(payload::to_value(memo.fields.get(TYPE_PAUSED_MEMO)?)).ok()
}

/// What the server's memo entry says of a run whose type is paused.
#[derive(Debug, serde::Deserialize)]
struct TypePaused {
    reason: String,
    identity: String,
    since_ms: i64,
}

impl TypePaused {
    fn render(&self, view: &Viewpoint) -> String {
        let since = Timestamp::from_millisecond(self.since_ms);
        let since = since.map(|time| view.relative(time)).unwrap_or_default();
        let mut text = format!(
            "\n{}\n",
            WARN.paint("Its type is paused: `mainspring workflow-type resume` lets it go on")
        );
        if !self.reason.is_empty() {
            let _ = writeln!(text, "  {}", self.reason);
        }
        let by = if self.identity.is_empty() {
            String::new()
        } else {
            format!(", by {}", self.identity)
        };
        let _ = writeln!(text, "  {}", FAINT.paint(format_args!("since {since}{by}")));
        text
    }
}

fn facts(info: &WorkflowExecutionInfo, described: &DescribeWorkflowExecutionResponse, view: &Viewpoint) -> String {
    let (workflow_id, run_id) = ids(info);
    let (paint, status) = style::status(info.status());
    let mut facts = Facts::default();
    facts.add("Workflow", HEADING.paint(workflow_id));
    facts.add("Run", run_id);
    facts.add("Type", workflow_type(info));
    facts.add("Task queue", &info.task_queue);
    facts.add("Status", paint.paint(status));
    if let Some(parent) = info.parent_execution.as_ref() {
        let run_id = FAINT.paint(format_args!("run {}", parent.run_id));
        facts.add("Parent", format_args!("{}  {run_id}", parent.workflow_id));
    }
    let started = from_wire(info.start_time.as_ref());
    let closed = from_wire(info.close_time.as_ref());
    if let Some(started) = started {
        facts.add(
            "Started",
            format_args!("{} ({})", view.wall_clock(started), view.relative(started)),
        );
    }
    let begins = from_wire(info.execution_time.as_ref()).filter(|begins| *begins > view.now);
    if let Some(begins) = begins.filter(|_| closed.is_none()) {
        facts.add(
            "Begins",
            format_args!("{} ({})", view.wall_clock(begins), view.relative(begins)),
        );
    }
    if let Some(closed) = closed {
        let took = started.map(|started| format!(", after {}", format_duration(between(started, closed))));
        facts.add(
            "Closed",
            format_args!("{}{}", view.wall_clock(closed), took.unwrap_or_default()),
        );
    }
    let extended = described.workflow_extended_info.as_ref();
    let expires = extended.and_then(|it| from_wire(it.execution_expiration_time.as_ref()));
    if let Some(expires) = expires.filter(|_| closed.is_none()) {
        facts.add(
            "Times out",
            format_args!("{} ({})", view.wall_clock(expires), view.relative(expires)),
        );
    }
    if let Some(paused) = extended.and_then(|it| it.pause_info.as_ref()) {
        facts.add("Paused", WARN.paint(pause(paused, view)));
    }
    if extended.is_some_and(|it| it.cancel_requested) && closed.is_none() {
        facts.add("Cancellation", WARN.paint("requested"));
    }
    facts.add(
        "History",
        format_args!("{} events, {}", info.history_length, bytes(info.history_size_bytes)),
    );
    if let Some(memo) = info.memo.as_ref() {
        facts.add("Memo", named(&memo.fields, &[BLOCKED_MEMO, TYPE_PAUSED_MEMO]));
    }
    if let Some(attributes) = info.search_attributes.as_ref() {
        facts.add("Attributes", named(&attributes.indexed_fields, &[PROBLEMS_ATTRIBUTE]));
    }
    facts.0
}

/// Since when something is paused, by whom, and why.
fn pause(paused: &WorkflowExecutionPauseInfo, view: &Viewpoint) -> String {
    since_by_why(paused.paused_time.as_ref(), &paused.identity, &paused.reason, view)
}

fn activity_pause(paused: &PauseInfo, view: &Viewpoint) -> String {
    let (by, why) = match &paused.paused_by {
        Some(PausedBy::Manual(it)) => (it.identity.as_str(), it.reason.as_str()),
        Some(PausedBy::Rule(it)) => (it.identity.as_str(), it.reason.as_str()),
        None => ("", ""),
    };
    since_by_why(paused.pause_time.as_ref(), by, why, view)
}

fn since_by_why(since: Option<&protobuf::Timestamp>, by: &str, why: &str, view: &Viewpoint) -> String {
    let since = from_wire(since).map(|since| view.relative(since));
    let by = (!by.is_empty()).then(|| format!("by {by}"));
    let why = (!why.is_empty()).then(|| why.to_owned());
    let known: Vec<String> = [since, by, why].into_iter().flatten().collect();
    known.join(", ")
}

/// Names and values, in two columns.
#[derive(Default)]
pub(super) struct Facts(pub(super) String);

impl Facts {
    pub(super) fn add(&mut self, name: &str, value: impl Display) {
        let value = value.to_string();
        if value.is_empty() {
            return;
        }
        let name = format!("{name:12}");
        let _ = writeln!(self.0, "{}  {value}", FAINT.paint(name));
    }
}

fn pending(activity: &PendingActivityInfo, view: &Viewpoint) -> String {
    let name = activity
        .activity_type
        .as_ref()
        .map(|it| it.name.as_str())
        .unwrap_or_default();
    let of = if activity.maximum_attempts > 0 {
        format!(" of {}", activity.maximum_attempts)
    } else {
        String::new()
    };
    let mut text = format!(
        "  {} {}  {}, attempt {}{of}\n",
        HEADING.paint(name),
        FAINT.paint(format_args!("#{}", activity.activity_id)),
        state(activity, view),
        activity.attempt,
    );
    let pause = activity.pause_info.as_ref().map(|it| activity_pause(it, view));
    let mut line = |name: &str, value: String| {
        let _ = writeln!(text, "    {} {value}", FAINT.paint(format_args!("{name}:")));
    };
    if let Some(pause) = pause {
        line("paused", pause);
    }
    if let Some(scheduled) = from_wire(activity.scheduled_time.as_ref()) {
        line("scheduled", view.relative(scheduled));
    }
    if let Some(expires) = from_wire(activity.expiration_time.as_ref()) {
        line("times out", view.relative(expires));
    }
    if !activity.last_worker_identity.is_empty() {
        line("worker", activity.last_worker_identity.clone());
    }
    if let Some(heartbeat) = from_wire(activity.last_heartbeat_time.as_ref()) {
        let details = payload::list_to_value(activity.heartbeat_details.as_ref());
        let details = if details.is_null() {
            String::new()
        } else {
            format!(", {details}")
        };
        line("last heartbeat", format!("{}{details}", view.relative(heartbeat)));
    }
    match &activity.last_failure {
        // What has not been tried has not failed either: it is the server's hint why nobody tries.
        Some(hint) if activity.attempt <= 1 && activity.state() == PendingActivityState::Scheduled => {
            let _ = writeln!(text, "    {}", WARN.paint(&hint.message));
        }
        Some(failure) => line("last failure", BAD.paint(failure::root_cause(failure))),
        None => {}
    }
    text
}

fn pending_child(child: &PendingChildExecutionInfo) -> String {
    let state = if child.run_id.is_empty() {
        PLAIN.paint("about to start")
    } else {
        GOOD.paint("running")
    };
    let name = HEADING.paint(&child.workflow_type_name);
    let mut text = format!("  {name} {}  {state}\n", child.workflow_id);
    if !child.run_id.is_empty() {
        let _ = writeln!(text, "    {} {}", FAINT.paint("run:"), child.run_id);
    }
    text
}

fn state(activity: &PendingActivityInfo, view: &Viewpoint) -> String {
    let next_attempt = from_wire(activity.next_attempt_schedule_time.as_ref()).filter(|time| *time > view.now);
    let started = from_wire(activity.last_started_time.as_ref());
    match (activity.state(), next_attempt, started) {
        (PendingActivityState::Started, _, Some(started)) => {
            let since = format_duration(between(started, view.now));
            GOOD.paint(format_args!("running for {since}"))
        }
        (PendingActivityState::Started, ..) => GOOD.paint("running"),
        (PendingActivityState::CancelRequested, ..) => WARN.paint("asked to cancel"),
        (PendingActivityState::PauseRequested, ..) => WARN.paint("running, and paused after that"),
        (PendingActivityState::Paused, ..) => WARN.paint("paused"),
        (_, Some(next), _) => WARN.paint(format_args!("next retry {}", view.relative(next))),
        (PendingActivityState::Scheduled, ..) => PLAIN.paint("waiting for a worker"),
        (other, ..) => PLAIN.paint(other.as_str_name()),
    }
}

fn ids(info: &WorkflowExecutionInfo) -> (&str, &str) {
    info.execution
        .as_ref()
        .map(|it| (it.workflow_id.as_str(), it.run_id.as_str()))
        .unwrap_or_default()
}

fn workflow_type(info: &WorkflowExecutionInfo) -> &str {
    info.r#type.as_ref().map(|it| it.name.as_str()).unwrap_or_default()
}

/// Sorted, since maps have no order of their own; without the entries that are shown elsewhere.
fn named(payloads: &HashMap<String, Payload>, shown_elsewhere: &[&str]) -> String {
    let shown = payloads
        .iter()
        .filter(|(name, _)| !shown_elsewhere.contains(&name.as_str()));
    let mut pairs: Vec<_> = shown
        .map(|(name, payload)| format!("{name} = {}", payload::to_value(payload)))
        .collect();
    pairs.sort();
    pairs.join(", ")
}

/// A size as people say it.
pub(crate) fn bytes(bytes: i64) -> String {
    match bytes {
        ..1_024 => format!("{bytes} B"),
        1_024..1_048_576 => format!("{:.1} KiB", bytes as f64 / 1_024.0),
        _ => format!("{:.1} MiB", bytes as f64 / 1_048_576.0),
    }
}
