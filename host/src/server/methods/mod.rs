//! One file for each group of methods: request in, answer or status out.

pub(super) mod activities;
mod activity_options;
pub(super) mod batch_operations;
pub(super) mod by_id;
pub(super) mod cluster;
pub(super) mod describe;
pub(super) mod get_history;
pub(super) mod interact;
pub(super) mod list;
mod list_token;
mod metadata;
pub(super) mod multi_operation;
pub(super) mod namespaces;
pub(super) mod pausing;
pub(super) mod reset;
pub(super) mod schedules;
pub(super) mod search_attributes;
mod stack_trace;
pub(super) mod start;
pub(super) mod task_queues;
pub(super) mod update;
pub(super) mod worker_lists;
pub(super) mod workers;

pub use describe::{BLOCKED_MEMO, TYPE_PAUSED_MEMO};
