//! What the host delivers.

use rquickjs::{Ctx, IntoJs, Object, Result, Value};

use crate::bindings::exports::mainspring::workflow::guest::{
    Activation, ActivityResolved, ChildResolved, ChildStarted, ExternalResolved, Job, Resolution, RunInfo, Signal,
    Start, StartResolution, Update,
};

records_to_js! {
    Activation {
        now: "now",
        history_length: "historyLength",
        history_bytes: "historyBytes",
        continue_as_new_suggested: "continueAsNewSuggested",
        jobs: "jobs",
    }
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
    ActivityResolved { operation: "operation", resolution: "resolution" }
    Signal { name: "name", input: "input", identity: "identity" | headers: "headers" }
    Update { id: "id", name: "name", input: "input", identity: "identity" | headers: "headers" }
    ChildStarted { operation: "operation", started: "started" }
    ChildResolved { operation: "operation", resolution: "resolution" }
}

variants_to_js! {
    Resolution { Completed: "completed", Failed: "failed", Cancelled: "cancelled" | }
    StartResolution { Started: "started", Failed: "failed", Cancelled: "cancelled" | AlreadyStarted: "alreadyStarted" }
    Job {
        Start: "start",
        ActivityResolved: "activityResolved",
        TimerFired: "timerFired",
        SignalReceived: "signalReceived",
        UpdateRequested: "updateRequested",
        ChildStarted: "childStarted",
        ChildResolved: "childResolved",
        ExternalResolved: "externalResolved",
        CancelRequested: "cancelRequested" |
        RandomReseeded: "randomReseeded"
    }
}

/// `{operation, failure}`, without a failure if it arrived.
impl<'js> IntoJs<'js> for ExternalResolved {
    fn into_js(self, ctx: &Ctx<'js>) -> Result<Value<'js>> {
        let object = Object::new(ctx.clone())?;
        object.set("operation", self.operation)?;
        object.set("failure", self.delivered.err())?;
        Ok(object.into_value())
    }
}
