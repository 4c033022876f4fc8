//! What the host delivers.

use crate::bindings::exports::mainspring::workflow::guest::{RunInfo, Signal, Start, Update};

records_to_js! {
    // Its seed stays here (`random`).
    Start { workflow_type: "workflowType", input: "input", info: "info" | headers: "headers" }
    RunInfo {
        namespace: "namespace",
        execution: "execution",
        task_queue: "taskQueue",
        start_time: "startTime",
        attempt: "attempt",
        timeouts: "timeouts",
        expiration: "expiration",
        retry_policy: "retryPolicy",
        cron_schedule: "cronSchedule",
        parent: "parent",
        root: "root",
        first_run_id: "firstRunId",
        original_run_id: "originalRunId",
        continued_from_run_id: "continuedFromRunId",
        last_completion: "lastCompletion",
        last_failure: "lastFailure",
        priority: "priority" |
        memo: "memo",
        search_attributes: "searchAttributes"
    }
    Signal { name: "name", input: "input", identity: "identity" | headers: "headers" }
    Update { id: "id", name: "name", input: "input", identity: "identity" | headers: "headers" }
}
