//! A failure and its causes.

use super::style::{BAD, FAINT};
use crate::cli::payload;
use mainspring_api::temporal::enums::v1::TimeoutType;
use mainspring_api::temporal::failure::v1::{Failure, failure::FailureInfo};
use std::fmt::Write;

/// The chain, outermost first, one line a cause; stack traces indented beneath.
pub(crate) fn chain(failure: &Failure) -> String {
    let mut text = String::new();
    let mut next = Some(failure);
    let mut heading = "";
    while let Some(failure) = next {
        let _ = writeln!(text, "{}{}", FAINT.paint(heading), BAD.paint(line(failure)));
        for detail in details(failure) {
            let _ = writeln!(text, "    {} {detail}", FAINT.paint("details:"));
        }
        for frame in failure.stack_trace.lines().filter(|line| !line.trim().is_empty()) {
            let _ = writeln!(text, "    {}", FAINT.paint(frame));
        }
        heading = "  caused by: ";
        next = failure.cause.as_deref();
    }
    text
}

/// The failure without its causes, in one line.
pub(crate) fn line(failure: &Failure) -> String {
    let message = failure.message.as_str();
    match &failure.failure_info {
        Some(FailureInfo::ApplicationFailureInfo(info)) => {
            let permanence = if info.non_retryable { " (not retryable)" } else { "" };
            match info.r#type.as_str() {
                "" => format!("{message}{permanence}"),
                kind => format!("{kind}: {message}{permanence}"),
            }
        }
        Some(FailureInfo::ActivityFailureInfo(info)) => {
            let activity = info
                .activity_type
                .as_ref()
                .map(|it| it.name.as_str())
                .unwrap_or_default();
            said(format!("activity {activity} failed"), message)
        }
        Some(FailureInfo::ChildWorkflowExecutionFailureInfo(info)) => {
            let workflow = info
                .workflow_execution
                .as_ref()
                .map(|it| it.workflow_id.as_str())
                .unwrap_or_default();
            said(format!("child workflow {workflow} failed"), message)
        }
        Some(FailureInfo::TimeoutFailureInfo(info)) => said(timeout(info.timeout_type()).to_owned(), message),
        Some(FailureInfo::CanceledFailureInfo(_)) => said("cancelled".to_owned(), message),
        Some(FailureInfo::TerminatedFailureInfo(_)) => said("terminated".to_owned(), message),
        _ => message.to_owned(),
    }
}

/// The innermost cause in one line: what really happened.
pub(crate) fn root_cause(failure: &Failure) -> String {
    let mut failure = failure;
    while let Some(cause) = &failure.cause {
        failure = cause;
    }
    line(failure)
}

fn said(kind: String, message: &str) -> String {
    if message.is_empty() || message.eq_ignore_ascii_case(&kind) {
        kind
    } else {
        format!("{kind}: {message}")
    }
}

fn details(failure: &Failure) -> Vec<String> {
    let details = match &failure.failure_info {
        Some(FailureInfo::ApplicationFailureInfo(info)) => info.details.as_ref(),
        Some(FailureInfo::CanceledFailureInfo(info)) => info.details.as_ref(),
        _ => None,
    };
    let details = details.map(|it| it.payloads.as_slice()).unwrap_or_default();
    details
        .iter()
        .map(|payload| payload::to_value(payload).to_string())
        .collect()
}

/// What took too long.
pub(crate) fn timeout(kind: TimeoutType) -> &'static str {
    match kind {
        TimeoutType::StartToClose => "an attempt took too long (start to close)",
        TimeoutType::ScheduleToStart => "no worker took it in time (schedule to start)",
        TimeoutType::ScheduleToClose => "all attempts together took too long (schedule to close)",
        TimeoutType::Heartbeat => "the worker fell silent (heartbeat)",
        TimeoutType::Unspecified => "timed out",
    }
}
