//! What operators ask for: of task queues and workflow types, of many runs, of what runs are found by.

use super::{Client, NAMESPACE, execution, in_time};
use mainspring_api::control::{
    LimitUpdate, PauseTaskQueueRequest, PauseWorkflowTypeRequest, ResumeTaskQueueRequest, ResumeWorkflowTypeRequest,
    UpdateTaskQueueRequest,
};
use mainspring_api::temporal::enums::v1::IndexedValueType;
use mainspring_api::temporal::operatorservice::v1::AddSearchAttributesRequest;
use mainspring_api::temporal::workflowservice::v1::start_batch_operation_request::Operation;
use mainspring_api::temporal::workflowservice::v1::*;
use tonic::Status;

impl Client {
    pub(crate) async fn pause_queue(&self, queue: &str) -> Result<(), Status> {
        let request = PauseTaskQueueRequest {
            namespace: NAMESPACE.into(),
            name: queue.into(),
            reason: "the bank is closed".into(),
            ..Default::default()
        };
        let mut control = self.control.clone();
        control.pause_task_queue(in_time(request)).await.map(drop)
    }

    pub(crate) async fn resume_queue(&self, queue: &str) -> Result<(), Status> {
        let request = ResumeTaskQueueRequest {
            namespace: NAMESPACE.into(),
            name: queue.into(),
        };
        let mut control = self.control.clone();
        control.resume_task_queue(in_time(request)).await.map(drop)
    }

    /// Sets how many tasks of a queue run at once, or takes that back. Returns what is set then.
    pub(crate) async fn limit_concurrency(&self, queue: &str, tasks: Option<u32>) -> Result<Option<u32>, Status> {
        let request = UpdateTaskQueueRequest {
            namespace: NAMESPACE.into(),
            name: queue.into(),
            concurrency: Some(LimitUpdate {
                value: tasks.map(f64::from),
            }),
            ..Default::default()
        };
        let mut control = self.control.clone();
        let updated = control.update_task_queue(in_time(request)).await?;
        Ok(updated.into_inner().concurrency)
    }

    pub(crate) async fn pause_type(&self, workflow_type: &str) -> Result<(), Status> {
        let request = PauseWorkflowTypeRequest {
            namespace: NAMESPACE.into(),
            name: workflow_type.into(),
            reason: "too loud".into(),
            ..Default::default()
        };
        let mut control = self.control.clone();
        control.pause_workflow_type(in_time(request)).await.map(drop)
    }

    pub(crate) async fn resume_type(&self, workflow_type: &str) -> Result<(), Status> {
        let request = ResumeWorkflowTypeRequest {
            namespace: NAMESPACE.into(),
            name: workflow_type.into(),
        };
        let mut control = self.control.clone();
        control.resume_workflow_type(in_time(request)).await.map(drop)
    }

    /// Gives search attributes their types.
    pub(crate) async fn add_search_attributes(&self, types: &[(&str, IndexedValueType)]) -> Result<(), Status> {
        let types = types.iter().map(|(name, kind)| ((*name).to_owned(), (*kind).into()));
        let request = AddSearchAttributesRequest {
            namespace: NAMESPACE.into(),
            search_attributes: types.collect(),
        };
        let mut operators = self.operators.clone();
        operators.add_search_attributes(in_time(request)).await.map(drop)
    }

    /// The workflow ids of the runs that a filter finds, in the order of the list.
    pub(crate) async fn list(&self, query: &str) -> Result<Vec<String>, Status> {
        let request = ListWorkflowExecutionsRequest {
            namespace: NAMESPACE.into(),
            query: query.into(),
            ..Default::default()
        };
        let mut workflows = self.workflows.clone();
        let listed = workflows.list_workflow_executions(in_time(request)).await?;
        let runs = listed.into_inner().executions.into_iter();
        Ok(runs.filter_map(|run| Some(run.execution?.workflow_id)).collect())
    }

    /// Removes the workflow's current run.
    pub(crate) async fn delete(&self, workflow_id: &str) -> Result<(), Status> {
        let request = DeleteWorkflowExecutionRequest {
            namespace: NAMESPACE.into(),
            workflow_execution: Some(execution(workflow_id)),
        };
        let mut workflows = self.workflows.clone();
        workflows.delete_workflow_execution(in_time(request)).await.map(drop)
    }

    /// Does one thing to all runs that a filter finds.
    pub(crate) async fn start_batch(&self, job_id: &str, query: &str, operation: Operation) -> Result<(), Status> {
        let request = StartBatchOperationRequest {
            namespace: NAMESPACE.into(),
            visibility_query: query.into(),
            job_id: job_id.into(),
            reason: "it is tested".into(),
            operation: Some(operation),
            ..Default::default()
        };
        let mut workflows = self.workflows.clone();
        workflows.start_batch_operation(in_time(request)).await.map(drop)
    }

    pub(crate) async fn describe_batch(&self, job_id: &str) -> Result<DescribeBatchOperationResponse, Status> {
        let request = DescribeBatchOperationRequest {
            namespace: NAMESPACE.into(),
            job_id: job_id.into(),
        };
        let mut workflows = self.workflows.clone();
        let described = workflows.describe_batch_operation(in_time(request)).await?;
        Ok(described.into_inner())
    }
}
