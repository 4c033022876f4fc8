//! Errors over HTTP: the status that the code of gRPC stands for, and the error itself as JSON.

use super::descriptors::pool;
use axum::{
    http::{HeaderValue, Method, StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use prost_reflect::DynamicMessage;
use serde_json::{Value, json};
use tonic::{Code, Status};

/// A call that does not succeed.
#[derive(Debug)]
pub(super) struct Refusal {
    http: StatusCode,
    status: Status,
}

impl Refusal {
    /// The caller's mistake.
    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Status::invalid_argument(message).into()
    }

    /// The same, with a more telling status than 400.
    pub(super) fn with_http(self, http: StatusCode) -> Self {
        Self { http, ..self }
    }

    pub(super) fn no_such_path(verb: &Method, path: &str) -> Self {
        Status::not_found(format!(
            "there is nothing at {verb} {path}; the paths of the API are listed at {}",
            super::OPENAPI_PATH
        ))
        .into()
    }

    pub(super) fn wrong_verb(verb: &Method, path: &str) -> Self {
        let refusal = Self::from(Status::unimplemented(format!(
            "{path} does not take {verb}; what it takes is in the header `allow`"
        )));
        refusal.with_http(StatusCode::METHOD_NOT_ALLOWED)
    }

    /// Its message, for tests.
    #[cfg(test)]
    pub(super) fn message(&self) -> &str {
        self.status.message()
    }

    fn body(&self) -> Value {
        let details = details(&self.status).unwrap_or_else(|| json!([]));
        json!({
            "code": self.status.code() as i32,
            "message": self.status.message(),
            "details": details,
        })
    }
}

impl From<Status> for Refusal {
    fn from(status: Status) -> Self {
        Self {
            http: http_status(status.code()),
            status,
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let body = format!("{}\n", self.body());
        let json = HeaderValue::from_static("application/json");
        (self.http, [(CONTENT_TYPE, json)], body).into_response()
    }
}

/// The details as JSON, each with its type. Those of an unknown type are left out, all of them.
fn details(status: &Status) -> Option<Value> {
    let descriptor = pool().get_message_by_name("google.rpc.Status")?;
    let sent = DynamicMessage::decode(descriptor, status.details()).ok()?;
    let mut sent = serde_json::to_value(&sent).ok()?;
    Some(sent.get_mut("details")?.take())
}

/// As grpc-gateway maps them, which is what HTTP clients of Temporal expect.
fn http_status(code: Code) -> StatusCode {
    match code {
        Code::Ok => StatusCode::OK,
        // The client has gone; nobody reads this.
        Code::Cancelled => StatusCode::from_u16(499).expect("three digits"),
        Code::InvalidArgument | Code::FailedPrecondition | Code::OutOfRange => StatusCode::BAD_REQUEST,
        Code::Unauthenticated => StatusCode::UNAUTHORIZED,
        Code::PermissionDenied => StatusCode::FORBIDDEN,
        Code::NotFound => StatusCode::NOT_FOUND,
        Code::AlreadyExists | Code::Aborted => StatusCode::CONFLICT,
        Code::ResourceExhausted => StatusCode::TOO_MANY_REQUESTS,
        Code::Unknown | Code::Internal | Code::DataLoss => StatusCode::INTERNAL_SERVER_ERROR,
        Code::Unimplemented => StatusCode::NOT_IMPLEMENTED,
        Code::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Code::DeadlineExceeded => StatusCode::GATEWAY_TIMEOUT,
    }
}
