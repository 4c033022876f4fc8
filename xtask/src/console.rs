//! What is said to the person who runs a task: plain in a file, coloured on a terminal.

use std::io::{IsTerminal, Write};

use anstyle::{AnsiColor, Style};

pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
pub(crate) const QUIET: Style = Style::new().dimmed();
const HEADING: Style = AnsiColor::Cyan.on_default().bold();

/// A new part of the task begins.
pub(crate) fn step(what: &str) {
    anstream::eprintln!("{HEADING}==>{HEADING:#} {what}");
}

/// Something worth knowing within the present part.
pub(crate) fn note(what: &str) {
    anstream::eprintln!("    {what}");
}

pub(crate) fn success(what: &str) {
    anstream::eprintln!("{GOOD}ok{GOOD:#}  {what}");
}

pub(crate) fn failure(what: &str) {
    anstream::eprintln!("{BAD}failed:{BAD:#} {what}");
}

/// A line that is rewritten in place while something is awaited; silent where that would fill a log.
pub(crate) struct Progress {
    shown: bool,
}

impl Progress {
    pub(crate) fn new() -> Self {
        Self {
            shown: std::io::stderr().is_terminal(),
        }
    }

    pub(crate) fn show(&self, text: &str) {
        if self.shown {
            anstream::eprint!("\r\x1b[2K    {QUIET}{text}{QUIET:#}");
            flush();
        }
    }

    /// Makes room for an ordinary line.
    pub(crate) fn clear(&self) {
        if self.shown {
            anstream::eprint!("\r\x1b[2K");
            flush();
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.clear();
    }
}

fn flush() {
    // A terminal that cannot be flushed costs no more than a late line.
    drop(std::io::stderr().flush());
}
