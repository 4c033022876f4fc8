//! The history: of a run that calls one empty activity after the other, and waits for the last one.

use anyhow::{Context as _, ensure};
use mainspring::engine::CallError;
use mainspring::shard::{QueryError, Target};
use mainspring::wasm::Question;
use mainspring::{Failure, Mainspring, Settings};
use mainspring_core::Record;
use std::path::Path;
use std::time::{Duration, Instant};

const QUEUE: &str = "bench";
const WORKFLOW: &str = "golden_steps";
const ID: &str = "long";

/// What was recorded, and how long an engine takes to come back to it.
pub(crate) struct History {
    pub(crate) records: Vec<Record>,
    /// To read it from the journal.
    pub(crate) reading: Duration,
    /// To answer a question to the run: in an engine that has just begun, so the run's state and its guest are made of the
    /// history.
    pub(crate) returning: Duration,
}

/// The steps of a history that has at least so many events.
pub(crate) const fn steps_of(events: u32) -> u32 {
    events.saturating_sub(3).div_ceil(3)
}

/// The events of a history with so many steps: before the first, the run was started, activated, and scheduled an activity.
pub(crate) const fn length_of(steps: u32) -> usize {
    3 + 3 * steps as usize
}

/// Has an engine run it.
pub(crate) async fn record(directory: &Path, module: &Path, steps: u32) -> anyhow::Result<History> {
    let mainspring = open(directory, module, steps).await?;
    let workflow = mainspring.workflow(WORKFLOW, ID).task_queue(QUEUE);
    workflow.start(&(steps + 1)).await?;
    let engine = mainspring.engine();
    engine.progress(target(), length_of(steps) as u64 - 1).await?;
    let began = Instant::now();
    let records = engine.history(target()).await?.records;
    let reading = began.elapsed();
    mainspring.shut_down().await;
    drop(mainspring);
    ensure!(
        records.len() == length_of(steps),
        "the history has {} events",
        records.len()
    );

    let mainspring = open(directory, module, steps).await?;
    let began = Instant::now();
    let question = Question {
        name: "nothing".to_owned(),
        input: Vec::new(),
        headers: Vec::new(),
    };
    match mainspring.engine().query(target(), question).await {
        // It has no answer, but only a guest can say so.
        Ok(_) | Err(CallError::Refused(QueryError::Failed(_))) => {}
        Err(error) => return Err(error).context("the run does not come back"),
    }
    let returning = began.elapsed();
    mainspring.shut_down().await;
    Ok(History {
        records,
        reading,
        returning,
    })
}

async fn open(directory: &Path, module: &Path, steps: u32) -> anyhow::Result<Mainspring> {
    let mainspring = Mainspring::open(Settings::at(directory)).await?;
    mainspring.load_module("guests", module).await?;
    mainspring.activity(QUEUE, "work", move |_, number: u32| async move {
        if number >= steps {
            std::future::pending::<()>().await;
        }
        Ok::<_, Failure>(number)
    });
    Ok(mainspring)
}

fn target() -> Target {
    Target::current("default", ID)
}
