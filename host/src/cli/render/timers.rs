//! Timers that have not run down yet. No answer of the server has them; a history does.

use super::style::{FAINT, HEADING, PLAIN};
use crate::cli::payload;
use crate::cli::time::{Viewpoint, duration_from_wire, from_wire};
use jiff::Timestamp;
use mainspring_api::temporal::history::v1::{HistoryEvent, history_event::Attributes};
use std::collections::BTreeMap;
use std::fmt::Write;

/// The timers that a history leaves running; nothing if there are none, or if the run is closed.
pub(super) fn pending(history: &[HistoryEvent], view: &Viewpoint) -> String {
    let mut timers = BTreeMap::new();
    for event in history {
        match &event.attributes {
            Some(Attributes::TimerStartedEventAttributes(it)) => {
                let started = from_wire(event.event_time.as_ref());
                let due = started.zip(duration_from_wire(it.start_to_fire_timeout.as_ref()));
                let due = due.and_then(|(started, after)| started.checked_add(after).ok());
                timers.insert(event.event_id, (it.timer_id.as_str(), due, summary(event)));
            }
            Some(Attributes::TimerFiredEventAttributes(it)) => drop(timers.remove(&it.started_event_id)),
            Some(Attributes::TimerCanceledEventAttributes(it)) => drop(timers.remove(&it.started_event_id)),
            _ => {}
        }
    }
    if timers.is_empty() {
        return String::new();
    }
    let mut text = format!("\n{}\n", HEADING.paint("Pending timers"));
    for (id, due, summary) in timers.values() {
        let due = due.map(|due: Timestamp| view.relative(due)).unwrap_or_default();
        let line = format!(
            "  {}  {}  {summary}",
            FAINT.paint(format_args!("#{id}")),
            PLAIN.paint(due)
        );
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

fn summary(event: &HistoryEvent) -> String {
    let summary = event.user_metadata.as_ref().and_then(|it| it.summary.as_ref());
    summary.map(|it| payload::to_value(it).to_string()).unwrap_or_default()
}
