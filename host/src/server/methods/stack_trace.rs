//! The query for where a workflow stands. Temporal's SDKs answer it with the stacks of the code in the worker.
//!
//! A guest between two activations has no stack: it is memory. What it waits for is known to the host, and one that is
//! blocked left the stack of the call that failed. A module that has a query of this name answers it itself, while its code
//! waits for something.

use crate::{
    server::{convert::json_payload, front::Front},
    shard::{Description, Target},
};
use mainspring_api::temporal::common::v1::Payload;
use mainspring_core::{Phase, Timestamp};
use tonic::Status;

/// The query's name.
pub(crate) const QUERY: &str = "__stack_trace";

/// What the run waits for, a line each; or nothing, if its module knows better.
pub(crate) async fn of_run(front: &Front, target: Target) -> Result<Option<Payload>, Status> {
    let description = front.engine().describe(target).await?;
    let waits = !description.summary.status.is_closed() && description.blocked.is_none();
    if waits && answers_itself(front, &description) {
        return Ok(None);
    }
    Ok(Some(json_payload(&lines(&description).join("\n").into())))
}

fn answers_itself(front: &Front, description: &Description) -> bool {
    let started = &description.started;
    let module = front.engine().module(&started.namespace, &started.module);
    let manifest = module.and_then(|module| module.manifest);
    let workflow = manifest
        .as_ref()
        .and_then(|manifest| manifest.workflow(&started.workflow_type));
    workflow.is_some_and(|it| it.answers(QUERY))
}

fn lines(description: &Description) -> Vec<String> {
    let workflow_type = &description.started.workflow_type;
    if description.summary.status.is_closed() {
        return vec![format!("{workflow_type} is over, and waits for nothing")];
    }
    if let Some(blocked) = &description.blocked {
        return vec![format!("{workflow_type} cannot go on: {}", blocked.reason)];
    }
    let activities = description.activities.iter().map(|activity| {
        let state = match activity.attempt.phase {
            Phase::Ready(_) | Phase::BackingOff(_) if activity.attempt.paused().is_some() => "is paused",
            Phase::Ready(_) => "waits for a worker",
            Phase::BackingOff(_) => "is tried again later",
            Phase::Started(..) => "is with a worker",
        };
        let (id, name) = (&activity.activity_id, &activity.request.activity_type);
        format!("activity {id} {name:?}, attempt {}: {state}", activity.attempt.count())
    });
    let timers = description
        .timers
        .iter()
        .map(|(operation, due)| format!("timer {operation}, due at {}", written(*due)));
    let children = description.children.iter().map(|child| {
        let (workflow_id, name) = (&child.workflow_id, &child.request.workflow_type);
        format!("child {workflow_id:?} {name:?}")
    });
    let externals = description.externals.iter().map(|external| {
        let workflow_id = &external.target.workflow_id;
        match &external.signal {
            Some(signal) => format!("signal {signal:?} to {workflow_id:?}, to arrive"),
            None => format!("request to cancel {workflow_id:?}, to arrive"),
        }
    });
    let waited_for: Vec<_> = activities.chain(timers).chain(children).chain(externals).collect();
    let first = match waited_for.is_empty() {
        // A condition, a signal and an update are nothing that it has begun.
        true => format!("{workflow_type} waits until somebody tells it something"),
        false => format!("{workflow_type} waits for what it has begun, or until somebody tells it something:"),
    };
    std::iter::once(first)
        .chain(waited_for.into_iter().map(|line| format!("    {line}")))
        .collect()
}

fn written(moment: Timestamp) -> String {
    i64::try_from(moment.as_millis())
        .ok()
        .and_then(|millis| jiff::Timestamp::from_millisecond(millis).ok())
        .map_or_else(|| "the end of time".to_owned(), |moment| moment.to_string())
}
