//! The texts of a timeline's lines.

use super::VALUE_COLUMN;
use crate::cli::payload;
use crate::cli::render::failure;
use crate::cli::render::style::FAINT;
use crate::cli::time::{between, format_duration};
use jiff::Timestamp;
use mainspring_api::temporal::common::v1::{Payloads, WorkflowExecution};
use mainspring_api::temporal::failure::v1::Failure;
use mainspring_api::temporal::sdk::v1::UserMetadata;

/// Longer values are cut: `--output json` has them whole.
const VALUE_CHARS_MAX: usize = 80;

pub(super) fn offset(started: Timestamp, time: Timestamp) -> String {
    let elapsed = between(started, time);
    if elapsed.as_secs() < 1_000 {
        format!("+{}.{:03} s", elapsed.as_secs(), elapsed.subsec_millis())
    } else {
        format!("+{}", format_duration(elapsed))
    }
}

pub(super) fn arguments(payloads: Option<&Payloads>) -> String {
    let values = payloads.map(|it| it.payloads.as_slice()).unwrap_or_default();
    let values: Vec<String> = values
        .iter()
        .map(|value| payload::to_value(value).to_string())
        .collect();
    format!("({})", cut(&values.join(", ")))
}

pub(super) fn output(payloads: Option<&Payloads>) -> String {
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

pub(super) fn with_summary(value: String, metadata: Option<&UserMetadata>) -> String {
    match metadata.and_then(|it| it.summary.as_ref()).map(payload::to_value) {
        Some(serde_json::Value::String(summary)) if !summary.is_empty() => {
            format!("{value}  {}", FAINT.paint(format_args!("“{}”", cut(&summary))))
        }
        _ => value,
    }
}

pub(super) fn by(reason: &str, identity: &str) -> String {
    match (reason, identity) {
        ("", "") => String::new(),
        ("", identity) => format!("by {identity}"),
        (reason, "") => reason.to_owned(),
        (reason, identity) => format!("{reason} (by {identity})"),
    }
}

pub(super) fn sorted(names: impl Iterator<Item = String>) -> String {
    let mut names: Vec<String> = names.collect();
    names.sort();
    names.join(", ")
}

/// A failure with its causes, each on a line of its own.
pub(super) fn causes(failure: Option<&Failure>) -> String {
    let mut lines = Vec::new();
    let mut next = failure;
    while let Some(failure) = next {
        lines.push(cut(&failure::line(failure)));
        next = failure.cause.as_deref();
    }
    lines.join(&format!("\n{:VALUE_COLUMN$}caused by: ", ""))
}

/// The value, and what comes after the run.
pub(super) fn followed(value: String, run_id: &str) -> String {
    if run_id.is_empty() {
        return value;
    }
    let follows = FAINT.paint(format_args!("(run {run_id} follows)"));
    if value.is_empty() {
        follows
    } else {
        format!("{value}  {follows}")
    }
}

/// Whom a message is for.
pub(super) fn to(execution: Option<&WorkflowExecution>) -> String {
    format!("to {}", execution.map(|it| it.workflow_id.as_str()).unwrap_or_default())
}
