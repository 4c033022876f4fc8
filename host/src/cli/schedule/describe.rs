//! `mainspring schedule describe`.

use super::Selection;
use crate::cli::connection::Connection;
use crate::cli::output::{Format, print, print_json};
use crate::cli::render::schedule;
use crate::cli::time::Viewpoint;
use crate::cli::{CliError, Exit, protojson};
use mainspring_api::temporal::workflowservice::v1::DescribeScheduleRequest;

#[derive(Debug, clap::Args)]
pub(super) struct DescribeArgs {
    #[command(flatten)]
    schedule: Selection,
}

impl DescribeArgs {
    pub(super) async fn run(self, connection: &mut Connection, format: Format) -> Result<Exit, CliError> {
        let schedule_id = self.schedule.schedule_id;
        let request = DescribeScheduleRequest {
            namespace: connection.namespace.clone(),
            schedule_id: schedule_id.clone(),
        };
        let described = connection.workflows.describe_schedule(request).await?.into_inner();
        match format {
            Format::Json => print_json(&protojson::to_json(&described)?)?,
            Format::Text => print(&schedule::full(&schedule_id, &described, &Viewpoint::here()))?,
        }
        Ok(Exit::Done)
    }
}
