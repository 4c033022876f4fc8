//! What is said to a workflow that runs, or is to.

use super::{Client, NAMESPACE, execution, in_time, payloads, task_queue, value};
use mainspring_api::temporal::activity::v1::ActivityOptions;
use mainspring_api::temporal::common::v1::WorkflowExecution;
use mainspring_api::temporal::enums::v1::{UpdateWorkflowExecutionLifecycleStage, WorkflowIdConflictPolicy};
use mainspring_api::temporal::query::v1::WorkflowQuery;
use mainspring_api::temporal::update::v1::{Input, Meta, Outcome, Request, UpdateRef, WaitPolicy, outcome};
use mainspring_api::temporal::workflowservice::v1::execute_multi_operation_request::{Operation, operation};
use mainspring_api::temporal::workflowservice::v1::execute_multi_operation_response::response;
use mainspring_api::temporal::workflowservice::v1::*;
use serde_json::Value;
use tonic::Status;

/// The answer to an update: a value, or why there is none.
pub(crate) type Answer = Result<Value, String>;

impl Client {
    pub(crate) async fn signal(&self, workflow_id: &str, name: &str, argument: &Value) -> Result<(), Status> {
        let request = SignalWorkflowExecutionRequest {
            namespace: NAMESPACE.into(),
            workflow_execution: Some(execution(workflow_id)),
            signal_name: name.into(),
            input: Some(payloads(argument)),
            // The same whenever it is sent again.
            request_id: format!("{workflow_id} {name} {argument}"),
            ..Default::default()
        };
        self.workflows
            .clone()
            .signal_workflow_execution(in_time(request))
            .await
            .map(drop)
    }

    /// Signals a workflow, and starts it first if it does not run.
    pub(crate) async fn signal_with_start(
        &self,
        start: StartWorkflowExecutionRequest,
        name: &str,
        argument: &Value,
    ) -> Result<(), Status> {
        let request = SignalWithStartWorkflowExecutionRequest {
            namespace: NAMESPACE.into(),
            request_id: format!("{} {name} {argument}", start.workflow_id),
            workflow_id: start.workflow_id,
            workflow_type: start.workflow_type,
            task_queue: start.task_queue,
            input: start.input,
            signal_name: name.into(),
            signal_input: Some(payloads(argument)),
            ..Default::default()
        };
        self.workflows
            .clone()
            .signal_with_start_workflow_execution(in_time(request))
            .await
            .map(drop)
    }

    pub(crate) async fn pause(&self, workflow_id: &str) -> Result<(), Status> {
        let request = PauseWorkflowExecutionRequest {
            namespace: NAMESPACE.into(),
            workflow_id: workflow_id.into(),
            request_id: format!("pause of {workflow_id}"),
            ..Default::default()
        };
        let mut workflows = self.workflows.clone();
        workflows.pause_workflow_execution(in_time(request)).await.map(drop)
    }

    pub(crate) async fn unpause(&self, workflow_id: &str) -> Result<(), Status> {
        let request = UnpauseWorkflowExecutionRequest {
            namespace: NAMESPACE.into(),
            workflow_id: workflow_id.into(),
            request_id: format!("resumption of {workflow_id}"),
            ..Default::default()
        };
        let mut workflows = self.workflows.clone();
        workflows.unpause_workflow_execution(in_time(request)).await.map(drop)
    }

    /// Pauses the run's first activity.
    pub(crate) async fn pause_activity(&self, workflow_id: &str) -> Result<(), Status> {
        let request = PauseActivityRequest {
            namespace: NAMESPACE.into(),
            execution: Some(execution(workflow_id)),
            activity: Some(pause_activity_request::Activity::Id("1".into())),
            request_id: format!("pause of an activity of {workflow_id}"),
            ..Default::default()
        };
        let mut workflows = self.workflows.clone();
        workflows.pause_activity(in_time(request)).await.map(drop)
    }

    /// Has the run's first activity begin with its first attempt; if it is paused, it stays so.
    pub(crate) async fn reset_activity(&self, workflow_id: &str) -> Result<(), Status> {
        let request = ResetActivityRequest {
            namespace: NAMESPACE.into(),
            execution: Some(execution(workflow_id)),
            activity: Some(reset_activity_request::Activity::Id("1".into())),
            keep_paused: true,
            ..Default::default()
        };
        let mut workflows = self.workflows.clone();
        workflows.reset_activity(in_time(request)).await.map(drop)
    }

    /// Moves the run's activities to another task queue.
    pub(crate) async fn move_activities(&self, workflow_id: &str, queue: &str) -> Result<(), Status> {
        let mut request = UpdateActivityOptionsRequest {
            namespace: NAMESPACE.into(),
            execution: Some(execution(workflow_id)),
            activity: Some(update_activity_options_request::Activity::MatchAll(true)),
            activity_options: Some(ActivityOptions {
                task_queue: Some(task_queue(queue)),
                ..Default::default()
            }),
            ..Default::default()
        };
        request.update_mask.get_or_insert_default().paths = vec!["task_queue.name".into()];
        let mut workflows = self.workflows.clone();
        workflows.update_activity_options(in_time(request)).await.map(drop)
    }

    pub(crate) async fn unpause_activities(&self, workflow_id: &str) -> Result<(), Status> {
        let request = UnpauseActivityRequest {
            namespace: NAMESPACE.into(),
            execution: Some(execution(workflow_id)),
            activity: Some(unpause_activity_request::Activity::UnpauseAll(true)),
            ..Default::default()
        };
        let mut workflows = self.workflows.clone();
        workflows.unpause_activity(in_time(request)).await.map(drop)
    }

    pub(crate) async fn request_cancel(&self, workflow_id: &str) -> Result<(), Status> {
        let request = RequestCancelWorkflowExecutionRequest {
            namespace: NAMESPACE.into(),
            workflow_execution: Some(execution(workflow_id)),
            request_id: format!("cancellation of {workflow_id}"),
            ..Default::default()
        };
        self.workflows
            .clone()
            .request_cancel_workflow_execution(in_time(request))
            .await
            .map(drop)
    }

    /// Answers with the run that goes on.
    pub(crate) async fn reset(&self, workflow_id: &str, run_id: &str, event_id: i64) -> Result<String, Status> {
        let request = ResetWorkflowExecutionRequest {
            namespace: NAMESPACE.into(),
            workflow_execution: Some(WorkflowExecution {
                run_id: run_id.into(),
                ..execution(workflow_id)
            }),
            workflow_task_finish_event_id: event_id,
            request_id: format!("reset of {run_id} to {event_id}"),
            ..Default::default()
        };
        let mut workflows = self.workflows.clone();
        let reset = workflows.reset_workflow_execution(in_time(request)).await?;
        Ok(reset.into_inner().run_id)
    }

    pub(crate) async fn terminate(&self, workflow_id: &str) -> Result<(), Status> {
        let request = TerminateWorkflowExecutionRequest {
            namespace: NAMESPACE.into(),
            workflow_execution: Some(execution(workflow_id)),
            reason: "the test is done with it".into(),
            ..Default::default()
        };
        self.workflows
            .clone()
            .terminate_workflow_execution(in_time(request))
            .await
            .map(drop)
    }

    /// Asks a run about its state.
    pub(crate) async fn query(&self, workflow_id: &str, name: &str) -> Result<Value, Status> {
        let request = QueryWorkflowRequest {
            namespace: NAMESPACE.into(),
            execution: Some(execution(workflow_id)),
            query: Some(WorkflowQuery {
                query_type: name.into(),
                ..Default::default()
            }),
            ..Default::default()
        };
        let mut workflows = self.workflows.clone();
        let answer = workflows.query_workflow(in_time(request)).await?;
        Ok(value(answer.into_inner().query_result.as_ref()))
    }

    /// Sends an update, and waits until it is accepted, or rejected.
    pub(crate) async fn start_update(
        &self,
        workflow_id: &str,
        update_id: &str,
        name: &str,
        argument: &Value,
    ) -> Result<(), Status> {
        let mut request = update_request(workflow_id, update_id, name, argument);
        request.wait_policy = Some(WaitPolicy {
            lifecycle_stage: UpdateWorkflowExecutionLifecycleStage::Accepted.into(),
        });
        let mut workflows = self.workflows.clone();
        workflows.update_workflow_execution(in_time(request)).await.map(drop)
    }

    /// The answer to an update that was accepted; none if there is none yet.
    pub(crate) async fn update_answer(&self, workflow_id: &str, update_id: &str) -> Result<Option<Answer>, Status> {
        let request = PollWorkflowExecutionUpdateRequest {
            namespace: NAMESPACE.into(),
            update_ref: Some(UpdateRef {
                workflow_execution: Some(execution(workflow_id)),
                update_id: update_id.into(),
            }),
            wait_policy: Some(WaitPolicy {
                lifecycle_stage: UpdateWorkflowExecutionLifecycleStage::Completed.into(),
            }),
            ..Default::default()
        };
        let mut workflows = self.workflows.clone();
        let polled = workflows.poll_workflow_execution_update(in_time(request)).await?;
        Ok(polled.into_inner().outcome.and_then(answer))
    }

    /// Sends an update, which is recognised by its id; none if there is no answer yet.
    pub(crate) async fn update(
        &self,
        workflow_id: &str,
        update_id: &str,
        name: &str,
        argument: &Value,
    ) -> Result<Option<Answer>, Status> {
        let request = update_request(workflow_id, update_id, name, argument);
        let updated = self
            .workflows
            .clone()
            .update_workflow_execution(in_time(request))
            .await?;
        Ok(updated.into_inner().outcome.and_then(answer))
    }

    /// The same to a workflow that is started first if it does not run.
    pub(crate) async fn update_with_start(
        &self,
        start: StartWorkflowExecutionRequest,
        update_id: &str,
        name: &str,
        argument: &Value,
    ) -> Result<Option<Answer>, Status> {
        let update = update_request(&start.workflow_id, update_id, name, argument);
        let start = StartWorkflowExecutionRequest {
            workflow_id_conflict_policy: WorkflowIdConflictPolicy::UseExisting.into(),
            ..start
        };
        let operations = [
            operation::Operation::StartWorkflow(start),
            operation::Operation::UpdateWorkflow(update),
        ];
        let request = ExecuteMultiOperationRequest {
            namespace: NAMESPACE.into(),
            operations: operations.map(|it| Operation { operation: Some(it) }).into(),
            ..Default::default()
        };
        let done = self.workflows.clone().execute_multi_operation(in_time(request)).await?;
        match done.into_inner().responses.pop().and_then(|it| it.response) {
            Some(response::Response::UpdateWorkflow(updated)) => Ok(updated.outcome.and_then(answer)),
            other => panic!("the update is answered with {other:?}"),
        }
    }
}

fn update_request(workflow_id: &str, update_id: &str, name: &str, argument: &Value) -> UpdateWorkflowExecutionRequest {
    let request = Request {
        meta: Some(Meta {
            update_id: update_id.into(),
            ..Default::default()
        }),
        input: Some(Input {
            name: name.into(),
            args: Some(payloads(argument)),
            ..Default::default()
        }),
        ..Default::default()
    };
    UpdateWorkflowExecutionRequest {
        namespace: NAMESPACE.into(),
        workflow_execution: Some(execution(workflow_id)),
        wait_policy: Some(WaitPolicy {
            lifecycle_stage: UpdateWorkflowExecutionLifecycleStage::Completed.into(),
        }),
        request: Some(request),
        ..Default::default()
    }
}

fn answer(outcome: Outcome) -> Option<Answer> {
    Some(match outcome.value? {
        outcome::Value::Success(output) => Ok(value(Some(&output))),
        outcome::Value::Failure(failure) => Err(failure.message),
    })
}
