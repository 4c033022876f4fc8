//! Errors on the wire: a gRPC status, with details that the SDKs recognise.
//!
//! The details travel in `grpc-status-details-bin` as a `google.rpc.Status`, which repeats code and message.
//! SDKs retry DATA_LOSS, INTERNAL, UNKNOWN, RESOURCE_EXHAUSTED, ABORTED, OUT_OF_RANGE and UNAVAILABLE, so a
//! caller's mistake must never have one of these codes.

use super::convert::{InvalidField, failure_to_wire};
use mainspring_api::{
    protobuf::Any,
    rpc,
    temporal::{
        enums::v1::{ResourceExhaustedCause, ResourceExhaustedScope},
        errordetails::v1::{
            NamespaceNotFoundFailure, NotFoundFailure, QueryFailedFailure, ResourceExhaustedFailure,
            WorkflowExecutionAlreadyStartedFailure,
        },
    },
};
use mainspring_core::{Failure, RunId};
use prost::{Message, Name};
use tonic::{Code, Status};

/// What was asked for does not exist, or no longer.
pub(crate) fn not_found(message: impl Into<String>) -> Status {
    with_detail(Code::NotFound, message, &NotFoundFailure::default())
}

pub(crate) fn namespace_not_found(namespace: &str) -> Status {
    with_detail(
        Code::NotFound,
        format!("Namespace {namespace} is not found."),
        &NamespaceNotFoundFailure {
            namespace: namespace.to_owned(),
        },
    )
}

/// The workflow id is taken, by the run that is named.
pub(crate) fn already_started(message: impl Into<String>, start_request_id: &str, run_id: RunId) -> Status {
    with_detail(
        Code::AlreadyExists,
        message,
        &WorkflowExecutionAlreadyStartedFailure {
            start_request_id: start_request_id.to_owned(),
            run_id: run_id.to_string(),
            ..Default::default()
        },
    )
}

/// The query's handler failed: the caller's problem, and never retried.
pub(crate) fn query_failed(failure: &Failure) -> Status {
    let message = failure.outermost().message.clone();
    with_detail(
        Code::InvalidArgument,
        message,
        &QueryFailedFailure {
            failure: Some(failure_to_wire(failure)),
        },
    )
}

/// A bound was reached; the same request may succeed later.
pub(crate) fn overloaded(message: impl Into<String>) -> Status {
    with_detail(
        Code::ResourceExhausted,
        message,
        &ResourceExhaustedFailure {
            cause: ResourceExhaustedCause::SystemOverloaded.into(),
            scope: ResourceExhaustedScope::System.into(),
        },
    )
}

impl From<InvalidField> for Status {
    fn from(invalid: InvalidField) -> Self {
        Self::invalid_argument(invalid.to_string())
    }
}

fn with_detail<M: Message + Name>(code: Code, message: impl Into<String>, detail: &M) -> Status {
    let message = message.into();
    let status = rpc::Status {
        code: code as i32,
        message: message.clone(),
        details: vec![Any {
            type_url: format!("type.googleapis.com/{}", M::full_name()),
            value: detail.encode_to_vec(),
        }],
    };
    Status::with_details(code, message, status.encode_to_vec().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn details_repeat_the_status_and_name_their_type() {
        let status = already_started("taken", "req", RunId::from_bytes([1; 16]));
        let sent = rpc::Status::decode(status.details()).expect("details are a google.rpc.Status");
        assert_eq!(
            (sent.code, sent.message.as_str()),
            (Code::AlreadyExists as i32, "taken")
        );
        let [detail] = sent.details.as_slice() else {
            panic!("one detail")
        };
        assert_eq!(
            detail.type_url,
            "type.googleapis.com/temporal.api.errordetails.v1.WorkflowExecutionAlreadyStartedFailure"
        );
        let failure = WorkflowExecutionAlreadyStartedFailure::decode(detail.value.as_slice()).expect("decodes");
        assert_eq!(failure.run_id, "01010101-0101-0101-0101-010101010101");
    }
}
