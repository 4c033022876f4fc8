//! How a run starts, and where it comes from.

use super::{Writer, count_to_wire, execution_to_wire, run_id_to_wire, shown_id_to_wire, task_queue_to_wire};
use crate::server::convert::{
    duration_to_wire, failure_to_wire, header_to_wire, memo_to_wire, payloads_to_wire, priority_to_wire,
    retry_policy_to_wire, search_attributes_to_wire, timeout_to_wire, timestamp_to_wire, user_metadata_to_wire,
};
use mainspring_api::temporal::{
    common::v1::WorkflowType,
    enums::v1::{ContinueAsNewInitiator, EventType},
    history::v1 as wire,
};
use mainspring_core::{Millis, RunStarted, SuccessionReason, Timestamp};

/// What Temporal's tools expect of a workflow that says nothing of it.
pub(super) const WORKFLOW_TASK_TIMEOUT: Millis = Millis::from_secs(10);

impl<'a> Writer<'a> {
    pub(super) fn started(&mut self, time: Timestamp, started: &'a RunStarted) {
        self.started = Some(started);
        let origin = &started.origin;
        let parent = origin.parent.as_ref();
        let root = origin.root.as_ref().unwrap_or(&started.execution);
        let initiator = origin.predecessor.map(|it| initiator_to_wire(it.reason));
        let attributes = wire::WorkflowExecutionStartedEventAttributes {
            workflow_type: Some(WorkflowType {
                name: started.workflow_type.clone(),
            }),
            parent_workflow_namespace: parent.map(|it| it.namespace.clone()).unwrap_or_default(),
            parent_initiated_event_id: shown_id_to_wire(parent.and_then(|it| it.initiated)),
            parent_workflow_execution: parent.map(|it| execution_to_wire(&it.execution)),
            root_workflow_execution: Some(execution_to_wire(root)),
            task_queue: Some(task_queue_to_wire(&started.task_queue)),
            input: payloads_to_wire(&started.input),
            workflow_execution_timeout: Some(timeout_to_wire(started.timeouts.execution)),
            workflow_run_timeout: Some(timeout_to_wire(started.timeouts.run)),
            workflow_task_timeout: Some(duration_to_wire(started.timeouts.task.unwrap_or(WORKFLOW_TASK_TIMEOUT))),
            continued_execution_run_id: run_id_to_wire(origin.predecessor.map(|it| it.run_id)),
            initiator: initiator.unwrap_or_default().into(),
            continued_failure: origin.last_failure.as_ref().map(failure_to_wire),
            last_completion_result: payloads_to_wire(&origin.last_completion),
            original_execution_run_id: started.execution.run_id.to_string(),
            identity: started.identity.clone(),
            first_execution_run_id: started.first_run_id.to_string(),
            retry_policy: started.retry.as_ref().map(retry_policy_to_wire),
            attempt: count_to_wire(started.attempt),
            workflow_execution_expiration_time: started.expiration(time).map(timestamp_to_wire),
            cron_schedule: origin.cron_schedule.clone(),
            first_workflow_task_backoff: Some(duration_to_wire(origin.delay(time))),
            memo: memo_to_wire(&started.memo),
            search_attributes: search_attributes_to_wire(&started.search_attributes),
            header: header_to_wire(&started.headers),
            workflow_id: started.execution.workflow_id.clone(),
            priority: started.priority.as_ref().map(priority_to_wire),
            ..Default::default()
        };
        let metadata = user_metadata_to_wire(started.summary.as_ref(), started.details.as_ref());
        self.push_described(time, EventType::WorkflowExecutionStarted, attributes, metadata);
    }
}

const fn initiator_to_wire(reason: SuccessionReason) -> ContinueAsNewInitiator {
    match reason {
        SuccessionReason::Continuation => ContinueAsNewInitiator::Workflow,
        SuccessionReason::Retry => ContinueAsNewInitiator::Retry,
        SuccessionReason::Cron => ContinueAsNewInitiator::CronSchedule,
    }
}
