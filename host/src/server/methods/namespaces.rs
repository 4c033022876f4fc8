//! The tenants.

use crate::{
    server::{
        convert::InvalidField,
        front::Front,
        limits::{optional_name, required_name},
        status::{namespace_already_exists, namespace_not_found},
    },
    store::Namespace,
};
use mainspring_api::{
    limits::PAYLOADS_BYTES_MAX,
    protobuf,
    temporal::{
        enums::v1::{ArchivalState, NamespaceState},
        namespace::v1::{
            NamespaceConfig, NamespaceInfo,
            namespace_info::{Capabilities, Limits},
        },
        replication::v1::NamespaceReplicationConfig,
        workflowservice::v1::{
            DescribeNamespaceRequest, DescribeNamespaceResponse, ListNamespacesRequest, ListNamespacesResponse,
            RegisterNamespaceRequest, RegisterNamespaceResponse,
        },
    },
};
use tonic::Status;

pub(crate) async fn register(
    front: &Front,
    request: RegisterNamespaceRequest,
) -> Result<RegisterNamespaceResponse, Status> {
    refuse_what_would_be_ignored(&request)?;
    let name = required_name("namespace", request.namespace)?;
    let description = optional_name("description", request.description)?;
    if front.engine().register_namespace(&name, &description).await? {
        Ok(RegisterNamespaceResponse {})
    } else {
        Err(namespace_already_exists(&name))
    }
}

fn refuse_what_would_be_ignored(request: &RegisterNamespaceRequest) -> Result<(), InvalidField> {
    // A retention says how long closed runs are kept at least. They are kept for ever, so any can be promised.
    let retention = request.workflow_execution_retention_period.as_ref();
    if retention.is_some_and(|it| it.seconds < 0 || it.nanos < 0) {
        return Err(InvalidField::new("workflow_execution_retention_period", "is negative"));
    }
    let is_archived =
        |state| state != i32::from(ArchivalState::Unspecified) && state != i32::from(ArchivalState::Disabled);
    let ignored = [
        ("owner_email", !request.owner_email.is_empty()),
        ("clusters", !request.clusters.is_empty()),
        ("active_cluster_name", !request.active_cluster_name.is_empty()),
        ("data", !request.data.is_empty()),
        ("security_token", !request.security_token.is_empty()),
        ("is_global_namespace", request.is_global_namespace),
        ("history_archival_state", is_archived(request.history_archival_state)),
        ("history_archival_uri", !request.history_archival_uri.is_empty()),
        (
            "visibility_archival_state",
            is_archived(request.visibility_archival_state),
        ),
        ("visibility_archival_uri", !request.visibility_archival_uri.is_empty()),
    ];
    match ignored.iter().find(|(_, is_set)| *is_set) {
        None => Ok(()),
        Some((field, _)) => Err(InvalidField::new(
            field,
            "is not supported for namespaces; leave it out",
        )),
    }
}

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
                workflow_pause: true,
                worker_heartbeats: true,
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
