//! Where results go: to a person or to a script.

use super::{CliError, Exit};
use clap::ValueEnum;
use std::io::{self, Write};

/// Who reads the result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    #[default]
    Text,
    /// For scripts: Temporal's messages as Temporal's tools print them.
    Json,
}

#[derive(Clone, Copy, Debug, clap::Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct OutputArgs {
    /// How to print results. Colour appears on terminals only, and NO_COLOR switches it off.
    #[arg(long, short, global = true, value_enum, default_value_t, value_name = "FORMAT")]
    pub(crate) output: Format,
}

/// Prints a result; without its colours if standard output is no terminal.
pub(crate) fn print(text: &str) -> Result<(), CliError> {
    let mut stdout = anstream::stdout().lock();
    written(stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()))
}

/// Prints a result for scripts.
pub(crate) fn print_json(value: &serde_json::Value) -> Result<(), CliError> {
    // Cannot fail: every key of a JSON value is a string.
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    print(&format!("{text}\n"))
}

/// Prints something that is no result: progress, advice, errors. If nobody can read it, nothing is lost.
pub(crate) fn note(text: &str) {
    let _ = anstream::stderr().lock().write_all(text.as_bytes());
}

fn written(written: io::Result<()>) -> Result<(), CliError> {
    match written {
        Ok(()) => Ok(()),
        // Whoever read us (`head`, a pager) has enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => std::process::exit(i32::from(Exit::Done as u8)),
        Err(error) => Err(CliError::new(Exit::Failed, format!("cannot write the result: {error}"))),
    }
}
