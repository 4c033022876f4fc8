//! `mainspring activity unpause`.

use super::{Run, Which};
use crate::cli::connection::{Connection, identity};
use crate::cli::output::{Format, print};
use crate::cli::time::{parse_duration, to_wire};
use crate::cli::{CliError, Exit};
use mainspring_api::temporal::workflowservice::v1::{UnpauseActivityRequest, unpause_activity_request::Activity};
use std::time::Duration;

#[derive(Debug, clap::Args)]
pub(super) struct UnpauseArgs {
    #[command(flatten)]
    run: Run,
    #[command(flatten)]
    which: Which,
    /// Count the attempts from 1 again.
    #[arg(long)]
    reset_attempts: bool,
    /// Forget how far earlier attempts came.
    #[arg(long)]
    reset_heartbeat: bool,
    /// Begin at any moment within this time, such as 30s.
    #[arg(long, value_parser = parse_duration)]
    jitter: Option<Duration>,
}

impl UnpauseArgs {
    pub(super) async fn run(self, connection: &mut Connection, format: Format) -> Result<Exit, CliError> {
        let words = self.which.words();
        let activity = match (self.which.id, self.which.of_type) {
            (Some(id), _) => Activity::Id(id),
            (None, Some(name)) => Activity::Type(name),
            (None, None) => Activity::UnpauseAll(self.which.all),
        };
        let request = UnpauseActivityRequest {
            namespace: connection.namespace.clone(),
            execution: Some(self.run.execution()),
            identity: identity(),
            reset_attempts: self.reset_attempts,
            reset_heartbeat: self.reset_heartbeat,
            jitter: self.jitter.map(to_wire),
            activity: Some(activity),
        };
        connection.workflows.unpause_activity(request).await?;
        if format == Format::Text {
            print(&format!("{words}: not paused any more\n"))?;
        }
        Ok(Exit::Done)
    }
}
