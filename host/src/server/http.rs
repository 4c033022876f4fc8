//! The HTTP front. So far it says what this is and that it lives; the HTTP/JSON API and the web pages come later.

use axum::{Json, Router, routing::get};
use serde_json::{Value, json};
use std::{future::Future, io};
use tokio::net::TcpListener;

/// Serves HTTP on the listener until `stop` is ready and the calls under way have ended.
pub async fn serve(listener: TcpListener, stop: impl Future<Output = ()> + Send + 'static) -> io::Result<()> {
    let routes = Router::new()
        .route("/", get(about))
        .route("/healthz", get(|| async { "ok\n" }));
    axum::serve(listener, routes).with_graceful_shutdown(stop).await
}

async fn about() -> Json<Value> {
    Json(json!({
        "name": "mainspring",
        "version": env!("CARGO_PKG_VERSION"),
        "about": "A durable workflow engine. Workers and clients speak Temporal's gRPC protocol to its other address.",
        "links": { "health": "/healthz" },
    }))
}
