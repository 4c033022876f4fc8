//! `mainspring dev` on a project.

use crate::project::Project;
use anyhow::Context as _;
use std::net::{Ipv4Addr, TcpListener};
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// The server. Dropping it kills it.
pub(crate) struct Dev<'a> {
    project: &'a Project,
    address: String,
    process: Child,
    runs: u32,
}

/// Between two questions.
const PAUSE: Duration = Duration::from_millis(20);
/// A machine that does other things may take its time, but not for ever.
const PATIENCE: Duration = Duration::from_secs(300);

impl<'a> Dev<'a> {
    pub(crate) fn start(project: &'a Project) -> anyhow::Result<Self> {
        // Both are held until both are known, so that they differ.
        let listeners = [0, 0].map(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)));
        let mut addresses = Vec::new();
        for listener in &listeners {
            let listener = listener
                .as_ref()
                .map_err(|error| anyhow::anyhow!("no free port: {error}"))?;
            addresses.push(listener.local_addr()?.to_string());
        }
        drop(listeners);
        let process = project
            .command()?
            .args(["dev", "--ephemeral", "--grpc-address", &addresses[0]])
            .args(["--http-address", &addresses[1], project.source()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()?;
        Ok(Self {
            project,
            address: addresses.swap_remove(0),
            process,
            runs: 0,
        })
    }

    /// Waits until a workflow that is started gives this version as its result.
    pub(crate) fn answers(&mut self, version: u32) -> anyhow::Result<()> {
        let began = Instant::now();
        loop {
            self.runs += 1;
            let id = format!("answer-{}", self.runs);
            let asked = self
                .project
                .command()?
                .args([
                    "workflow",
                    "start",
                    "--type",
                    "answer",
                    "--task-queue",
                    "none",
                    "--wait",
                ])
                .args(["--workflow-id", &id, "--address", &self.address])
                .output()?;
            if String::from_utf8_lossy(&asked.stdout).trim() == version.to_string() {
                return Ok(());
            }
            anyhow::ensure!(
                began.elapsed() < PATIENCE,
                "version {version} never answered; the last answer: {}{}",
                String::from_utf8_lossy(&asked.stdout),
                String::from_utf8_lossy(&asked.stderr)
            );
            thread::sleep(PAUSE);
        }
    }

    /// Waits until it calls no tool any more.
    pub(crate) fn rests(&self) -> anyhow::Result<()> {
        let began = Instant::now();
        // A type checker begins once the module was pushed.
        thread::sleep(Duration::from_millis(500));
        while self.has_children()? {
            anyhow::ensure!(began.elapsed() < PATIENCE, "a tool does not come to its end");
            thread::sleep(PAUSE);
        }
        Ok(())
    }

    fn has_children(&self) -> anyhow::Result<bool> {
        let id = self.process.id();
        for task in std::fs::read_dir(format!("/proc/{id}/task")).context("the server has ended")? {
            // A thread may have ended since.
            let children = std::fs::read_to_string(task?.path().join("children")).unwrap_or_default();
            if !children.trim().is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// What the processors have done so far, for the server and for the tools that have ended.
    pub(crate) fn processor_time(&self) -> anyhow::Result<Duration> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.process.id()))?;
        // The name of the program, in parentheses, may have spaces in it.
        let (_, fields) = stat.rsplit_once(')').context("a process has a name")?;
        let fields: Vec<_> = fields.split_whitespace().collect();
        let ticks: u64 = fields
            .get(11..15)
            .context("there are fewer fields than there should be")?
            .iter()
            .map(|ticks| ticks.parse::<u64>())
            .sum::<Result<_, _>>()?;
        Ok(Duration::from_millis(ticks * 1000 / TICKS_PER_SECOND))
    }
}

/// Linux tells user space so, whatever it does itself.
const TICKS_PER_SECOND: u64 = 100;

impl Drop for Dev<'_> {
    fn drop(&mut self) {
        // It may have ended by itself, and there is nobody to tell.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
