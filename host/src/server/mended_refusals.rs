//! Mends the refusals that come before any handler sees a request.
//!
//! Methods that are not served, and messages that cannot be read, are refused by the generated code. Its answers are
//! right for gRPC at large and wrong for Temporal's tools: they look for a text that begins with `unknown method`,
//! and some codes make them send the same message again and again.

use axum::{extract::Request, middleware::Next, response::Response};
use mainspring_api::limits::REQUEST_BYTES_MAX;
use mainspring_core::Size;
use tonic::{Code, Status, body::Body};

pub(crate) async fn mend(request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let response = next.run(request).await;
    let refusal = Status::from_header_map(response.headers()).and_then(|status| mended(&status, &path));
    refusal.map_or(response, |refusal| {
        refusal.into_http::<Body>().map(axum::body::Body::new)
    })
}

/// What to say instead, if the status is not right.
fn mended(status: &Status, path: &str) -> Option<Status> {
    match status.code() {
        Code::Unimplemented if status.message().is_empty() => Some(unknown_method(path)),
        // The message is too large as it came, or once it was decompressed. Where the server itself is short of
        // something, its status has details.
        Code::OutOfRange | Code::ResourceExhausted if status.details().is_empty() => Some(Status::invalid_argument(
            format!("the request is too large: at most {} are read", Size(REQUEST_BYTES_MAX)),
        )),
        // No handler answers with this.
        Code::Internal => Some(Status::invalid_argument(format!(
            "the request cannot be read: {}",
            status.message()
        ))),
        _ => None,
    }
}

/// For a method that is not served, by its path.
pub(crate) fn unknown_method(path: &str) -> Status {
    let (service, method) = path.trim_start_matches('/').split_once('/').unwrap_or((path, ""));
    Status::unimplemented(format!(
        "unknown method {method} for service {service}: this server does not have it"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(status: Status, expected: Option<Code>) {
        let mended = mended(&status, "/some.Service/Method").map(|status| status.code());
        assert_eq!(mended, expected, "{status}");
    }

    #[test]
    fn only_what_no_handler_says_is_mended() {
        check(Status::unimplemented(""), Some(Code::Unimplemented));
        check(Status::unimplemented("cron_schedule is not supported"), None);
        check(Status::out_of_range("too long"), Some(Code::InvalidArgument));
        check(
            Status::resource_exhausted("cannot decompress"),
            Some(Code::InvalidArgument),
        );
        check(super::super::status::overloaded("try again"), None);
        check(Status::internal("failed to decode"), Some(Code::InvalidArgument));
        check(Status::not_found("no such run"), None);
    }

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
