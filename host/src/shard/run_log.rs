//! What a guest writes to its log during one activation.

use crate::wasm::{LogLevel, LogLine};
use mainspring_core::RunId;
use std::cmp::Ordering;

/// Where the log of a run goes. Lines past the maximum are dropped, and that is said once.
pub(super) struct RunLog {
    run: RunId,
    lines: usize,
}

const LOG_LINES_PER_ACTIVATION_MAX: usize = 1_000;

impl RunLog {
    pub(super) const fn of(run: RunId) -> Self {
        Self { run, lines: 0 }
    }

    pub(super) fn write(&mut self, line: &LogLine) {
        self.lines += 1;
        match self.lines.cmp(&LOG_LINES_PER_ACTIVATION_MAX) {
            Ordering::Less => {}
            Ordering::Equal => {
                tracing::warn!(target: "workflow", run = %self.run, "further lines of this activation are dropped")
            }
            Ordering::Greater => return,
        }
        let LogLine { level, message, fields } = line;
        let separator = if fields.is_empty() { "" } else { " " };
        let fields = fields
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect::<Vec<_>>()
            .join(" ");
        let run = self.run;
        match level {
            LogLevel::Trace => tracing::trace!(target: "workflow", %run, "{message}{separator}{fields}"),
            LogLevel::Debug => tracing::debug!(target: "workflow", %run, "{message}{separator}{fields}"),
            LogLevel::Info => tracing::info!(target: "workflow", %run, "{message}{separator}{fields}"),
            LogLevel::Warn => tracing::warn!(target: "workflow", %run, "{message}{separator}{fields}"),
            LogLevel::Error => tracing::error!(target: "workflow", %run, "{message}{separator}{fields}"),
        }
    }
}
