//! Pages of lists: how long one takes among many runs, beside the page that asks for nothing in particular.
//!
//! The runs are only what lists show of them: summaries, written to a store of its own. Machines and disks are noisy:
//! read the ratios, not the figures.
//!
//! `cargo xtask bench lists`

use anyhow::Context as _;
use clap::Parser;
use comfy_table::{CellAlignment, Table, presets};
use mainspring::store::redb::{Options as StoreOptions, RedbStore};
use mainspring::store::search::{
    Attribute, AttributeType, Check, Condition, Order, OrderedQuery, RunQuery, SystemAttribute, Test, Value,
};
use mainspring::store::{Batch, Epoch, RunHead, RunSummary, RunWrite, ShardId, Store};
use mainspring_core::{Execution, Payload, RunId, RunStatus, Timestamp};
use std::ops::Bound;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

#[derive(Parser)]
struct Options {
    /// How many runs there are
    #[arg(long, default_value_t = 100_000)]
    runs: u32,

    /// How many runs a page has
    #[arg(long, default_value_t = 100)]
    page: usize,

    /// How often each page is asked for; the median is printed
    #[arg(long, default_value_t = 21)]
    times: usize,

    /// Where to write
    #[arg(long, default_value = concat!(env!("CARGO_TARGET_TMPDIR"), "/bench-lists"))]
    directory: PathBuf,

    /// Given by cargo, and of no meaning here
    #[arg(long, hide = true)]
    bench: bool,
}

/// Runs that one commit writes.
const RUNS_PER_COMMIT: u32 = 500;
/// Of so many runs, one is running.
const RUNS_PER_RUNNING: u32 = 1_000;

fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    if options.directory.exists() {
        std::fs::remove_dir_all(&options.directory)?;
    }
    let store = RedbStore::open(&options.directory, StoreOptions::default())?;
    let epoch = store.acquire(ShardId(0))?;
    let began = Instant::now();
    for first in (0..options.runs).step_by(RUNS_PER_COMMIT as usize) {
        let numbers = first..options.runs.min(first + RUNS_PER_COMMIT);
        store.append(&[batch(epoch, numbers)])?;
    }
    println!(
        "{} runs written in {:.1} s",
        options.runs,
        began.elapsed().as_secs_f64()
    );

    let mut table = Table::new();
    table
        .load_style(presets::UTF8_HORIZONTAL_ONLY)
        .set_header(["asked for", "found", "median", "÷ everything"]);
    let mut everything = None;
    for (name, condition) in questions(options.runs) {
        let (found, took) = measure(&store, &condition, &options)?;
        let baseline = *everything.get_or_insert(took);
        table.add_row([
            name.to_owned(),
            found.to_string(),
            format!("{:.2} ms", took.as_secs_f64() * 1e3),
            format!("{:.2}", took.as_secs_f64() / baseline.as_secs_f64()),
        ]);
    }
    for (name, condition, attribute) in [
        ("all, by their close", Condition::EVERYTHING, SystemAttribute::CloseTime),
        (
            "a status that one in 1,000 has, by start",
            is(SystemAttribute::ExecutionStatus, "Running"),
            SystemAttribute::StartTime,
        ),
        (
            "a type that every second has, by id",
            is(SystemAttribute::WorkflowType, "order"),
            SystemAttribute::WorkflowId,
        ),
    ] {
        let (found, took) = measure_in_order(&store, &condition, attribute, &options)?;
        let baseline = *everything.get_or_insert(took);
        table.add_row([
            name.to_owned(),
            found.to_string(),
            format!("{:.2} ms", took.as_secs_f64() * 1e3),
            format!("{:.2}", took.as_secs_f64() / baseline.as_secs_f64()),
        ]);
    }
    for (name, condition) in [
        ("count: everything", Condition::EVERYTHING),
        ("count: a type", is(SystemAttribute::WorkflowType, "order")),
        (
            "count: a task queue, without index",
            is(SystemAttribute::TaskQueue, "orders"),
        ),
    ] {
        let (counted, took) = measure_count(&store, condition, &options)?;
        let baseline = everything.unwrap_or(took);
        table.add_row([
            name.to_owned(),
            counted.to_string(),
            format!("{:.2} ms", took.as_secs_f64() * 1e3),
            format!("{:.2}", took.as_secs_f64() / baseline.as_secs_f64()),
        ]);
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    println!("{table}");
    drop(store);
    std::fs::remove_dir_all(&options.directory)?;
    Ok(())
}

/// How many runs the page has, and the median of how long it takes.
fn measure(store: &RedbStore, condition: &Condition, options: &Options) -> anyhow::Result<(usize, Duration)> {
    let query = RunQuery {
        namespace: "default".into(),
        condition: condition.clone(),
        before: None,
        limit: options.page,
    };
    median(options, || Ok(store.find_runs(&query)?.runs.len()))
}

/// The same of a page in the order of a value, the greatest first.
fn measure_in_order(
    store: &RedbStore,
    condition: &Condition,
    attribute: SystemAttribute,
    options: &Options,
) -> anyhow::Result<(usize, Duration)> {
    let query = OrderedQuery {
        namespace: "default".into(),
        condition: condition.clone(),
        order: Order {
            attribute: Attribute::System(attribute),
            is_descending: true,
        },
        after: None,
        limit: options.page,
    };
    median(options, || Ok(store.find_in_order(&query)?.runs.len()))
}

fn median(options: &Options, find: impl Fn() -> anyhow::Result<usize>) -> anyhow::Result<(usize, Duration)> {
    let mut found = 0;
    let mut times = Vec::with_capacity(options.times);
    for _ in 0..options.times {
        let began = Instant::now();
        found = find()?;
        times.push(began.elapsed());
    }
    times.sort_unstable();
    let median = times.get(times.len() / 2).context("--times is at least 1")?;
    Ok((found, *median))
}

/// How many runs there are, and how long it takes to count them once.
fn measure_count(store: &RedbStore, condition: Condition, options: &Options) -> anyhow::Result<(u64, Duration)> {
    let mut query = RunQuery {
        namespace: "default".into(),
        condition,
        before: None,
        limit: options.page,
    };
    let began = Instant::now();
    let mut total = 0;
    loop {
        let counted = store.count_runs(&query)?;
        total += counted.runs;
        query.before = counted.next;
        if query.before.is_none() {
            return Ok((total, began.elapsed()));
        }
    }
}

fn questions(runs: u32) -> [(&'static str, Condition); 8] {
    let runs = i64::from(runs);
    let both = Condition::All(vec![
        is(SystemAttribute::ExecutionStatus, "Running"),
        is(SystemAttribute::WorkflowType, "order"),
    ]);
    let below = |limit| amount(Check::Between(Bound::Unbounded, Bound::Excluded(Value::Int(limit))));
    [
        ("everything", Condition::EVERYTHING),
        (
            "a status that one in 1,000 has",
            is(SystemAttribute::ExecutionStatus, "Running"),
        ),
        ("that status and a type", both),
        ("a workflow id", is(SystemAttribute::WorkflowId, "order-77")),
        ("a number", amount(Check::OneOf(vec![Value::Int(5)]))),
        ("numbers that 1 in 100 has", below(runs / 100)),
        ("numbers that 9 in 10 have", below(runs / 10 * 9)),
        (
            "a task queue of none, without index",
            is(SystemAttribute::TaskQueue, "none"),
        ),
    ]
}

fn is(attribute: SystemAttribute, text: &str) -> Condition {
    Condition::Test(Test {
        attribute: Attribute::System(attribute),
        check: Check::OneOf(vec![Value::Text(text.into())]),
        is_negated: false,
    })
}

fn amount(check: Check) -> Condition {
    Condition::Test(Test {
        attribute: Attribute::Carried("Amount".into(), AttributeType::Int),
        check,
        is_negated: false,
    })
}

fn batch(epoch: Epoch, numbers: std::ops::Range<u32>) -> Batch {
    let runs = numbers.map(summary).map(|summary| RunWrite {
        run: summary.execution.run_id,
        chunk: None,
        head: RunHead::default(),
        attempts: Vec::new(),
        summary: Some(Arc::new(summary)),
        becomes_current: true,
    });
    Batch {
        shard: ShardId(0),
        epoch,
        runs: runs.collect(),
        outbox: Vec::new(),
        deletions: Vec::new(),
        schedules: Vec::new(),
    }
}

fn summary(number: u32) -> RunSummary {
    let mut id = [0; 16];
    id[..4].copy_from_slice(&number.to_be_bytes());
    let run_id = RunId::from_bytes(id);
    let started = Timestamp::from_millis(1_700_000_000_000 + u64::from(number));
    let status = match number % RUNS_PER_RUNNING {
        0 => RunStatus::Running,
        1..50 => RunStatus::Failed,
        _ => RunStatus::Completed,
    };
    RunSummary {
        namespace: "default".into(),
        execution: Execution {
            workflow_id: format!("order-{number}"),
            run_id,
        },
        workflow_type: if number.is_multiple_of(2) { "order" } else { "refund" }.into(),
        task_queue: "orders".into(),
        status,
        started,
        closed: status.is_closed().then_some(started),
        history_length: 20,
        transitions: 12,
        history_bytes: 2_000,
        memo: Vec::new(),
        search_attributes: vec![("Amount".into(), Payload::encoded("json/plain", number.to_string()))],
        start_request_id: String::new(),
        reset_request_id: None,
        first_run_id: run_id,
        begins: None,
        parent: None,
        root: None,
    }
}
