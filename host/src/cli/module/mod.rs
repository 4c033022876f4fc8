//! `mainspring module`: the WebAssembly components that hold the workflows.

mod check;
mod file;
mod inspect;
mod list;
mod push;
mod show;

use super::connection::ConnectionArgs;
use super::output::OutputArgs;
use super::{CliError, Exit};

pub(crate) use file::ModuleFile;
pub(crate) use inspect::{Inspected, Loaded, inspect, load};

/// What to do with modules.
#[derive(Debug, clap::Args)]
pub(crate) struct ModuleArgs {
    #[command(flatten)]
    connection: ConnectionArgs,
    #[command(flatten)]
    output: OutputArgs,
    #[command(subcommand)]
    command: ModuleCommand,
}

#[derive(Debug, clap::Subcommand)]
enum ModuleCommand {
    /// Look at a module as a server would, without one.
    Check(check::CheckArgs),
    /// Upload a module, or a new version of one. Running workflows follow it.
    Push(push::PushArgs),
    /// List the modules of the namespace.
    List,
    /// Show what is in a module, and its versions.
    Show(show::ShowArgs),
}

impl ModuleArgs {
    pub(crate) async fn run(self) -> Result<Exit, CliError> {
        let (connection, format) = (&self.connection, self.output.output);
        match self.command {
            ModuleCommand::Check(args) => args.run(format).await,
            ModuleCommand::Push(args) => args.run(&mut connection.connect().await?, format).await,
            ModuleCommand::List => list::run(&mut connection.connect().await?, format).await,
            ModuleCommand::Show(args) => args.run(&mut connection.connect().await?, format).await,
        }
    }
}
