//! What a workflow asks for, and what it says of itself.

use rquickjs::{Ctx, FromJs, Result, Value};

use super::Pairs;
use crate::bindings::exports::mainspring::workflow::guest::{HandlerDefinition, Manifest, WorkflowDefinition};
use crate::bindings::mainspring::workflow::children::{Child, ChildCancellationType, IdReusePolicy, ParentClosePolicy};
use crate::bindings::mainspring::workflow::external_workflows::Target;
use crate::bindings::mainspring::workflow::log::Level;
use crate::bindings::mainspring::workflow::outcome::Continuation;

records_from_js! {
    Manifest { sdk: "sdk", workflows: "workflows" }
    WorkflowDefinition {
        name: "name",
        description: "description",
        signals: "signals",
        queries: "queries",
        updates: "updates",
    }
    HandlerDefinition { name: "name", description: "description" }
    Child {
        workflow_type: "workflowType",
        workflow_id: "workflowId",
        task_queue: "taskQueue",
        input: "input",
        timeouts: "timeouts",
        retry_policy: "retryPolicy",
        cron_schedule: "cronSchedule",
        parent_close_policy: "parentClosePolicy",
        id_reuse_policy: "idReusePolicy",
        cancellation: "cancellation",
        priority: "priority",
        metadata: "metadata" |
        headers: "headers",
        memo: "memo",
        search_attributes: "searchAttributes"
    }
    Target { workflow_id: "workflowId", run_id: "runId", child_only: "childOnly" }
}

enums! {
    ParentClosePolicy { Terminate: "TERMINATE", Abandon: "ABANDON", RequestCancel: "REQUEST_CANCEL" }
    IdReusePolicy {
        AllowDuplicate: "ALLOW_DUPLICATE",
        AllowDuplicateFailedOnly: "ALLOW_DUPLICATE_FAILED_ONLY",
        RejectDuplicate: "REJECT_DUPLICATE",
        TerminateIfRunning: "TERMINATE_IF_RUNNING",
    }
    ChildCancellationType {
        TryCancel: "TRY_CANCEL",
        WaitCancellationCompleted: "WAIT_CANCELLATION_COMPLETED",
        WaitCancellationRequested: "WAIT_CANCELLATION_REQUESTED",
        Abandon: "ABANDON",
    }
    Level { Trace: "TRACE", Debug: "DEBUG", Info: "INFO", Warn: "WARN", Error: "ERROR" }
}

impl<'js> FromJs<'js> for Continuation {
    fn from_js(_: &Ctx<'js>, value: Value<'js>) -> Result<Self> {
        let object = super::shapes::object(value)?;
        let map = |name| -> Result<_> { Ok(object.get::<_, Option<Pairs<_>>>(name)?.map(|pairs| pairs.0)) };
        Ok(Self {
            workflow_type: object.get("workflowType")?,
            task_queue: object.get("taskQueue")?,
            input: object.get("input")?,
            headers: object.get::<_, Pairs<_>>("headers")?.0,
            timeouts: object.get("timeouts")?,
            retry_policy: object.get("retryPolicy")?,
            memo: map("memo")?,
            search_attributes: map("searchAttributes")?,
            backoff: object.get("backoff")?,
        })
    }
}
