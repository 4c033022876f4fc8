//! `mainspring activity options`.

use super::{Run, Which};
use crate::cli::connection::{Connection, identity};
use crate::cli::output::{Format, print, print_json};
use crate::cli::render::activity_options;
use crate::cli::time::{parse_duration, to_wire};
use crate::cli::{CliError, Exit, protojson};
use mainspring_api::temporal::activity::v1::ActivityOptions;
use mainspring_api::temporal::common::v1::RetryPolicy;
use mainspring_api::temporal::taskqueue::v1::TaskQueue;
use mainspring_api::temporal::workflowservice::v1::{
    UpdateActivityOptionsRequest, update_activity_options_request::Activity,
};
use std::time::Duration;

#[derive(Debug, clap::Args)]
pub(super) struct OptionsArgs {
    #[command(flatten)]
    run: Run,
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    changes: Changes,
    /// Take back all changes: what the workflow asked for holds again.
    #[arg(long)]
    restore: bool,
}

/// What is to be otherwise. Timeouts of 0s are no limit.
#[derive(Debug, Default, clap::Args)]
#[group(id = "changes", multiple = true, conflicts_with = "restore")]
struct Changes {
    /// Who is to do it.
    #[arg(long)]
    task_queue: Option<String>,
    /// From scheduling to the end, all attempts together.
    #[arg(long, value_parser = parse_duration, value_name = "TIME")]
    schedule_to_close: Option<Duration>,
    /// From becoming ready until a worker takes it.
    #[arg(long, value_parser = parse_duration, value_name = "TIME")]
    schedule_to_start: Option<Duration>,
    /// One attempt.
    #[arg(long, value_parser = parse_duration, value_name = "TIME")]
    start_to_close: Option<Duration>,
    /// From one heartbeat to the next.
    #[arg(long, value_parser = parse_duration, value_name = "TIME")]
    heartbeat: Option<Duration>,
    /// The wait before the second attempt.
    #[arg(long, value_parser = parse_duration, value_name = "TIME")]
    initial_interval: Option<Duration>,
    /// Each further wait is this many times the one before.
    #[arg(long, value_name = "NUMBER")]
    backoff_coefficient: Option<f64>,
    /// No wait is longer.
    #[arg(long, value_parser = parse_duration, value_name = "TIME")]
    maximum_interval: Option<Duration>,
    /// The number of attempts in all; 0 is no limit.
    #[arg(long, value_name = "NUMBER")]
    maximum_attempts: Option<i32>,
}

impl OptionsArgs {
    pub(super) async fn run(self, connection: &mut Connection, format: Format) -> Result<Exit, CliError> {
        let activity = match (self.which.id, self.which.of_type) {
            (Some(id), _) => Activity::Id(id),
            (None, Some(name)) => Activity::Type(name),
            (None, None) => Activity::MatchAll(self.which.all),
        };
        let (paths, options) = self.changes.into_wire();
        let mut request = UpdateActivityOptionsRequest {
            namespace: connection.namespace.clone(),
            execution: Some(self.run.execution()),
            identity: identity(),
            restore_original: self.restore,
            activity: Some(activity),
            ..Default::default()
        };
        if !self.restore {
            request.activity_options = Some(options);
            request.update_mask.get_or_insert_default().paths = paths;
        }
        let answer = connection
            .workflows
            .update_activity_options(request)
            .await?
            .into_inner();
        let options = answer.activity_options.unwrap_or_default();
        match format {
            Format::Json => print_json(&protojson::to_json(&options)?)?,
            Format::Text => print(&activity_options::table(&options))?,
        }
        Ok(Exit::Done)
    }
}

impl Changes {
    /// The paths of what is given, and the values.
    fn into_wire(self) -> (Vec<String>, ActivityOptions) {
        let given = [
            ("task_queue.name", self.task_queue.is_some()),
            ("schedule_to_close_timeout", self.schedule_to_close.is_some()),
            ("schedule_to_start_timeout", self.schedule_to_start.is_some()),
            ("start_to_close_timeout", self.start_to_close.is_some()),
            ("heartbeat_timeout", self.heartbeat.is_some()),
            ("retry_policy.initial_interval", self.initial_interval.is_some()),
            ("retry_policy.backoff_coefficient", self.backoff_coefficient.is_some()),
            ("retry_policy.maximum_interval", self.maximum_interval.is_some()),
            ("retry_policy.maximum_attempts", self.maximum_attempts.is_some()),
        ];
        let paths = given.into_iter().filter(|(_, is_given)| *is_given);
        let options = ActivityOptions {
            task_queue: self.task_queue.map(|name| TaskQueue {
                name,
                ..Default::default()
            }),
            schedule_to_close_timeout: self.schedule_to_close.map(to_wire),
            schedule_to_start_timeout: self.schedule_to_start.map(to_wire),
            start_to_close_timeout: self.start_to_close.map(to_wire),
            heartbeat_timeout: self.heartbeat.map(to_wire),
            retry_policy: Some(RetryPolicy {
                initial_interval: self.initial_interval.map(to_wire),
                backoff_coefficient: self.backoff_coefficient.unwrap_or_default(),
                maximum_interval: self.maximum_interval.map(to_wire),
                maximum_attempts: self.maximum_attempts.unwrap_or_default(),
                ..Default::default()
            }),
            ..Default::default()
        };
        (paths.map(|(path, _)| path.to_owned()).collect(), options)
    }
}
