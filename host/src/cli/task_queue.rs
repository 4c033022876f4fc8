//! `mainspring task-queue`: who polls, what waits, and how much may go.

use super::connection::{Connection, ConnectionArgs, identity};
use super::output::{Format, OutputArgs, note, print, print_json};
use super::render::control;
use super::time::Viewpoint;
use super::{CliError, Exit, protojson};
use mainspring_api::control as wire;

/// What to do with task queues.
#[derive(Debug, clap::Args)]
pub(crate) struct TaskQueueArgs {
    #[command(flatten)]
    connection: ConnectionArgs,
    #[command(flatten)]
    output: OutputArgs,
    #[command(subcommand)]
    command: TaskQueueCommand,
}

#[derive(Debug, clap::Subcommand)]
enum TaskQueueCommand {
    /// List the task queues that are in use, or about which something is set.
    List,
    /// Show one task queue.
    Describe(NameArgs),
    /// Set how much a task queue hands out.
    Set(SetArgs),
    /// Hand out nothing until the queue is resumed. What workers have goes on.
    Pause(PauseArgs),
    /// Hand out again.
    Resume(NameArgs),
}

#[derive(Debug, clap::Args)]
struct NameArgs {
    /// The task queue.
    name: String,
}

#[derive(Debug, clap::Args)]
struct PauseArgs {
    /// The task queue.
    name: String,
    /// Why, for those who see it.
    #[arg(long, default_value_t, hide_default_value = true, value_name = "TEXT")]
    reason: String,
}

#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("what").required(true).multiple(true).args(["rate", "key_rate", "concurrency", "weight"])))]
struct SetArgs {
    /// The task queue.
    name: String,
    /// Activities that are handed out in a second, at most; `none` for no limit.
    #[arg(long, value_parser = limit, value_name = "NUMBER")]
    rate: Option<Limit>,
    /// The same for each fairness key, times its weight.
    #[arg(long, value_parser = limit, value_name = "NUMBER")]
    key_rate: Option<Limit>,
    /// Activities that run at once, at most; `none` for no limit.
    #[arg(long, value_parser = limit, value_name = "NUMBER")]
    concurrency: Option<Limit>,
    /// The weight of a fairness key, whatever workflows say; `none` for what they say. May be given several times.
    #[arg(long, value_parser = weight, value_name = "KEY=NUMBER")]
    weight: Vec<(String, Limit)>,
    /// Why, for those who see it.
    #[arg(long, default_value_t, hide_default_value = true, value_name = "TEXT")]
    reason: String,
}

/// A number, or none.
#[derive(Clone, Copy, Debug)]
struct Limit(Option<f64>);

fn limit(text: &str) -> Result<Limit, String> {
    if text == "none" {
        return Ok(Limit(None));
    }
    match text.parse() {
        Ok(number) if number >= 0.0 && f64::is_finite(number) => Ok(Limit(Some(number))),
        _ => Err("write a number that is not negative, or `none`".to_owned()),
    }
}

fn weight(text: &str) -> Result<(String, Limit), String> {
    let (key, number) = text.rsplit_once('=').ok_or("write it as KEY=NUMBER")?;
    Ok((key.to_owned(), limit(number)?))
}

impl Limit {
    const fn to_wire(self) -> wire::LimitUpdate {
        wire::LimitUpdate { value: self.0 }
    }
}

impl TaskQueueArgs {
    pub(crate) async fn run(self) -> Result<Exit, CliError> {
        let mut connection = self.connection.connect().await?;
        let format = self.output.output;
        let namespace = connection.namespace.clone();
        match self.command {
            TaskQueueCommand::List => list(&mut connection, format).await,
            TaskQueueCommand::Describe(NameArgs { name }) => {
                let request = wire::DescribeTaskQueueRequest { namespace, name };
                let queue = connection.control.describe_task_queue(request).await?.into_inner();
                show(&queue, format)
            }
            TaskQueueCommand::Set(args) => {
                let weights = args.weight.into_iter().map(|(key, weight)| (key, weight.to_wire()));
                let request = wire::UpdateTaskQueueRequest {
                    namespace,
                    name: args.name,
                    identity: identity(),
                    reason: args.reason,
                    rate: args.rate.map(Limit::to_wire),
                    key_rate: args.key_rate.map(Limit::to_wire),
                    concurrency: args.concurrency.map(Limit::to_wire),
                    weights: weights.collect(),
                };
                let queue = connection.control.update_task_queue(request).await?.into_inner();
                show(&queue, format)
            }
            TaskQueueCommand::Pause(args) => {
                let request = wire::PauseTaskQueueRequest {
                    namespace,
                    name: args.name,
                    identity: identity(),
                    reason: args.reason,
                };
                let queue = connection.control.pause_task_queue(request).await?.into_inner();
                show(&queue, format)
            }
            TaskQueueCommand::Resume(NameArgs { name }) => {
                let request = wire::ResumeTaskQueueRequest { namespace, name };
                let queue = connection.control.resume_task_queue(request).await?.into_inner();
                show(&queue, format)
            }
        }
    }
}

async fn list(connection: &mut Connection, format: Format) -> Result<Exit, CliError> {
    let request = wire::ListTaskQueuesRequest {
        namespace: connection.namespace.clone(),
    };
    let listed = connection.control.list_task_queues(request).await?.into_inner();
    match format {
        Format::Json => {
            let json = |queue| protojson::control_to_json("TaskQueue", queue);
            let values = listed.task_queues.iter().map(json).collect::<Result<_, _>>()?;
            print_json(&serde_json::Value::Array(values))?;
        }
        Format::Text if listed.task_queues.is_empty() => note("no task queue is in use\n"),
        Format::Text => print(&control::task_queues(&listed.task_queues))?,
    }
    Ok(Exit::Done)
}

fn show(queue: &wire::TaskQueue, format: Format) -> Result<Exit, CliError> {
    match format {
        Format::Json => print_json(&protojson::control_to_json("TaskQueue", queue)?)?,
        Format::Text => print(&control::task_queue(queue, &Viewpoint::here()))?,
    }
    Ok(Exit::Done)
}
