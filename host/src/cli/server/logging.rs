//! The server's log, on standard error.

use super::config::{LogConfig, LogFormat};
use crate::cli::{CliError, Exit};
use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;

/// What is logged, and how.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Log")]
pub(super) struct LogArgs {
    /// What is logged: a level, or levels by module as in `info,mainspring=debug` [default: info; of `dev`: warn]
    #[arg(long, env = "RUST_LOG", hide_env_values = true, value_name = "FILTER")]
    log: Option<String>,
    /// How log lines look [default: text]
    #[arg(long, value_enum, value_name = "FORMAT")]
    log_format: Option<LogFormat>,
}

impl LogArgs {
    pub(super) fn apply(&self, config: &mut LogConfig) {
        if let Some(filter) = &self.log {
            config.filter.clone_from(filter);
        }
        config.format = self.log_format.unwrap_or(config.format);
    }
}

/// Starts logging, once in a process.
pub(super) fn start(config: &LogConfig) -> Result<(), CliError> {
    let filter = EnvFilter::try_new(&config.filter).map_err(|error| {
        CliError::new(Exit::Usage, format!("{:?} is no log filter: {error}", config.filter))
            .hint("write a level, or levels by module as in `info,mainspring=debug`")
    })?;
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    let is_plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    match config.format {
        LogFormat::Json => log.json().flatten_event(true).init(),
        LogFormat::Text => log.with_ansi(!is_plain && std::io::stderr().is_terminal()).init(),
    }
    Ok(())
}
