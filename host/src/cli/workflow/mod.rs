//! `mainspring workflow`: starting workflows, and looking after them.

mod cancel;
mod count;
mod delete;
mod describe;
mod export;
mod history;
mod list;
mod many;
mod pause;
mod progress;
mod query;
mod reset;
mod result;
mod resume;
mod show;
mod signal;
mod start;
mod terminate;
mod update;

use super::connection::ConnectionArgs;
use super::output::OutputArgs;
use super::{CliError, Exit};
use mainspring_api::temporal::common::v1::WorkflowExecution;

/// What to do with workflows.
#[derive(Debug, clap::Args)]
pub(crate) struct WorkflowArgs {
    #[command(flatten)]
    connection: ConnectionArgs,
    #[command(flatten)]
    output: OutputArgs,
    #[command(subcommand)]
    command: WorkflowCommand,
}

#[derive(Debug, clap::Subcommand)]
enum WorkflowCommand {
    /// Start a workflow.
    Start(start::StartArgs),
    /// Wait for a workflow's result and print it.
    Result(result::ResultArgs),
    /// Draw a workflow's history as a timeline.
    Show(show::ShowArgs),
    /// Write all of a workflow's history into a file, for `mainspring replay`.
    Export(export::ExportArgs),
    /// List workflows, the latest first.
    List(list::ListArgs),
    /// Count workflows.
    Count(count::CountArgs),
    /// Tell how a workflow stands: its status, what it waits for, and why it does not go on.
    Describe(describe::DescribeArgs),
    /// Send a signal to a workflow.
    Signal(signal::SignalArgs),
    /// Ask a workflow about its state.
    Query(query::QueryArgs),
    /// Send an update to a workflow, and print its answer.
    Update(update::UpdateArgs),
    /// Ask a workflow to cancel itself.
    Cancel(cancel::CancelArgs),
    /// Pause a workflow: until it is resumed, it hears of nothing and starts nothing.
    Pause(pause::PauseArgs),
    /// Let a paused workflow go on.
    Resume(resume::ResumeArgs),
    /// Let a workflow go on from an earlier point of its history, as a new run. The run that it has is terminated.
    Reset(reset::ResetArgs),
    /// End a workflow without asking it.
    Terminate(terminate::TerminateArgs),
    /// Remove a workflow's run with its history; one that runs is ended first.
    Delete(delete::DeleteArgs),
}

/// Which workflow is meant.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Selection {
    /// The workflow id.
    workflow_id: String,
    /// The run; the latest one if it is left out.
    #[arg(long, short)]
    run_id: Option<String>,
}

impl Selection {
    fn execution(&self) -> WorkflowExecution {
        WorkflowExecution {
            workflow_id: self.workflow_id.clone(),
            run_id: self.run_id.clone().unwrap_or_default(),
        }
    }
}

impl WorkflowArgs {
    pub(crate) async fn run(self) -> Result<Exit, CliError> {
        let mut connection = self.connection.connect().await?;
        let format = self.output.output;
        match self.command {
            WorkflowCommand::Start(args) => args.run(&mut connection, format).await,
            WorkflowCommand::Result(args) => args.run(&mut connection, format).await,
            WorkflowCommand::Show(args) => args.run(&mut connection, format).await,
            WorkflowCommand::Export(args) => args.run(&mut connection).await,
            WorkflowCommand::List(args) => args.run(&mut connection, format).await,
            WorkflowCommand::Count(args) => args.run(&mut connection, format).await,
            WorkflowCommand::Describe(args) => args.run(&mut connection, format).await,
            WorkflowCommand::Signal(args) => args.run(&mut connection, format).await,
            WorkflowCommand::Query(args) => args.run(&mut connection, format).await,
            WorkflowCommand::Update(args) => args.run(&mut connection, format).await,
            WorkflowCommand::Cancel(args) => args.run(&mut connection, format).await,
            WorkflowCommand::Pause(args) => args.run(&mut connection, format).await,
            WorkflowCommand::Resume(args) => args.run(&mut connection, format).await,
            WorkflowCommand::Reset(args) => args.run(&mut connection, format).await,
            WorkflowCommand::Terminate(args) => args.run(&mut connection, format).await,
            WorkflowCommand::Delete(args) => args.run(&mut connection, format).await,
        }
    }
}
