//! `mainspring schedule create`.

use super::{Overlap, Selection, overlap_to_wire};
use crate::cli::connection::{Connection, identity, request_id};
use crate::cli::output::note;
use crate::cli::{CliError, Exit, payload, time};
use mainspring_api::protobuf;
use mainspring_api::temporal::common::v1::{Payload, WorkflowType};
use mainspring_api::temporal::schedule::v1::{
    IntervalSpec, Schedule, ScheduleAction, SchedulePolicies, ScheduleSpec, ScheduleState, schedule_action::Action,
};
use mainspring_api::temporal::taskqueue::v1::TaskQueue;
use mainspring_api::temporal::workflow::v1::NewWorkflowExecutionInfo;
use mainspring_api::temporal::workflowservice::v1::CreateScheduleRequest;
use std::path::PathBuf;
use std::time::Duration;

#[derive(Debug, clap::Args)]
pub(super) struct CreateArgs {
    #[command(flatten)]
    schedule: Selection,
    /// The workflow type to start.
    #[arg(long = "type", short = 't', value_name = "TYPE")]
    workflow_type: String,
    /// The task queue of its activities, unless they say otherwise.
    #[arg(long, short = 'q', value_name = "NAME")]
    task_queue: String,
    /// The workflow id, to which the time is added. Left out, it is the schedule's id.
    #[arg(long, short = 'w', value_name = "ID")]
    workflow_id: Option<String>,
    /// An argument, as JSON; once for each.
    #[arg(long, short = 'i', value_name = "JSON", value_parser = payload::from_json)]
    input: Vec<Payload>,
    /// A file that holds the one argument, as JSON; `-` for standard input.
    #[arg(long, value_name = "FILE", conflicts_with = "input")]
    input_file: Option<PathBuf>,
    /// When to start it, as in: "15 8 * * MON-FRI", "@daily", "CRON_TZ=Europe/Berlin 0 9 * * *"; once for each.
    #[arg(long, value_name = "CRON")]
    cron: Vec<String>,
    /// How often to start it: 30s, 5m, 1h30m, 7d; once for each.
    #[arg(long, value_name = "DURATION", value_parser = time::parse_duration)]
    every: Vec<Duration>,
    /// The time zone of cron expressions, as in Europe/Berlin. Left out, it is UTC.
    #[arg(long, value_name = "ZONE")]
    time_zone: Option<String>,
    /// By how much starts may be put off, each by a different time.
    #[arg(long, value_name = "DURATION", value_parser = time::parse_duration)]
    jitter: Option<Duration>,
    /// From when on it acts, as in 2030-01-31T08:00:00Z.
    #[arg(long, value_name = "TIME", value_parser = time::parse_moment)]
    from: Option<protobuf::Timestamp>,
    /// Until when it acts.
    #[arg(long, value_name = "TIME", value_parser = time::parse_moment)]
    until: Option<protobuf::Timestamp>,
    /// What becomes of a start while the workflow before it runs. Left out, it is skipped.
    #[arg(long, value_enum, value_name = "POLICY")]
    overlap: Option<Overlap>,
    /// How late a start may be made after the server was down. Left out, it is a year.
    #[arg(long, value_name = "DURATION", value_parser = time::parse_duration)]
    catch_up_window: Option<Duration>,
    /// Pause when a workflow fails or takes too long.
    #[arg(long)]
    pause_on_failure: bool,
    /// How many starts to make, and no more.
    #[arg(long, value_name = "NUMBER")]
    limit: Option<u32>,
    /// Begin with a pause.
    #[arg(long)]
    paused: bool,
    /// What people should know about it.
    #[arg(long, default_value = "", hide_default_value = true, value_name = "TEXT")]
    notes: String,
}

impl CreateArgs {
    pub(super) async fn run(self, connection: &mut Connection) -> Result<Exit, CliError> {
        let request = self.request(&connection.namespace)?;
        let schedule_id = request.schedule_id.clone();
        connection.workflows.create_schedule(request).await?;
        note(&format!("{schedule_id} is created\n"));
        Ok(Exit::Done)
    }

    fn request(self, namespace: &str) -> Result<CreateScheduleRequest, CliError> {
        let input = match self.input_file {
            Some(path) => vec![payload::from_file(&path)?],
            None => self.input,
        };
        let schedule_id = self.schedule.schedule_id;
        let intervals = self.every.into_iter().map(|every| IntervalSpec {
            interval: Some(time::to_wire(every)),
            phase: None,
        });
        let start = NewWorkflowExecutionInfo {
            workflow_id: self.workflow_id.unwrap_or_else(|| schedule_id.clone()),
            workflow_type: Some(WorkflowType {
                name: self.workflow_type,
            }),
            task_queue: Some(TaskQueue {
                name: self.task_queue,
                ..Default::default()
            }),
            input: payload::list(input),
            ..Default::default()
        };
        let schedule = Schedule {
            spec: Some(ScheduleSpec {
                cron_string: self.cron,
                interval: intervals.collect(),
                start_time: self.from,
                end_time: self.until,
                jitter: self.jitter.map(time::to_wire),
                timezone_name: self.time_zone.unwrap_or_default(),
                ..Default::default()
            }),
            action: Some(ScheduleAction {
                action: Some(Action::StartWorkflow(start)),
            }),
            policies: Some(SchedulePolicies {
                overlap_policy: overlap_to_wire(self.overlap),
                catchup_window: self.catch_up_window.map(time::to_wire),
                pause_on_failure: self.pause_on_failure,
                keep_original_workflow_id: false,
            }),
            state: Some(ScheduleState {
                notes: self.notes,
                paused: self.paused,
                limited_actions: self.limit.is_some(),
                remaining_actions: self.limit.unwrap_or_default().into(),
            }),
        };
        Ok(CreateScheduleRequest {
            namespace: namespace.to_owned(),
            schedule_id,
            schedule: Some(schedule),
            identity: identity(),
            request_id: request_id(),
            ..Default::default()
        })
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
        create: CreateArgs,
    }

    /// The request that a command line makes, without what is made up anew each time.
    fn request(arguments: &[&str]) -> String {
        let create = CommandLine::parse_from(["create"].iter().chain(arguments)).create;
        let mut request = create.request("default").expect("it is right");
        request.identity = String::new();
        request.request_id = String::new();
        serde_json::to_string_pretty(&protojson::to_json(&request).expect("it is described")).expect("it is JSON")
    }

    #[test]
    fn a_command_line_makes_a_request() {
        assert_snapshot!(
            "create_plain",
            request(&["nightly", "-t", "report", "-q", "q", "--cron", "@daily"])
        );
        let full = [
            "nightly",
            "-t",
            "report",
            "-q",
            "q",
            "-w",
            "report",
            "-i",
            "1",
            "--every",
            "90m",
            "--time-zone",
            "Europe/Berlin",
            "--jitter",
            "30s",
            "--from",
            "2030-01-31T08:00:00Z",
            "--until",
            "2031-01-31T08:00:00Z",
            "--overlap",
            "buffer-one",
            "--catch-up-window",
            "1h",
            "--pause-on-failure",
            "--limit",
            "3",
            "--paused",
            "--notes",
            "not yet",
        ];
        assert_snapshot!("create_full", request(&full));
    }
}
