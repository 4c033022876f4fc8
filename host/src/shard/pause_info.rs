//! What a paused run is found by: Temporal's search attribute of pauses, which no run carries itself.

use mainspring_core::{Payload, PayloadMap, RunState};
use serde_json::json;

/// The name of the attribute.
const PAUSE_INFO: &str = "TemporalPauseInfo";

/// The search attributes of a run, with those of its pause while there is one.
pub(super) fn search_attributes(state: &RunState) -> PayloadMap {
    let mut attributes = state.search_attributes().clone();
    let Some((_, pause)) = state.paused() else {
        return attributes;
    };
    let entries = json!([
        format!("Workflow:{}", state.started().execution.workflow_id),
        format!("Reason:{}", pause.reason),
    ]);
    let payload = Payload::encoded("json/plain", entries.to_string());
    match attributes.binary_search_by(|(name, _)| name.as_str().cmp(PAUSE_INFO)) {
        Ok(at) => attributes[at].1 = payload,
        Err(at) => attributes.insert(at, (PAUSE_INFO.to_owned(), payload)),
    }
    attributes
}
