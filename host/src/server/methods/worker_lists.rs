//! The workers that say of themselves that they are there.

use crate::{
    list_filter::{WorkerFilter, parse_for_workers},
    server::{
        convert::InvalidField,
        front::Front,
        limits::{page_entries, required_name},
        status,
    },
};
use mainspring_api::temporal::{
    worker::v1::{WorkerHeartbeat, WorkerInfo, WorkerListInfo},
    workflowservice::v1::{
        CountWorkersRequest, CountWorkersResponse, DescribeWorkerRequest, DescribeWorkerResponse, ListWorkersRequest,
        ListWorkersResponse, RecordWorkerHeartbeatRequest, RecordWorkerHeartbeatResponse, ShutdownWorkerRequest,
        ShutdownWorkerResponse,
    },
};
use prost::Message;
use std::sync::Arc;
use tonic::Status;

/// What one worker may say of itself, encoded. More is refused.
const HEARTBEAT_BYTES_MAX: usize = 32 << 10;

/// Workers that one request may speak for: those of one process.
const HEARTBEATS_MAX: usize = 1_000;

pub(crate) fn record(
    front: &Front,
    request: RecordWorkerHeartbeatRequest,
) -> Result<RecordWorkerHeartbeatResponse, Status> {
    let namespace = front.known_namespace(request.namespace)?;
    if request.worker_heartbeat.len() > HEARTBEATS_MAX {
        let problem = format!(
            "has {} entries; at most {HEARTBEATS_MAX} are allowed",
            request.worker_heartbeat.len()
        );
        return Err(InvalidField::new("worker_heartbeat", problem).into());
    }
    request.worker_heartbeat.iter().try_for_each(check)?;
    let now = front.engine().now();
    for heartbeat in request.worker_heartbeat {
        front.workers().record(&namespace, heartbeat, now);
    }
    Ok(RecordWorkerHeartbeatResponse {})
}

/// Its polls end when it cancels them; what is known of it is what it says last.
pub(crate) fn shut_down(front: &Front, request: ShutdownWorkerRequest) -> Result<ShutdownWorkerResponse, Status> {
    let namespace = front.known_namespace(request.namespace)?;
    if let Some(heartbeat) = request.worker_heartbeat {
        check(&heartbeat)?;
        front.workers().record(&namespace, heartbeat, front.engine().now());
    }
    Ok(ShutdownWorkerResponse {})
}

pub(crate) fn list(front: &Front, request: ListWorkersRequest) -> Result<ListWorkersResponse, Status> {
    let namespace = front.known_namespace(request.namespace)?;
    let filter = filter(&request.query)?;
    let after = String::from_utf8(request.next_page_token)
        .map_err(|_| InvalidField::new("next_page_token", "is none of this server's; begin at the first page"))?;
    let limit = page_entries(request.page_size);
    let mut found = find(front, &namespace, &after, &filter);
    let has_more = found.len() > limit;
    found.truncate(limit);
    let next_page_token = match found.last() {
        Some(last) if has_more => last.worker_instance_key.clone().into_bytes(),
        _ => Vec::new(),
    };
    #[expect(deprecated, reason = "tools of today read the older list")]
    let answer = ListWorkersResponse {
        workers_info: found.iter().map(|worker| info(worker)).collect(),
        workers: found.iter().map(|worker| list_info(worker)).collect(),
        next_page_token,
    };
    Ok(answer)
}

pub(crate) fn count(front: &Front, request: CountWorkersRequest) -> Result<CountWorkersResponse, Status> {
    let namespace = front.known_namespace(request.namespace)?;
    let found = find(front, &namespace, "", &filter(&request.query)?);
    Ok(CountWorkersResponse {
        count: i64::try_from(found.len()).unwrap_or(i64::MAX),
    })
}

pub(crate) fn describe(front: &Front, request: DescribeWorkerRequest) -> Result<DescribeWorkerResponse, Status> {
    let namespace = front.known_namespace(request.namespace)?;
    let key = required_name("worker_instance_key", request.worker_instance_key)?;
    let worker = front.workers().get(&namespace, &key, front.engine().now());
    let worker = worker.ok_or_else(|| {
        status::not_found(format!(
            "no worker with the instance key {key:?} has said of late that it is there; ListWorkers has those that have"
        ))
    })?;
    Ok(DescribeWorkerResponse {
        worker_info: Some(info(&worker)),
    })
}

fn check(heartbeat: &WorkerHeartbeat) -> Result<(), InvalidField> {
    required_name(
        "worker_heartbeat.worker_instance_key",
        heartbeat.worker_instance_key.clone(),
    )?;
    let bytes = heartbeat.encoded_len();
    if bytes > HEARTBEAT_BYTES_MAX {
        let problem = format!("has {bytes} bytes; at most {HEARTBEAT_BYTES_MAX} are allowed");
        return Err(InvalidField::new("worker_heartbeat", problem));
    }
    Ok(())
}

fn filter(query: &str) -> Result<WorkerFilter, Status> {
    Ok(parse_for_workers(query)?)
}

fn find(front: &Front, namespace: &str, after: &str, filter: &WorkerFilter) -> Vec<Arc<WorkerHeartbeat>> {
    let mut workers = front.workers().after(namespace, after, front.engine().now());
    workers.retain(|worker| filter.matches(worker));
    workers
}

fn info(worker: &WorkerHeartbeat) -> WorkerInfo {
    WorkerInfo {
        worker_heartbeat: Some(worker.clone()),
    }
}

fn list_info(worker: &WorkerHeartbeat) -> WorkerListInfo {
    let host = worker.host_info.clone().unwrap_or_default();
    WorkerListInfo {
        worker_instance_key: worker.worker_instance_key.clone(),
        worker_identity: worker.worker_identity.clone(),
        task_queue: worker.task_queue.clone(),
        deployment_version: worker.deployment_version.clone(),
        sdk_name: worker.sdk_name.clone(),
        sdk_version: worker.sdk_version.clone(),
        status: worker.status,
        start_time: worker.start_time,
        host_name: host.host_name,
        worker_grouping_key: host.worker_grouping_key,
        process_id: host.process_id,
        plugins: worker.plugins.clone(),
        drivers: worker.drivers.clone(),
    }
}
