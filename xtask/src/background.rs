//! Processes that run beside a task, with their output in a file, and that do not outlive it.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

use crate::command;

/// How long to sleep between two looks at something awaited.
const LOOK_EVERY: Duration = Duration::from_millis(20);

pub(crate) struct Background {
    name: &'static str,
    child: Child,
    log: PathBuf,
}

impl Background {
    /// Starts the program; what it prints is appended to `log`.
    pub(crate) fn start(name: &'static str, command: &mut Command, log: &Path) -> anyhow::Result<Self> {
        let output = File::options()
            .create(true)
            .append(true)
            .open(log)
            .with_context(|| format!("cannot open {}", log.display()))?;
        let errors = output.try_clone().context("cannot duplicate a file handle")?;
        command.stdin(Stdio::null()).stdout(output).stderr(errors);
        let child = command
            .spawn()
            .with_context(|| format!("cannot start `{}`", command::line(command)))?;
        Ok(Self {
            name,
            child,
            log: log.to_owned(),
        })
    }

    /// SIGKILL: the process gets no chance to tidy up.
    pub(crate) fn kill(mut self) -> anyhow::Result<()> {
        self.child
            .kill()
            .with_context(|| format!("cannot kill the {}", self.name))?;
        self.child
            .wait()
            .with_context(|| format!("cannot wait for the {}", self.name))?;
        Ok(())
    }

    /// Waits until `ready` returns something; an error if the process ends before, or the time is up.
    pub(crate) fn until<T>(
        &mut self,
        what: &str,
        patience: Duration,
        mut ready: impl FnMut() -> anyhow::Result<Option<T>>,
    ) -> anyhow::Result<T> {
        let deadline = Instant::now() + patience;
        loop {
            if let Some(value) = ready()? {
                return Ok(value);
            }
            if let Some(status) = self.ended()? {
                bail!("the {} ended ({status}) before {what}{}", self.name, self.last_words());
            }
            if Instant::now() > deadline {
                bail!("{patience:?} went by without {what}; see {}", self.log.display());
            }
            std::thread::sleep(LOOK_EVERY);
        }
    }

    /// How it ended, if it has.
    pub(crate) fn ended(&mut self) -> anyhow::Result<Option<ExitStatus>> {
        self.child
            .try_wait()
            .with_context(|| format!("cannot ask after the {}", self.name))
    }

    /// Waits for it to end well.
    pub(crate) fn finish(mut self, patience: Duration, mut meanwhile: impl FnMut()) -> anyhow::Result<()> {
        let deadline = Instant::now() + patience;
        loop {
            if let Some(status) = self.ended()? {
                if status.success() {
                    return Ok(());
                }
                bail!("the {} failed ({status}){}", self.name, self.last_words());
            }
            if Instant::now() > deadline {
                bail!("the {} is not done after {patience:?}{}", self.name, self.last_words());
            }
            meanwhile();
            std::thread::sleep(LOOK_EVERY);
        }
    }

    fn last_words(&self) -> String {
        const LINES_MAX: usize = 20;
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        let tail = lines[lines.len().saturating_sub(LINES_MAX)..].join("\n");
        format!("; the end of {}:\n{tail}", self.log.display())
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        // It may have ended long ago; then there is nothing to do.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
