//! What this server is and can do. Every client asks first thing.

use crate::server::front::Front;
use mainspring_api::temporal::{
    version::v1::{ReleaseInfo, VersionInfo},
    workflowservice::v1::{GetClusterInfoResponse, GetSystemInfoResponse, get_system_info_response::Capabilities},
};

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What tools take for the version of Temporal's server, and see by it what they may ask: that of the server whose
/// protocol this one speaks, with its own behind it.
const SERVER_VERSION: &str = concat!("1.32.0+mainspring.", env!("CARGO_PKG_VERSION"));

/// Clients use what is promised here, and no more.
pub(crate) fn system_info() -> GetSystemInfoResponse {
    GetSystemInfoResponse {
        server_version: SERVER_VERSION.to_owned(),
        capabilities: Some(Capabilities {
            signal_and_query_header: true,
            internal_error_differentiation: true,
            activity_failure_include_heartbeat: true,
            encoded_failure_attributes: true,
            upsert_memo: true,
            sdk_metadata: true,
            supports_schedules: true,
            count_group_by_execution_status: true,
            ..Default::default()
        }),
    }
}

pub(crate) fn cluster_info(front: &Front) -> GetClusterInfoResponse {
    GetClusterInfoResponse {
        server_version: SERVER_VERSION.to_owned(),
        cluster_name: "mainspring".to_owned(),
        version_info: Some(VersionInfo {
            current: Some(ReleaseInfo {
                version: VERSION.to_owned(),
                ..Default::default()
            }),
            ..Default::default()
        }),
        history_shard_count: i32::from(front.engine().settings().shards),
        persistence_store: "redb".to_owned(),
        visibility_store: "redb".to_owned(),
        ..Default::default()
    }
}
