//! Wire types of the gRPC front.
//!
//! Temporal's messages come from `temporalio-protos`; the stubs of the services are generated
//! here, servers and clients alike, and only for the methods listed in [`methods`]. The services
//! for workflow modules and for what operators set are our own (`proto/mainspring`).
//!
//! This crate knows nothing of the engine: types, names and limits of the wire, no behaviour.

mod http_rules;
pub mod limits;
pub mod methods;

pub use http_rules::{HttpRule, http_rules, methods_without_http};

/// Temporal's messages: `temporal::workflowservice::v1::StartWorkflowExecutionRequest` and so on.
pub use temporalio_protos::temporal::api as temporal;

/// The well-known types as Temporal's messages use them.
pub mod protobuf {
    pub use prost_wkt_types::{Any, Duration, Empty, Timestamp};
}

/// The messages' own descriptions, each an encoded `google.protobuf.FileDescriptorSet`: Temporal's, and ours.
pub const DESCRIPTORS: [&[u8]; 2] = [
    include_bytes!(concat!(env!("OUT_DIR"), "/temporal.bin")),
    include_bytes!(concat!(env!("OUT_DIR"), "/own.bin")),
];

/// The error model of gRPC: what travels in `grpc-status-details-bin`.
pub mod rpc {
    pub use temporalio_protos::google::rpc::Status;
}

/// Stubs of `temporal.api.workflowservice.v1.WorkflowService`.
#[expect(clippy::allow_attributes, reason = "generated")]
pub mod workflow_service {
    tonic::include_proto!("temporal.api.workflowservice.v1");

    pub use workflow_service_client::WorkflowServiceClient;
    pub use workflow_service_server::{WorkflowService, WorkflowServiceServer};
}

/// Stubs of `temporal.api.operatorservice.v1.OperatorService`.
#[expect(clippy::allow_attributes, reason = "generated")]
pub mod operator_service {
    tonic::include_proto!("temporal.api.operatorservice.v1");

    pub use operator_service_client::OperatorServiceClient;
    pub use operator_service_server::{OperatorService, OperatorServiceServer};
}

/// Stubs of `temporal.api.testservice.v1.TestService`.
#[expect(clippy::allow_attributes, reason = "generated")]
pub mod test_service {
    tonic::include_proto!("temporal.api.testservice.v1");

    pub use test_service_client::TestServiceClient;
    pub use test_service_server::{TestService, TestServiceServer};
}

/// `mainspring.modules.v1`: messages and stubs of the module service.
#[expect(
    missing_docs,
    clippy::allow_attributes,
    reason = "generated; the proto file has the descriptions"
)]
pub mod modules {
    tonic::include_proto!("mainspring.modules.v1");

    pub use module_service_client::ModuleServiceClient;
    pub use module_service_server::{ModuleService, ModuleServiceServer};
}

/// `mainspring.control.v1`: messages and stubs of the service for what operators set.
#[expect(
    missing_docs,
    clippy::allow_attributes,
    reason = "generated; the proto file has the descriptions"
)]
pub mod control {
    tonic::include_proto!("mainspring.control.v1");

    pub use control_service_client::ControlServiceClient;
    pub use control_service_server::{ControlService, ControlServiceServer};
}

/// `mainspring.histories.v1`: messages and stubs of the service that exports histories.
#[expect(
    missing_docs,
    clippy::allow_attributes,
    reason = "generated; the proto file has the descriptions"
)]
pub mod histories {
    tonic::include_proto!("mainspring.histories.v1");

    pub use history_service_client::HistoryServiceClient;
    pub use history_service_server::{HistoryService, HistoryServiceServer};
}
