//! What operators have done to activities that have not come to their end.

use super::options::{ActivityTimeouts, Priority, RetryPolicy};
use super::pause::Pause;
use mainspring_core as core;
use mainspring_core::Timestamp;

#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Intervention {
    #[prost(message, optional, tag = "1")]
    paused: Option<Paused>,
    #[prost(uint32, tag = "2")]
    uncounted: u32,
    #[prost(message, optional, tag = "3")]
    reset: Option<PendingReset>,
    #[prost(message, optional, tag = "4")]
    options: Option<ActivityOptions>,
}

#[derive(Clone, PartialEq, Eq, prost::Message)]
struct Paused {
    #[prost(uint64, tag = "1")]
    since_ms: u64,
    #[prost(message, required, tag = "2")]
    pause: Pause,
}

#[derive(Clone, Copy, PartialEq, Eq, prost::Message)]
struct PendingReset {
    #[prost(bool, tag = "1")]
    drops_heartbeat: bool,
}

#[derive(Clone, PartialEq, prost::Message)]
struct ActivityOptions {
    #[prost(string, optional, tag = "1")]
    task_queue: Option<String>,
    #[prost(message, required, tag = "2")]
    timeouts: ActivityTimeouts,
    #[prost(message, optional, tag = "3")]
    retry: Option<RetryPolicy>,
    #[prost(message, optional, tag = "4")]
    priority: Option<Priority>,
}

impl From<&core::Intervention> for Intervention {
    fn from(intervention: &core::Intervention) -> Self {
        Self {
            paused: intervention.paused.as_ref().map(|(since, pause)| Paused {
                since_ms: since.as_millis(),
                pause: pause.into(),
            }),
            uncounted: intervention.uncounted,
            reset: intervention.reset.map(|reset| PendingReset {
                drops_heartbeat: reset.drops_heartbeat,
            }),
            options: intervention.options.as_ref().map(|options| ActivityOptions {
                task_queue: options.task_queue.clone(),
                timeouts: options.timeouts.into(),
                retry: options.retry.as_ref().map(RetryPolicy::from),
                priority: options.priority.as_ref().map(Priority::from),
            }),
        }
    }
}

impl From<Intervention> for core::Intervention {
    fn from(stored: Intervention) -> Self {
        Self {
            paused: stored
                .paused
                .map(|it| (Timestamp::from_millis(it.since_ms), it.pause.into())),
            uncounted: stored.uncounted,
            reset: stored.reset.map(|reset| core::PendingReset {
                drops_heartbeat: reset.drops_heartbeat,
            }),
            options: stored.options.map(|options| core::ActivityOptions {
                task_queue: options.task_queue,
                timeouts: options.timeouts.into(),
                retry: options.retry.map(core::RetryPolicy::from),
                priority: options.priority.map(core::Priority::from),
            }),
        }
    }
}
