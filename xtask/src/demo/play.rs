//! What happens on the stage, scene by scene.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use super::ledger::{Ledger, Progress, Stage};
use super::verdict::Verdict;
use super::{Options, Sdk, journal};
use crate::background::Background;
use crate::console;
use crate::server::Home;
use crate::setup::{self, Python};
use crate::workspace::Workspace;

/// How long an activity takes, about: long enough for the server to die in.
const STEP_MS: u32 = 250;
/// The part of a wave's orders, one in so many, that is charged and not yet shipped when the server dies.
const CHARGED_ONE_IN: usize = 4;
/// How long the server stays dead, so that workers and clients notice.
const DEAD_FOR: Duration = Duration::from_millis(300);

const READY_PATIENCE: Duration = Duration::from_secs(30);
const WAVE_PATIENCE: Duration = Duration::from_secs(30);
const END_PATIENCE: Duration = Duration::from_secs(90);

pub(super) struct Play<'a> {
    pub(super) workspace: &'a Workspace,
    pub(super) python: Python,
    /// Logs, ledger and data.
    pub(super) directory: PathBuf,
    pub(super) home: Home,
    pub(super) ledger: Ledger,
}

impl Play<'_> {
    pub(super) fn perform(&self, options: &Options, module: &Path) -> anyhow::Result<Verdict> {
        let began = Instant::now();
        console::step(&format!(
            "starting a server at {}, data in {}",
            self.home.address(),
            self.directory.display()
        ));
        let mut server = self.home.start()?;
        console::step("uploading the order workflow");
        self.home.upload(module, "order")?;
        console::step("starting the worker");
        let _worker = self.worker(options.worker)?;

        let mut workflow_ids = Vec::new();
        let mut clients = Vec::new();
        for number in 1..=options.kills {
            console::step(&format!("wave {number}: {} orders", options.orders));
            let orders: Vec<String> = (1..=options.orders).map(|n| format!("o-{number}-{n}")).collect();
            let wave_starts_at = workflow_ids.len();
            workflow_ids.extend(orders.iter().map(|order| workflow_id(order)));
            let mut client = self.client(&orders)?;
            self.until_in_the_midst(&mut client, &workflow_ids[wave_starts_at..], &workflow_ids)?;
            clients.push(client);

            server.kill()?;
            console::note(&format!(
                "SIGKILL, with {}",
                summary(&self.ledger.progress()?, &workflow_ids)
            ));
            std::thread::sleep(DEAD_FOR);
            let woke = Instant::now();
            server = self.home.start()?;
            console::note(&format!(
                "started again, answers after {} ms",
                woke.elapsed().as_millis()
            ));
        }

        console::step("waiting for all orders");
        console::note("(a task that was on its way to the worker when the server died is tried again, after 30 s)");
        self.until_done(clients, &workflow_ids)?;
        let seconds = began.elapsed().as_secs_f64();
        console::note(&format!(
            "all {} orders are done, {seconds:.1} s after the start",
            workflow_ids.len()
        ));

        let completions = journal::read(self.workspace, &self.python, &self.home.address(), &workflow_ids)?;
        Ok(Verdict::of(&workflow_ids, &self.ledger.read()?, &completions))
    }

    fn worker(&self, sdk: Sdk) -> anyhow::Result<Background> {
        let example = self.workspace.root().join("examples/order");
        let mut command = match sdk {
            Sdk::Python => {
                let mut command = Command::new(self.python.interpreter());
                command.current_dir(example.join("python")).arg("worker.py");
                command
            }
            Sdk::Typescript => {
                let node = setup::node_for_examples(self.workspace, &self.python)?;
                let mut command = Command::new(node.program());
                command.current_dir(example.join("typescript")).arg("dist/worker.js");
                command
            }
        };
        command
            .env("TEMPORAL_ADDRESS", self.home.address())
            .env("ORDER_LEDGER", self.ledger.path())
            .env("ORDER_STEP_MS", STEP_MS.to_string());
        let log = self.directory.join("worker.log");
        let mut worker = Background::start("worker", &mut command, &log)?;
        worker.until("it was ready", READY_PATIENCE, || {
            let said = std::fs::read_to_string(&log).unwrap_or_default();
            Ok(said.contains("worker ready").then_some(()))
        })?;
        Ok(worker)
    }

    /// Starts these orders, and awaits their results in the background, across all deaths of the server.
    fn client(&self, orders: &[String]) -> anyhow::Result<Background> {
        let mut command = Command::new(self.python.interpreter());
        command
            .current_dir(self.workspace.root().join("examples/order/python"))
            .arg("start.py")
            .args(orders)
            .env("TEMPORAL_ADDRESS", self.home.address());
        Background::start("client", &mut command, &self.directory.join("client.log"))
    }

    /// Waits until enough orders of the wave are charged and not shipped, and at least one is elsewhere.
    fn until_in_the_midst(&self, client: &mut Background, wave: &[String], all: &[String]) -> anyhow::Result<()> {
        let line = console::Progress::new();
        client.until("orders were charged and not yet shipped", WAVE_PATIENCE, || {
            let progress = self.ledger.progress()?;
            line.show(&summary(&progress, all));
            let elsewhere = progress.count(Stage::NotCharged, wave) + progress.count(Stage::Shipped, all);
            Ok((progress.count(Stage::Charged, wave) >= wave.len() / CHARGED_ONE_IN && elsewhere > 0).then_some(()))
        })
    }

    fn until_done(&self, clients: Vec<Background>, all: &[String]) -> anyhow::Result<()> {
        let line = console::Progress::new();
        for client in clients {
            client.finish(END_PATIENCE, || {
                // Only for show: who cannot read the ledger now is told so by the verdict.
                if let Ok(progress) = self.ledger.progress() {
                    line.show(&summary(&progress, all));
                }
            })?;
        }
        Ok(())
    }
}

/// As `start.py` names them.
fn workflow_id(order_id: &str) -> String {
    format!("order-{order_id}")
}

fn summary(progress: &Progress, workflow_ids: &[String]) -> String {
    let count = |stage| progress.count(stage, workflow_ids);
    format!(
        "{} orders not charged, {} charged and not shipped, {} shipped, {} confirmed",
        count(Stage::NotCharged),
        count(Stage::Charged),
        count(Stage::Shipped),
        count(Stage::Confirmed)
    )
}
