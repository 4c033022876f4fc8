//! What is reported of activities by whoever knows their names, and no task tokens.

use super::{Client, NAMESPACE, in_time, payloads};
use mainspring_api::temporal::common::v1::Payloads;
use mainspring_api::temporal::failure::v1::failure::FailureInfo;
use mainspring_api::temporal::failure::v1::{ApplicationFailureInfo, Failure};
use mainspring_api::temporal::workflowservice::v1::*;
use tonic::Status;

/// An activity of a run.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ActivityName {
    pub(crate) workflow_id: String,
    pub(crate) run_id: String,
    pub(crate) activity_id: String,
}

impl Client {
    pub(crate) async fn complete_by_id(&self, activity: &ActivityName, result: Option<Payloads>) -> Result<(), Status> {
        let ActivityName {
            workflow_id,
            run_id,
            activity_id,
        } = activity.clone();
        let request = RespondActivityTaskCompletedByIdRequest {
            namespace: NAMESPACE.into(),
            workflow_id,
            run_id,
            activity_id,
            result,
            ..Default::default()
        };
        let mut workflows = self.workflows.clone();
        let reported = workflows.respond_activity_task_completed_by_id(in_time(request));
        reported.await.map(drop)
    }

    /// Reports an attempt that failed with that message, and may be made again.
    pub(crate) async fn fail_by_id(&self, activity: &ActivityName, message: &str) -> Result<(), Status> {
        let ActivityName {
            workflow_id,
            run_id,
            activity_id,
        } = activity.clone();
        let request = RespondActivityTaskFailedByIdRequest {
            namespace: NAMESPACE.into(),
            workflow_id,
            run_id,
            activity_id,
            failure: Some(Failure {
                message: message.into(),
                failure_info: Some(FailureInfo::ApplicationFailureInfo(ApplicationFailureInfo::default())),
                ..Default::default()
            }),
            ..Default::default()
        };
        let mut workflows = self.workflows.clone();
        let reported = workflows.respond_activity_task_failed_by_id(in_time(request));
        reported.await.map(drop)
    }

    /// Reports an activity that was cancelled, as it had been asked to.
    pub(crate) async fn report_cancelled_by_id(&self, activity: &ActivityName) -> Result<(), Status> {
        let ActivityName {
            workflow_id,
            run_id,
            activity_id,
        } = activity.clone();
        let request = RespondActivityTaskCanceledByIdRequest {
            namespace: NAMESPACE.into(),
            workflow_id,
            run_id,
            activity_id,
            ..Default::default()
        };
        let mut workflows = self.workflows.clone();
        let reported = workflows.respond_activity_task_canceled_by_id(in_time(request));
        reported.await.map(drop)
    }

    /// Reports that an activity is under way, and hears whether it is to be cancelled.
    pub(crate) async fn heartbeat_by_id(&self, activity: &ActivityName) -> Result<bool, Status> {
        let ActivityName {
            workflow_id,
            run_id,
            activity_id,
        } = activity.clone();
        let request = RecordActivityTaskHeartbeatByIdRequest {
            namespace: NAMESPACE.into(),
            workflow_id,
            run_id,
            activity_id,
            details: Some(payloads(&"working".into())),
            ..Default::default()
        };
        let mut workflows = self.workflows.clone();
        let answer = workflows.record_activity_task_heartbeat_by_id(in_time(request)).await?;
        Ok(answer.into_inner().cancel_requested)
    }
}
