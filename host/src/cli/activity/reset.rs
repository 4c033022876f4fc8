//! `mainspring activity reset`.

use super::{Run, Which};
use crate::cli::connection::{Connection, identity};
use crate::cli::output::{Format, print};
use crate::cli::time::{parse_duration, to_wire};
use crate::cli::{CliError, Exit};
use mainspring_api::temporal::workflowservice::v1::{ResetActivityRequest, reset_activity_request::Activity};
use std::time::Duration;

#[derive(Debug, clap::Args)]
pub(super) struct ResetArgs {
    #[command(flatten)]
    run: Run,
    #[command(flatten)]
    which: Which,
    /// Forget how far earlier attempts came.
    #[arg(long)]
    reset_heartbeat: bool,
    /// Leave paused what is paused.
    #[arg(long)]
    keep_paused: bool,
    /// Take back changes of options.
    #[arg(long)]
    restore_options: bool,
    /// Begin at any moment within this time, such as 30s.
    #[arg(long, value_parser = parse_duration)]
    jitter: Option<Duration>,
}

impl ResetArgs {
    pub(super) async fn run(self, connection: &mut Connection, format: Format) -> Result<Exit, CliError> {
        let words = self.which.words();
        let activity = match (self.which.id, self.which.of_type) {
            (Some(id), _) => Activity::Id(id),
            (None, Some(name)) => Activity::Type(name),
            (None, None) => Activity::MatchAll(self.which.all),
        };
        let request = ResetActivityRequest {
            namespace: connection.namespace.clone(),
            execution: Some(self.run.execution()),
            identity: identity(),
            reset_heartbeat: self.reset_heartbeat,
            keep_paused: self.keep_paused,
            jitter: self.jitter.map(to_wire),
            restore_original_options: self.restore_options,
            activity: Some(activity),
        };
        connection.workflows.reset_activity(request).await?;
        if format == Format::Text {
            print(&format!("{words}: reset to the first attempt\n"))?;
        }
        Ok(Exit::Done)
    }
}
