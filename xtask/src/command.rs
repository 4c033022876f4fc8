//! Running other programs, with errors that name the command line.

use std::ffi::OsStr;
use std::process::{Command, Output};

use anyhow::{Context as _, bail};

/// Runs a program in the foreground; an error if it cannot be started or does not succeed.
pub(crate) fn run(command: &mut Command) -> anyhow::Result<()> {
    let status = command
        .status()
        .with_context(|| format!("cannot start `{}`", line(command)))?;
    if !status.success() {
        bail!("`{}`: {status}", line(command));
    }
    Ok(())
}

/// Runs a program that is expected to have nothing to say: its output is shown only if it fails.
pub(crate) fn run_quietly(command: &mut Command) -> anyhow::Result<()> {
    capture(command).map(drop)
}

/// Runs a program and returns its standard output.
pub(crate) fn read(command: &mut Command) -> anyhow::Result<String> {
    let output = capture(command)?;
    String::from_utf8(output.stdout).with_context(|| format!("`{}` did not print UTF-8", line(command)))
}

/// Does this program start, and succeed?
pub(crate) fn succeeds(command: &mut Command) -> bool {
    command.output().is_ok_and(|output| output.status.success())
}

fn capture(command: &mut Command) -> anyhow::Result<Output> {
    let output = command
        .output()
        .with_context(|| format!("cannot start `{}`", line(command)))?;
    if !output.status.success() {
        bail!(
            "`{}`: {}\n{}{}",
            line(command),
            output.status,
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr),
        );
    }
    Ok(output)
}

/// The command line as a person would have typed it, near enough.
pub(crate) fn line(command: &Command) -> String {
    std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(OsStr::to_string_lossy)
        .collect::<Vec<_>>()
        .join(" ")
}
