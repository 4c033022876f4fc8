//! `mainspring activity`: acting on the pending activities of workflows.

mod options;
mod pause;
mod reset;
mod unpause;

use super::connection::ConnectionArgs;
use super::output::OutputArgs;
use super::{CliError, Exit};
use mainspring_api::temporal::common::v1::WorkflowExecution;

/// What to do with activities.
#[derive(Debug, clap::Args)]
pub(crate) struct ActivityArgs {
    #[command(flatten)]
    connection: ConnectionArgs,
    #[command(flatten)]
    output: OutputArgs,
    #[command(subcommand)]
    command: ActivityCommand,
}

#[derive(Debug, clap::Subcommand)]
enum ActivityCommand {
    /// Have no further attempt begin. One that runs may finish; its worker hears of it at its next heartbeat.
    Pause(pause::PauseArgs),
    /// Let paused activities go on, at once.
    Unpause(unpause::UnpauseArgs),
    /// Begin again with the first attempt: at once, or once the attempt that runs is over.
    Reset(reset::ResetArgs),
    /// Change timeouts, retry policy or task queue of activities that are under way.
    Options(options::OptionsArgs),
}

/// Whose activities are meant.
#[derive(Clone, Debug, clap::Args)]
struct Run {
    /// The workflow's id.
    workflow_id: String,
    /// The run; the latest one if it is left out.
    #[arg(long, short)]
    run_id: Option<String>,
}

/// Which of its pending activities.
#[derive(Clone, Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct Which {
    /// The activity of this id; `workflow describe` shows it.
    #[arg(long)]
    id: Option<String>,
    /// All activities of this type.
    #[arg(long = "type", value_name = "TYPE")]
    of_type: Option<String>,
    /// All activities.
    #[arg(long)]
    all: bool,
}

impl Run {
    fn execution(&self) -> WorkflowExecution {
        WorkflowExecution {
            workflow_id: self.workflow_id.clone(),
            run_id: self.run_id.clone().unwrap_or_default(),
        }
    }
}

impl Which {
    /// How people say it.
    fn words(&self) -> String {
        match (&self.id, &self.of_type) {
            (Some(id), _) => format!("activity {id}"),
            (None, Some(name)) => format!("all {name} activities"),
            (None, None) => "all activities".to_owned(),
        }
    }
}

impl ActivityArgs {
    pub(crate) async fn run(self) -> Result<Exit, CliError> {
        let mut connection = self.connection.connect().await?;
        let format = self.output.output;
        match self.command {
            ActivityCommand::Pause(args) => args.run(&mut connection, format).await,
            ActivityCommand::Unpause(args) => args.run(&mut connection, format).await,
            ActivityCommand::Reset(args) => args.run(&mut connection, format).await,
            ActivityCommand::Options(args) => args.run(&mut connection, format).await,
        }
    }
}
