//! What is said to a schedule.

use super::{Client, NAMESPACE, in_time};
use mainspring_api::temporal::schedule::v1::ScheduleInfo;
use mainspring_api::temporal::workflowservice::v1::*;
use tonic::Status;

impl Client {
    pub(crate) async fn create_schedule(&self, request: CreateScheduleRequest) -> Result<(), Status> {
        self.workflows.clone().create_schedule(in_time(request)).await.map(drop)
    }

    pub(crate) async fn patch_schedule(&self, request: PatchScheduleRequest) -> Result<(), Status> {
        self.workflows.clone().patch_schedule(in_time(request)).await.map(drop)
    }

    pub(crate) async fn update_schedule(&self, request: UpdateScheduleRequest) -> Result<(), Status> {
        self.workflows.clone().update_schedule(in_time(request)).await.map(drop)
    }

    pub(crate) async fn delete_schedule(&self, schedule_id: &str) -> Result<(), Status> {
        let request = DeleteScheduleRequest {
            namespace: NAMESPACE.into(),
            schedule_id: schedule_id.into(),
            ..Default::default()
        };
        self.workflows.clone().delete_schedule(in_time(request)).await.map(drop)
    }

    pub(crate) async fn describe_schedule(&self, schedule_id: &str) -> Result<ScheduleInfo, Status> {
        Ok(self.schedule(schedule_id).await?.info.unwrap_or_default())
    }

    /// All that is told of a schedule.
    pub(crate) async fn schedule(&self, schedule_id: &str) -> Result<DescribeScheduleResponse, Status> {
        let request = DescribeScheduleRequest {
            namespace: NAMESPACE.into(),
            schedule_id: schedule_id.into(),
        };
        let described = self.workflows.clone().describe_schedule(in_time(request)).await?;
        Ok(described.into_inner())
    }
}
