//! What a command tells its user when it cannot do what it was asked.

use super::Exit;
use super::render::style;
use std::fmt::Write;

/// One line on what is wrong, how the process ends, and what to do next where the line does not say it.
#[derive(Debug)]
pub(crate) struct CliError {
    pub(crate) exit: Exit,
    message: String,
    hint: Option<String>,
}

impl CliError {
    pub(crate) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self {
            exit,
            message: message.into(),
            hint: None,
        }
    }

    /// Any error that has no exit code of its own, with its causes.
    pub(crate) fn failed(error: &dyn std::error::Error) -> Self {
        let mut message = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            let text = cause.to_string();
            // Many errors repeat their cause already.
            if !message.contains(&text) {
                let _ = write!(message, ": {text}");
            }
            source = cause.source();
        }
        Self::new(Exit::Failed, message)
    }

    /// The same, with an exit code that says more.
    pub(crate) fn exiting(mut self, exit: Exit) -> Self {
        self.exit = exit;
        self
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// For people, on standard error.
    pub(crate) fn render(&self) -> String {
        let mut text = format!("{} {}\n", style::BAD.paint("error:"), self.message);
        if let Some(hint) = &self.hint {
            let _ = writeln!(text, "{} {hint}", style::HEADING.paint(" hint:"));
        }
        text
    }
}

impl From<tonic::Status> for CliError {
    fn from(status: tonic::Status) -> Self {
        use tonic::Code;
        let exit = match status.code() {
            Code::NotFound => Exit::NotFound,
            Code::Unavailable => Exit::Unreachable,
            Code::InvalidArgument | Code::AlreadyExists | Code::FailedPrecondition | Code::OutOfRange => Exit::Refused,
            _ => Exit::Failed,
        };
        match status.message() {
            "" => Self::new(exit, format!("the server answered {:?}", status.code())),
            message => Self::new(exit, message),
        }
    }
}
