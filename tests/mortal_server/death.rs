//! Who stands between an engine and its store, and ends the process there.

use anyhow::Context as _;
use mainspring::store::{Batch, Watcher};
use rustix::process::{Signal, getpid, kill_process};
use std::str::FromStr;
use std::sync::atomic::{AtomicU32, Ordering};

/// When the process dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Death {
    /// Before the commit of that number, from 1.
    Before(u32),
    /// Once the commit of that number is durable, before anybody knows.
    After(u32),
}

impl FromStr for Death {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        let (moment, commit) = text.split_once(':').context("it is MOMENT:COMMIT")?;
        let commit = commit.parse().context("a commit is a number")?;
        match moment {
            "before" => Ok(Self::Before(commit)),
            "after" => Ok(Self::After(commit)),
            _ => anyhow::bail!("the moment is `before` or `after`, not {moment}"),
        }
    }
}

/// Lets every commit pass, until the chosen one.
pub(crate) struct Mortal {
    death: Death,
    commits: AtomicU32,
}

impl Mortal {
    pub(crate) fn new(death: Death) -> Self {
        Self {
            death,
            commits: AtomicU32::new(0),
        }
    }

    fn pass(&self, moment: Death) {
        if moment == self.death {
            die();
        }
    }
}

impl Watcher for Mortal {
    fn commits(&self, _: &[Batch]) -> impl FnOnce() {
        let number = self.commits.fetch_add(1, Ordering::Relaxed) + 1;
        self.pass(Death::Before(number));
        move || self.pass(Death::After(number))
    }
}

/// No destructor runs, no buffer is flushed, no connection is closed by us.
fn die() -> ! {
    kill_process(getpid(), Signal::KILL).expect("a process may kill itself");
    // The signal is on its way; this thread must do nothing more.
    loop {
        std::thread::park();
    }
}
