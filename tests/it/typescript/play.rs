//! Plays the workflows of `tests/guests/typescript/features.ts`.

use crate::support::replay::replay_with;
use crate::support::stage::Stage;
use mainspring::shard::ActivityTask;
use mainspring_core::{Event, Failure, FailureInfo, Payload};
use serde_json::{Value, json};

const MODULE: &str = "typescript_features";

/// More than any story takes.
const STEPS_MAX: usize = 20_000;

pub(super) fn stage() -> Stage {
    Stage::with(MODULE)
}

/// Starts the workflow as `it`, has a worker answer its activities with their first arguments, lets time pass, and gives its
/// result. Its history must replay.
pub(super) fn result_of(workflow_type: &str, arguments: &[Value]) -> Value {
    let mut stage = stage();
    stage.start(workflow_type, "it", arguments);
    finish(&mut stage);
    result(&stage)
}

/// Goes on until nothing is to be done any more.
pub(super) fn finish(stage: &mut Stage) {
    for _ in 0..STEPS_MAX {
        if let Some(task) = stage.try_take() {
            let answer = argument(&task);
            stage.complete(&task, &answer).get().expect("the result is taken");
        } else if let Some(due) = stage.next_deadline() {
            stage.pass(due.as_millis() - stage.now().as_millis());
        } else {
            return;
        }
    }
    panic!("it does not come to an end");
}

/// The first argument of an activity.
pub(super) fn argument(task: &ActivityTask) -> Value {
    task.request.input.first().map_or(Value::Null, value)
}

pub(super) fn result(stage: &Stage) -> Value {
    match last(stage) {
        Event::RunCompleted { output: Some(it), .. } => value(&it),
        other => panic!("it ended as {other:?}"),
    }
}

/// The failure that the workflow ended with.
pub(super) fn failure(stage: &Stage) -> Failure {
    match last(stage) {
        Event::RunFailed { failure, .. } => failure,
        other => panic!("it ended as {other:?}"),
    }
}

pub(super) fn last(stage: &Stage) -> Event {
    let history = stage.history("it");
    let last = history.last().expect("there is a history").event.clone();
    replay_with(MODULE, history).expect("it does the same at a replay");
    last
}

/// The kind of the outermost application layer.
pub(super) fn kind(failure: &Failure) -> Option<&str> {
    failure.layers().iter().find_map(|layer| match &layer.info {
        FailureInfo::Application(application) => Some(application.kind.as_str()),
        _ => None,
    })
}

fn value(payload: &Payload) -> Value {
    match &*payload.data {
        [] => Value::Null,
        data => serde_json::from_slice(data).unwrap_or_else(|_| json!(data)),
    }
}
