//! Opening a data directory, and creating it.
//!
//! | in the directory | |
//! |---|---|
//! | `lock` | locked for as long as a store is open |
//! | `journal.redb` | the database |
//! | `journal.log` | the log in front of it |
//! | `modules/` | components |

use super::super::format::decode_batches;
use super::super::log::{self, Key, Log, LogError, LogFile};
use super::super::{ShardId, StoreError};
use super::components::Components;
use super::error::{corrupt, failed};
use super::{
    LAYOUT_VERSION, RedbStore, Writer, apply, attempts, batch_operations, closed_runs, control, current, garbage,
    heads, index, journal, meta, modules, namespaces, open_runs, outbox, runs, schedules, table,
};
use ::redb::{
    Builder, Database, DatabaseError, ReadableDatabase, StorageBackend, StorageError, TableError, WriteTransaction,
};
use bytes::Bytes;
use std::fs::{File, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, RwLock};

const DATABASE: &str = "journal.redb";
const NEW_DATABASE: &str = "journal.redb.new";
const LOG: &str = "journal.log";
const NEW_LOG: &str = "journal.log.new";
const LOCK: &str = "lock";
const COMPONENTS: &str = "modules";

/// How to open a store.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// How many shards a new store gets. One that exists keeps its own number.
    pub shards: u16,
    /// How much memory the database may use for pages.
    pub cache_bytes: usize,
    /// How long the log of a new store is. The database is synced once for so many bytes; after a crash, as much is
    /// applied again.
    pub log_bytes: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            shards: 16,
            cache_bytes: 32 << 20,
            log_bytes: 16 << 20,
        }
    }
}

/// Why a data directory cannot be opened, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has it open.
    #[error("{} is in use by another process: stop that one, or choose another data directory", .directory.display())]
    Locked {
        /// The data directory.
        directory: PathBuf,
    },
    /// It cannot be read or written at all.
    #[error(
        "cannot use {} as the data directory: {source}; give this user the right to write there, make room on the disk, or choose another directory",
        .directory.display()
    )]
    Unusable {
        /// The data directory.
        directory: PathBuf,
        /// What went wrong.
        #[source]
        source: std::io::Error,
    },
    /// A newer Mainspring wrote it.
    #[error(
        "the journal has layout version {found} and this Mainspring knows versions up to {LAYOUT_VERSION}: install a newer one"
    )]
    Newer {
        /// Its version.
        found: u64,
    },
    /// There is a file of that name which is something else.
    #[error("{} is not a journal of Mainspring: move it away, or choose another data directory", .path.display())]
    NotOurs {
        /// The file.
        path: PathBuf,
    },
    /// The database is damaged.
    #[error("{} is damaged: {reason}; restore the data directory from a backup", .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// Its contents cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl RedbStore {
    /// Opens the store in a data directory, and creates both where there are none.
    pub fn open(directory: &Path, options: Options) -> Result<Self, OpenError> {
        let unusable = |source| OpenError::Unusable {
            directory: directory.to_owned(),
            source,
        };
        std::fs::create_dir_all(directory).map_err(unusable)?;
        let lock = lock(directory)?;
        let components = Components::open(directory.join(COMPONENTS)).map_err(unusable)?;
        let path = directory.join(DATABASE);
        if !path.try_exists().map_err(unusable)? {
            create(directory, options)?;
        }
        let database = builder(options).open(&path).map_err(|error| refused(&path, error))?;
        take_over(&database, &path)?;
        let log = File::options().read(true).write(true).open(directory.join(LOG));
        let log = log.map_err(|error| OpenError::Damaged {
            path: directory.join(LOG),
            reason: error.to_string(),
        })?;
        Self::start(database, Box::new(log), directory, components, Some(lock))
    }

    /// Opens the store in storage of any kind, and creates it if there is nothing yet; its components are kept in a
    /// directory. Nothing guards against a second opener except what the storage does.
    pub fn open_on(
        backend: impl StorageBackend,
        log: Box<dyn LogFile>,
        components: &Path,
        options: Options,
    ) -> Result<Self, OpenError> {
        let unusable = |source| OpenError::Unusable {
            directory: components.to_owned(),
            source,
        };
        let is_new = backend.len().map_err(unusable)? == 0;
        let directory = Path::new("");
        let components = Components::open(components.to_owned()).map_err(unusable)?;
        let database = builder(options).create_with_backend(backend);
        let database = database.map_err(|error| refused(&directory.join(DATABASE), error))?;
        if is_new {
            let key = Key::random();
            log::create(log.as_ref(), &key, options.log_bytes).map_err(unusable)?;
            initialise(&database, &key, options)?;
        }
        take_over(&database, &directory.join(DATABASE))?;
        Self::start(database, log, directory, components, None)
    }

    fn start(
        database: Database,
        log: Box<dyn LogFile>,
        directory: &Path,
        components: Components,
        lock: Option<File>,
    ) -> Result<Self, OpenError> {
        let snapshot = database.begin_read().map_err(failed("open the journal"))?;
        let meta = table::read(&snapshot, meta::TABLE)?;
        let shards = meta::shards(&meta)?;
        let epochs = table::read(&snapshot, meta::EPOCHS)?;
        let epochs: Result<Vec<_>, _> = (0..shards).map(|shard| meta::epoch(&epochs, ShardId(shard))).collect();
        let (log, records) = Log::open(log, meta::log_key(&meta)?, meta::logged(&meta)?)
            .map_err(|error| refused_log(directory.join(LOG), error))?;
        let writer = Writer {
            next_position: journal::next_position(&table::read(&snapshot, journal::TABLE)?)?,
            epochs: epochs?,
            is_poisoned: false,
            log,
        };
        drop((snapshot, meta));
        let store = Self {
            database,
            components,
            shards,
            writer: Mutex::new(writer),
            is_behind: RwLock::new(false),
            _lock: lock,
        };
        store.catch_up(records)?;
        Ok(store)
    }

    /// Applies what only the log has, and makes it durable.
    fn catch_up(&self, records: Vec<Bytes>) -> Result<(), StoreError> {
        let mut writer = self.writer()?;
        let mut position = writer.next_position;
        let last = writer.log.last();
        self.commit(&mut writer, |transaction| {
            for record in records {
                let batches = decode_batches(record).map_err(|reason| corrupt("a record of the log", reason))?;
                position = apply::apply(transaction, &batches, position)?;
            }
            meta::put_logged(&mut table::write(transaction, meta::TABLE)?, last)
        })?;
        writer.next_position = position;
        Ok(())
    }
}

fn lock(directory: &Path) -> Result<File, OpenError> {
    let directory = directory.to_owned();
    let mut options = File::options();
    options.create(true).truncate(false).write(true);
    match options.open(directory.join(LOCK)) {
        Ok(file) => match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => Err(OpenError::Locked { directory }),
            Err(TryLockError::Error(source)) => Err(OpenError::Unusable { directory, source }),
        },
        Err(source) => Err(OpenError::Unusable { directory, source }),
    }
}

/// The files take their names only when they are complete, the database last: one whose creation was cut short cannot
/// be opened, and without a database everything begins again.
fn create(directory: &Path, options: Options) -> Result<(), OpenError> {
    let unusable = |source| OpenError::Unusable {
        directory: directory.to_owned(),
        source,
    };
    let (new_database, new_log) = (directory.join(NEW_DATABASE), directory.join(NEW_LOG));
    let key = Key::random();
    let create_log = || {
        log::create(&File::create(&new_log)?, &key, options.log_bytes)?;
        std::fs::rename(&new_log, directory.join(LOG))?;
        match std::fs::remove_file(&new_database) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            Ok(()) | Err(_) => Ok(()),
        }
    };
    create_log().map_err(unusable)?;
    let database = builder(options).create(&new_database);
    let database = database.map_err(|error| refused(&new_database, error))?;
    initialise(&database, &key, options)?;
    drop(database);
    let name_database = || {
        File::open(&new_database)?.sync_all()?;
        // The log's name must be durable before the database's.
        File::open(directory)?.sync_all()?;
        std::fs::rename(&new_database, directory.join(DATABASE))?;
        File::open(directory)?.sync_all()
    };
    name_database().map_err(unusable)
}

/// Every table exists from the first commit on, so that reading one never fails for want of it.
fn create_tables(transaction: &WriteTransaction) -> Result<(), StoreError> {
    let tables = [
        journal::TABLE,
        heads::TABLE,
        runs::TABLE,
        runs::OF_NAMESPACE,
        index::TABLE,
        current::TABLE,
        attempts::TABLE,
        open_runs::TABLE,
        closed_runs::TABLE,
        garbage::TABLE,
        outbox::TABLE,
        schedules::TABLE,
        modules::TABLE,
        namespaces::TABLE,
        control::TASK_QUEUES,
        control::WORKFLOW_TYPES,
        batch_operations::TABLE,
        meta::EPOCHS,
    ];
    for definition in tables {
        table::write(transaction, definition)?;
    }
    Ok(())
}

fn initialise(database: &Database, key: &Key, options: Options) -> Result<(), StoreError> {
    let transaction = database.begin_write().map_err(failed("create the journal"))?;
    create_tables(&transaction)?;
    let mut meta = table::write(&transaction, meta::TABLE)?;
    meta::put_layout_version(&mut meta, LAYOUT_VERSION)?;
    meta::put_shards(&mut meta, options.shards.max(1))?;
    meta::put_log_key(&mut meta, key)?;
    drop(meta);
    transaction.commit().map_err(failed("create the journal"))
}

/// Makes the database one of this build's layout, if it understands it.
fn take_over(database: &Database, path: &Path) -> Result<(), OpenError> {
    match layout_version(database, path)? {
        LAYOUT_VERSION => Ok(()),
        older if older < LAYOUT_VERSION => Ok(bring_up_to_date(database)?),
        found => Err(OpenError::Newer { found }),
    }
}

fn layout_version(database: &Database, path: &Path) -> Result<u64, OpenError> {
    let snapshot = database.begin_read().map_err(failed("open the journal"))?;
    match snapshot.open_table(meta::TABLE) {
        Ok(meta) => Ok(meta::layout_version(&meta)?),
        Err(TableError::Storage(error)) => Err(failed("open the journal")(error).into()),
        Err(_) => Err(OpenError::NotOurs { path: path.to_owned() }),
    }
}

/// Makes what an older layout lacks, in one commit with the number of the layout that has it: durable before anything is
/// written that an older build would misread. What is in the log only is applied afterwards, and finds its tables as
/// it expects them.
fn bring_up_to_date(database: &Database) -> Result<(), StoreError> {
    let transaction = database.begin_write().map_err(failed("bring the journal up to date"))?;
    create_tables(&transaction)?;
    build_indexes(&transaction)?;
    meta::put_layout_version(&mut table::write(&transaction, meta::TABLE)?, LAYOUT_VERSION)?;
    transaction.commit().map_err(failed("bring the journal up to date"))
}

/// Makes the rows by which all runs that there are can be found. Those that are there already stay as they are.
fn build_indexes(transaction: &WriteTransaction) -> Result<(), StoreError> {
    let shards = meta::shards(&table::write(transaction, meta::TABLE)?)?;
    let mut index = table::write(transaction, index::TABLE)?;
    let mut closed = table::write(transaction, closed_runs::TABLE)?;
    runs::for_each(&table::write(transaction, runs::TABLE)?, |run| {
        let shard = ShardId::of(&run.namespace, &run.execution.workflow_id, shards);
        index::change(&mut index, None, Some(run))?;
        closed_runs::change(&mut closed, shard, None, Some(run))
    })
}

fn builder(options: Options) -> Builder {
    let mut builder = Database::builder();
    builder.set_cache_size(options.cache_bytes);
    builder
}

fn refused(path: &Path, error: DatabaseError) -> OpenError {
    let directory = path.parent().unwrap_or(path).to_owned();
    let path = path.to_owned();
    match error {
        DatabaseError::DatabaseAlreadyOpen => OpenError::Locked { directory },
        DatabaseError::Storage(StorageError::Io(source)) if source.kind() == ErrorKind::InvalidData => {
            OpenError::NotOurs { path }
        }
        DatabaseError::Storage(StorageError::Io(source)) => OpenError::Unusable { directory, source },
        other => OpenError::Damaged {
            path,
            reason: other.to_string(),
        },
    }
}

fn refused_log(path: PathBuf, error: LogError) -> OpenError {
    match error {
        LogError::Io(source) => OpenError::Unusable {
            directory: path.parent().unwrap_or(&path).to_owned(),
            source,
        },
        other => OpenError::Damaged {
            path,
            reason: other.to_string(),
        },
    }
}
