//! Task queues: who polls them, what waits in them, and what is set about them.

use crate::{
    dispatch::{EffectiveRate, QueueDescription},
    server::{
        convert::{InvalidField, choice_from_wire, fairness_key, fairness_weight, timestamp_to_wire},
        front::{Front, identity, task_queue},
        limits::{optional_name, required_name},
    },
    store::{Change, Rate, TaskQueueSettings},
};
use mainspring_api::temporal::{
    enums::v1::{DescribeTaskQueueMode, RateLimitSource, TaskQueueType},
    taskqueue::v1::{
        ConfigMetadata, PollerInfo, RateLimit, RateLimitConfig, TaskQueueConfig, TaskQueueStats, TaskQueueTypeInfo,
        TaskQueueVersionInfo,
    },
    workflowservice::v1::{
        DescribeTaskQueueRequest, DescribeTaskQueueResponse, UpdateTaskQueueConfigRequest,
        UpdateTaskQueueConfigResponse, describe_task_queue_response::EffectiveRateLimit,
        update_task_queue_config_request::RateLimitUpdate,
    },
};
use std::collections::BTreeMap;
use tonic::Status;

pub(crate) fn describe(front: &Front, request: DescribeTaskQueueRequest) -> Result<DescribeTaskQueueResponse, Status> {
    let asked: TaskQueueType = choice_from_wire("task_queue_type", request.task_queue_type)?;
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
    let stats = stats(queue.backlog());
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
        stats_by_priority_key: stats_by_priority(&queue).filter(|_| request.report_stats).collect(),
        versions_info: versions_info.into(),
        config: request.report_config.then(|| config(&queue.settings)),
        effective_rate_limit: queue.rate.map(effective_rate),
        ..Default::default()
    };
    Ok(answer)
}

pub(crate) async fn update_config(
    front: &Front,
    request: UpdateTaskQueueConfigRequest,
) -> Result<UpdateTaskQueueConfigResponse, Status> {
    let asked: TaskQueueType = choice_from_wire("task_queue_type", request.task_queue_type)?;
    if asked == TaskQueueType::Workflow {
        let problem = "only activities wait in task queues, and nothing can be set about others; ask for ACTIVITY";
        return Err(InvalidField::new("task_queue_type", problem).into());
    }
    let namespace = front.known_namespace(request.namespace)?;
    let name = required_name("task_queue", request.task_queue)?;
    let identity = identity(request.identity)?;
    let now = front.engine().now();
    let rate = |field, update: Option<RateLimitUpdate>| rate_update(field, update, &identity, now);
    let queue_rate = rate("update_queue_rate_limit", request.update_queue_rate_limit)?;
    let key_rate = rate(
        "update_fairness_key_rate_limit_default",
        request.update_fairness_key_rate_limit_default,
    )?;
    let set = weights(request.set_fairness_weight_overrides)?;
    let unset = request.unset_fairness_weight_overrides;
    if let Some(key) = unset.iter().find(|key| set.contains_key(*key)) {
        let problem = format!("has {key:?}, for which a weight is to be set at the same time");
        return Err(InvalidField::new("unset_fairness_weight_overrides", problem).into());
    }
    let change = move |settings: &mut TaskQueueSettings| {
        if let Some(rate) = queue_rate {
            settings.rate = rate;
        }
        if let Some(rate) = key_rate {
            settings.key_rate = rate;
        }
        settings.weights.retain(|key, _| !unset.contains(key));
        settings.weights.extend(set);
    };
    let settings = front.engine().change_task_queue(&namespace, &name, change).await?;
    Ok(UpdateTaskQueueConfigResponse {
        config: Some(config(&settings)),
    })
}

/// What is to become of a rate, if it is to change.
fn rate_update(
    field: &'static str,
    update: Option<RateLimitUpdate>,
    identity: &str,
    now: mainspring_core::Timestamp,
) -> Result<Option<Option<Rate>>, InvalidField> {
    let Some(update) = update else { return Ok(None) };
    let reason = optional_name("reason", update.reason)?;
    let Some(limit) = update.rate_limit else {
        return Ok(Some(None));
    };
    let change = Change {
        reason,
        identity: identity.to_owned(),
        at: now,
    };
    rate(field, limit.requests_per_second, change).map(|rate| Some(Some(rate)))
}

/// A rate, or why it can be none.
pub(crate) fn rate(field: &'static str, per_second: f32, change: Change) -> Result<Rate, InvalidField> {
    if !per_second.is_finite() || per_second < 0.0 {
        return Err(InvalidField::new(field, "must be a number that is not negative"));
    }
    Ok(Rate { per_second, change })
}

fn weights(wire: impl IntoIterator<Item = (String, f32)>) -> Result<BTreeMap<String, f32>, InvalidField> {
    const FIELD: &str = "set_fairness_weight_overrides";
    let weights = wire
        .into_iter()
        .map(|(key, weight)| Ok((fairness_key(FIELD, key)?, fairness_weight(FIELD, weight)?)));
    weights.collect()
}

fn config(settings: &TaskQueueSettings) -> TaskQueueConfig {
    let rate = |rate: &Rate| RateLimitConfig {
        rate_limit: Some(RateLimit {
            requests_per_second: rate.per_second,
        }),
        metadata: Some(ConfigMetadata {
            reason: rate.change.reason.clone(),
            update_identity: rate.change.identity.clone(),
            update_time: Some(timestamp_to_wire(rate.change.at)),
        }),
    };
    TaskQueueConfig {
        queue_rate_limit: settings.rate.as_ref().map(rate),
        fairness_keys_rate_limit_default: settings.key_rate.as_ref().map(rate),
        fairness_weight_overrides: settings.weights.clone().into_iter().collect(),
    }
}

fn effective_rate(rate: EffectiveRate) -> EffectiveRateLimit {
    let source = match rate.of_worker {
        true => RateLimitSource::Worker,
        false => RateLimitSource::Api,
    };
    EffectiveRateLimit {
        requests_per_second: rate.per_second,
        rate_limit_source: source.into(),
    }
}

fn pollers(queue: &QueueDescription) -> Vec<PollerInfo> {
    let rate = queue.rate.map(|rate| f64::from(rate.per_second)).unwrap_or_default();
    let pollers = queue.pollers.iter().map(|(identity, latest)| PollerInfo {
        last_access_time: Some(timestamp_to_wire(*latest)),
        identity: identity.clone(),
        rate_per_second: rate,
        ..Default::default()
    });
    pollers.collect()
}

fn stats_by_priority(queue: &QueueDescription) -> impl Iterator<Item = (i32, TaskQueueStats)> {
    let waiting = queue.waiting.iter();
    waiting.filter_map(|(priority, count)| Some((i32::try_from(*priority).ok()?, stats(*count))))
}

fn stats(backlog: usize) -> TaskQueueStats {
    TaskQueueStats {
        approximate_backlog_count: i64::try_from(backlog).unwrap_or(i64::MAX),
        ..Default::default()
    }
}
