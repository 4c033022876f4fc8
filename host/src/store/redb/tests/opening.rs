//! What a store may find when it is opened, and what it then says.

use super::disk::Disk;
use super::dump::running;
use super::plan::{Caller, SHARDS};
use crate::store::redb::{
    LAYOUT_VERSION, OpenError, Options, RedbStore, closed_runs, control, garbage, heads, index, meta, outbox,
    schedules, table,
};
use crate::store::search::{Attribute, Condition, Order, OrderedQuery, RunQuery, SystemAttribute};
use crate::store::{Batch, Epoch, RunHead, RunWrite, ShardId, Store, StoreError, samples};
use ::redb::{Database, ReadableDatabase};
use bytes::Bytes;
use mainspring_core::{Digest, RunStatus};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

fn open(directory: &Path) -> Result<RedbStore, OpenError> {
    RedbStore::open(
        directory,
        Options {
            shards: SHARDS,
            ..Options::default()
        },
    )
}

/// What opening says, as people see it.
fn refusal(directory: &Path) -> String {
    open(directory).expect_err("it must not open").to_string()
}

fn start(epoch: Epoch) -> Vec<Batch> {
    let chunk = samples::chunk();
    vec![Batch {
        shard: ShardId(1),
        epoch,
        runs: vec![RunWrite {
            run: samples::run(1),
            head: RunHead {
                length: chunk.events(),
                bytes: chunk.size_bytes(),
                ..RunHead::default()
            },
            chunk: Some(chunk),
            attempts: Vec::new(),
            summary: Some(Arc::new(samples::summary(RunStatus::Running))),
            becomes_current: true,
        }],
        outbox: Vec::new(),
        deletions: Vec::new(),
        schedules: Vec::new(),
    }]
}

#[test]
fn what_was_written_is_there_after_reopening() {
    let directory = TempDir::new().unwrap();
    let nested = directory.path().join("a/b");
    let store = open(&nested).unwrap();
    let epoch = store.acquire(ShardId(1)).unwrap();
    store.append(&start(epoch)).unwrap();
    drop(store);
    let other_shards = Options {
        shards: 100,
        ..Options::default()
    };
    let store = RedbStore::open(&nested, other_shards).unwrap();
    assert_eq!(store.shards(), SHARDS);
    assert_eq!(store.history(samples::run(1)).unwrap(), samples::records());
    assert_eq!(store.current_run("default", "order-1").unwrap(), Some(samples::run(1)));
    assert!(matches!(
        store.append(&start(Epoch(0))),
        Err(StoreError::Fenced(ShardId(1)))
    ));
    assert_eq!(store.acquire(ShardId(1)).unwrap(), Epoch(epoch.0 + 1));
}

#[test]
fn a_second_opener_is_refused() {
    let directory = TempDir::new().unwrap();
    let store = open(directory.path()).unwrap();
    assert!(matches!(open(directory.path()), Err(OpenError::Locked { .. })));
    drop(store);
    open(directory.path()).unwrap();
}

#[test]
fn a_creation_that_was_cut_short_begins_again() {
    let directory = TempDir::new().unwrap();
    std::fs::write(directory.path().join("journal.redb.new"), [7; 5_000]).unwrap();
    open(directory.path()).unwrap();
    assert!(!directory.path().join("journal.redb.new").exists());
}

#[test]
fn a_newer_layout_is_refused() {
    let directory = TempDir::new().unwrap();
    drop(open(directory.path()).unwrap());
    let database = Database::open(directory.path().join("journal.redb")).unwrap();
    let transaction = database.begin_write().unwrap();
    let mut rows = table::write(&transaction, meta::TABLE).unwrap();
    meta::put_layout_version(&mut rows, LAYOUT_VERSION + 1).unwrap();
    drop(rows);
    transaction.commit().unwrap();
    drop(database);
    let said = refusal(directory.path());
    let found = format!("layout version {}", LAYOUT_VERSION + 1);
    assert!(said.contains(&found) && said.contains("install a newer one"), "{said}");
}

#[test]
fn an_older_layout_is_brought_up_to_date() {
    let directory = TempDir::new().unwrap();
    let store = open(directory.path()).unwrap();
    let epoch = store.acquire(ShardId(1)).unwrap();
    store.append(&start(epoch)).unwrap();
    drop(store);
    let path = directory.path().join("journal.redb");
    let database = Database::open(&path).unwrap();
    let transaction = database.begin_write().unwrap();
    assert!(transaction.delete_table(outbox::TABLE).unwrap());
    assert!(transaction.delete_table(schedules::TABLE).unwrap());
    let mut rows = table::write(&transaction, meta::TABLE).unwrap();
    meta::put_layout_version(&mut rows, 1).unwrap();
    drop(rows);
    transaction.commit().unwrap();
    drop(database);
    let store = open(directory.path()).unwrap();
    assert_eq!(store.outbox(ShardId(1)).unwrap(), []);
    assert_eq!(store.schedules("default", None, 10).unwrap(), []);
    assert_eq!(store.history(samples::run(1)).unwrap(), samples::records());
    let epoch = store.acquire(ShardId(1)).unwrap();
    let (_, message) = samples::messages().remove(0);
    let batch = Batch {
        shard: ShardId(1),
        epoch,
        runs: Vec::new(),
        outbox: vec![(9, Some(message.clone()))],
        deletions: Vec::new(),
        schedules: Vec::new(),
    };
    store.append(&[batch]).unwrap();
    assert_eq!(store.outbox(ShardId(1)).unwrap(), [(9, message)]);
    drop(store);
    // Now an older build would refuse it.
    let database = Database::open(&path).unwrap();
    let rows = table::read(&database.begin_read().unwrap(), meta::TABLE).unwrap();
    assert_eq!(meta::layout_version(&rows).unwrap(), LAYOUT_VERSION);
}

/// What the second layout had was without the list of what is closed.
#[test]
fn an_older_layout_gets_the_list_of_closed_runs() {
    let directory = TempDir::new().unwrap();
    let store = open(directory.path()).unwrap();
    let shard = ShardId::of("default", "order-1", SHARDS);
    let epoch = store.acquire(shard).unwrap();
    let mut batches = start(epoch);
    batches[0].shard = shard;
    let closed = samples::summary(RunStatus::Failed);
    let until = closed.closed.expect("it is closed");
    batches[0].runs[0].head.is_closed = true;
    batches[0].runs[0].summary = Some(Arc::new(closed));
    store.append(&batches).unwrap();
    drop(store);
    let database = Database::open(directory.path().join("journal.redb")).unwrap();
    let transaction = database.begin_write().unwrap();
    assert!(transaction.delete_table(closed_runs::TABLE).unwrap());
    assert!(transaction.delete_table(garbage::TABLE).unwrap());
    let mut rows = table::write(&transaction, meta::TABLE).unwrap();
    meta::put_layout_version(&mut rows, 2).unwrap();
    drop(rows);
    transaction.commit().unwrap();
    drop(database);
    let store = open(directory.path()).unwrap();
    let found = store.closed_runs(shard, "default", until, 10).unwrap();
    assert_eq!(found, [samples::run(1)]);
}

/// What the first layout had was without the index.
#[test]
fn an_older_layout_gets_its_index() {
    let directory = TempDir::new().unwrap();
    let store = open(directory.path()).unwrap();
    let epoch = store.acquire(ShardId(1)).unwrap();
    store.append(&start(epoch)).unwrap();
    drop(store);
    let database = Database::open(directory.path().join("journal.redb")).unwrap();
    let transaction = database.begin_write().unwrap();
    assert!(transaction.delete_table(index::TABLE).unwrap());
    let mut rows = table::write(&transaction, meta::TABLE).unwrap();
    meta::put_layout_version(&mut rows, 1).unwrap();
    drop(rows);
    transaction.commit().unwrap();
    drop(database);

    for _ in 0..2 {
        let store = open(directory.path()).unwrap();
        let snapshot = store.snapshot().unwrap();
        let meta = table::read(&snapshot, meta::TABLE).unwrap();
        assert_eq!(meta::layout_version(&meta).unwrap(), LAYOUT_VERSION);
        let query = RunQuery {
            namespace: "default".into(),
            condition: running(),
            before: None,
            limit: 10,
        };
        let found = store.find_runs(&query).unwrap().runs;
        assert_eq!(found, [samples::summary(RunStatus::Running)]);
    }
}

/// What the third layout had was without the times at which runs began.
#[test]
fn an_older_layout_gets_its_execution_times() {
    let directory = TempDir::new().unwrap();
    let store = open(directory.path()).unwrap();
    let epoch = store.acquire(ShardId(1)).unwrap();
    store.append(&start(epoch)).unwrap();
    drop(store);
    let by_execution_time = Order {
        attribute: Attribute::System(SystemAttribute::ExecutionTime),
        is_descending: false,
    };
    let database = Database::open(directory.path().join("journal.redb")).unwrap();
    let transaction = database.begin_write().unwrap();
    let (first, end) = index::in_order("default", &by_execution_time).expect("there is an index of it");
    let mut rows = table::write(&transaction, index::TABLE).unwrap();
    let gone = rows.extract_from_if(first.as_slice()..end.as_slice(), |_, _| true);
    assert_eq!(gone.unwrap().count(), 1);
    drop(rows);
    let mut rows = table::write(&transaction, meta::TABLE).unwrap();
    meta::put_layout_version(&mut rows, 3).unwrap();
    drop(rows);
    transaction.commit().unwrap();
    drop(database);

    let store = open(directory.path()).unwrap();
    let query = OrderedQuery {
        namespace: "default".into(),
        condition: Condition::EVERYTHING,
        order: by_execution_time,
        after: None,
        limit: 10,
    };
    let found = store.find_in_order(&query).unwrap().runs;
    assert_eq!(found, [samples::summary(RunStatus::Running)]);
}

/// The second layout had no settings.
#[test]
fn an_older_layout_gets_its_tables_of_settings() {
    let directory = TempDir::new().unwrap();
    drop(open(directory.path()).unwrap());
    let database = Database::open(directory.path().join("journal.redb")).unwrap();
    let transaction = database.begin_write().unwrap();
    assert!(transaction.delete_table(control::TASK_QUEUES).unwrap());
    assert!(transaction.delete_table(control::WORKFLOW_TYPES).unwrap());
    let mut rows = table::write(&transaction, meta::TABLE).unwrap();
    meta::put_layout_version(&mut rows, 2).unwrap();
    drop(rows);
    transaction.commit().unwrap();
    drop(database);

    let store = open(directory.path()).unwrap();
    assert_eq!(store.task_queues().unwrap(), []);
    assert_eq!(store.workflow_types().unwrap(), []);
    store.put_task_queue(&samples::task_queue()).unwrap();
    store.put_workflow_type(&samples::workflow_type()).unwrap();
    drop(store);
    let store = open(directory.path()).unwrap();
    assert_eq!(store.task_queues().unwrap(), [samples::task_queue()]);
    assert_eq!(store.workflow_types().unwrap(), [samples::workflow_type()]);
}

#[test]
fn a_foreign_file_is_refused_and_left_alone() {
    for contents in [&b""[..], b"hello", &[7; 100_000]] {
        let directory = TempDir::new().unwrap();
        let path = directory.path().join("journal.redb");
        std::fs::write(&path, contents).unwrap();
        let said = refusal(directory.path());
        assert!(said.contains("not a journal of Mainspring"), "{said}");
        assert_eq!(std::fs::read(&path).unwrap(), contents);
    }
}

#[test]
fn a_foreign_database_is_refused() {
    let directory = TempDir::new().unwrap();
    drop(Database::create(directory.path().join("journal.redb")).unwrap());
    let said = refusal(directory.path());
    assert!(said.contains("not a journal of Mainspring"), "{said}");
}

#[test]
fn a_directory_that_cannot_be_written_is_refused() {
    let directory = TempDir::new().unwrap();
    let file = directory.path().join("file");
    std::fs::write(&file, "").unwrap();
    let said = refusal(&file.join("data"));
    assert!(said.contains("choose another directory"), "{said}");
}

#[test]
fn a_store_that_failed_refuses_to_go_on() {
    let (disk, components) = (Disk::default(), TempDir::new().unwrap());
    let options = Options {
        shards: SHARDS,
        ..Options::default()
    };
    let store = RedbStore::open_on(
        disk.file("journal"),
        Box::new(disk.file("log")),
        components.path(),
        options,
    )
    .unwrap();
    let mut caller = Caller::default();
    caller.acquire_all(&[&store]).unwrap();
    disk.fail_after(1);
    let append = || store.append(&start(Epoch(1)));
    assert!(matches!(append(), Err(StoreError::Io { .. })));
    // Even if the disk is well again: whether the batch is durable cannot be known.
    disk.fail_after(u64::MAX);
    let said = append().expect_err("it must refuse").to_string();
    assert!(said.contains("cannot write"), "{said}");
    assert!(store.put_namespace(&samples::namespace()).is_err());
    assert!(store.acquire(ShardId(0)).is_err());
}

/// Who is told before the database has a batch sees it all the same.
#[test]
fn reads_wait_for_what_was_said_to_be_durable() {
    let home = TempDir::new().unwrap();
    let store = open(home.path()).unwrap();
    let epoch = store.acquire(ShardId(1)).unwrap();
    std::thread::scope(|scope| {
        let mut reading = None;
        store
            .append_and_tell(&start(epoch), &mut || {
                reading = Some(scope.spawn(|| store.history(samples::run(1)).unwrap()));
                // Long enough for the read to begin.
                std::thread::sleep(Duration::from_millis(20));
            })
            .unwrap();
        let read = reading.expect("it was told").join().unwrap();
        assert_eq!(read, samples::records());
    });
}

#[test]
fn a_full_disk_says_so_and_loses_nothing() {
    let (disk, components) = (Disk::default(), TempDir::new().unwrap());
    let open = || {
        let options = Options {
            shards: SHARDS,
            ..Options::default()
        };
        let log = Box::new(disk.file("log"));
        RedbStore::open_on(disk.file("journal"), log, components.path(), options)
    };
    let store = open().unwrap();
    let epoch = store.acquire(ShardId(1)).unwrap();
    disk.set_full(true);
    let mut acknowledged = 0;
    let mut batches = start(epoch);
    let said = loop {
        match store.append(&batches) {
            Ok(()) => acknowledged += 1,
            Err(error) => break error,
        }
        let write = &mut batches[0].runs[0];
        write.head.length += write.chunk.as_ref().unwrap().events();
    };
    assert!(matches!(said, StoreError::Full { .. }), "{said}");
    drop(store);
    disk.set_full(false);
    let chunks = open().unwrap().history(samples::run(1)).unwrap().len() / samples::records().len();
    // The last one, of which it was said that it failed, may have been logged all the same.
    assert!((acknowledged..=acknowledged + 1).contains(&chunks), "{chunks}");
}

#[test]
fn a_missing_log_is_refused() {
    let directory = TempDir::new().unwrap();
    drop(open(directory.path()).unwrap());
    std::fs::remove_file(directory.path().join("journal.log")).unwrap();
    let said = refusal(directory.path());
    assert!(
        said.contains("journal.log is damaged") && said.contains("backup"),
        "{said}"
    );
}

#[test]
fn a_damaged_component_is_found_and_can_be_pushed_again() {
    let directory = TempDir::new().unwrap();
    let store = open(directory.path()).unwrap();
    let component = Bytes::from_static(b"\0asm");
    let mut version = samples::module_version();
    version.digest = Digest::from_bytes(*blake3::hash(&component).as_bytes());
    store.put_module(&version, &component).unwrap();
    let path = directory
        .path()
        .join("modules")
        .join(format!("{}.wasm", version.digest));
    std::fs::write(path, b"damaged").unwrap();
    assert!(matches!(
        store.component(&version.digest),
        Err(StoreError::Corrupt { .. })
    ));
    store.put_module(&version, &component).unwrap();
    assert_eq!(store.component(&version.digest).unwrap(), Some(component));
    assert_eq!(store.modules().unwrap(), [version]);
}

#[test]
fn a_chunk_of_another_run_is_found() {
    let directory = TempDir::new().unwrap();
    let store = open(directory.path()).unwrap();
    let epoch = store.acquire(ShardId(1)).unwrap();
    store.append(&start(epoch)).unwrap();
    let transaction = store.database.begin_write().unwrap();
    let mut rows = table::write(&transaction, heads::TABLE).unwrap();
    let foreign = heads::get(&rows, samples::run(1)).unwrap().unwrap();
    heads::put(&mut rows, samples::run(2), &foreign).unwrap();
    drop(rows);
    transaction.commit().unwrap();
    let said = store
        .history(samples::run(2))
        .expect_err("it must not be read")
        .to_string();
    assert!(said.contains("it belongs to run"), "{said}");
}
