//! The server that kills itself at a commit of one's choice: `tests/mortal_server`.

use crate::support::client::Client;
use crate::support::compiled;
use crate::support::patience::until;
use std::fmt;
use std::fs::{self, File};
use std::net::SocketAddr;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;
use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_mortal-server");
const SIGKILL: i32 = 9;
/// Between two looks at whether it lives.
const PAUSE: Duration = Duration::from_millis(5);

/// On which side of a commit the server dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moment {
    /// The commit is lost.
    Before,
    /// The commit is durable, and nobody has heard of it.
    After,
}

/// When the server dies. It is written as it is read: `after:7`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Death {
    pub(super) moment: Moment,
    /// Counted from 1, since the server began.
    pub(super) commit: u32,
}

impl fmt::Display for Death {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let moment = match self.moment {
            Moment::Before => "before",
            Moment::After => "after",
        };
        write!(f, "{moment}:{}", self.commit)
    }
}

impl Death {
    pub(super) fn read(text: &str) -> Option<Self> {
        let (moment, commit) = text.split_once(':')?;
        let moment = match moment {
            "before" => Moment::Before,
            "after" => Moment::After,
            _ => return None,
        };
        Some(Self {
            moment,
            commit: commit.parse().ok()?,
        })
    }
}

/// A server with a data directory of its own. Dropping it kills it.
pub(super) struct Mortal {
    home: TempDir,
    address: SocketAddr,
    process: Child,
}

impl Mortal {
    /// Starts one without data. It may not answer yet.
    pub(super) fn start(address: SocketAddr) -> Self {
        Self::start_in(TempDir::new().expect("there is room"), address, None)
    }

    /// Starts one on a copy of this one's data, to die as it is told. This one must be dead.
    pub(super) fn start_copy(&self, address: SocketAddr, death: Option<Death>) -> Self {
        let home = TempDir::new().expect("there is room");
        copy(&data(&self.home), &data(&home));
        Self::start_in(home, address, death)
    }

    fn start_in(home: TempDir, address: SocketAddr, death: Option<Death>) -> Self {
        let process = spawn(&home, address, death);
        Self { home, address, process }
    }

    pub(super) fn client(&self) -> Client {
        Client::new(self.address)
    }

    pub(super) async fn answers(&mut self) {
        let client = self.client();
        until("the server answers", async || {
            assert_eq!(self.ended(), None, "the server ended:\n{}", self.log());
            client.answers().await.then_some(())
        })
        .await;
    }

    /// Waits until it has died by its own hand; if it ends in another way, this panics.
    pub(super) async fn death(&mut self) {
        let status = loop {
            match self.ended() {
                Some(status) => break status,
                None => tokio::time::sleep(PAUSE).await,
            }
        };
        assert_eq!(status.signal(), Some(SIGKILL), "the server ended:\n{}", self.log());
    }

    /// Starts it on the data that the dead one left, to live.
    pub(super) fn start_again(&mut self) {
        self.process = spawn(&self.home, self.address, None);
    }

    /// From outside, once it may be missed.
    pub(super) fn kill(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        self.process.wait().expect("it has ended");
    }

    fn ended(&mut self) -> Option<ExitStatus> {
        self.process.try_wait().expect("it is a child of this process")
    }

    fn log(&self) -> String {
        fs::read_to_string(log(&self.home)).unwrap_or_default()
    }
}

impl Drop for Mortal {
    fn drop(&mut self) {
        self.kill();
    }
}

fn spawn(home: &TempDir, address: SocketAddr, death: Option<Death>) -> Child {
    let log = File::options().create(true).append(true).open(log(home));
    let mut command = Command::new(PROGRAM);
    command.arg(data(home)).arg(address.to_string());
    command.env(compiled::VARIABLE, compiled::directory());
    command.args(death.map(|it| it.to_string()));
    command
        .stdout(Stdio::null())
        .stderr(log.expect("the log can be written"));
    command.spawn().expect("the server starts")
}

fn data(home: &TempDir) -> PathBuf {
    home.path().join("data")
}

fn log(home: &TempDir) -> PathBuf {
    home.path().join("log")
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).expect("there is room");
    for entry in fs::read_dir(from).expect("it can be read") {
        let entry = entry.expect("it can be read");
        let copied = to.join(entry.file_name());
        if entry.file_type().expect("it can be read").is_dir() {
            copy(&entry.path(), &copied);
        } else {
            fs::copy(entry.path(), copied).expect("there is room");
        }
    }
}
