//! The engine: workflows that call one empty activity after the other.

use super::measure::{Measured, Measuring, histogram, micros, resident_bytes};
use super::recording::{Recorder, Recording};
use anyhow::Context as _;
use mainspring::engine::Engine;
use mainspring::store::WatchedStore;
use mainspring::{Failure, Mainspring, Settings};
use mainspring_core::RunId;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Where `cargo xtask` puts the modules that it builds.
const MODULES: &str = "MAINSPRING_TEST_MODULES";
const QUEUE: &str = "bench";
/// Steps of one workflow; then the next one starts.
const STEPS: u32 = 100;
/// So many keep count, each for some of the runs: threads that count would wait for each other otherwise.
const COUNTERS: usize = 64;

/// When each run's latest activity ran, and how long it was from one to the next, in microseconds.
#[derive(Default)]
struct Steps {
    latest: BTreeMap<RunId, Instant>,
    /// A list, since to count in a histogram would fetch another part of it each time.
    latencies: Vec<u64>,
    count: u64,
}

/// The module with the workflow `steps`.
pub(crate) fn module() -> anyhow::Result<PathBuf> {
    let directory = std::env::var_os(MODULES)
        .with_context(|| format!("{MODULES} is not set; run this with `cargo xtask bench steps`"))?;
    Ok(PathBuf::from(directory).join("test_guests.wasm"))
}

/// What an engine with one module occupies while nothing happens, after a restart, in bytes.
pub(crate) async fn idle_memory(directory: &Path, module: &Path) -> anyhow::Result<u64> {
    let first = Mainspring::open(Settings::at(directory)).await?;
    first.load_module("guests", module).await?;
    first.shut_down().await;
    drop(first);
    let again = Mainspring::open(Settings::at(directory)).await?;
    let bytes = resident_bytes()?;
    again.shut_down().await;
    Ok(bytes)
}

pub(crate) async fn measure(
    directory: &Path,
    module: &Path,
    concurrency: usize,
    duration: Duration,
) -> anyhow::Result<Measured> {
    let mainspring = Mainspring::open(Settings::at(directory)).await?;
    mainspring.load_module("guests", module).await?;
    let steps: Arc<[Mutex<Steps>]> = (0..COUNTERS).map(|_| Mutex::new(Steps::default())).collect();
    let counted = steps.clone();
    mainspring.activity(QUEUE, "noop", move |context, number: u32| {
        let run = context.target().execution.run_id;
        lock(counter(&counted, run)).count_one(run, number);
        async move { Ok::<_, Failure>(number) }
    });

    let measuring = Measuring::begin()?;
    run_many(&mainspring, concurrency, duration).await?;
    let mut measured = measuring.end(0, histogram())?;
    mainspring.shut_down().await;
    for steps in steps.iter() {
        let steps = lock(steps);
        measured.steps += steps.count;
        for micros in &steps.latencies {
            measured.latency.saturating_record(*micros);
        }
    }
    Ok(measured)
}

/// What the same engine makes durable, for the store to do alone.
pub(crate) async fn record(
    directory: &Path,
    module: &Path,
    concurrency: usize,
    duration: Duration,
) -> anyhow::Result<Recording> {
    let recorder = Recorder::default();
    let watcher = recorder.clone();
    let engine = Engine::open_through(Settings::at(directory), move |store| {
        Arc::new(WatchedStore::new(store, watcher))
    });
    let mainspring = Mainspring::from(engine.await?);
    mainspring.load_module("guests", module).await?;
    mainspring.activity(QUEUE, "noop", async |_, number: u32| Ok::<_, Failure>(number));
    run_many(&mainspring, concurrency, duration).await?;
    mainspring.shut_down().await;
    Ok(recorder.take())
}

/// Keeps so many runs under way for that long.
async fn run_many(mainspring: &Mainspring, concurrency: usize, duration: Duration) -> anyhow::Result<()> {
    let deadline = Instant::now() + duration;
    let workers = (0..concurrency).map(|at| {
        let mainspring = mainspring.clone();
        tokio::spawn(async move { run_workflows(&mainspring, at, deadline).await })
    });
    let workers: Vec<_> = workers.collect();
    for worker in workers {
        worker.await??;
    }
    Ok(())
}

async fn run_workflows(mainspring: &Mainspring, worker: usize, deadline: Instant) -> anyhow::Result<()> {
    for round in 0.. {
        if Instant::now() >= deadline {
            break;
        }
        let id = format!("bench-{worker}-{round}");
        let run = mainspring
            .workflow("steps", &id)
            .task_queue(QUEUE)
            .start(&STEPS)
            .await?;
        run.result::<u32>().await?;
    }
    Ok(())
}

impl Steps {
    fn count_one(&mut self, run: RunId, number: u32) {
        let now = Instant::now();
        if let Some(before) = self.latest.insert(run, now) {
            self.latencies.push(micros(now - before));
        }
        self.count += 1;
        if number + 1 == STEPS {
            self.latest.remove(&run);
        }
    }
}

/// By the end of the run's id, which is random.
fn counter(steps: &[Mutex<Steps>], run: RunId) -> &Mutex<Steps> {
    &steps[usize::from(run.as_bytes()[15]) % steps.len()]
}

fn lock(steps: &Mutex<Steps>) -> MutexGuard<'_, Steps> {
    steps.lock().unwrap_or_else(PoisonError::into_inner)
}
