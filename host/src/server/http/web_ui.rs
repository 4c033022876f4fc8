//! Temporal's web pages, where they are served from the same address as this API.
//!
//! They come with a server of their own, which hands them out and speaks gRPC to ours. Nothing here is needed for that.
//! But they may as well lie on any web server that passes `/api` on to us; then they ask us what they would ask
//! theirs: for their settings, and for a whole history as a file. They also ask a little differently than others do,
//! and say who they are.

use super::{descriptors::pool, format::Format, grpc, json as messages, refusal::Refusal};
use axum::{
    Json, Router,
    body::Body,
    extract::Path,
    http::{HeaderMap, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
    routing::get,
};
use bytes::Bytes;
use futures::stream;
use mainspring_api::{
    methods::WORKFLOW_SERVICE,
    temporal::{
        common::v1::WorkflowExecution,
        history::v1::History,
        workflowservice::v1::{GetWorkflowExecutionHistoryRequest, GetWorkflowExecutionHistoryResponse},
    },
};
use prost::Message;
use prost_reflect::MethodDescriptor;
use serde_json::{Value, json};
use tonic::Status;

/// The pages whose requests the tests make. By this number they see how to write ids in paths, too.
const VERSION: &str = "2.54.1";

/// Whether a page asks: each of their requests says so. They read payloads as they are, without shorthand, and their
/// own server passes over parameters that a method does not have.
pub(super) fn asks(headers: &HeaderMap) -> bool {
    headers.get("caller-type").is_some_and(|caller| caller == "operator")
}

/// What the pages ask for beside the API.
pub(super) fn paths(grpc: &Router) -> Router {
    let grpc = grpc.clone();
    let history = async move |Path([namespace, workflow_id, run_id]): Path<[String; 3]>, headers| {
        raw_history(grpc.clone(), headers, namespace, workflow_id, run_id).await
    };
    Router::new().route("/api/v1/settings", get(settings)).route(
        "/api/v1/namespaces/{1}/workflows/{2}/run/{3}/history.json",
        get(history),
    )
}

/// Nothing is switched off: what this server does not have, it says when it is asked for it.
async fn settings() -> Json<Value> {
    Json(json!({
        "Auth": { "Enabled": false, "Options": null },
        "Codec": { "Endpoint": "", "PassAccessToken": false, "IncludeCredentials": false },
        "DefaultNamespace": "default",
        // They would ask a site of their makers'.
        "DisableNewsFetch": true,
        "Version": VERSION,
    }))
}

/// A run's events as one list, page by page as they are read.
async fn raw_history(
    grpc: Router,
    headers: HeaderMap,
    namespace: String,
    workflow_id: String,
    run_id: String,
) -> Result<Response, Refusal> {
    let first = Pages {
        grpc,
        headers,
        request: GetWorkflowExecutionHistoryRequest {
            namespace,
            execution: Some(WorkflowExecution { workflow_id, run_id }),
            ..Default::default()
        },
        method: history_method(),
        is_over: false,
        before: "[",
    };
    // Before anything is answered, so that what is refused is refused with a status.
    let (begin, rest) = first.next().await?.unzip();
    let begin = stream::iter(begin.map(Ok::<_, Status>));
    let rest = stream::try_unfold(rest, async |pages| match pages {
        None => Ok(None),
        Some(pages) => Ok(pages.next().await?.map(|(text, pages)| (text, Some(pages)))),
    });
    let body = Body::from_stream(stream::StreamExt::chain(begin, rest));
    Ok(([(CONTENT_TYPE, "application/json")], body).into_response())
}

/// The pages of a history that are yet to come.
struct Pages {
    grpc: Router,
    headers: HeaderMap,
    request: GetWorkflowExecutionHistoryRequest,
    method: MethodDescriptor,
    is_over: bool,
    /// What is written before the next event.
    before: &'static str,
}

impl Pages {
    /// The text of the next page, and what comes after it.
    async fn next(mut self) -> Result<Option<(Bytes, Self)>, Status> {
        if self.is_over {
            return Ok(None);
        }
        let request = self.request.encode_to_vec().into();
        let answer = grpc::call(self.grpc.clone(), &self.method, self.headers.clone(), request).await?;
        let answer = GetWorkflowExecutionHistoryResponse::decode(answer)
            .map_err(|error| Status::internal(format!("the history cannot be read: {error}")))?;
        let history = answer.history.unwrap_or_default();
        let mut text = Vec::new();
        for event in events(&history)? {
            text.extend_from_slice(self.before.as_bytes());
            text.extend_from_slice(event.to_string().as_bytes());
            self.before = ",";
        }
        self.is_over = answer.next_page_token.is_empty();
        if self.is_over {
            text.push(b']');
        }
        self.request.next_page_token = answer.next_page_token;
        Ok(Some((text.into(), self)))
    }
}

fn events(history: &History) -> Result<Vec<Value>, Status> {
    let descriptor = pool()
        .get_message_by_name("temporal.api.history.v1.History")
        .expect("histories are described");
    let mut value = messages::value(&descriptor, &history.encode_to_vec(), Format::OF_WEB_UI)?;
    match value["events"].take() {
        Value::Array(events) => Ok(events),
        _ => Ok(Vec::new()),
    }
}

fn history_method() -> MethodDescriptor {
    pool()
        .get_service_by_name(WORKFLOW_SERVICE)
        .and_then(|service| {
            service
                .methods()
                .find(|method| method.name() == "GetWorkflowExecutionHistory")
        })
        .expect("histories are served")
}
