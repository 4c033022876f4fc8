//! What is set about task queues and workflow types.

use super::{Malformed, decode, encode};
use crate::store;
use crate::store::{TaskQueueSettings, WorkflowTypeSettings};
use bytes::Bytes;
use mainspring_core::Timestamp;

#[derive(Clone, PartialEq, prost::Message)]
struct TaskQueue {
    #[prost(string, tag = "1")]
    namespace: String,
    #[prost(string, tag = "2")]
    name: String,
    #[prost(message, optional, tag = "3")]
    rate: Option<Rate>,
    #[prost(message, optional, tag = "4")]
    key_rate: Option<Rate>,
    #[prost(message, repeated, tag = "5")]
    weights: Vec<Weight>,
    #[prost(uint32, optional, tag = "6")]
    concurrency: Option<u32>,
    #[prost(message, optional, tag = "7")]
    paused: Option<Change>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct WorkflowType {
    #[prost(string, tag = "1")]
    namespace: String,
    #[prost(string, tag = "2")]
    name: String,
    #[prost(message, optional, tag = "3")]
    paused: Option<Change>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Rate {
    #[prost(float, tag = "1")]
    per_second: f32,
    #[prost(message, optional, tag = "2")]
    change: Option<Change>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Weight {
    #[prost(string, tag = "1")]
    key: String,
    #[prost(float, tag = "2")]
    weight: f32,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Change {
    #[prost(string, tag = "1")]
    reason: String,
    #[prost(string, tag = "2")]
    identity: String,
    #[prost(uint64, tag = "3")]
    at_ms: u64,
}

/// Encodes what is set about a task queue.
pub(in crate::store) fn encode_task_queue(settings: &TaskQueueSettings) -> Bytes {
    let weights = settings.weights.iter().map(|(key, weight)| Weight {
        key: key.clone(),
        weight: *weight,
    });
    encode(&TaskQueue {
        namespace: settings.namespace.clone(),
        name: settings.name.clone(),
        rate: settings.rate.as_ref().map(Rate::from),
        key_rate: settings.key_rate.as_ref().map(Rate::from),
        weights: weights.collect(),
        concurrency: settings.concurrency,
        paused: settings.paused.as_ref().map(Change::from),
    })
}

/// Reads what [`encode_task_queue`] wrote.
pub(in crate::store) fn decode_task_queue(bytes: Bytes) -> Result<TaskQueueSettings, Malformed> {
    let stored: TaskQueue = decode(bytes)?;
    Ok(TaskQueueSettings {
        namespace: stored.namespace,
        name: stored.name,
        rate: stored.rate.map(store::Rate::from),
        key_rate: stored.key_rate.map(store::Rate::from),
        weights: stored.weights.into_iter().map(|it| (it.key, it.weight)).collect(),
        concurrency: stored.concurrency,
        paused: stored.paused.map(store::Change::from),
    })
}

/// Encodes what is set about a workflow type.
pub(in crate::store) fn encode_workflow_type(settings: &WorkflowTypeSettings) -> Bytes {
    encode(&WorkflowType {
        namespace: settings.namespace.clone(),
        name: settings.name.clone(),
        paused: settings.paused.as_ref().map(Change::from),
    })
}

/// Reads what [`encode_workflow_type`] wrote.
pub(in crate::store) fn decode_workflow_type(bytes: Bytes) -> Result<WorkflowTypeSettings, Malformed> {
    let stored: WorkflowType = decode(bytes)?;
    Ok(WorkflowTypeSettings {
        namespace: stored.namespace,
        name: stored.name,
        paused: stored.paused.map(store::Change::from),
    })
}

impl From<&store::Rate> for Rate {
    fn from(rate: &store::Rate) -> Self {
        Self {
            per_second: rate.per_second,
            change: Some(Change::from(&rate.change)),
        }
    }
}

impl From<Rate> for store::Rate {
    fn from(stored: Rate) -> Self {
        Self {
            per_second: stored.per_second,
            change: stored.change.map(store::Change::from).unwrap_or_default(),
        }
    }
}

impl From<&store::Change> for Change {
    fn from(change: &store::Change) -> Self {
        Self {
            reason: change.reason.clone(),
            identity: change.identity.clone(),
            at_ms: change.at.as_millis(),
        }
    }
}

impl From<Change> for store::Change {
    fn from(stored: Change) -> Self {
        Self {
            reason: stored.reason,
            identity: stored.identity,
            at: Timestamp::from_millis(stored.at_ms),
        }
    }
}
