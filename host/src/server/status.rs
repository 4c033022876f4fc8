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
        enums::v1::{NamespaceState, ResourceExhaustedCause, ResourceExhaustedScope},
        errordetails::v1::{
            MultiOperationExecutionFailure, NamespaceAlreadyExistsFailure, NamespaceInvalidStateFailure,
            NamespaceNotFoundFailure, NotFoundFailure, QueryFailedFailure, ResourceExhaustedFailure,
            WorkflowExecutionAlreadyStartedFailure, multi_operation_execution_failure::OperationStatus,
        },
        failure::v1::MultiOperationExecutionAborted,
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

pub(crate) fn namespace_already_exists(namespace: &str) -> Status {
    with_detail(
        Code::AlreadyExists,
        format!("Namespace {namespace} already exists."),
        &NamespaceAlreadyExistsFailure {},
    )
}

/// The namespace does not take what was asked of it.
pub(crate) fn namespace_deprecated(namespace: &str) -> Status {
    with_detail(
        Code::FailedPrecondition,
        format!("Namespace {namespace} is deprecated: its workflows go on, and it takes no new ones."),
        &NamespaceInvalidStateFailure {
            namespace: namespace.to_owned(),
            state: NamespaceState::Deprecated.into(),
            allowed_states: vec![NamespaceState::Registered.into()],
        },
    )
}

/// The id is taken, by the run that is named, if it is one's.
pub(crate) fn already_started(message: impl Into<String>, start_request_id: &str, run_id: Option<RunId>) -> Status {
    with_detail(
        Code::AlreadyExists,
        message,
        &WorkflowExecutionAlreadyStartedFailure {
            start_request_id: start_request_id.to_owned(),
            run_id: run_id.map(|run| run.to_string()).unwrap_or_default(),
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

/// So much is under way of this kind that no more of it is taken; the same request may succeed later.
pub(crate) fn busy_namespace(message: impl Into<String>) -> Status {
    with_detail(
        Code::ResourceExhausted,
        message,
        &ResourceExhaustedFailure {
            cause: ResourceExhaustedCause::ConcurrentLimit.into(),
            scope: ResourceExhaustedScope::Namespace.into(),
        },
    )
}

/// Of several operations, one that was not done because another failed.
pub(crate) fn multi_operation_aborted() -> Status {
    with_detail(
        Code::Aborted,
        "the operation was not done because of another one of the same call",
        &MultiOperationExecutionAborted {},
    )
}

/// Several operations, each with its status. The call has the code of the one that failed by itself.
pub(crate) fn multi_operation_failed(statuses: &[Status]) -> Status {
    let failed = statuses.iter().find(|status| status.code() != Code::Aborted);
    let (code, message) = failed.map_or((Code::Aborted, "aborted"), |it| (it.code(), it.message()));
    let statuses = statuses.iter().map(|status| OperationStatus {
        code: status.code() as i32,
        message: status.message().to_owned(),
        details: rpc::Status::decode(status.details())
            .map(|sent| sent.details)
            .unwrap_or_default(),
    });
    let failure = MultiOperationExecutionFailure {
        statuses: statuses.collect(),
    };
    with_detail(code, message, &failure)
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
        let status = already_started("taken", "req", Some(RunId::from_bytes([1; 16])));
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

    #[test]
    fn several_operations_have_the_code_of_the_one_that_failed() {
        let taken = already_started("taken", "req", Some(RunId::from_bytes([1; 16])));
        let status = multi_operation_failed(&[taken, multi_operation_aborted()]);
        assert_eq!((status.code(), status.message()), (Code::AlreadyExists, "taken"));
        let sent = rpc::Status::decode(status.details()).expect("details are a google.rpc.Status");
        let failure = MultiOperationExecutionFailure::decode(sent.details[0].value.as_slice()).expect("decodes");
        let codes: Vec<_> = failure.statuses.iter().map(|it| it.code).collect();
        assert_eq!(codes, [Code::AlreadyExists as i32, Code::Aborted as i32]);
        let types = failure.statuses.iter().map(|it| it.details[0].type_url.as_str());
        let types: Vec<_> = types.filter_map(|it| it.rsplit('.').next()).collect();
        assert_eq!(
            types,
            [
                "WorkflowExecutionAlreadyStartedFailure",
                "MultiOperationExecutionAborted"
            ]
        );
    }
}
