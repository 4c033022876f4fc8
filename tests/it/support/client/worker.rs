//! What a worker asks for, and reports.

use super::{Client, NAMESPACE, in_time, payloads, task_queue};
use mainspring_api::temporal::common::v1::Payloads;
use mainspring_api::temporal::enums::v1::TaskQueueType;
use mainspring_api::temporal::failure::v1::failure::FailureInfo;
use mainspring_api::temporal::failure::v1::{ApplicationFailureInfo, Failure};
use mainspring_api::temporal::taskqueue::v1::{RateLimit, TaskQueueConfig};
use mainspring_api::temporal::workflowservice::v1::*;
use std::time::Duration;
use tonic::{Request, Status};

/// How long a poll waits.
const POLL_TIMEOUT: Duration = Duration::from_secs(2);

const IDENTITY: &str = "the test's worker";

impl Client {
    /// The next task, or one without token if there is none.
    pub(crate) async fn poll(&self, queue: &str) -> Result<PollActivityTaskQueueResponse, Status> {
        let request = PollActivityTaskQueueRequest {
            namespace: NAMESPACE.into(),
            task_queue: Some(task_queue(queue)),
            identity: IDENTITY.into(),
            ..Default::default()
        };
        let mut request = Request::new(request);
        request.set_timeout(POLL_TIMEOUT);
        Ok(self
            .workflows
            .clone()
            .poll_activity_task_queue(request)
            .await?
            .into_inner())
    }

    /// Sets at which rate a queue hands out, or takes that back. Returns what is set then.
    pub(crate) async fn limit_rate(&self, queue: &str, per_second: Option<f32>) -> Result<Option<f32>, Status> {
        let request = UpdateTaskQueueConfigRequest {
            namespace: NAMESPACE.into(),
            task_queue: queue.into(),
            task_queue_type: TaskQueueType::Activity.into(),
            update_queue_rate_limit: Some(update_task_queue_config_request::RateLimitUpdate {
                rate_limit: per_second.map(|requests_per_second| RateLimit { requests_per_second }),
                reason: "the bank asks for it".into(),
            }),
            ..Default::default()
        };
        let mut workflows = self.workflows.clone();
        let updated = workflows.update_task_queue_config(in_time(request)).await?;
        Ok(queue_rate(updated.into_inner().config))
    }

    /// The rate that is set about a queue.
    pub(crate) async fn rate_limit(&self, queue: &str) -> Result<Option<f32>, Status> {
        let request = DescribeTaskQueueRequest {
            namespace: NAMESPACE.into(),
            task_queue: Some(task_queue(queue)),
            task_queue_type: TaskQueueType::Activity.into(),
            report_config: true,
            ..Default::default()
        };
        let described = self.workflows.clone().describe_task_queue(in_time(request)).await?;
        Ok(queue_rate(described.into_inner().config))
    }

    pub(crate) async fn complete(&self, task_token: &[u8], result: Option<Payloads>) -> Result<(), Status> {
        let request = RespondActivityTaskCompletedRequest {
            task_token: task_token.to_vec(),
            result,
            identity: IDENTITY.into(),
            ..Default::default()
        };
        self.workflows
            .clone()
            .respond_activity_task_completed(in_time(request))
            .await
            .map(drop)
    }

    /// Reports an attempt that failed with that message, and may be made again unless it is to be the last.
    pub(crate) async fn fail(&self, task_token: &[u8], message: &str, is_final: bool) -> Result<(), Status> {
        let request = RespondActivityTaskFailedRequest {
            task_token: task_token.to_vec(),
            failure: Some(Failure {
                message: message.into(),
                failure_info: Some(FailureInfo::ApplicationFailureInfo(ApplicationFailureInfo {
                    non_retryable: is_final,
                    ..Default::default()
                })),
                ..Default::default()
            }),
            identity: IDENTITY.into(),
            ..Default::default()
        };
        self.workflows
            .clone()
            .respond_activity_task_failed(in_time(request))
            .await
            .map(drop)
    }

    /// Reports an attempt that was cancelled, as it had been asked to.
    pub(crate) async fn report_cancelled(&self, task_token: &[u8]) -> Result<(), Status> {
        let request = RespondActivityTaskCanceledRequest {
            task_token: task_token.to_vec(),
            identity: IDENTITY.into(),
            ..Default::default()
        };
        self.workflows
            .clone()
            .respond_activity_task_canceled(in_time(request))
            .await
            .map(drop)
    }

    /// Reports that an attempt is alive, and hears whether it is to cancel itself.
    pub(crate) async fn heartbeat(&self, task_token: &[u8]) -> Result<bool, Status> {
        let request = RecordActivityTaskHeartbeatRequest {
            task_token: task_token.to_vec(),
            details: Some(payloads(&"working".into())),
            identity: IDENTITY.into(),
            ..Default::default()
        };
        let answer = self
            .workflows
            .clone()
            .record_activity_task_heartbeat(in_time(request))
            .await?;
        Ok(answer.into_inner().cancel_requested)
    }
}

fn queue_rate(config: Option<TaskQueueConfig>) -> Option<f32> {
    let limit = config?.queue_rate_limit?.rate_limit?;
    Some(limit.requests_per_second)
}
