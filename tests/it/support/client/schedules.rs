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

    pub(crate) async fn describe_schedule(&self, schedule_id: &str) -> Result<ScheduleInfo, Status> {
        let request = DescribeScheduleRequest {
            namespace: NAMESPACE.into(),
            schedule_id: schedule_id.into(),
        };
        let described = self.workflows.clone().describe_schedule(in_time(request)).await?;
        Ok(described.into_inner().info.unwrap_or_default())
    }
}
