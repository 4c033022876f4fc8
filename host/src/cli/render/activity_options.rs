//! The options that an activity has.

use super::style::{FAINT, PLAIN};
use super::table::{Cell, Table};
use crate::cli::time::{duration_from_wire, format_duration};
use mainspring_api::protobuf;
use mainspring_api::temporal::activity::v1::ActivityOptions;

/// Names and values, in two columns.
pub(crate) fn table(options: &ActivityOptions) -> String {
    let policy = options.retry_policy.clone().unwrap_or_default();
    let queue = options.task_queue.clone().unwrap_or_default();
    let attempts = match policy.maximum_attempts {
        0 => "no limit".to_owned(),
        attempts => attempts.to_string(),
    };
    let rows = [
        ("task queue", queue.name),
        ("schedule to close", limit(options.schedule_to_close_timeout.as_ref())),
        ("schedule to start", limit(options.schedule_to_start_timeout.as_ref())),
        ("start to close", limit(options.start_to_close_timeout.as_ref())),
        ("heartbeat", limit(options.heartbeat_timeout.as_ref())),
        ("initial interval", limit(policy.initial_interval.as_ref())),
        ("backoff coefficient", policy.backoff_coefficient.to_string()),
        ("maximum interval", limit(policy.maximum_interval.as_ref())),
        ("maximum attempts", attempts),
    ];
    let mut table = Table::new(&["OPTION", "VALUE"]);
    for (name, value) in rows {
        table.row(vec![Cell::new(FAINT, name), Cell::new(PLAIN, value)]);
    }
    table.render()
}

fn limit(span: Option<&protobuf::Duration>) -> String {
    match duration_from_wire(span).filter(|span| !span.is_zero()) {
        Some(span) => format_duration(span),
        None => "no limit".to_owned(),
    }
}
