//! The tenants.

use crate::{
    engine::{NamespaceChange, NewNamespace},
    server::{
        convert::{InvalidField, timeout_from_wire, timeout_to_wire},
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
            NamespaceConfig, NamespaceInfo, UpdateNamespaceInfo,
            namespace_info::{Capabilities, Limits},
        },
        operatorservice::v1::{DeleteNamespaceRequest, DeleteNamespaceResponse},
        replication::v1::NamespaceReplicationConfig,
        workflowservice::v1::{
            DeprecateNamespaceRequest, DeprecateNamespaceResponse, DescribeNamespaceRequest, DescribeNamespaceResponse,
            ListNamespacesRequest, ListNamespacesResponse, RegisterNamespaceRequest, RegisterNamespaceResponse,
            UpdateNamespaceRequest, UpdateNamespaceResponse,
        },
    },
};
use mainspring_core::Millis;
use tonic::Status;

/// A shorter retention than this would take runs away from those who wait for their results.
const RETENTION_MIN: Millis = Millis::from_secs(1);

pub(crate) async fn register(
    front: &Front,
    request: RegisterNamespaceRequest,
) -> Result<RegisterNamespaceResponse, Status> {
    refuse_set(&[
        ("clusters", !request.clusters.is_empty()),
        ("active_cluster_name", !request.active_cluster_name.is_empty()),
        ("security_token", !request.security_token.is_empty()),
        ("is_global_namespace", request.is_global_namespace),
        ("history_archival_state", is_archived(request.history_archival_state)),
        ("history_archival_uri", !request.history_archival_uri.is_empty()),
        (
            "visibility_archival_state",
            is_archived(request.visibility_archival_state),
        ),
        ("visibility_archival_uri", !request.visibility_archival_uri.is_empty()),
    ])?;
    let name = required_name("namespace", request.namespace)?;
    let retention = timeout_from_wire(
        "workflow_execution_retention_period",
        request.workflow_execution_retention_period,
    )?;
    let new = NewNamespace {
        name: name.clone(),
        description: optional_name("description", request.description)?,
        owner_email: optional_name("owner_email", request.owner_email)?,
        data: request.data.into_iter().collect(),
        retention: checked("workflow_execution_retention_period", retention)?,
    };
    if front.engine().register_namespace(new).await? {
        Ok(RegisterNamespaceResponse {})
    } else {
        Err(namespace_already_exists(&name))
    }
}

pub(crate) async fn update(front: &Front, request: UpdateNamespaceRequest) -> Result<UpdateNamespaceResponse, Status> {
    let name = required_name("namespace", request.namespace)?;
    // What changes nothing is not refused: tools send what they were told.
    let replication = request.replication_config.unwrap_or_default();
    refuse_set(&[
        (
            "replication_config",
            replication != NamespaceReplicationConfig::default(),
        ),
        ("security_token", !request.security_token.is_empty()),
        ("delete_bad_binary", !request.delete_bad_binary.is_empty()),
        ("promote_namespace", request.promote_namespace),
    ])?;
    let mut change = change_of_info(request.update_info.unwrap_or_default())?;
    if let Some(config) = request.config {
        change.retention = change_of_retention(config)?;
    }
    let changed = front.engine().change_namespace(&name, change).await?;
    let changed = to_wire(&changed);
    Ok(UpdateNamespaceResponse {
        namespace_info: changed.namespace_info,
        config: changed.config,
        replication_config: changed.replication_config,
        ..Default::default()
    })
}

fn change_of_info(info: UpdateNamespaceInfo) -> Result<NamespaceChange, InvalidField> {
    let deprecates = match info.state() {
        NamespaceState::Unspecified => false,
        NamespaceState::Deprecated => true,
        NamespaceState::Registered | NamespaceState::Deleted => {
            let problem = "a namespace can become DEPRECATED, and nothing else";
            return Err(InvalidField::new("update_info.state", problem));
        }
    };
    // Empty texts are what tools send for what is to stay.
    let given = |text: String| (!text.is_empty()).then_some(text);
    Ok(NamespaceChange {
        description: given(optional_name("update_info.description", info.description)?),
        owner_email: given(optional_name("update_info.owner_email", info.owner_email)?),
        data: info.data.into_iter().collect(),
        retention: None,
        deprecates,
    })
}

fn change_of_retention(config: NamespaceConfig) -> Result<Option<Option<Millis>>, InvalidField> {
    refuse_set(&[
        (
            "config.bad_binaries",
            config.bad_binaries.is_some_and(|it| !it.binaries.is_empty()),
        ),
        (
            "config.history_archival_state",
            is_archived(config.history_archival_state),
        ),
        ("config.history_archival_uri", !config.history_archival_uri.is_empty()),
        (
            "config.visibility_archival_state",
            is_archived(config.visibility_archival_state),
        ),
        (
            "config.visibility_archival_uri",
            !config.visibility_archival_uri.is_empty(),
        ),
        (
            "config.custom_search_attribute_aliases",
            !config.custom_search_attribute_aliases.is_empty(),
        ),
    ])?;
    let field = "config.workflow_execution_retention_ttl";
    let given = config.workflow_execution_retention_ttl.is_some();
    let retention = checked(
        field,
        timeout_from_wire(field, config.workflow_execution_retention_ttl)?,
    )?;
    Ok(given.then_some(retention))
}

pub(crate) async fn deprecate(
    front: &Front,
    request: DeprecateNamespaceRequest,
) -> Result<DeprecateNamespaceResponse, Status> {
    refuse_set(&[("security_token", !request.security_token.is_empty())])?;
    let name = required_name("namespace", request.namespace)?;
    let change = NamespaceChange {
        deprecates: true,
        ..NamespaceChange::default()
    };
    front.engine().change_namespace(&name, change).await?;
    Ok(DeprecateNamespaceResponse {})
}

/// A namespace is meant by its name or by its id.
pub(crate) async fn delete(front: &Front, request: DeleteNamespaceRequest) -> Result<DeleteNamespaceResponse, Status> {
    let delay = request.namespace_delete_delay.unwrap_or_default();
    if delay != protobuf::Duration::default() {
        let problem = "is not supported: what is in a namespace begins to go at once";
        return Err(InvalidField::new("namespace_delete_delay", problem).into());
    }
    let name = match (request.namespace.is_empty(), request.namespace_id.is_empty()) {
        (true, false) => {
            let id = &request.namespace_id;
            let known = front.engine().namespaces().into_iter();
            let mut meant = known.filter(|namespace| namespace.id.to_string() == *id);
            meant.next().ok_or_else(|| namespace_not_found(id))?.name
        }
        (_, true) => required_name("namespace", request.namespace)?,
        (false, false) => {
            let problem = "is one of two ways to name a namespace; use the other, or this";
            return Err(InvalidField::new("namespace_id", problem).into());
        }
    };
    front.engine().delete_namespace(&name).await?;
    // Temporal answers the name under which what is left of it can be watched.
    Ok(DeleteNamespaceResponse {
        deleted_namespace: name,
    })
}

/// A retention, if it is none that nobody can want. Zero has become none before: kept for ever.
fn checked(field: &'static str, retention: Option<Millis>) -> Result<Option<Millis>, InvalidField> {
    if retention.is_some_and(|it| it < RETENTION_MIN) {
        return Err(InvalidField::new(
            field,
            "is less than a second; leave it out, or say 0, to keep closed runs for ever",
        ));
    }
    Ok(retention)
}

fn is_archived(state: i32) -> bool {
    state != i32::from(ArchivalState::Unspecified) && state != i32::from(ArchivalState::Disabled)
}

/// Refuses fields that would be ignored.
fn refuse_set(ignored: &[(&'static str, bool)]) -> Result<(), InvalidField> {
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
    let state = if namespace.is_deprecated {
        NamespaceState::Deprecated
    } else {
        NamespaceState::Registered
    };
    DescribeNamespaceResponse {
        namespace_info: Some(NamespaceInfo {
            name: namespace.name.clone(),
            state: state.into(),
            description: namespace.description.clone(),
            owner_email: namespace.owner_email.clone(),
            data: namespace.data.clone().into_iter().collect(),
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
            supports_schedules: true,
        }),
        config: Some(NamespaceConfig {
            // Zero: closed runs are kept for ever.
            workflow_execution_retention_ttl: Some(timeout_to_wire(namespace.retention)),
            ..Default::default()
        }),
        replication_config: Some(NamespaceReplicationConfig::default()),
        ..Default::default()
    }
}
