//! `mainspring activity pause`.

use super::Run;
use crate::cli::connection::{Connection, identity, request_id};
use crate::cli::output::{Format, print};
use crate::cli::{CliError, Exit};
use mainspring_api::temporal::workflowservice::v1::{PauseActivityRequest, pause_activity_request::Activity};

#[derive(Debug, clap::Args)]
pub(super) struct PauseArgs {
    #[command(flatten)]
    run: Run,
    #[command(flatten)]
    which: Which,
    /// Why; `workflow describe` shows it.
    #[arg(long, default_value = "", hide_default_value = true)]
    reason: String,
}

/// Which of its pending activities; Temporal's protocol has no way to pause them all.
#[derive(Clone, Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct Which {
    /// The activity of this id; `workflow describe` shows it.
    #[arg(long)]
    id: Option<String>,
    /// All activities of this type.
    #[arg(long = "type", value_name = "TYPE")]
    of_type: Option<String>,
}

impl PauseArgs {
    pub(super) async fn run(self, connection: &mut Connection, format: Format) -> Result<Exit, CliError> {
        let (paused, activity) = match (self.which.id, self.which.of_type.unwrap_or_default()) {
            (Some(id), _) => (format!("activity {id} is paused\n"), Activity::Id(id)),
            (None, name) => (format!("all {name} activities are paused\n"), Activity::Type(name)),
        };
        let request = PauseActivityRequest {
            namespace: connection.namespace.clone(),
            execution: Some(self.run.execution()),
            identity: identity(),
            reason: self.reason,
            request_id: request_id(),
            activity: Some(activity),
        };
        connection.workflows.pause_activity(request).await?;
        if format == Format::Text {
            print(&paused)?;
        }
        Ok(Exit::Done)
    }
}
