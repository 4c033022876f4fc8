//! `mainspring schedule pause`, `unpause` and `trigger`.

use super::{Overlap, Selection, overlap_to_wire};
use crate::cli::connection::{Connection, identity, request_id};
use crate::cli::output::note;
use crate::cli::{CliError, Exit};
use mainspring_api::temporal::schedule::v1::{SchedulePatch, TriggerImmediatelyRequest};
use mainspring_api::temporal::workflowservice::v1::PatchScheduleRequest;

#[derive(Debug, clap::Args)]
pub(super) struct PauseArgs {
    #[command(flatten)]
    schedule: Selection,
    /// Why, for whoever describes the schedule.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(super) struct TriggerArgs {
    #[command(flatten)]
    schedule: Selection,
    /// What becomes of it while a workflow of the schedule runs. Left out, it is the schedule's own policy.
    #[arg(long, value_enum, value_name = "POLICY")]
    overlap: Option<Overlap>,
}

impl PauseArgs {
    pub(super) async fn run(self, connection: &mut Connection, paused: bool) -> Result<Exit, CliError> {
        // An empty one would say nothing at all.
        let reason = self.reason.unwrap_or_else(|| "by the command line".to_owned());
        let (patch, what) = if paused {
            let patch = SchedulePatch {
                pause: reason,
                ..Default::default()
            };
            (patch, "is paused")
        } else {
            let patch = SchedulePatch {
                unpause: reason,
                ..Default::default()
            };
            (patch, "goes on")
        };
        send(connection, self.schedule, patch, what).await
    }
}

impl TriggerArgs {
    pub(super) async fn run(self, connection: &mut Connection) -> Result<Exit, CliError> {
        let patch = SchedulePatch {
            trigger_immediately: Some(TriggerImmediatelyRequest {
                overlap_policy: overlap_to_wire(self.overlap),
                scheduled_time: None,
            }),
            ..Default::default()
        };
        send(connection, self.schedule, patch, "is triggered").await
    }
}

/// Sends a patch, and says what it has come to.
pub(super) async fn send(
    connection: &mut Connection,
    schedule: Selection,
    patch: SchedulePatch,
    what: &str,
) -> Result<Exit, CliError> {
    let request = PatchScheduleRequest {
        namespace: connection.namespace.clone(),
        schedule_id: schedule.schedule_id.clone(),
        patch: Some(patch),
        identity: identity(),
        request_id: request_id(),
    };
    connection.workflows.patch_schedule(request).await?;
    note(&format!("{} {what}\n", schedule.schedule_id));
    Ok(Exit::Done)
}
