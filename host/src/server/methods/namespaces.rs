//! The tenants.

use crate::{
    server::{front::Front, limits::required_name, status::namespace_not_found},
    store::Namespace,
};
use mainspring_api::{
    limits::PAYLOADS_BYTES_MAX,
    protobuf,
    temporal::{
        enums::v1::NamespaceState,
        namespace::v1::{
            NamespaceConfig, NamespaceInfo,
            namespace_info::{Capabilities, Limits},
        },
        replication::v1::NamespaceReplicationConfig,
        workflowservice::v1::{
            DescribeNamespaceRequest, DescribeNamespaceResponse, ListNamespacesRequest, ListNamespacesResponse,
        },
    },
};
use tonic::Status;

pub(crate) fn describe(front: &Front, request: DescribeNamespaceRequest) -> Result<DescribeNamespaceResponse, Status> {
    let found = if request.id.is_empty() {
        let name = required_name("namespace", request.namespace)?;
        front.engine().namespace(&name).ok_or(name)
    } else {
        let mut all = front.engine().namespaces().into_iter();
        all.find(|namespace| namespace.id.to_string() == request.id)
            .ok_or(request.id)
    };
    found
        .map(|namespace| to_wire(&namespace))
        .map_err(|unknown| namespace_not_found(&unknown))
}

/// All of them on one page: they are few, and in memory.
pub(crate) fn list(front: &Front, _: &ListNamespacesRequest) -> Result<ListNamespacesResponse, Status> {
    let namespaces = front.engine().namespaces().iter().map(to_wire).collect();
    Ok(ListNamespacesResponse {
        namespaces,
        ..Default::default()
    })
}

fn to_wire(namespace: &Namespace) -> DescribeNamespaceResponse {
    let payloads_bytes_max = PAYLOADS_BYTES_MAX as i64;
    DescribeNamespaceResponse {
        namespace_info: Some(NamespaceInfo {
            name: namespace.name.clone(),
            state: NamespaceState::Registered.into(),
            description: namespace.description.clone(),
            id: namespace.id.to_string(),
            capabilities: Some(Capabilities {
                sync_update: true,
                async_update: true,
                reported_problems_search_attribute: true,
                ..Default::default()
            }),
            limits: Some(Limits {
                blob_size_limit_error: payloads_bytes_max,
                memo_size_limit_error: payloads_bytes_max,
                ..Default::default()
            }),
            ..Default::default()
        }),
        config: Some(NamespaceConfig {
            // Zero: closed runs are kept.
            workflow_execution_retention_ttl: Some(protobuf::Duration::default()),
            ..Default::default()
        }),
        replication_config: Some(NamespaceReplicationConfig::default()),
        ..Default::default()
    }
}
