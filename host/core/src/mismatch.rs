//! Where a replayed guest asks for something else than it did, told so that the author finds the line.
//!
//! Only what names an operation is decisive: its kind, an activity's type, id and input. What merely tunes it
//! (a timer's duration, timeouts, retry policy, task queue) may change under running workflows; the recorded value
//! holds.

use crate::{Event, EventId, ExternalTarget, Payload};
use std::fmt;

/// A divergence between a guest and its history.
#[derive(Clone, Debug, PartialEq)]
pub struct Mismatch {
    /// The place in the history.
    pub event: EventId,
    /// The recorded event's name; none if nothing more was recorded for the activation.
    pub recorded: Option<&'static str>,
    /// The name of the event that the guest asks for; none if it asks for nothing more.
    pub asked: Option<&'static str>,
    /// Each field of either, in order.
    pub fields: Vec<FieldComparison>,
}

/// One field of the recorded and the asked event, side by side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldComparison {
    /// The field's name.
    pub name: &'static str,
    /// What was recorded; none if that event has no such field.
    pub recorded: Option<String>,
    /// What was asked; none if that event has no such field.
    pub asked: Option<String>,
}

/// Compares what was recorded with what is asked.
pub(crate) fn check(event: EventId, recorded: Option<&Event>, asked: Option<&Event>) -> Result<(), Box<Mismatch>> {
    let agrees = match (recorded, asked) {
        (None, None) => true,
        (Some(recorded), Some(asked)) => is_same_operation(recorded, asked),
        (Some(_), None) | (None, Some(_)) => false,
    };
    if agrees {
        return Ok(());
    }
    let (recorded_fields, asked_fields) = (
        recorded.map(fields).unwrap_or_default(),
        asked.map(fields).unwrap_or_default(),
    );
    let value = |fields: &[(&'static str, String)], name: &str| {
        fields
            .iter()
            .find(|(field, _)| *field == name)
            .map(|(_, value)| value.clone())
    };
    let mut names: Vec<&'static str> = recorded_fields.iter().map(|(name, _)| *name).collect();
    names.extend(
        asked_fields
            .iter()
            .map(|(name, _)| *name)
            .filter(|name| value(&recorded_fields, name).is_none()),
    );
    let mut fields: Vec<FieldComparison> = names
        .into_iter()
        .map(|name| FieldComparison {
            name,
            recorded: value(&recorded_fields, name),
            asked: value(&asked_fields, name),
        })
        .collect();
    if fields.iter().all(|field| field.recorded == field.asked) {
        // Payloads are shown in part; the part that differs was not.
        fields.extend(first_difference(
            &recorded.map(payloads).unwrap_or_default(),
            &asked.map(payloads).unwrap_or_default(),
        ));
    }
    Err(Box::new(Mismatch {
        event,
        recorded: recorded.map(Event::name),
        asked: asked.map(Event::name),
        fields,
    }))
}

fn is_same_operation(recorded: &Event, asked: &Event) -> bool {
    match recorded {
        Event::ActivityScheduled { operation, request } => matches!(
            asked,
            Event::ActivityScheduled { operation: asked_operation, request: asked }
                if operation == asked_operation
                    && request.activity_type == asked.activity_type
                    && request.activity_id == asked.activity_id
                    && request.input == asked.input
        ),
        Event::TimerStarted { operation, .. } => {
            matches!(asked, Event::TimerStarted { operation: asked, .. } if operation == asked)
        }
        Event::ChildInitiated { operation, request } => matches!(
            asked,
            Event::ChildInitiated { operation: asked_operation, request: asked }
                if operation == asked_operation
                    && request.workflow_type == asked.workflow_type
                    && request.workflow_id == asked.workflow_id
                    && request.input == asked.input
        ),
        Event::ExternalSignalInitiated { operation, signal } => matches!(
            asked,
            Event::ExternalSignalInitiated { operation: asked_operation, signal: asked }
                if operation == asked_operation
                    && signal.target == asked.target
                    && signal.name == asked.name
                    && signal.input == asked.input
        ),
        Event::ExternalCancelInitiated { operation, target, .. } => matches!(
            asked,
            Event::ExternalCancelInitiated { operation: asked_operation, target: asked, .. }
                if operation == asked_operation && target == asked
        ),
        Event::ChildCancelRequested { operation, .. } => {
            matches!(asked, Event::ChildCancelRequested { operation: asked, .. } if operation == asked)
        }
        Event::UpdateCompleted { update_id, .. } => {
            matches!(asked, Event::UpdateCompleted { update_id: asked, .. } if update_id == asked)
        }
        Event::Patched { patch_id, .. } => {
            matches!(asked, Event::Patched { patch_id: asked, .. } if patch_id == asked)
        }
        Event::ActivityCancelRequested { .. }
        | Event::TimerCancelled { .. }
        | Event::ExternalCancelled { .. }
        | Event::SearchAttributesUpserted(_)
        | Event::MemoUpserted(_) => recorded == asked,
        // What was answered has been answered; a later version may word it differently.
        Event::RunCompleted { .. } => matches!(asked, Event::RunCompleted { .. }),
        Event::RunFailed { .. } => matches!(asked, Event::RunFailed { .. }),
        Event::RunCancelled { .. } => matches!(asked, Event::RunCancelled { .. }),
        Event::RunContinuedAsNew { .. } => matches!(asked, Event::RunContinuedAsNew { .. }),
        // No guest asks for these.
        Event::RunStarted(_)
        | Event::RunReset(_)
        | Event::Activated(_)
        | Event::ActivityCompleted { .. }
        | Event::ActivityFailed { .. }
        | Event::ActivityTimedOut { .. }
        | Event::ActivityCancelled { .. }
        | Event::TimerFired { .. }
        | Event::ChildStarted { .. }
        | Event::ChildNotStarted { .. }
        | Event::ChildClosed { .. }
        | Event::ExternalResolved { .. }
        | Event::UpdateAccepted(_)
        | Event::SignalReceived(_)
        | Event::CancelRequested { .. }
        | Event::RunPaused(_)
        | Event::RunResumed(_)
        | Event::RunTerminated { .. }
        | Event::RunTimedOut { .. } => false,
    }
}

/// The fields of a command's event, as an author knows them.
fn fields(event: &Event) -> Vec<(&'static str, String)> {
    match event {
        Event::ActivityScheduled { operation, request } => {
            let mut fields = vec![
                ("operation", operation.to_string()),
                ("activity type", request.activity_type.clone()),
                ("input", list(&request.input)),
            ];
            fields.extend(request.activity_id.clone().map(|id| ("activity id", id)));
            fields
        }
        Event::TimerStarted { operation, request } => {
            vec![
                ("operation", operation.to_string()),
                ("duration", request.after.to_string()),
            ]
        }
        Event::ChildInitiated { operation, request } => {
            let mut fields = vec![
                ("operation", operation.to_string()),
                ("workflow type", request.workflow_type.clone()),
                ("input", list(&request.input)),
            ];
            fields.extend(request.workflow_id.clone().map(|id| ("workflow id", id)));
            fields
        }
        Event::ExternalSignalInitiated { operation, signal } => {
            let mut fields = vec![("operation", operation.to_string()), ("signal", signal.name.clone())];
            fields.extend(target(&signal.target));
            fields.push(("input", list(&signal.input)));
            fields
        }
        Event::ExternalCancelInitiated {
            operation, target: it, ..
        } => {
            let mut fields = vec![("operation", operation.to_string())];
            fields.extend(target(it));
            fields
        }
        Event::Patched { patch_id, .. } => vec![("patch id", patch_id.clone())],
        Event::UpdateCompleted { update_id, .. } => vec![("update id", update_id.clone())],
        Event::ActivityCancelRequested { operation }
        | Event::TimerCancelled { operation }
        | Event::ChildCancelRequested { operation, .. }
        | Event::ExternalCancelled { operation } => {
            vec![("operation", operation.to_string())]
        }
        Event::SearchAttributesUpserted(changes) | Event::MemoUpserted(changes) => {
            let named = changes.iter().map(|(name, value)| format!("{name}={value}"));
            vec![("changes", named.collect::<Vec<_>>().join(", "))]
        }
        Event::RunCompleted { output, .. } => vec![("output", list(output.as_slice()))],
        Event::RunFailed { failure, .. } => vec![("failure", failure.to_string())],
        Event::RunCancelled { details } => vec![("details", list(details))],
        Event::RunContinuedAsNew { continuation, .. } => vec![("input", list(&continuation.input))],
        Event::RunStarted(_)
        | Event::RunReset(_)
        | Event::Activated(_)
        | Event::ActivityCompleted { .. }
        | Event::ActivityFailed { .. }
        | Event::ActivityTimedOut { .. }
        | Event::ActivityCancelled { .. }
        | Event::TimerFired { .. }
        | Event::ChildStarted { .. }
        | Event::ChildNotStarted { .. }
        | Event::ChildClosed { .. }
        | Event::ExternalResolved { .. }
        | Event::UpdateAccepted(_)
        | Event::SignalReceived(_)
        | Event::CancelRequested { .. }
        | Event::RunPaused(_)
        | Event::RunResumed(_)
        | Event::RunTerminated { .. }
        | Event::RunTimedOut { .. } => Vec::new(),
    }
}

fn target(target: &ExternalTarget) -> Vec<(&'static str, String)> {
    let mut fields = vec![("workflow id", target.workflow_id.clone())];
    fields.extend(target.run_id.map(|id| ("run id", id.to_string())));
    fields.extend(target.child_only.then(|| ("only a child", "yes".into())));
    fields
}

/// The payloads of a command's event by which it is recognised.
fn payloads(event: &Event) -> Vec<&Payload> {
    match event {
        Event::ActivityScheduled { request, .. } => request.input.iter().collect(),
        Event::ChildInitiated { request, .. } => request.input.iter().collect(),
        Event::ExternalSignalInitiated { signal, .. } => signal.input.iter().collect(),
        Event::SearchAttributesUpserted(changes) | Event::MemoUpserted(changes) => {
            changes.iter().map(|(_, payload)| payload).collect()
        }
        _ => Vec::new(),
    }
}

/// The surroundings of the first place where the payloads differ.
fn first_difference(recorded: &[&Payload], asked: &[&Payload]) -> Option<FieldComparison> {
    const SHOWN_BEFORE_BYTES: usize = 20;
    const SHOWN_AFTER_BYTES: usize = 40;
    let place = recorded
        .iter()
        .zip(asked)
        .position(|(recorded, asked)| recorded != asked)?;
    let (recorded, asked) = (recorded[place], asked[place]);
    let number = place + 1;
    let shown = |payload: &Payload| {
        let same = recorded
            .data
            .iter()
            .zip(&asked.data)
            .take_while(|(a, b)| a == b)
            .count();
        if recorded.data == asked.data {
            let entries = payload.metadata.iter();
            let entries: Vec<String> = entries
                .map(|(key, value)| format!("{key}={}", value.escape_ascii()))
                .collect();
            return format!("payload {number} with metadata {}", entries.join(" "));
        }
        let from = same.saturating_sub(SHOWN_BEFORE_BYTES);
        let to = payload.data.len().min(same + SHOWN_AFTER_BYTES);
        format!(
            "payload {number} at byte {same}: …{}",
            payload.data[from..to].escape_ascii()
        )
    };
    Some(FieldComparison {
        name: "first difference",
        recorded: Some(shown(recorded)),
        asked: Some(shown(asked)),
    })
}

fn list(payloads: &[Payload]) -> String {
    if payloads.is_empty() {
        return "none".into();
    }
    payloads.iter().map(Payload::to_string).collect::<Vec<_>>().join(", ")
}

impl std::error::Error for Mismatch {}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "the workflow's code no longer does what its history says, at event {}",
            self.event
        )?;
        writeln!(
            f,
            "  recorded: {}",
            self.recorded.unwrap_or("nothing more in this activation")
        )?;
        write!(
            f,
            "  asked:    {}",
            self.asked.unwrap_or("nothing more in this activation")
        )?;
        for FieldComparison { name, recorded, asked } in &self.fields {
            let mark = if recorded == asked { ' ' } else { '≠' };
            let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".into());
            write!(
                f,
                "\n  {mark} {name}: recorded {}, asked {}",
                shown(recorded),
                shown(asked)
            )?;
        }
        Ok(())
    }
}
