//! Task queues: who polls them, and what waits in them.

use crate::{
    dispatch::QueueDescription,
    server::{
        convert::timestamp_to_wire,
        front::{Front, task_queue},
    },
};
use mainspring_api::temporal::{
    enums::v1::{DescribeTaskQueueMode, TaskQueueType},
    taskqueue::v1::{PollerInfo, TaskQueueStats, TaskQueueTypeInfo, TaskQueueVersionInfo},
    workflowservice::v1::{DescribeTaskQueueRequest, DescribeTaskQueueResponse},
};
use tonic::Status;

pub(crate) fn describe(front: &Front, request: DescribeTaskQueueRequest) -> Result<DescribeTaskQueueResponse, Status> {
    let asked = request.task_queue_type();
    let asks_for_all = request.api_mode() == DescribeTaskQueueMode::Enhanced;
    let namespace = front.known_namespace(request.namespace)?;
    let queue = front
        .engine()
        .describe_queue(&namespace, &task_queue(request.task_queue)?);
    // Only activities wait in task queues; workflows run on the host.
    if asked != TaskQueueType::Activity && !asks_for_all {
        return Ok(DescribeTaskQueueResponse {
            stats: Some(TaskQueueStats::default()),
            ..Default::default()
        });
    }
    let stats = stats(&queue);
    let pollers = pollers(&queue);
    let versions_info = [(
        String::new(),
        TaskQueueVersionInfo {
            types_info: [(
                TaskQueueType::Activity.into(),
                TaskQueueTypeInfo {
                    pollers: pollers.clone(),
                    stats: Some(stats),
                },
            )]
            .into(),
            ..Default::default()
        },
    )];
    let answer = DescribeTaskQueueResponse {
        pollers,
        stats: Some(stats),
        versions_info: versions_info.into(),
        ..Default::default()
    };
    Ok(answer)
}

fn pollers(queue: &QueueDescription) -> Vec<PollerInfo> {
    let pollers = queue.pollers.iter().map(|(identity, latest)| PollerInfo {
        last_access_time: Some(timestamp_to_wire(*latest)),
        identity: identity.clone(),
        ..Default::default()
    });
    pollers.collect()
}

fn stats(queue: &QueueDescription) -> TaskQueueStats {
    TaskQueueStats {
        approximate_backlog_count: i64::try_from(queue.backlog).unwrap_or(i64::MAX),
        ..Default::default()
    }
}
