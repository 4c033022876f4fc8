//! What is found by the index is what is found by looking at every run.

use super::plan::{SHARDS, shard_of};
use crate::store::memory::MemoryStore;
use crate::store::redb::{Options, RedbStore, index, table};
use crate::store::search::{
    Attribute, AttributeType, Check, Condition, Order, OrderedQuery, RunQuery, STATUSES, SystemAttribute, Test, Value,
};
use crate::store::{Batch, Epoch, RunHead, RunSummary, RunWrite, ShardId, Store, samples};
use ::redb::ReadableTableMetadata;
use mainspring_core::{Payload, RunStatus, Timestamp};
use proptest::prelude::*;
use std::ops::Bound;
use std::sync::Arc;
use tempfile::TempDir;

const RUNS: u8 = 12;

/// What differs between the runs: few values, so that conditions meet some.
#[derive(Clone, Debug)]
struct Look {
    run: u8,
    status: RunStatus,
    kind: u8,
    carried: Option<(u8, u8)>,
}

const NAMES: [&str; 3] = ["A", "B", "WorkflowType"];

const TEXTS: [&str; 6] = ["", "a", "ab", "b", "ä", "2026-01-01T00:00:00Z"];

/// In JSON, with what may be asked for: values of each type, some cut or rounded by the index to the same row.
fn value(number: u8) -> (String, Value) {
    let long = |end: &str| format!("{}{end}", "x".repeat(127));
    let text = |text: String| (format!("[{text:?}, \"second\"]"), Value::Text(text));
    let moment = |text: &str| (format!("{text:?}"), Value::Datetime(text.parse().expect("a moment")));
    match number % 20 {
        at @ 0..=5 => text(TEXTS[usize::from(at)].into()),
        6 => text(long("é")),
        7 => text(long("é and more")),
        8 => ("9007199254740992".into(), Value::Int(1 << 53)),
        9 => ("9007199254740993".into(), Value::Int((1 << 53) + 1)),
        10 => ("-7".into(), Value::Int(-7)),
        11 => ("0".into(), Value::Int(0)),
        12 => ("0.0".into(), Value::Double(-0.0)),
        13 => ("-1.5".into(), Value::Double(-1.5)),
        14 => ("7".into(), Value::Double(7.0)),
        15 => ("true".into(), Value::Bool(true)),
        16 => ("false".into(), Value::Bool(false)),
        17 => moment("2026-01-01T01:00:00+01:00"),
        18 => moment("2026-01-01T00:00:00.0000001Z"),
        _ => moment("-000001-01-01T00:00:00Z"),
    }
}

fn type_of(value: &Value, is_list: bool) -> AttributeType {
    match value {
        Value::Text(_) if is_list => AttributeType::KeywordList,
        Value::Text(_) => AttributeType::Keyword,
        Value::Int(_) => AttributeType::Int,
        Value::Double(_) => AttributeType::Double,
        Value::Bool(_) => AttributeType::Bool,
        Value::Datetime(_) => AttributeType::Datetime,
    }
}

fn look() -> impl Strategy<Value = Look> {
    let status = (0..STATUSES.len()).prop_map(|at| STATUSES[at].1);
    let carried = prop::option::weighted(0.8, (0..NAMES.len() as u8, any::<u8>()));
    (0..RUNS, status, 0..3_u8, carried).prop_map(|(run, status, kind, carried)| Look {
        run,
        status,
        kind,
        carried,
    })
}

fn summary_of(look: &Look) -> RunSummary {
    let mut summary = samples::summary(look.status);
    summary.execution.run_id = samples::run(look.run);
    summary.execution.workflow_id = format!("workflow-{}", look.run % 4);
    summary.workflow_type = TEXTS[usize::from(look.kind)].into();
    summary.namespace = ["default", "other"][usize::from(look.run.is_multiple_of(5))].into();
    summary.started = Timestamp::from_millis(u64::from(look.run / 3) * 1000);
    summary.closed = look
        .status
        .is_closed()
        .then(|| Timestamp::from_millis(9_000 + u64::from(look.kind)));
    let carried = look.carried.map(|(name, number)| {
        let payload = Payload::encoded("json/plain", value(number).0);
        (NAMES[usize::from(name)].to_owned(), payload)
    });
    summary.search_attributes = carried.into_iter().collect();
    summary
}

fn write(store: &dyn Store, epoch: Epoch, look: &Look) {
    let write = RunWrite {
        run: samples::run(look.run),
        chunk: None,
        head: RunHead {
            is_closed: look.status.is_closed(),
            ..RunHead::default()
        },
        attempts: Vec::new(),
        summary: Some(Arc::new(summary_of(look))),
        becomes_current: false,
    };
    let batch = Batch {
        runs: vec![write],
        ..nothing(shard_of(look.run), epoch)
    };
    store.append(&[batch]).expect("it is appended");
}

fn nothing(shard: ShardId, epoch: Epoch) -> Batch {
    Batch {
        shard,
        epoch,
        runs: Vec::new(),
        outbox: Vec::new(),
        deletions: Vec::new(),
        schedules: Vec::new(),
    }
}

fn system_test() -> impl Strategy<Value = (Attribute, Check)> {
    let text = |text: &str| Value::Text(text.to_owned());
    let run = |number: u8| Value::Text(samples::run(number).to_string());
    let moment = |ms: u64| Value::Datetime(jiff::Timestamp::from_millisecond(ms as i64).expect("a moment"));
    prop_oneof![
        prop::sample::subsequence(STATUSES.to_vec(), 0..=6).prop_map(move |statuses| {
            let names = statuses.iter().map(|(name, _)| text(name)).collect();
            (SystemAttribute::ExecutionStatus, Check::OneOf(names))
        }),
        (0..3_usize).prop_map(move |at| (SystemAttribute::WorkflowType, Check::OneOf(vec![text(TEXTS[at])]))),
        (0..3_usize).prop_map(|at| (SystemAttribute::WorkflowType, Check::StartsWith(TEXTS[at].into()))),
        (0..5_u8).prop_map(move |at| (
            SystemAttribute::WorkflowId,
            Check::OneOf(vec![text(&format!("workflow-{at}"))])
        )),
        prop::collection::vec(0..RUNS, 0..3).prop_map(move |runs| (
            SystemAttribute::RunId,
            Check::OneOf(runs.into_iter().map(run).collect())
        )),
        (0..5_u64).prop_map(move |at| {
            let bound = Bound::Excluded(moment(at * 1000));
            (SystemAttribute::StartTime, Check::Between(bound, Bound::Unbounded))
        }),
        (0..3_u64).prop_map(move |at| {
            let bound = Bound::Included(moment(9_000 + at));
            (SystemAttribute::CloseTime, Check::Between(Bound::Unbounded, bound))
        }),
        Just((SystemAttribute::CloseTime, Check::Present)),
        (0..3_i64).prop_map(|at| (SystemAttribute::HistoryLength, Check::OneOf(vec![Value::Int(at * 12)]))),
    ]
    .prop_map(|(attribute, check)| (Attribute::System(attribute), check))
}

fn carried_test() -> impl Strategy<Value = (Attribute, Check)> {
    (0..NAMES.len(), any::<u8>(), any::<u8>(), any::<bool>(), 0..6_u8).prop_map(|(name, one, other, is_list, form)| {
        let one = value(one).1;
        let of_type = type_of(&one, is_list);
        let other = Some(value(other).1).filter(|other| type_of(other, is_list) == of_type);
        let other = other.unwrap_or_else(|| one.clone());
        let check = match (form, one) {
            (0, one) => Check::OneOf(vec![one, other]),
            (1, one) => Check::Between(Bound::Included(one), Bound::Excluded(other)),
            (2, one) => Check::Between(Bound::Excluded(one), Bound::Unbounded),
            (3, one) => Check::Between(Bound::Unbounded, Bound::Included(one)),
            (4, Value::Text(text)) => Check::StartsWith(text),
            _ => Check::Present,
        };
        (Attribute::Carried(NAMES[name].into(), of_type), check)
    })
}

fn condition() -> impl Strategy<Value = Condition> {
    let test = prop_oneof![system_test(), carried_test()];
    let test = (test, prop::bool::weighted(0.2)).prop_map(|((attribute, check), is_negated)| {
        Condition::Test(Test {
            attribute,
            check,
            is_negated,
        })
    });
    test.prop_recursive(3, 10, 3, |part| {
        prop_oneof![
            prop::collection::vec(part.clone(), 0..4).prop_map(Condition::All),
            prop::collection::vec(part, 0..4).prop_map(Condition::Any),
        ]
    })
}

/// Walks from page to page, as a client does.
fn pages(store: &dyn Store, condition: &Condition, limit: usize) -> Vec<RunSummary> {
    let mut query = RunQuery {
        namespace: "default".into(),
        condition: condition.clone(),
        before: None,
        limit,
    };
    let mut found = Vec::new();
    loop {
        let page = store.find_runs(&query).expect("runs are found");
        assert!(page.runs.len() <= limit);
        found.extend(page.runs);
        query.before = page.next;
        if query.before.is_none() {
            return found;
        }
    }
}

/// The same in the order of a value.
fn pages_in_order(store: &dyn Store, condition: &Condition, order: &Order, limit: usize) -> Vec<RunSummary> {
    let mut query = OrderedQuery {
        namespace: "default".into(),
        condition: condition.clone(),
        order: order.clone(),
        after: None,
        limit,
    };
    let mut found = Vec::new();
    loop {
        let page = store.find_in_order(&query).expect("runs are listed");
        assert!(page.runs.len() <= limit);
        found.extend(page.runs);
        query.after = page.next;
        if query.after.is_none() {
            return found;
        }
    }
}

fn order() -> impl Strategy<Value = Order> {
    let system = (0..SystemAttribute::INDEXED.len()).prop_map(|at| Attribute::System(SystemAttribute::INDEXED[at]));
    let of_type = prop::sample::select(vec![
        AttributeType::Keyword,
        AttributeType::Int,
        AttributeType::Double,
        AttributeType::Bool,
        AttributeType::Datetime,
    ]);
    let carried = (prop::sample::select(NAMES.as_slice()), of_type)
        .prop_map(|(name, of_type)| Attribute::Carried(name.to_owned(), of_type));
    (prop_oneof![system, carried], any::<bool>()).prop_map(|(attribute, is_descending)| Order {
        attribute,
        is_descending,
    })
}

fn count(store: &dyn Store, condition: &Condition) -> u64 {
    let query = RunQuery {
        namespace: "default".into(),
        condition: condition.clone(),
        before: None,
        limit: 100,
    };
    let counted = store.count_runs(&query).expect("runs are counted");
    assert_eq!(counted.next, None);
    counted.runs
}

fn stores(directory: &TempDir) -> (RedbStore, MemoryStore, Epoch) {
    let options = Options {
        shards: SHARDS,
        ..Options::default()
    };
    let (redb, memory) = (
        RedbStore::open(directory.path(), options).expect("it opens"),
        MemoryStore::new(SHARDS),
    );
    let mut epoch = Epoch(0);
    for shard in 0..SHARDS {
        epoch = redb.acquire(ShardId(shard)).expect("it is acquired");
        memory.acquire(ShardId(shard)).expect("it is acquired");
    }
    (redb, memory, epoch)
}

fn index_rows(store: &RedbStore) -> u64 {
    let snapshot = store.snapshot().expect("a snapshot");
    let rows = table::read(&snapshot, index::TABLE).expect("a table");
    rows.len().expect("a length")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_the_index_finds_is_what_looking_finds(
        looks in prop::collection::vec(look(), 1..30),
        conditions in prop::collection::vec((condition(), order()), 40),
    ) {
        let directory = TempDir::new().unwrap();
        let (redb, memory, epoch) = stores(&directory);
        for look in &looks {
            write(&redb, epoch, look);
            write(&memory, epoch, look);
        }
        for (condition, order) in &conditions {
            for limit in [1, 3, 100] {
                prop_assert_eq!(pages(&redb, condition, limit), pages(&memory, condition, limit), "{:?}", condition);
                for condition in [condition, &Condition::EVERYTHING] {
                    let (found, wanted) = (
                        pages_in_order(&redb, condition, order, limit),
                        pages_in_order(&memory, condition, order, limit),
                    );
                    prop_assert_eq!(found, wanted, "{:?} {:?}", condition, order);
                }
            }
            prop_assert_eq!(count(&redb, condition), pages(&memory, condition, 100).len() as u64, "{:?}", condition);
        }
        // Rows of what runs were before are gone: writing only what they are now makes as many.
        let other = TempDir::new().unwrap();
        let (last_only, _, epoch) = stores(&other);
        for run in 0..RUNS {
            if let Some(look) = looks.iter().rev().find(|look| look.run == run) {
                write(&last_only, epoch, look);
            }
        }
        prop_assert_eq!(index_rows(&redb), index_rows(&last_only));
    }
}

#[test]
fn a_run_that_starts_or_closes_between_pages_is_neither_repeated_nor_hides_another() {
    let directory = TempDir::new().unwrap();
    let (store, _, epoch) = stores(&directory);
    let look = |run, status| Look {
        run,
        status,
        kind: 0,
        carried: None,
    };
    // Every fifth is in another namespace.
    for run in [1, 2, 3, 4, 6] {
        write(&store, epoch, &look(run, RunStatus::Running));
    }
    let query = |before| RunQuery {
        namespace: "default".into(),
        condition: Condition::EVERYTHING,
        before,
        limit: 2,
    };
    assert_eq!(count(&store, &Condition::EVERYTHING), 5);
    let first = store.find_runs(&query(None)).unwrap();
    write(&store, epoch, &look(3, RunStatus::Failed));
    write(&store, epoch, &look(6, RunStatus::Completed));
    write(&store, epoch, &look(7, RunStatus::Running));
    let second = store.find_runs(&query(first.next)).unwrap();
    let third = store.find_runs(&query(second.next)).unwrap();
    let ids = |runs: &[RunSummary]| -> Vec<u8> { runs.iter().map(|run| run.execution.run_id.as_bytes()[15]).collect() };
    assert_eq!(ids(&first.runs), [6, 4]);
    assert_eq!(ids(&second.runs), [3, 2]);
    assert_eq!((ids(&third.runs), third.next), (vec![1], None));
}

#[test]
fn pages_in_an_order_go_on_where_they_ended_whatever_is_written() {
    let directory = TempDir::new().unwrap();
    let (store, _, epoch) = stores(&directory);
    let look = |run, status, kind| Look {
        run,
        status,
        kind,
        carried: None,
    };
    // They closed in the order of their kinds.
    write(&store, epoch, &look(1, RunStatus::Completed, 1));
    write(&store, epoch, &look(2, RunStatus::Running, 0));
    write(&store, epoch, &look(3, RunStatus::Completed, 2));
    write(&store, epoch, &look(4, RunStatus::Failed, 0));
    write(&store, epoch, &look(6, RunStatus::Running, 0));
    let query = |after| OrderedQuery {
        namespace: "default".into(),
        condition: Condition::EVERYTHING,
        order: Order {
            attribute: Attribute::System(SystemAttribute::CloseTime),
            is_descending: true,
        },
        after,
        limit: 2,
    };
    let ids = |runs: &[RunSummary]| -> Vec<u8> { runs.iter().map(|run| run.execution.run_id.as_bytes()[15]).collect() };
    let first = store.find_in_order(&query(None)).unwrap();
    // One is gone, another has come: neither moves those that are still to be listed.
    let gone = Batch {
        deletions: vec![samples::run(1)],
        ..nothing(shard_of(1), epoch)
    };
    store.append(&[gone]).unwrap();
    write(&store, epoch, &look(7, RunStatus::Running, 0));
    write(&store, epoch, &look(8, RunStatus::Completed, 2));
    let second = store.find_in_order(&query(first.next)).unwrap();
    let third = store.find_in_order(&query(second.next)).unwrap();
    assert_eq!(ids(&first.runs), [3, 1]);
    assert_eq!(ids(&second.runs), [4, 7]);
    assert_eq!(ids(&third.runs), [6, 2]);
}
