//! The line that shows what a build does now.

use indicatif::{ProgressBar, ProgressStyle};
use std::time::Duration;

const REFRESH: Duration = Duration::from_millis(100);

/// A line on standard error, as long as this lives and only if that is a terminal.
pub(super) struct Progress(ProgressBar);

impl Progress {
    pub(super) fn show() -> Self {
        let line = ProgressBar::new_spinner();
        // Cannot fail: the template is fixed.
        if let Ok(style) = ProgressStyle::with_template("{spinner:.cyan} {msg} {elapsed:.dim}") {
            line.set_style(style);
        }
        if !line.is_hidden() {
            line.enable_steady_tick(REFRESH);
        }
        Self(line)
    }

    pub(super) fn tell(&self, doing: &str) {
        self.0.set_message(doing.to_owned());
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
