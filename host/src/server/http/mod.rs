//! The HTTP front: the same methods as gRPC has, as JSON, at the paths that Temporal's annotations give them.
//!
//! A request becomes the message that a gRPC client would send, and goes to the same services by the same way; the
//! answer comes back as JSON. What a method does is not known here, nor which there are: they are read from the
//! descriptors, so that a method which is served by gRPC has its paths without a line more.

mod descriptors;
mod field_path;
mod format;
mod grpc;
mod json;
mod openapi;
mod origin;
mod query;
mod refusal;
mod request;
mod routes;
mod shorthand;
#[cfg(test)]
mod tests;
mod web_ui;

use super::Services;
use axum::{
    Json, Router,
    extract::DefaultBodyLimit,
    http::{Method, Uri, header::CONTENT_TYPE},
    middleware,
    response::IntoResponse,
    routing::get,
};
use refusal::Refusal;
use request::BODY_BYTES_MAX;
use serde_json::{Value, json};
use std::{future::Future, io};
use tokio::net::TcpListener;

/// Where the description of the API is.
const OPENAPI_PATH: &str = "/api/v1/openapi.json";

/// Serves HTTP on the listener until `stop` is ready and the calls under way have ended.
pub async fn serve(
    services: Services,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let stopping = services.stopping.clone();
    let stop = async move {
        stop.await;
        // Long polls end with an empty answer.
        stopping.cancel();
    };
    axum::serve(listener, router(services.router))
        .with_graceful_shutdown(stop)
        .await
}

/// All paths, in front of the gRPC services.
fn router(grpc: Router) -> Router {
    let routes = routes::all();
    // Made once: it is large.
    let openapi = openapi::document(&routes).to_string();
    let openapi = get(async move || ([(CONTENT_TYPE, "application/json")], openapi.clone()));
    request::paths(routes, &grpc)
        .route("/", get(about))
        .route("/healthz", get(|| async { "ok\n" }))
        .route(OPENAPI_PATH, openapi)
        .merge(web_ui::paths(&grpc))
        .fallback(no_such_path)
        .method_not_allowed_fallback(wrong_verb)
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(middleware::from_fn(origin::refuse_other_sites))
}

async fn about() -> Json<Value> {
    Json(json!({
        "name": "mainspring",
        "version": env!("CARGO_PKG_VERSION"),
        "about": "A durable workflow engine. Workers and clients speak Temporal's gRPC protocol to its other address; \
                  the same methods are here as HTTP/JSON.",
        "links": { "api": OPENAPI_PATH, "health": "/healthz" },
    }))
}

async fn no_such_path(verb: Method, uri: Uri) -> impl IntoResponse {
    Refusal::no_such_path(&verb, uri.path())
}

async fn wrong_verb(verb: Method, uri: Uri) -> impl IntoResponse {
    Refusal::wrong_verb(&verb, uri.path())
}
