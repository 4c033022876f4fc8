//! `mainspring schedule`: workflows that are started at certain times.

mod backfill;
mod create;
mod describe;
mod list;
mod patch;

use super::connection::{Connection, ConnectionArgs, identity};
use super::output::{OutputArgs, note};
use super::{CliError, Exit};
use mainspring_api::temporal::enums::v1::ScheduleOverlapPolicy;
use mainspring_api::temporal::workflowservice::v1::DeleteScheduleRequest;

/// What to do with schedules.
#[derive(Debug, clap::Args)]
pub(crate) struct ScheduleArgs {
    #[command(flatten)]
    connection: ConnectionArgs,
    #[command(flatten)]
    output: OutputArgs,
    #[command(subcommand)]
    command: ScheduleCommand,
}

#[derive(Debug, clap::Subcommand)]
enum ScheduleCommand {
    /// Create a schedule.
    Create(Box<create::CreateArgs>),
    /// List schedules by their ids.
    List(list::ListArgs),
    /// Tell how a schedule stands: when it acts, what it did last, and what runs.
    Describe(describe::DescribeArgs),
    /// Let times pass without a start.
    Pause(patch::PauseArgs),
    /// Go on after a pause.
    Unpause(patch::PauseArgs),
    /// Start the workflow now.
    Trigger(patch::TriggerArgs),
    /// Go through a span of time once more, and start what was due.
    Backfill(backfill::BackfillArgs),
    /// Delete a schedule. Workflows that it has started go on.
    Delete(Selection),
}

/// Which schedule is meant.
#[derive(Clone, Debug, clap::Args)]
struct Selection {
    /// The schedule's id.
    schedule_id: String,
}

/// What becomes of a start while a workflow of the same schedule runs.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Overlap {
    /// Nothing.
    Skip,
    /// It waits, unless another one does.
    BufferOne,
    /// It waits.
    BufferAll,
    /// The workflow is asked to cancel itself, and the start waits for that.
    CancelOther,
    /// The workflow is terminated, and the start waits for that.
    TerminateOther,
    /// It is made.
    AllowAll,
}

impl ScheduleArgs {
    pub(crate) async fn run(self) -> Result<Exit, CliError> {
        let mut connection = self.connection.connect().await?;
        let format = self.output.output;
        match self.command {
            ScheduleCommand::Create(args) => args.run(&mut connection).await,
            ScheduleCommand::List(args) => args.run(&mut connection, format).await,
            ScheduleCommand::Describe(args) => args.run(&mut connection, format).await,
            ScheduleCommand::Pause(args) => args.run(&mut connection, true).await,
            ScheduleCommand::Unpause(args) => args.run(&mut connection, false).await,
            ScheduleCommand::Trigger(args) => args.run(&mut connection).await,
            ScheduleCommand::Backfill(args) => args.run(&mut connection).await,
            ScheduleCommand::Delete(args) => delete(&mut connection, args).await,
        }
    }
}

async fn delete(connection: &mut Connection, args: Selection) -> Result<Exit, CliError> {
    let request = DeleteScheduleRequest {
        namespace: connection.namespace.clone(),
        schedule_id: args.schedule_id.clone(),
        identity: identity(),
    };
    connection.workflows.delete_schedule(request).await?;
    note(&format!("{} is deleted\n", args.schedule_id));
    Ok(Exit::Done)
}

impl From<Overlap> for ScheduleOverlapPolicy {
    fn from(overlap: Overlap) -> Self {
        match overlap {
            Overlap::Skip => Self::Skip,
            Overlap::BufferOne => Self::BufferOne,
            Overlap::BufferAll => Self::BufferAll,
            Overlap::CancelOther => Self::CancelOther,
            Overlap::TerminateOther => Self::TerminateOther,
            Overlap::AllowAll => Self::AllowAll,
        }
    }
}

/// A policy as requests carry it.
fn overlap_to_wire(overlap: Option<Overlap>) -> i32 {
    overlap.map_or(0, |overlap| ScheduleOverlapPolicy::from(overlap).into())
}
