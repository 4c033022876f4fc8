//! The query that every run answers: what its workflow handles, and what it says of its present state.
//!
//! Temporal's SDKs answer it in the worker. Here the host knows the answer from the module's manifest, so a guest is
//! not asked, and a run whose guest is blocked answers too. A module that has a query of this name answers it itself, unless
//! its guest is blocked: its workflows say only when they run what they handle.

use crate::{
    server::{convert::json_payload, front::Front},
    shard::Target,
    wasm::{HandlerDefinition, WorkflowDefinition},
};
use mainspring_api::temporal::common::v1::Payload;
use serde_json::{Value, json};
use tonic::Status;

/// The query's name.
pub(crate) const QUERY: &str = "__temporal_workflow_metadata";

/// `temporal.api.sdk.v1.WorkflowMetadata` of a run, in JSON; or nothing, if its module knows better.
pub(crate) async fn of_run(front: &Front, target: Target) -> Result<Option<Payload>, Status> {
    let description = front.engine().describe(target).await?;
    let started = &description.started;
    let module = front.engine().module(&started.namespace, &started.module);
    let manifest = module.and_then(|module| module.manifest);
    let definition = manifest
        .as_ref()
        .and_then(|manifest| manifest.workflow(&started.workflow_type));
    if description.blocked.is_none() && definition.is_some_and(|it| it.answers(QUERY)) {
        return Ok(None);
    }
    let metadata = json!({
        "definition": definition_to_json(&started.workflow_type, definition),
        "currentDetails": description.current_details.unwrap_or_default(),
    });
    let mut payload = json_payload(&metadata);
    payload
        .metadata
        .insert("encoding".to_owned(), b"json/protobuf".to_vec());
    payload.metadata.insert(
        "messageType".to_owned(),
        b"temporal.api.sdk.v1.WorkflowMetadata".to_vec(),
    );
    Ok(Some(payload))
}

fn definition_to_json(workflow_type: &str, definition: Option<&WorkflowDefinition>) -> Value {
    let Some(definition) = definition else {
        return json!({ "type": workflow_type });
    };
    json!({
        "type": workflow_type,
        "signalDefinitions": handlers_to_json(&definition.signals),
        "queryDefinitions": handlers_to_json(&definition.queries),
        "updateDefinitions": handlers_to_json(&definition.updates),
    })
}

/// A handler without a name takes all that no other has; Temporal writes it the same.
fn handlers_to_json(handlers: &[HandlerDefinition]) -> Vec<Value> {
    let handlers = handlers.iter().map(
        |handler| json!({ "name": handler.name.as_deref().unwrap_or_default(), "description": handler.description }),
    );
    handlers.collect()
}
