//! How a run stands, in words.

use mainspring_core::{OperationId, Phase, RunState, UpdateStage};

/// What others see of a run's state, in one line.
pub(super) fn tell(state: &RunState) -> String {
    let mut told = vec![format!("{:?}", state.status())];
    let owed: Vec<_> = state.undelivered().iter().map(super::tell::job).collect();
    if !owed.is_empty() {
        let waits = if state.owes_activation() { "" } else { " later" };
        told.push(format!("owed{waits}: {}", owed.join(", ").replace("told: ", "")));
    }
    for activity in state.activities() {
        let phase = match activity.attempt.phase {
            Phase::Ready(_) => "ready",
            Phase::BackingOff(_) => "backs off",
            Phase::Started(..) => "started",
        };
        let cancelled = if activity.cancel_requested {
            ", cancel requested"
        } else {
            ""
        };
        let given_up = if activity.guest_told { ", given up" } else { "" };
        told.push(format!("activity #{} {phase}{cancelled}{given_up}", activity.operation));
    }
    let operations = 1..state.next_operation().0;
    for operation in operations.map(OperationId) {
        if state.has_timer(operation) {
            told.push(format!("timer #{operation}"));
        }
    }
    for child in state.children() {
        let started = if child.run_id.is_some() { "started" } else { "initiated" };
        let given_up = if child.guest_told { ", given up" } else { "" };
        told.push(format!("child #{} {started}{given_up}", child.operation));
    }
    for external in state.externals() {
        told.push(format!("message #{}", external.operation));
    }
    for (id, stage) in state.updates() {
        let stage = match stage {
            UpdateStage::Accepted => "accepted",
            UpdateStage::Completed(_) => "completed",
        };
        told.push(format!("update {id:?} {stage}"));
    }
    told.extend(state.patches().iter().map(|patch| format!("patch {patch}")));
    for (name, value) in state.memo().iter().chain(state.search_attributes()) {
        told.push(format!("{name} is {value}"));
    }
    if state.cancel_requested() {
        told.push("cancel requested".into());
    }
    if let Some(due) = state.next_deadline() {
        told.push(format!("next due at {} ms", due.as_millis()));
    }
    told.join("; ")
}
