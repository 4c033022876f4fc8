//! The command line.
//!
//! `server` and `dev` run an engine in this process. Everything else is a client of such a server, over gRPC like any
//! other client, and so works from anywhere. Commands ask, [`render`] draws the answers; neither does the other's work.

mod activity;
mod batch;
mod build;
mod compiled;
mod completions;
mod connection;
mod error;
mod exit;
mod exported;
mod init;
mod module;
mod namespace;
mod output;
mod payload;
mod protojson;
mod render;
mod replay;
mod schedule;
mod search_attribute;
mod server;
mod task_queue;
mod time;
mod workflow;
mod workflow_type;

use error::CliError;
use exit::Exit;

use clap::{Parser, Subcommand, error::ErrorKind};
use std::process::ExitCode;

/// A durable workflow engine in one binary.
///
/// Workflows are WebAssembly modules, activities run in workers that use the official Temporal SDKs, and everything
/// that has happened survives the death of the server.
#[derive(Debug, Parser)]
#[command(name = "mainspring", version, after_help = exit::help(), subcommand_required = true, arg_required_else_help = true)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a project with a workflow to begin with.
    Init(init::InitArgs),
    /// Run a server to develop with: modules are pushed, and pushed again when their files change.
    Dev(server::DevArgs),
    /// Run a server.
    Server(server::ServerArgs),
    /// Build a workflow module of its sources.
    Build(build::BuildArgs),
    /// Say whether a module still does what histories say.
    Replay(replay::ReplayArgs),
    /// Check, push and list workflow modules.
    Module(module::ModuleArgs),
    /// Start workflows, watch them, and act on them.
    Workflow(workflow::WorkflowArgs),
    /// Pause activities that are under way, reset them, change their options.
    Activity(activity::ActivityArgs),
    /// Look at task queues, limit and pause them.
    TaskQueue(task_queue::TaskQueueArgs),
    /// List workflow types, and pause them.
    WorkflowType(workflow_type::WorkflowTypeArgs),
    /// Follow and stop what is done to many workflows at once.
    Batch(batch::BatchArgs),
    /// Register namespaces, and say how long they keep closed workflows.
    Namespace(namespace::NamespaceArgs),
    /// Start workflows at certain times.
    Schedule(schedule::ScheduleArgs),
    /// Say what workflows can be found by.
    SearchAttribute(search_attribute::SearchAttributeArgs),
    /// Print a script that completes commands in a shell.
    Completions(completions::CompletionsArgs),
    /// Print the version.
    Version,
}

/// Runs the program.
pub(crate) fn main() -> ExitCode {
    let command_line = match CommandLine::try_parse() {
        Ok(command_line) => command_line,
        Err(error) => {
            // Nobody may be there to read it.
            let _ = error.print();
            return match error.kind() {
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Exit::Done,
                _ => Exit::Usage,
            }
            .into();
        }
    };
    match run(command_line.command) {
        Ok(exit) => exit.into(),
        Err(error) => {
            output::note(&error.render());
            error.exit.into()
        }
    }
}

fn run(command: Command) -> Result<Exit, CliError> {
    match command {
        Command::Dev(args) => {
            let runtime = for_servers()?;
            let ended = runtime.block_on(args.run());
            // A build may be under way, of which nobody wants to hear any more.
            runtime.shutdown_background();
            ended
        }
        Command::Server(args) => args.run(for_servers),
        Command::Init(args) => args.run(),
        Command::Build(args) => args.run(),
        Command::Replay(args) => for_clients()?.block_on(args.run()),
        Command::Module(args) => for_clients()?.block_on(args.run()),
        Command::Workflow(args) => for_clients()?.block_on(args.run()),
        Command::Activity(args) => for_clients()?.block_on(args.run()),
        Command::TaskQueue(args) => for_clients()?.block_on(args.run()),
        Command::WorkflowType(args) => for_clients()?.block_on(args.run()),
        Command::Batch(args) => for_clients()?.block_on(args.run()),
        Command::Namespace(args) => for_clients()?.block_on(args.run()),
        Command::Schedule(args) => for_clients()?.block_on(args.run()),
        Command::SearchAttribute(args) => for_clients()?.block_on(args.run()),
        Command::Completions(args) => args.run(),
        Command::Version => {
            output::print(concat!("mainspring ", env!("CARGO_PKG_VERSION"), "\n"))?;
            Ok(Exit::Done)
        }
    }
}

fn for_servers() -> Result<tokio::runtime::Runtime, CliError> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| CliError::failed(&error))
}

fn for_clients() -> Result<tokio::runtime::Runtime, CliError> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| CliError::failed(&error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;
    use insta::assert_snapshot;

    #[test]
    fn the_command_line_is_consistent() {
        CommandLine::command().debug_assert();
    }

    #[test]
    fn help_says_what_there_is() {
        assert_snapshot!("help", help(&[]));
        assert_snapshot!("help_dev", help(&["dev"]));
        assert_snapshot!("help_server", help(&["server"]));
        assert_snapshot!("help_init", help(&["init"]));
        assert_snapshot!("help_build", help(&["build"]));
        assert_snapshot!("help_replay", help(&["replay"]));
        assert_snapshot!("help_module", help(&["module"]));
        assert_snapshot!("help_batch", help(&["batch"]));
        assert_snapshot!("help_workflow_signal", help(&["workflow", "signal"]));
        assert_snapshot!("help_namespace", help(&["namespace"]));
        assert_snapshot!("help_namespace_update", help(&["namespace", "update"]));
        assert_snapshot!("help_workflow", help(&["workflow"]));
        assert_snapshot!("help_activity", help(&["activity"]));
        assert_snapshot!("help_activity_options", help(&["activity", "options"]));
        assert_snapshot!("help_workflow_start", help(&["workflow", "start"]));
        assert_snapshot!("help_schedule", help(&["schedule"]));
        assert_snapshot!("help_schedule_create", help(&["schedule", "create"]));
        assert_snapshot!("help_workflow_result", help(&["workflow", "result"]));
        assert_snapshot!("help_workflow_reset", help(&["workflow", "reset"]));
        assert_snapshot!("help_task_queue", help(&["task-queue"]));
        assert_snapshot!("help_task_queue_set", help(&["task-queue", "set"]));
        assert_snapshot!("help_workflow_type", help(&["workflow-type"]));
    }

    #[test]
    fn wrong_command_lines_say_what_is_wrong() {
        assert_snapshot!("error_no_json", error("workflow start -t a -q q -i order-1"));
        assert_snapshot!("error_no_duration", error("workflow start -t a -q q --run-timeout 30"));
        assert_snapshot!("error_no_activity", error("activity unpause order-1"));
        assert_snapshot!("error_two_activities", error("activity reset order-1 --id 1 --all"));
        assert_snapshot!(
            "error_restore_and_change",
            error("activity options order-1 --all --restore --heartbeat 5s")
        );
        assert_snapshot!("error_no_type", error("workflow start -q q"));
        assert_snapshot!(
            "error_two_inputs",
            error("workflow start -t a -q q -i 1 --input-file x.json")
        );
        assert_snapshot!("error_data_twice", error("dev --ephemeral --data x"));
        assert_snapshot!("error_no_limit", error("task-queue set q --rate much"));
        assert_snapshot!("error_nothing_to_set", error("task-queue set q"));
        assert_snapshot!("error_no_address", error("server --data x --grpc-address here"));
    }

    /// The long help of a command, as wide as a page.
    fn help(path: &[&str]) -> String {
        let mut command = CommandLine::command().term_width(100);
        // Without this, what is global does not reach the commands below.
        command.build();
        let found = path
            .iter()
            .try_fold(&mut command, |command, name| command.find_subcommand_mut(name));
        let found = found.expect("there is such a command");
        std::mem::take(found).term_width(100).render_long_help().to_string()
    }

    fn error(arguments: &str) -> String {
        let arguments = ["mainspring"].into_iter().chain(arguments.split(' '));
        CommandLine::try_parse_from(arguments)
            .expect_err("it is wrong")
            .to_string()
    }
}
