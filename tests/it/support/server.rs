//! The real program, as a process of its own.

use super::client::Client;
use super::compiled;
use super::patience::until;
use super::ports::free_address;
use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use tempfile::TempDir;

/// The program that `cargo xtask test` has built.
const PROGRAM: &str = "MAINSPRING_TEST_SERVER";

/// A server with its data directory and addresses, the same before and after it was killed. Dropping it kills it.
pub(crate) struct Server {
    home: TempDir,
    grpc: SocketAddr,
    http: SocketAddr,
    process: Option<Child>,
}

impl Server {
    /// One that answers, without data.
    pub(crate) async fn start() -> Self {
        let home = TempDir::new().expect("there is room");
        let mut server = Self {
            home,
            grpc: free_address(),
            http: free_address(),
            process: None,
        };
        server.start_again().await;
        server
    }

    /// Starts the program on the data that is there, and waits until it answers.
    pub(crate) async fn start_again(&mut self) {
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.log())
            .expect("the log can be written");
        let mut command = command_on(&self.data(), self.grpc, self.http);
        command.stdout(Stdio::null()).stderr(log);
        self.process = Some(command.spawn().expect("the program starts"));
        let client = self.client();
        until("the server answers", async || {
            let ended = self.process.as_mut().and_then(|it| it.try_wait().ok().flatten());
            assert_eq!(
                ended,
                None,
                "the server ended:\n{}",
                std::fs::read_to_string(self.log()).unwrap_or_default()
            );
            client.answers().await.then_some(())
        })
        .await;
    }

    /// SIGKILL: it has no moment left for anything.
    pub(crate) fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().expect("it can be killed");
            process.wait().expect("it has ended");
        }
    }

    pub(crate) fn client(&self) -> Client {
        Client::new(self.grpc)
    }

    /// The program as a client of this server.
    pub(crate) fn command(&self, arguments: &[&str]) -> Output {
        let address = self.grpc.to_string();
        let mut command = Command::new(program());
        command
            .args(arguments)
            .args(["--address", &address])
            .output()
            .expect("the program runs")
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.home.path().join("data")
    }

    pub(crate) const fn grpc(&self) -> SocketAddr {
        self.grpc
    }

    pub(crate) const fn http(&self) -> SocketAddr {
        self.http
    }

    fn log(&self) -> PathBuf {
        self.home.path().join("log")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The program as another server.
pub(crate) fn command_on(data: &Path, grpc: SocketAddr, http: SocketAddr) -> Command {
    let mut command = Command::new(program());
    command.arg("server").arg("--data").arg(data);
    command.env(compiled::VARIABLE, compiled::directory());
    command.args(["--grpc-address", &grpc.to_string(), "--http-address", &http.to_string()]);
    command
}

/// The program.
pub(crate) fn program() -> PathBuf {
    if let Some(program) = std::env::var_os(PROGRAM) {
        return program.into();
    }
    let test = std::env::current_exe().expect("this program has a path");
    let program = test
        .ancestors()
        .nth(2)
        .expect("it lies in target/PROFILE/deps")
        .join("mainspring");
    assert!(
        program.exists(),
        "{} is missing: `cargo xtask test` builds it, or set {PROGRAM}",
        program.display()
    );
    program
}
