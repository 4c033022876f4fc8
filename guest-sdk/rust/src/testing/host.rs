//! The imports of the contract, natively: each notes a line and does nothing more.

use std::cell::RefCell;

use crate::bindings::mainspring::workflow::types::{FailureLayer, OperationId};
use crate::failure::Failure;
use crate::payload::Payload;

thread_local! {
    static NOTES: RefCell<Notes> = const { RefCell::new(Notes { commands: Vec::new(), log: Vec::new(), operations: 0 }) };
}

struct Notes {
    commands: Vec<String>,
    log: Vec<String>,
    operations: OperationId,
}

pub(super) fn reset() {
    NOTES.with_borrow_mut(|notes| {
        *notes = Notes {
            commands: Vec::new(),
            log: Vec::new(),
            operations: 0,
        }
    });
}

pub(super) fn take_commands() -> Vec<String> {
    NOTES.with_borrow_mut(|notes| std::mem::take(&mut notes.commands))
}

pub(super) fn take_log() -> Vec<String> {
    NOTES.with_borrow_mut(|notes| std::mem::take(&mut notes.log))
}

fn command(line: String) {
    NOTES.with_borrow_mut(|notes| notes.commands.push(line));
}

fn operation(line: &str) -> OperationId {
    NOTES.with_borrow_mut(|notes| {
        notes.operations += 1;
        notes.commands.push(format!("{}: {line}", notes.operations));
        notes.operations
    })
}

/// A payload as text: what it holds, or its size where that is no text.
fn shown(payload: &Payload) -> String {
    match std::str::from_utf8(&payload.data) {
        Ok("") => "null".to_owned(),
        Ok(text) => text.to_owned(),
        Err(_) => format!("{} bytes", payload.data.len()),
    }
}

fn shown_all(payloads: &[Payload]) -> String {
    payloads.iter().map(|payload| format!(" {}", shown(payload))).collect()
}

fn shown_map(map: &[(String, Payload)]) -> String {
    map.iter()
        .map(|(name, payload)| format!(" {name}={}", shown(payload)))
        .collect()
}

fn shown_failure(layers: &[FailureLayer]) -> String {
    let failure = Failure::from_layers(layers.to_vec());
    match failure.as_application() {
        Some(application) => format!("{}: {failure}", application.kind),
        None => failure.to_string(),
    }
}

pub(crate) mod activities {
    use crate::bindings::mainspring::workflow::activities::Activity;

    pub(crate) fn schedule(activity: &Activity) -> u64 {
        super::operation(&format!(
            "activity {}{}",
            activity.activity_type,
            super::shown_all(&activity.input)
        ))
    }
}

pub(crate) mod timers {
    use crate::bindings::mainspring::workflow::types::UserMetadata;

    pub(crate) fn start(after: u64, _metadata: &UserMetadata) -> u64 {
        super::operation(&format!("timer {after} ms"))
    }
}

pub(crate) mod children {
    use crate::bindings::mainspring::workflow::children::Child;

    pub(crate) fn start(child: &Child) -> u64 {
        super::operation(&format!(
            "child {}{}",
            child.workflow_type,
            super::shown_all(&child.input)
        ))
    }
}

pub(crate) mod external_workflows {
    use crate::bindings::mainspring::workflow::external_workflows::Target;
    use crate::payload::Payload;

    pub(crate) fn signal(target: &Target, name: &str, arguments: &[Payload], _headers: &[(String, Payload)]) -> u64 {
        super::operation(&format!(
            "signal {} {name}{}",
            target.workflow_id,
            super::shown_all(arguments)
        ))
    }

    pub(crate) fn request_cancel(target: &Target, reason: &str) -> u64 {
        super::operation(&format!("request cancel {}: {reason}", target.workflow_id))
    }
}

pub(crate) mod operations {
    pub(crate) fn cancel(operation: u64, _reason: &str) {
        super::command(format!("cancel {operation}"));
    }
}

pub(crate) mod updates {
    use crate::failure::FailureLayer;
    use crate::payload::Payload;

    pub(crate) fn complete(id: &str, output: Option<&Payload>) {
        super::command(format!(
            "update {id} complete{}",
            super::shown_all(output.map_or(&[], std::slice::from_ref))
        ));
    }

    pub(crate) fn fail(id: &str, layers: &[FailureLayer]) {
        super::command(format!("update {id} fail {}", super::shown_failure(layers)));
    }
}

pub(crate) mod outcome {
    use crate::bindings::mainspring::workflow::outcome::Continuation;
    use crate::failure::FailureLayer;
    use crate::payload::Payload;

    pub(crate) fn complete(output: Option<&Payload>) {
        super::command(format!(
            "complete{}",
            super::shown_all(output.map_or(&[], std::slice::from_ref))
        ));
    }

    pub(crate) fn fail(layers: &[FailureLayer]) {
        super::command(format!("fail {}", super::shown_failure(layers)));
    }

    pub(crate) fn cancelled(details: &[Payload]) {
        super::command(format!("cancelled{}", super::shown_all(details)));
    }

    pub(crate) fn continue_as_new(next: &Continuation) {
        let workflow_type = next.workflow_type.as_deref().unwrap_or("the same");
        super::command(format!(
            "continue as new {workflow_type}{}",
            super::shown_all(&next.input)
        ));
    }
}

pub(crate) mod versions {
    pub(crate) fn patched(patch: &str, deprecated: bool) -> bool {
        super::command(format!(
            "patched {patch}{}",
            if deprecated { " (deprecated)" } else { "" }
        ));
        true
    }
}

pub(crate) mod visibility {
    use crate::payload::Payload;

    pub(crate) fn upsert_search_attributes(attributes: &[(String, Payload)]) {
        super::command(format!("search attributes{}", super::shown_map(attributes)));
    }

    pub(crate) fn upsert_memo(memo: &[(String, Payload)]) {
        super::command(format!("memo{}", super::shown_map(memo)));
    }

    pub(crate) fn set_current_details(details: &str) {
        super::command(format!("details {details}"));
    }
}

pub(crate) mod log {
    use crate::log::Level;

    pub(crate) fn write(level: Level, message: &str, fields: &[(String, String)]) {
        let fields: String = fields.iter().map(|(name, value)| format!(" {name}={value}")).collect();
        super::NOTES.with_borrow_mut(|notes| {
            notes
                .log
                .push(format!("{level:?} {message}{fields}").replacen("Level::", "", 1))
        });
    }
}
