//! Types that cross in both directions.

use rquickjs::{Array, Ctx, Error, FromJs, IntoJs, Object, Result, TypedArray, Value};

use crate::bindings::mainspring::workflow::types::{
    ActivityFailure, ApplicationFailure, CancellationType, ChildWorkflowFailure, Execution, FailureInfo, FailureLayer,
    Payload, Priority, RetryPolicy, RetryState, TimeoutFailure, TimeoutKind, UserMetadata, WorkflowTimeouts,
};

/// The name and the value of the metadata that says that a payload is JSON.
const ENCODING: (&str, &[u8]) = ("encoding", b"json/plain");

/// Plain JSON is its text. Other payloads are `{metadata: [[name, value]], data: Uint8Array}`; there, a value is a string, as nearly all are, or an `Uint8Array` if it is not UTF-8.
impl<'js> IntoJs<'js> for Payload {
    fn into_js(self, ctx: &Ctx<'js>) -> Result<Value<'js>> {
        let is_json = matches!(&*self.metadata, [(name, value)] if (&**name, &**value) == ENCODING);
        if let Some(text) = is_json.then(|| str::from_utf8(&self.data).ok()).flatten() {
            return text.into_js(ctx);
        }
        let metadata = Array::new(ctx.clone())?;
        for (index, (name, value)) in self.metadata.into_iter().enumerate() {
            let entry = Array::new(ctx.clone())?;
            entry.set(0, name)?;
            match String::from_utf8(value) {
                Ok(text) => entry.set(1, text)?,
                Err(error) => entry.set(1, TypedArray::new(ctx.clone(), error.into_bytes())?)?,
            }
            metadata.set(index, entry)?;
        }
        let object = Object::new(ctx.clone())?;
        object.set("metadata", metadata)?;
        object.set("data", TypedArray::new(ctx.clone(), self.data)?)?;
        Ok(object.into_value())
    }
}

impl<'js> FromJs<'js> for Payload {
    fn from_js(_: &Ctx<'js>, value: Value<'js>) -> Result<Self> {
        if let Some(json) = value.as_string() {
            let (name, value) = ENCODING;
            return Ok(Self {
                metadata: vec![(name.to_owned(), value.to_vec())],
                data: json.to_string()?.into_bytes(),
            });
        }
        let object = super::shapes::object(value)?;
        let mut metadata = Vec::new();
        for entry in object.get::<_, Array>("metadata")?.iter::<Array>() {
            let entry = entry?;
            metadata.push((entry.get(0)?, metadata_value(entry.get(1)?)?));
        }
        let data: TypedArray<u8> = object.get("data")?;
        Ok(Self {
            metadata,
            data: super::bytes(&data),
        })
    }
}

fn metadata_value(value: Value<'_>) -> Result<Vec<u8>> {
    if let Some(text) = value.as_string() {
        return text.to_string().map(String::into_bytes);
    }
    let array = TypedArray::from_object(super::shapes::object(value)?)
        .map_err(|_| Error::new_from_js("object", "string or Uint8Array"))?;
    Ok(super::bytes(&array))
}

macro_rules! both_ways {
    ($($records:tt)*) => {
        records_to_js! { $($records)* }
        records_from_js! { $($records)* }
    };
}

both_ways! {
    FailureLayer {
        message: "message",
        source: "source",
        stack_trace: "stackTrace",
        encoded_attributes: "encodedAttributes",
        info: "info",
    }
    ApplicationFailure {
        kind: "kind",
        non_retryable: "nonRetryable",
        benign: "benign",
        details: "details",
        next_retry_delay: "nextRetryDelay",
    }
    TimeoutFailure { kind: "kind", last_heartbeat_details: "lastHeartbeatDetails" }
    ActivityFailure {
        activity_type: "activityType",
        activity_id: "activityId",
        identity: "identity",
        retry_state: "retryState",
    }
    ChildWorkflowFailure {
        workflow_type: "workflowType",
        workflow_id: "workflowId",
        run_id: "runId",
        retry_state: "retryState",
    }
    RetryPolicy {
        initial_interval: "initialInterval",
        backoff_coefficient: "backoffCoefficient",
        maximum_interval: "maximumInterval",
        maximum_attempts: "maximumAttempts",
        non_retryable_kinds: "nonRetryableKinds",
    }
    Priority { key: "key", fairness_key: "fairnessKey", fairness_weight: "fairnessWeight" }
    Execution { workflow_id: "workflowId", run_id: "runId" }
    WorkflowTimeouts { execution: "execution", run: "run", task: "task" }
    UserMetadata { summary: "summary", details: "details" }
}

macro_rules! failure_info {
    ($direction:ident) => {
        $direction! {
            FailureInfo {
                Application: "application",
                Cancelled: "cancelled",
                Timeout: "timeout",
                Server: "server",
                Activity: "activity",
                ChildWorkflow: "childWorkflow" |
                Terminated: "terminated",
                Unspecified: "unspecified"
            }
        }
    };
}

failure_info!(variants_to_js);
failure_info!(variants_from_js);

enums! {
    TimeoutKind {
        StartToClose: "START_TO_CLOSE",
        ScheduleToStart: "SCHEDULE_TO_START",
        ScheduleToClose: "SCHEDULE_TO_CLOSE",
        Heartbeat: "HEARTBEAT",
    }
    RetryState {
        Unspecified: "UNSPECIFIED",
        InProgress: "IN_PROGRESS",
        NonRetryableFailure: "NON_RETRYABLE_FAILURE",
        Timeout: "TIMEOUT",
        MaximumAttemptsReached: "MAXIMUM_ATTEMPTS_REACHED",
        RetryPolicyNotSet: "RETRY_POLICY_NOT_SET",
        InternalServerError: "INTERNAL_SERVER_ERROR",
        CancelRequested: "CANCEL_REQUESTED",
    }
    CancellationType {
        TryCancel: "TRY_CANCEL",
        WaitCancellationCompleted: "WAIT_CANCELLATION_COMPLETED",
        Abandon: "ABANDON",
    }
}
