//! One order, with its workflow in every language and a worker in every language.
//!
//! The engine is in this process and serves gRPC, too: so functions of this process can be the worker, as in a program that
//! embeds the engine, and so can the programs of the example, with the official SDKs.

use crate::support::embedded::{frugal, history, load};
use crate::support::order;
use crate::support::patience::in_time;
use mainspring::server::{self, Services};
use mainspring::{Mainspring, Settings};
use mainspring_core::{AttemptEnd, CancellationType, Event, Payload};
use serde_json::Value;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use tokio::net::TcpListener;

/// Where the example's workers look for work.
const QUEUE: &str = "orders";

/// The module with the workflow, in each language.
const WORKFLOWS: [&str; 4] = ["order_workflow", "order_typescript", "order_python", "order_go"];

#[tokio::test(flavor = "multi_thread")]
async fn an_order_has_the_same_history_whatever_languages_workflow_and_worker_are_in() {
    let mut of_rust = None;
    for workflow in WORKFLOWS {
        let mut settings = frugal(Settings::ephemeral());
        // Each step is a replay of all before it.
        settings.shard.evict_always = true;
        let mainspring = Mainspring::open(settings).await.expect("the engine opens");
        load(&mainspring, workflow).await;
        let told = Told {
            by_python: with_program(&mainspring, python_worker).await,
            by_typescript: with_program(&mainspring, typescript_worker).await,
            by_rust: with_functions(&mainspring).await,
        };
        mainspring.shut_down().await;
        let of_rust = of_rust.get_or_insert_with(|| told.clone());
        assert_same(&of_rust.by_python, &told.by_python, &format!("{workflow} and Python"));
        let pairing = format!("{workflow} and TypeScript");
        assert_same(&of_rust.by_typescript, &told.by_typescript, &pairing);
        assert_same(&of_rust.by_rust, &told.by_rust, &format!("{workflow} and Rust"));
        // Both programs of the example know the same order.
        assert_same(&told.by_python, &told.by_typescript, workflow);
    }
}

/// The histories of one order, by the language of the worker.
#[derive(Clone)]
struct Told {
    by_python: Vec<Event>,
    by_typescript: Vec<Event>,
    by_rust: Vec<Event>,
}

#[track_caller]
fn assert_same(one: &[Event], other: &[Event], pairing: &str) {
    for (at, (one, other)) in one.iter().zip(other).enumerate() {
        assert_eq!(one, other, "{pairing}: event {}", at + 1);
    }
    assert_eq!(one.len(), other.len(), "{pairing}");
}

/// An order whose worker is a program.
async fn with_program(mainspring: &Mainspring, worker: fn() -> Command) -> Vec<Event> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
    let address = listener.local_addr().expect("it has an address");
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let services = Services::new(mainspring.engine().clone()).await;
    let serving = tokio::spawn(server::serve(services, listener, async {
        drop(stopped.await);
    }));
    let worker = Process::start(worker(), address);
    let events = an_order(mainspring, &format!("order-{address}")).await;
    drop(worker);
    drop(stop);
    serving.await.expect("no panic").expect("it has served");
    events
}

/// An order whose worker is this process. It goes last: nobody takes functions back.
async fn with_functions(mainspring: &Mainspring) -> Vec<Event> {
    order::shop(mainspring, QUEUE);
    an_order(mainspring, "order-here").await
}

async fn an_order(mainspring: &Mainspring, workflow_id: &str) -> Vec<Event> {
    let workflow = mainspring.workflow("processOrder", workflow_id).task_queue(QUEUE);
    let run = workflow.start(&"o-1").await.expect("it is started");
    let receipt: Value = in_time("it ends", run.result()).await.expect("it completes");
    assert_eq!(receipt["orderId"], "o-1");
    assert!(
        receipt["chargeId"].as_str().is_some_and(|it| it.starts_with("ch-")),
        "{receipt}"
    );
    assert!(receipt["trackingNumber"].is_string(), "{receipt}");
    let events = history(mainspring, workflow_id).await;
    events.into_iter().map(lasting).collect()
}

/// An event without what each run has of its own, and payloads by what they mean.
fn lasting(event: Event) -> Event {
    let mut event = order::without_chance(event);
    match &mut event {
        Event::RunStarted(started) => {
            let started = Arc::make_mut(started);
            started.module.clear();
            started.execution.workflow_id.clear();
        }
        Event::ActivityScheduled { request, .. } => {
            let request = Arc::make_mut(request);
            // The default is another one in TypeScript, as with Temporal.
            request.cancellation = CancellationType::TryCancel;
            request.input.iter_mut().for_each(without_ids);
        }
        Event::ActivityCompleted { attempt, output } => {
            let AttemptEnd { identity, .. } = attempt;
            identity.clear();
            output.iter_mut().for_each(without_ids);
        }
        Event::RunCompleted { output, .. } => output.iter_mut().for_each(without_ids),
        _ => {}
    }
    event
}

/// What workers make up differs each time.
fn without_ids(payload: &mut Payload) {
    let Ok(mut value) = serde_json::from_slice::<Value>(&payload.data) else {
        return;
    };
    for id in ["chargeId", "trackingNumber"] {
        if let Some(made_up) = value.get_mut(id) {
            *made_up = id.into();
        }
    }
    payload.data = value.to_string().into();
}

fn python_worker() -> Command {
    let mut worker = Command::new(tool("MAINSPRING_TEST_PYTHON", "python3"));
    worker.args(["-B", "worker.py"]).current_dir(example("python"));
    worker
}

fn typescript_worker() -> Command {
    let mut worker = Command::new(tool("MAINSPRING_TEST_NODE", "node"));
    worker.arg("dist/worker.js").current_dir(example("typescript"));
    worker
}

fn tool(variable: &str, name: &str) -> PathBuf {
    std::env::var_os(variable).map_or_else(|| name.into(), PathBuf::from)
}

fn example(language: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../examples/order")
        .join(language)
}

/// A program that lives as long as this.
struct Process(Child);

impl Process {
    fn start(mut command: Command, address: SocketAddr) -> Self {
        command.env("TEMPORAL_ADDRESS", address.to_string());
        command.stdout(Stdio::null()).stderr(Stdio::null());
        Self(command.spawn().expect("the worker starts"))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.0.kill().expect("it can be killed");
        self.0.wait().expect("it has ended");
    }
}
