//! Where the core's types and Temporal's messages meet.
//!
//! To the wire, conversions cannot fail. From the wire they take anything a client may send, and say which
//! field is wrong. Nothing here knows the engine or the transport.

mod choice;
mod failure;
mod options;
mod payload;
mod schedule;
mod time;
mod update;

pub(crate) use choice::choice_from_wire;
pub(crate) use failure::{failure_from_wire, failure_to_wire};
pub(crate) use options::{
    fairness_key, fairness_weight, id_reuse_to_wire, parent_close_to_wire, priority_from_wire, priority_to_wire,
    retry_policy_from_wire, retry_policy_to_wire, retry_state_to_wire, status_to_wire, user_metadata_to_wire,
    workflow_timeouts_from_wire,
};
pub(crate) use payload::{
    header_from_wire, header_to_wire, json_payload, memo_from_wire, memo_to_wire, payload_from_wire, payload_to_wire,
    payloads_from_wire, payloads_to_wire, search_attributes_from_wire, search_attributes_to_wire,
};
pub(crate) use schedule::{
    activity_from_wire, info_to_wire, list_info_to_wire, patch_from_wire, policies_from_wire, schedule_to_wire,
    spec_from_wire,
};
pub(crate) use time::{
    duration_from_wire, duration_to_wire, timeout_from_wire, timeout_to_wire, timestamp_from_wire, timestamp_to_wire,
};
pub(crate) use update::outcome_to_wire;

/// A field of a request that cannot be accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}")]
pub(crate) struct InvalidField {
    /// The field, as the proto names it.
    pub(crate) field: &'static str,
    /// What is wrong with it, and what would be right.
    pub(crate) problem: String,
}

impl InvalidField {
    pub(crate) fn new(field: &'static str, problem: impl Into<String>) -> Self {
        Self {
            field,
            problem: problem.into(),
        }
    }
}
