//! `mainspring workflow start`.

use super::result::{Outcome, await_outcome};
use crate::cli::connection::{Connection, identity, request_id};
use crate::cli::output::{Format, print, print_json};
use crate::cli::render::style::{FAINT, GOOD, HEADING};
use crate::cli::{CliError, Exit, payload, time};
use clap::ValueEnum;
use mainspring_api::temporal::common::v1::{Memo, Payload, WorkflowExecution, WorkflowType};
use mainspring_api::temporal::enums::v1::{WorkflowIdConflictPolicy, WorkflowIdReusePolicy};
use mainspring_api::temporal::taskqueue::v1::TaskQueue;
use mainspring_api::temporal::workflowservice::v1::StartWorkflowExecutionRequest;
use std::path::PathBuf;
use std::time::Duration;

#[derive(Debug, clap::Args)]
pub(super) struct StartArgs {
    /// The workflow type.
    #[arg(long = "type", short = 't', value_name = "TYPE")]
    workflow_type: String,
    /// The task queue of its activities, unless they say otherwise.
    #[arg(long, short = 'q', value_name = "NAME")]
    task_queue: String,
    /// The workflow id, under which it can be started only once at a time. Left out, one is made up.
    #[arg(long, short = 'w', value_name = "ID")]
    workflow_id: Option<String>,
    /// An argument, as JSON; once for each.
    #[arg(long, short = 'i', value_name = "JSON", value_parser = payload::from_json)]
    input: Vec<Payload>,
    /// A file that holds the one argument, as JSON; `-` for standard input.
    #[arg(long, value_name = "FILE", conflicts_with = "input")]
    input_file: Option<PathBuf>,
    /// A note that lists and descriptions show.
    #[arg(long, value_name = "KEY=JSON", value_parser = payload::named_from_json)]
    memo: Vec<(String, Payload)>,
    /// How long it may take, continuations and retries included: 30s, 5m, 7d.
    #[arg(long, value_name = "DURATION", value_parser = time::parse_duration)]
    execution_timeout: Option<Duration>,
    /// How long one run of it may take.
    #[arg(long, value_name = "DURATION", value_parser = time::parse_duration)]
    run_timeout: Option<Duration>,
    /// Whether the id of a closed workflow may be used again.
    #[arg(long, value_enum, default_value_t, value_name = "POLICY")]
    id_reuse_policy: ReusePolicy,
    /// What to do if a workflow of that id is running.
    #[arg(long, value_enum, default_value_t, value_name = "POLICY")]
    id_conflict_policy: ConflictPolicy,
    /// Wait for the result, as `workflow result` does.
    #[arg(long)]
    wait: bool,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum ReusePolicy {
    /// Yes.
    #[default]
    AllowDuplicate,
    /// Unless it completed.
    AllowDuplicateFailedOnly,
    /// No.
    RejectDuplicate,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum ConflictPolicy {
    /// Refuse to start.
    #[default]
    Fail,
    /// Answer with the one that runs.
    UseExisting,
    /// Terminate it, and start.
    TerminateExisting,
}

impl StartArgs {
    pub(super) async fn run(self, connection: &mut Connection, format: Format) -> Result<Exit, CliError> {
        let wait = self.wait;
        let request = self.request(&connection.namespace)?;
        let workflow_id = request.workflow_id.clone();
        let answer = connection
            .workflows
            .start_workflow_execution(request)
            .await?
            .into_inner();
        let execution = WorkflowExecution {
            workflow_id,
            run_id: answer.run_id,
        };
        if !wait {
            tell(&execution, answer.started, format)?;
            return Ok(Exit::Done);
        }
        let Outcome { last_run, event } = await_outcome(connection, execution).await?;
        super::result::tell(&last_run, &event, format)
    }

    fn request(self, namespace: &str) -> Result<StartWorkflowExecutionRequest, CliError> {
        let input = match self.input_file {
            Some(path) => vec![payload::from_file(&path)?],
            None => self.input,
        };
        let memo = (!self.memo.is_empty()).then(|| Memo {
            fields: self.memo.into_iter().collect(),
        });
        Ok(StartWorkflowExecutionRequest {
            namespace: namespace.to_owned(),
            workflow_id: self.workflow_id.unwrap_or_else(request_id),
            workflow_type: Some(WorkflowType {
                name: self.workflow_type,
            }),
            task_queue: Some(TaskQueue {
                name: self.task_queue,
                ..Default::default()
            }),
            input: payload::list(input),
            workflow_execution_timeout: self.execution_timeout.map(time::to_wire),
            workflow_run_timeout: self.run_timeout.map(time::to_wire),
            identity: identity(),
            request_id: request_id(),
            workflow_id_reuse_policy: WorkflowIdReusePolicy::from(self.id_reuse_policy).into(),
            workflow_id_conflict_policy: WorkflowIdConflictPolicy::from(self.id_conflict_policy).into(),
            memo,
            ..Default::default()
        })
    }
}

fn tell(execution: &WorkflowExecution, is_new: bool, format: Format) -> Result<(), CliError> {
    let WorkflowExecution { workflow_id, run_id } = execution;
    match format {
        Format::Json => print_json(&serde_json::json!({
            "workflowId": workflow_id,
            "runId": run_id,
            "started": is_new,
        })),
        Format::Text => {
            let what = if is_new {
                GOOD.paint("started")
            } else {
                "already running:".to_owned()
            };
            let (id, run) = (HEADING.paint(workflow_id), FAINT.paint(format_args!("run {run_id}")));
            print(&format!("{what} {id}  {run}\n"))
        }
    }
}

impl From<ReusePolicy> for WorkflowIdReusePolicy {
    fn from(policy: ReusePolicy) -> Self {
        match policy {
            ReusePolicy::AllowDuplicate => Self::AllowDuplicate,
            ReusePolicy::AllowDuplicateFailedOnly => Self::AllowDuplicateFailedOnly,
            ReusePolicy::RejectDuplicate => Self::RejectDuplicate,
        }
    }
}

impl From<ConflictPolicy> for WorkflowIdConflictPolicy {
    fn from(policy: ConflictPolicy) -> Self {
        match policy {
            ConflictPolicy::Fail => Self::Fail,
            ConflictPolicy::UseExisting => Self::UseExisting,
            ConflictPolicy::TerminateExisting => Self::TerminateExisting,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::protojson;
    use clap::Parser;
    use insta::assert_snapshot;

    #[derive(Parser)]
    struct CommandLine {
        #[command(flatten)]
        start: StartArgs,
    }

    /// The request that a command line makes, without what is made up anew each time.
    fn request(arguments: &str) -> String {
        let start = CommandLine::parse_from(["start"].into_iter().chain(arguments.split(' '))).start;
        let mut request = start.request("default").expect("it is right");
        request.identity = String::new();
        request.request_id = String::new();
        serde_json::to_string_pretty(&protojson::to_json(&request).expect("it is described")).expect("it is JSON")
    }

    #[test]
    fn a_command_line_makes_a_request() {
        assert_snapshot!("start_plain", request(r#"--type a --task-queue q --workflow-id w"#));
        assert_snapshot!(
            "start_full",
            request(concat!(
                r#"-t a -q q -w w -i "order-1" --input {"n":1} --memo by="ada" --execution-timeout 7d --run-timeout 90s "#,
                "--id-reuse-policy reject-duplicate --id-conflict-policy use-existing",
            ))
        );
    }

    #[test]
    fn an_id_is_made_up_where_none_is_given() {
        let start = || {
            CommandLine::parse_from(["start", "-t", "a", "-q", "q"])
                .start
                .request("default")
        };
        let id = || start().expect("it is right").workflow_id;
        assert_ne!(id(), id());
    }
}
