//! Mends the refusals that come before any handler sees a request.
//!
//! Methods that are not served, and messages that are too large, are refused by the generated code. Its answers are
//! right for gRPC at large and wrong for Temporal's tools: they look for a text that begins with `unknown method`,
//! and they send a message again for ever if it was refused with OUT_OF_RANGE.

use axum::{extract::Request, middleware::Next, response::Response};
use tonic::{Code, Status, body::Body};

pub(crate) async fn mend(request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let response = next.run(request).await;
    let Some(status) = Status::from_header_map(response.headers()) else {
        return response;
    };
    match status.code() {
        Code::Unimplemented if status.message().is_empty() => answer(unknown_method(&path)),
        Code::OutOfRange => answer(Status::invalid_argument(status.message())),
        _ => response,
    }
}

fn unknown_method(path: &str) -> Status {
    let (service, method) = path.trim_start_matches('/').split_once('/').unwrap_or((path, ""));
    Status::unimplemented(format!(
        "unknown method {method} for service {service}: this server does not have it"
    ))
}

fn answer(status: Status) -> Response {
    status.into_http::<Body>().map(axum::body::Body::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_methods_are_named() {
        let status = unknown_method("/temporal.api.workflowservice.v1.WorkflowService/PauseActivity");
        assert!(
            status
                .message()
                .starts_with("unknown method PauseActivity for service temporal.api.")
        );
        assert!(unknown_method("/").message().starts_with("unknown method"));
    }
}
