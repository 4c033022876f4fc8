//! `mainspring workflow-type`: what workflows there are, and whether they go on.

use super::connection::{Connection, ConnectionArgs, identity};
use super::output::{Format, OutputArgs, note, print, print_json};
use super::render::control;
use super::time::Viewpoint;
use super::{CliError, Exit, protojson};
use mainspring_api::control as wire;

/// What to do with workflow types.
#[derive(Debug, clap::Args)]
pub(crate) struct WorkflowTypeArgs {
    #[command(flatten)]
    connection: ConnectionArgs,
    #[command(flatten)]
    output: OutputArgs,
    #[command(subcommand)]
    command: WorkflowTypeCommand,
}

#[derive(Debug, clap::Subcommand)]
enum WorkflowTypeCommand {
    /// List the workflow types that modules name.
    List,
    /// Keep all workflows of a type from going on until it is resumed. New ones start, and wait.
    Pause(PauseArgs),
    /// Let the workflows of a type go on.
    Resume(ResumeArgs),
}

#[derive(Debug, clap::Args)]
struct PauseArgs {
    /// The workflow type.
    name: String,
    /// Why, for those who see it.
    #[arg(long, default_value_t, hide_default_value = true, value_name = "TEXT")]
    reason: String,
}

#[derive(Debug, clap::Args)]
struct ResumeArgs {
    /// The workflow type.
    name: String,
}

impl WorkflowTypeArgs {
    pub(crate) async fn run(self) -> Result<Exit, CliError> {
        let mut connection = self.connection.connect().await?;
        let namespace = connection.namespace.clone();
        match self.command {
            WorkflowTypeCommand::List => list(&mut connection, self.output.output).await,
            WorkflowTypeCommand::Pause(args) => {
                let request = wire::PauseWorkflowTypeRequest {
                    namespace,
                    name: args.name.clone(),
                    identity: identity(),
                    reason: args.reason,
                };
                connection.control.pause_workflow_type(request).await?;
                note(&format!("{} is paused\n", args.name));
                Ok(Exit::Done)
            }
            WorkflowTypeCommand::Resume(ResumeArgs { name }) => {
                let request = wire::ResumeWorkflowTypeRequest {
                    namespace,
                    name: name.clone(),
                };
                let resumed = connection.control.resume_workflow_type(request).await?.into_inner();
                note(&match resumed.was_paused {
                    true => format!("{name} goes on\n"),
                    false => format!("{name} was not paused\n"),
                });
                Ok(Exit::Done)
            }
        }
    }
}

async fn list(connection: &mut Connection, format: Format) -> Result<Exit, CliError> {
    let request = wire::ListWorkflowTypesRequest {
        namespace: connection.namespace.clone(),
    };
    let listed = connection.control.list_workflow_types(request).await?.into_inner();
    match format {
        Format::Json => {
            let json = |of_type| protojson::control_to_json("WorkflowType", of_type);
            let values = listed.workflow_types.iter().map(json).collect::<Result<_, _>>()?;
            print_json(&serde_json::Value::Array(values))?;
        }
        Format::Text if listed.workflow_types.is_empty() => {
            note("no workflow types; push a module with `mainspring module push MODULE.wasm`\n");
        }
        Format::Text => print(&control::workflow_types(&listed.workflow_types, &Viewpoint::here()))?,
    }
    Ok(Exit::Done)
}
