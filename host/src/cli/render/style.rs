//! The few colours that there are, by meaning.

use anstyle::{AnsiColor, Color, Style};
use mainspring_api::temporal::enums::v1::WorkflowExecutionStatus;
use std::fmt::Display;

/// A style with a name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Paint(Style);

pub(crate) const GOOD: Paint = Paint::of(AnsiColor::Green);
pub(crate) const BAD: Paint = Paint(Style::new().fg_color(Some(Color::Ansi(AnsiColor::Red))).bold());
pub(crate) const WARN: Paint = Paint::of(AnsiColor::Yellow);
pub(crate) const BUSY: Paint = Paint::of(AnsiColor::Cyan);
pub(crate) const FAINT: Paint = Paint(Style::new().dimmed());
pub(crate) const HEADING: Paint = Paint(Style::new().bold());
pub(crate) const PLAIN: Paint = Paint(Style::new());

impl Paint {
    const fn of(color: AnsiColor) -> Self {
        Self(Style::new().fg_color(Some(Color::Ansi(color))))
    }

    pub(crate) fn paint(self, text: impl Display) -> String {
        format!("{}{text}{}", self.0.render(), self.0.render_reset())
    }
}

/// A status as people read it.
pub(crate) fn status(status: WorkflowExecutionStatus) -> (Paint, &'static str) {
    match status {
        WorkflowExecutionStatus::Running => (BUSY, "running"),
        WorkflowExecutionStatus::Completed => (GOOD, "completed"),
        WorkflowExecutionStatus::Failed => (BAD, "failed"),
        WorkflowExecutionStatus::Canceled => (WARN, "cancelled"),
        WorkflowExecutionStatus::Terminated => (BAD, "terminated"),
        WorkflowExecutionStatus::ContinuedAsNew => (PLAIN, "continued as new"),
        WorkflowExecutionStatus::TimedOut => (BAD, "timed out"),
        WorkflowExecutionStatus::Paused => (WARN, "paused"),
        WorkflowExecutionStatus::Unspecified => (PLAIN, "unknown"),
    }
}
