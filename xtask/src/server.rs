//! The server, as its own program.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::Context as _;

use crate::background::Background;
use crate::workspace::{self, Workspace};
use crate::{command, console};

const START_PATIENCE: Duration = Duration::from_secs(30);

/// Builds the program.
pub(crate) fn build(workspace: &Workspace) -> anyhow::Result<PathBuf> {
    console::step("building the server (the first time takes some minutes)");
    // Not `--package mainspring`: with the workspace's choice of features, other builds find what this one made.
    program(workspace::build(workspace, &["--workspace", "--bin", "mainspring"])?)
}

/// Builds the program and all tests, together and so with the same dependencies; nothing is compiled twice.
pub(crate) fn build_with_tests(workspace: &Workspace) -> anyhow::Result<PathBuf> {
    console::step("building the server and the tests (the first time takes some minutes)");
    program(workspace::build(
        workspace,
        &["--workspace", "--locked", "--bins", "--tests"],
    )?)
}

fn program(built: Vec<PathBuf>) -> anyhow::Result<PathBuf> {
    built
        .into_iter()
        .find(|file| file.file_stem().is_some_and(|stem| stem == "mainspring"))
        .context("cargo built no mainspring program")
}

/// Where a server lives: its program, its data and its addresses, the same before and after it was killed.
pub(crate) struct Home {
    program: PathBuf,
    directory: PathBuf,
    grpc: SocketAddr,
    http: SocketAddr,
}

impl Home {
    pub(crate) fn new(program: PathBuf, directory: &Path) -> anyhow::Result<Self> {
        let [grpc, http] = free_addresses()?;
        Ok(Self {
            program,
            directory: directory.to_owned(),
            grpc,
            http,
        })
    }

    pub(crate) fn address(&self) -> String {
        self.grpc.to_string()
    }

    pub(crate) fn http_address(&self) -> String {
        self.http.to_string()
    }

    /// Starts the server on its data, and returns when it answers.
    pub(crate) fn start(&self) -> anyhow::Result<Background> {
        let mut command = Command::new(&self.program);
        command.arg("server");
        command.arg("--data").arg(self.directory.join("data"));
        // Beside the directory, which is made anew each time: modules that have not changed are compiled once.
        command.arg("--compiled").arg(self.directory.with_file_name("compiled"));
        command.args([
            "--grpc-address",
            &self.grpc.to_string(),
            "--http-address",
            &self.http.to_string(),
        ]);
        let mut server = Background::start("server", &mut command, &self.directory.join("server.log"))?;
        // It takes connections before it has read its journal, so that only an answer tells.
        server.until("it answered", START_PATIENCE, || Ok(self.answers().then_some(())))?;
        Ok(server)
    }

    fn answers(&self) -> bool {
        TcpStream::connect(self.grpc).is_ok()
            && command::succeeds(Command::new(&self.program).args(["module", "list", "--address", &self.address()]))
    }

    /// Makes a namespace.
    pub(crate) fn create_namespace(&self, name: &str) -> anyhow::Result<()> {
        let mut command = Command::new(&self.program);
        command.args(["namespace", "create", name, "--address", &self.address()]);
        command::run_quietly(&mut command)
    }

    /// Uploads a workflow module, with the same program as a client.
    pub(crate) fn upload(&self, module: &Path, name: &str) -> anyhow::Result<()> {
        self.upload_to("default", module, name)
    }

    /// Uploads a workflow module to a namespace.
    pub(crate) fn upload_to(&self, namespace: &str, module: &Path, name: &str) -> anyhow::Result<()> {
        let mut command = Command::new(&self.program);
        command.args(["module", "push"]).arg(module).args([
            "--name",
            name,
            "--namespace",
            namespace,
            "--address",
            &self.address(),
        ]);
        command::run_quietly(&mut command)
    }
}

/// Addresses that are free now; both are held until both are known, so that they differ.
fn free_addresses() -> anyhow::Result<[SocketAddr; 2]> {
    let listen = || TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("cannot find a free port");
    let listeners = [listen()?, listen()?];
    let [grpc, http] = listeners.each_ref().map(TcpListener::local_addr);
    Ok([grpc?, http?])
}
