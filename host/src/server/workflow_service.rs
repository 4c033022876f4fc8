//! Temporal's main service: which method does what.

use super::{
    front::Front,
    methods::{
        activities, batch_operations, by_id, cluster, describe, get_history, interact, list, multi_operation,
        namespaces, pausing, reset, schedules, start, task_queues, update, worker_lists, workers,
    },
};
use mainspring_api::{temporal::workflowservice::v1::*, workflow_service::WorkflowService};
use tonic::{Request, Response, Status};

type Answer<T> = Result<Response<T>, Status>;

#[tonic::async_trait]
impl WorkflowService for Front {
    async fn get_system_info(&self, _: Request<GetSystemInfoRequest>) -> Answer<GetSystemInfoResponse> {
        Ok(Response::new(cluster::system_info()))
    }

    async fn get_cluster_info(&self, _: Request<GetClusterInfoRequest>) -> Answer<GetClusterInfoResponse> {
        Ok(Response::new(cluster::cluster_info(self)))
    }

    async fn register_namespace(
        &self,
        request: Request<RegisterNamespaceRequest>,
    ) -> Answer<RegisterNamespaceResponse> {
        namespaces::register(self, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn describe_namespace(
        &self,
        request: Request<DescribeNamespaceRequest>,
    ) -> Answer<DescribeNamespaceResponse> {
        namespaces::describe(self, request.into_inner()).map(Response::new)
    }

    async fn list_namespaces(&self, request: Request<ListNamespacesRequest>) -> Answer<ListNamespacesResponse> {
        namespaces::list(self, &request.into_inner()).map(Response::new)
    }

    async fn update_namespace(&self, request: Request<UpdateNamespaceRequest>) -> Answer<UpdateNamespaceResponse> {
        namespaces::update(self, request.into_inner()).await.map(Response::new)
    }

    async fn deprecate_namespace(
        &self,
        request: Request<DeprecateNamespaceRequest>,
    ) -> Answer<DeprecateNamespaceResponse> {
        namespaces::deprecate(self, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn poll_workflow_task_queue(
        &self,
        _: Request<PollWorkflowTaskQueueRequest>,
    ) -> Answer<PollWorkflowTaskQueueResponse> {
        Err(workers::no_workflow_workers())
    }

    async fn poll_activity_task_queue(
        &self,
        request: Request<PollActivityTaskQueueRequest>,
    ) -> Answer<PollActivityTaskQueueResponse> {
        workers::poll_activity(self, request).await.map(Response::new)
    }

    async fn respond_activity_task_completed(
        &self,
        request: Request<RespondActivityTaskCompletedRequest>,
    ) -> Answer<RespondActivityTaskCompletedResponse> {
        workers::complete_activity(self, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn respond_activity_task_completed_by_id(
        &self,
        request: Request<RespondActivityTaskCompletedByIdRequest>,
    ) -> Answer<RespondActivityTaskCompletedByIdResponse> {
        by_id::complete(self, request.into_inner()).await.map(Response::new)
    }

    async fn respond_activity_task_failed(
        &self,
        request: Request<RespondActivityTaskFailedRequest>,
    ) -> Answer<RespondActivityTaskFailedResponse> {
        workers::fail_activity(self, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn respond_activity_task_failed_by_id(
        &self,
        request: Request<RespondActivityTaskFailedByIdRequest>,
    ) -> Answer<RespondActivityTaskFailedByIdResponse> {
        by_id::fail(self, request.into_inner()).await.map(Response::new)
    }

    async fn respond_activity_task_canceled(
        &self,
        request: Request<RespondActivityTaskCanceledRequest>,
    ) -> Answer<RespondActivityTaskCanceledResponse> {
        workers::cancel_activity(self, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn respond_activity_task_canceled_by_id(
        &self,
        request: Request<RespondActivityTaskCanceledByIdRequest>,
    ) -> Answer<RespondActivityTaskCanceledByIdResponse> {
        by_id::cancel(self, request.into_inner()).await.map(Response::new)
    }

    async fn record_activity_task_heartbeat(
        &self,
        request: Request<RecordActivityTaskHeartbeatRequest>,
    ) -> Answer<RecordActivityTaskHeartbeatResponse> {
        workers::heartbeat(self, request.into_inner()).await.map(Response::new)
    }

    async fn record_activity_task_heartbeat_by_id(
        &self,
        request: Request<RecordActivityTaskHeartbeatByIdRequest>,
    ) -> Answer<RecordActivityTaskHeartbeatByIdResponse> {
        by_id::heartbeat(self, request.into_inner()).await.map(Response::new)
    }

    async fn describe_task_queue(
        &self,
        request: Request<DescribeTaskQueueRequest>,
    ) -> Answer<DescribeTaskQueueResponse> {
        task_queues::describe(self, request.into_inner()).map(Response::new)
    }

    async fn update_task_queue_config(
        &self,
        request: Request<UpdateTaskQueueConfigRequest>,
    ) -> Answer<UpdateTaskQueueConfigResponse> {
        task_queues::update_config(self, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn record_worker_heartbeat(
        &self,
        request: Request<RecordWorkerHeartbeatRequest>,
    ) -> Answer<RecordWorkerHeartbeatResponse> {
        worker_lists::record(self, request.into_inner()).map(Response::new)
    }

    async fn list_workers(&self, request: Request<ListWorkersRequest>) -> Answer<ListWorkersResponse> {
        worker_lists::list(self, request.into_inner()).map(Response::new)
    }

    async fn count_workers(&self, request: Request<CountWorkersRequest>) -> Answer<CountWorkersResponse> {
        worker_lists::count(self, request.into_inner()).map(Response::new)
    }

    async fn describe_worker(&self, request: Request<DescribeWorkerRequest>) -> Answer<DescribeWorkerResponse> {
        worker_lists::describe(self, request.into_inner()).map(Response::new)
    }

    async fn shutdown_worker(&self, request: Request<ShutdownWorkerRequest>) -> Answer<ShutdownWorkerResponse> {
        worker_lists::shut_down(self, request.into_inner()).map(Response::new)
    }

    async fn start_workflow_execution(
        &self,
        request: Request<StartWorkflowExecutionRequest>,
    ) -> Answer<StartWorkflowExecutionResponse> {
        start::start(self, request.into_inner()).await.map(Response::new)
    }

    async fn signal_with_start_workflow_execution(
        &self,
        request: Request<SignalWithStartWorkflowExecutionRequest>,
    ) -> Answer<SignalWithStartWorkflowExecutionResponse> {
        start::signal_with_start(self, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn signal_workflow_execution(
        &self,
        request: Request<SignalWorkflowExecutionRequest>,
    ) -> Answer<SignalWorkflowExecutionResponse> {
        interact::signal(self, request.into_inner()).await.map(Response::new)
    }

    async fn query_workflow(&self, request: Request<QueryWorkflowRequest>) -> Answer<QueryWorkflowResponse> {
        interact::query(self, request.into_inner()).await.map(Response::new)
    }

    async fn update_workflow_execution(
        &self,
        request: Request<UpdateWorkflowExecutionRequest>,
    ) -> Answer<UpdateWorkflowExecutionResponse> {
        update::update(self, request).await.map(Response::new)
    }

    async fn poll_workflow_execution_update(
        &self,
        request: Request<PollWorkflowExecutionUpdateRequest>,
    ) -> Answer<PollWorkflowExecutionUpdateResponse> {
        update::poll(self, request).await.map(Response::new)
    }

    async fn execute_multi_operation(
        &self,
        request: Request<ExecuteMultiOperationRequest>,
    ) -> Answer<ExecuteMultiOperationResponse> {
        multi_operation::execute(self, request).await.map(Response::new)
    }

    async fn request_cancel_workflow_execution(
        &self,
        request: Request<RequestCancelWorkflowExecutionRequest>,
    ) -> Answer<RequestCancelWorkflowExecutionResponse> {
        interact::request_cancel(self, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn reset_workflow_execution(
        &self,
        request: Request<ResetWorkflowExecutionRequest>,
    ) -> Answer<ResetWorkflowExecutionResponse> {
        reset::reset(self, request.into_inner()).await.map(Response::new)
    }

    async fn terminate_workflow_execution(
        &self,
        request: Request<TerminateWorkflowExecutionRequest>,
    ) -> Answer<TerminateWorkflowExecutionResponse> {
        interact::terminate(self, request.into_inner()).await.map(Response::new)
    }

    async fn pause_workflow_execution(
        &self,
        request: Request<PauseWorkflowExecutionRequest>,
    ) -> Answer<PauseWorkflowExecutionResponse> {
        pausing::pause(self, request.into_inner()).await.map(Response::new)
    }

    async fn unpause_workflow_execution(
        &self,
        request: Request<UnpauseWorkflowExecutionRequest>,
    ) -> Answer<UnpauseWorkflowExecutionResponse> {
        pausing::unpause(self, request.into_inner()).await.map(Response::new)
    }

    async fn pause_activity(&self, request: Request<PauseActivityRequest>) -> Answer<PauseActivityResponse> {
        activities::pause(self, request.into_inner()).await.map(Response::new)
    }

    async fn pause_activity_execution(
        &self,
        request: Request<PauseActivityExecutionRequest>,
    ) -> Answer<PauseActivityExecutionResponse> {
        activities::pause_one(self, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn unpause_activity(&self, request: Request<UnpauseActivityRequest>) -> Answer<UnpauseActivityResponse> {
        activities::unpause(self, request.into_inner()).await.map(Response::new)
    }

    async fn unpause_activity_execution(
        &self,
        request: Request<UnpauseActivityExecutionRequest>,
    ) -> Answer<UnpauseActivityExecutionResponse> {
        activities::unpause_one(self, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn reset_activity(&self, request: Request<ResetActivityRequest>) -> Answer<ResetActivityResponse> {
        activities::reset(self, request.into_inner()).await.map(Response::new)
    }

    async fn reset_activity_execution(
        &self,
        request: Request<ResetActivityExecutionRequest>,
    ) -> Answer<ResetActivityExecutionResponse> {
        activities::reset_one(self, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn update_activity_options(
        &self,
        request: Request<UpdateActivityOptionsRequest>,
    ) -> Answer<UpdateActivityOptionsResponse> {
        activities::change_options(self, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn update_activity_execution_options(
        &self,
        request: Request<UpdateActivityExecutionOptionsRequest>,
    ) -> Answer<UpdateActivityExecutionOptionsResponse> {
        activities::change_options_of_one(self, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn delete_workflow_execution(
        &self,
        request: Request<DeleteWorkflowExecutionRequest>,
    ) -> Answer<DeleteWorkflowExecutionResponse> {
        interact::delete(self, request.into_inner()).await.map(Response::new)
    }

    async fn describe_workflow_execution(
        &self,
        request: Request<DescribeWorkflowExecutionRequest>,
    ) -> Answer<DescribeWorkflowExecutionResponse> {
        describe::describe(self, request.into_inner()).await.map(Response::new)
    }

    async fn list_workflow_executions(
        &self,
        request: Request<ListWorkflowExecutionsRequest>,
    ) -> Answer<ListWorkflowExecutionsResponse> {
        list::list(self, request.into_inner()).await.map(Response::new)
    }

    async fn count_workflow_executions(
        &self,
        request: Request<CountWorkflowExecutionsRequest>,
    ) -> Answer<CountWorkflowExecutionsResponse> {
        list::count(self, request.into_inner()).await.map(Response::new)
    }

    async fn start_batch_operation(
        &self,
        request: Request<StartBatchOperationRequest>,
    ) -> Answer<StartBatchOperationResponse> {
        batch_operations::start(self, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn stop_batch_operation(
        &self,
        request: Request<StopBatchOperationRequest>,
    ) -> Answer<StopBatchOperationResponse> {
        batch_operations::stop(self, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn describe_batch_operation(
        &self,
        request: Request<DescribeBatchOperationRequest>,
    ) -> Answer<DescribeBatchOperationResponse> {
        batch_operations::describe(self, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn list_batch_operations(
        &self,
        request: Request<ListBatchOperationsRequest>,
    ) -> Answer<ListBatchOperationsResponse> {
        batch_operations::list(self, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn get_workflow_execution_history(
        &self,
        request: Request<GetWorkflowExecutionHistoryRequest>,
    ) -> Answer<GetWorkflowExecutionHistoryResponse> {
        get_history::forward(self, request).await.map(Response::new)
    }

    async fn get_workflow_execution_history_reverse(
        &self,
        request: Request<GetWorkflowExecutionHistoryReverseRequest>,
    ) -> Answer<GetWorkflowExecutionHistoryReverseResponse> {
        get_history::reverse(self, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn create_schedule(&self, request: Request<CreateScheduleRequest>) -> Answer<CreateScheduleResponse> {
        schedules::create(self, request.into_inner()).await.map(Response::new)
    }

    async fn describe_schedule(&self, request: Request<DescribeScheduleRequest>) -> Answer<DescribeScheduleResponse> {
        schedules::describe(self, request.into_inner()).await.map(Response::new)
    }

    async fn update_schedule(&self, request: Request<UpdateScheduleRequest>) -> Answer<UpdateScheduleResponse> {
        schedules::update(self, request.into_inner()).await.map(Response::new)
    }

    async fn patch_schedule(&self, request: Request<PatchScheduleRequest>) -> Answer<PatchScheduleResponse> {
        schedules::patch(self, request.into_inner()).await.map(Response::new)
    }

    async fn list_schedule_matching_times(
        &self,
        request: Request<ListScheduleMatchingTimesRequest>,
    ) -> Answer<ListScheduleMatchingTimesResponse> {
        schedules::matching_times(self, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn delete_schedule(&self, request: Request<DeleteScheduleRequest>) -> Answer<DeleteScheduleResponse> {
        schedules::delete(self, request.into_inner()).await.map(Response::new)
    }

    async fn list_schedules(&self, request: Request<ListSchedulesRequest>) -> Answer<ListSchedulesResponse> {
        schedules::list(self, request.into_inner()).await.map(Response::new)
    }

    async fn count_schedules(&self, request: Request<CountSchedulesRequest>) -> Answer<CountSchedulesResponse> {
        schedules::count(self, request.into_inner()).await.map(Response::new)
    }
}
