//! The engine: shards on threads, one writer, task queues and modules, behind one facade of async calls.
//!
//! This is the one place that knows all the parts; they do not know each other. It knows no wire format and no
//! command line.

mod ambient;
mod batch_operations;
mod blocked_filter;
mod expected_modules;
mod facade;
mod host_key;
mod local;
mod namespaces;
mod pacing;
mod removing;
mod router;
mod search_attributes;
mod settings;
mod shard_thread;
mod skipping;
mod task_queues;
mod writer;

pub use ambient::{Ambient, Machine};
pub use batch_operations::{BATCH_PER_SECOND_MAX, BatchError};
pub use expected_modules::ModulesOnTheirWay;
pub use facade::CallError;
pub use host_key::HostKey;
pub use local::{ActivityContext, ActivityFunction};
pub use namespaces::{DEFAULT_NAMESPACE, NamespaceChange, NamespaceError, NewNamespace};
pub use search_attributes::SearchAttributeError;
pub use settings::{Settings, Storage};
pub use skipping::{NotLocked, TimeSkipping};
pub use task_queues::{TaskQueueError, WorkflowTypeDescription};

use crate::catalog::Catalog;
use crate::dispatch::Dispatcher;
use crate::shard::{BatchNumber, BlockedRuns, Mail, Request, Shard};
use crate::store::memory::MemoryStore;
use crate::store::redb::{self, RedbStore};
use crate::store::{ShardId, Store, StoreError};
use crate::wasm::{CompiledCode, EngineError, Modules};
use batch_operations::BatchOperations;
use expected_modules::ExpectedModules;
use local::LocalWorkers;
use namespaces::Namespaces;
use router::{Lane, Router};
use shard_thread::ShardThread;
use skipping::{LeadingClock, Rest};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicUsize;
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use task_queues::TaskQueues;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::watch;
use writer::Writer;

/// A running engine. Cloning shares it.
#[derive(Clone)]
pub struct Engine {
    parts: Arc<Parts>,
}

struct Parts {
    settings: Settings,
    store: Arc<dyn Store>,
    catalog: Arc<Catalog>,
    expected_modules: ExpectedModules,
    namespaces: Namespaces,
    /// The runs that are blocked, by their shards.
    blocked: BTreeMap<ShardId, BlockedRuns>,
    dispatcher: Dispatcher,
    task_queues: TaskQueues,
    batch_operations: BatchOperations,
    /// What goes on by itself beside the threads runs here.
    runtime: tokio::runtime::Handle,
    local: LocalWorkers,
    router: Router,
    ambient: Arc<dyn Ambient>,
    /// Steers the clock, if it can be steered.
    time_skipping: Option<TimeSkipping>,
    host_key: HostKey,
    failed: watch::Receiver<Option<String>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl Drop for Parts {
    /// Who forgets [`Engine::shut_down`] does not wait for the threads, but they end all the same and let go of the store.
    fn drop(&mut self) {
        self.router.tell_all(|| Message::Stop);
    }
}

/// What a shard's thread is told.
enum Message {
    /// Somebody asks something of shards.
    Requests(Vec<(ShardId, Request)>),
    /// Something from one shard for another.
    Mail(ShardId, Mail),
    /// These shards' batches are durable.
    Committed(Vec<(ShardId, BatchNumber)>),
    /// A module was pushed or loaded.
    ModulesChanged,
    /// A namespace was changed.
    NamespacesChanged,
    /// Somebody asks how the thread stands, once it has done what it was told before.
    Rest(UnboundedSender<Rest>),
    /// It is time to stop.
    Stop,
}

/// Why the engine did not start.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The data directory cannot be used.
    #[error("cannot use data directory {directory}: {source}")]
    Directory {
        /// Which.
        directory: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The directory for compiled modules cannot be used.
    #[error("cannot keep compiled modules in {directory}: {source}")]
    Compiled {
        /// Which.
        directory: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The store did not open.
    #[error(transparent)]
    Redb(#[from] redb::OpenError),
    /// The store cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The WebAssembly engine did not start.
    #[error(transparent)]
    Wasm(#[from] EngineError),
    /// A thread did not start.
    #[error("cannot start a thread: {0}")]
    Thread(#[source] std::io::Error),
}

impl Engine {
    /// Opens the store, loads the modules, and takes up every run where it stood. Needs a tokio runtime: functions
    /// of this process that are registered as activities run on it.
    pub async fn open(settings: Settings) -> Result<Self, OpenError> {
        Self::open_through(settings, |store| store).await
    }

    /// The same, but the engine reaches the store that the settings name only through what `through` makes of it.
    /// So a caller stands between a commit and its effects: it sees each one, delays it, or ends the process there.
    pub async fn open_through(
        settings: Settings,
        through: impl FnOnce(Arc<dyn Store>) -> Arc<dyn Store> + Send + 'static,
    ) -> Result<Self, OpenError> {
        let runtime = tokio::runtime::Handle::current();
        let opening = tokio::task::spawn_blocking(move || {
            let storage = OpenedStorage::open(&settings)?;
            let storage = OpenedStorage {
                store: through(storage.store),
                ..storage
            };
            Self::open_on(storage, settings, runtime)
        });
        opening
            .await
            .map_err(|error| OpenError::Thread(std::io::Error::other(error)))?
    }

    fn open_on(storage: OpenedStorage, settings: Settings, runtime: tokio::runtime::Handle) -> Result<Self, OpenError> {
        let (ambient, time_skipping): (Arc<dyn Ambient>, _) = if settings.skip_time {
            let clock = Arc::new(LeadingClock::default());
            (clock.clone(), Some(TimeSkipping::new(clock)))
        } else {
            (Arc::new(Machine), None)
        };
        let OpenedStorage {
            store,
            host_key,
            compiled,
        } = storage;
        let modules = Modules::new(settings.wasm.clone(), compiled)?;
        let limits = settings.wasm.limits.clone();
        let catalog = Arc::new(Catalog::open(store.clone(), modules.clone(), limits)?);
        let namespaces = Namespaces::open(store.clone(), &*ambient)?;
        let dispatcher = Dispatcher::default();
        let task_queues = TaskQueues::open(store.clone(), dispatcher.clone(), ambient.now())?;

        let thread_count = settings.shard_threads.clamp(1, usize::from(store.shards()));
        let (lanes, inboxes): (Vec<_>, Vec<_>) = (0..thread_count)
            .map(|_| {
                let (sender, inbox) = channel();
                (
                    Lane {
                        sender,
                        depth: Arc::new(AtomicUsize::new(0)),
                    },
                    inbox,
                )
            })
            .unzip();
        let senders: Vec<_> = lanes
            .iter()
            .map(|lane| (lane.sender.clone(), lane.depth.clone()))
            .collect();
        let router = Router::new(lanes, store.shards());
        let local = LocalWorkers::new(dispatcher.clone(), router.clone(), ambient.clone(), runtime.clone());

        let (failed_sender, failed) = watch::channel(None);
        let (writer, writer_thread) = Writer::start(store.clone(), failed_sender).map_err(OpenError::Thread)?;
        let mut shards_of_threads: Vec<Vec<Shard<Modules>>> = Vec::new();
        shards_of_threads.resize_with(thread_count, Vec::new);
        for id in 0..store.shards() {
            let mut shard = Shard::open(
                ShardId(id),
                store.clone(),
                Arc::new(modules.clone()),
                catalog.clone(),
                settings.shard.clone(),
                ambient.now(),
            )?;
            // Before any of them hands out anything: what runs counts.
            dispatcher.take_in(shard.take_recovered(), ambient.now());
            shards_of_threads[usize::from(id) % thread_count].push(shard);
        }
        let mut threads = Vec::new();
        let mut blocked = BTreeMap::new();
        let lanes = inboxes.into_iter().zip(senders).zip(shards_of_threads);
        for (at, ((inbox, (own_sender, depth)), shards)) in lanes.enumerate() {
            blocked.extend(shards.iter().map(|shard| (shard.id(), shard.blocked_runs())));
            let thread = ShardThread {
                shards,
                inbox,
                own_sender,
                depth,
                writer: writer.clone(),
                writes_in_flight: 0,
                done: 0,
                asked: Vec::new(),
                goes_on: false,
                dispatcher: dispatcher.clone(),
                local: local.clone(),
                router: router.clone(),
                ambient: ambient.clone(),
            };
            let started = std::thread::Builder::new()
                .name(format!("shards-{at}"))
                .stack_size(shard_thread::STACK_BYTES)
                .spawn(move || thread.run());
            threads.push(started.map_err(OpenError::Thread)?);
        }
        // Last, so that it is joined after those that still hand batches to it.
        threads.push(writer_thread);
        let told = router.clone();
        catalog.on_change(move || told.tell_all(|| Message::ModulesChanged));
        let parts = Parts {
            settings,
            store,
            catalog,
            expected_modules: ExpectedModules::default(),
            namespaces,
            blocked,
            dispatcher,
            task_queues,
            batch_operations: BatchOperations::default(),
            runtime: runtime.clone(),
            local,
            router,
            ambient,
            time_skipping,
            host_key,
            failed,
            threads: Mutex::new(threads),
        };
        let parts = Arc::new(parts);
        let pacing = pacing::keep_pace(parts.dispatcher.clone(), parts.ambient.clone(), Arc::downgrade(&parts));
        runtime.spawn(pacing);
        if let Some(time) = &parts.time_skipping {
            runtime.spawn(skipping::skip(time.clone(), Arc::downgrade(&parts)));
        }
        let engine = Self { parts };
        engine.take_up_batch_operations()?;
        engine.go_on_removing();
        Ok(engine)
    }

    /// Waits until the store has failed, and says why. From then on nothing is acknowledged: stop the process.
    pub async fn failed(&self) -> String {
        let mut failed = self.parts.failed.clone();
        loop {
            if let Some(reason) = failed.borrow_and_update().clone() {
                return reason;
            }
            if failed.changed().await.is_err() {
                return std::future::pending().await;
            }
        }
    }

    /// Stops taking requests, and returns once everything that was acknowledged is durable. Calls that are still
    /// waiting for an answer get an error.
    pub async fn shut_down(&self) {
        self.parts.router.tell_all(|| Message::Stop);
        let threads = std::mem::take(&mut *self.parts.threads.lock().unwrap_or_else(PoisonError::into_inner));
        let joining = tokio::task::spawn_blocking(move || {
            for thread in threads {
                if thread.join().is_err() {
                    tracing::error!("a thread of the engine panicked");
                }
            }
        });
        // Fails only if the runtime is being torn down, and then nobody waits.
        let _ = joining.await;
    }
}

/// What an engine keeps, opened.
struct OpenedStorage {
    store: Arc<dyn Store>,
    host_key: HostKey,
    /// None in memory, unless there is a directory for it: there, machine code ends with the process.
    compiled: Option<CompiledCode>,
}

impl OpenedStorage {
    fn open(settings: &Settings) -> Result<Self, OpenError> {
        let Storage::Directory(directory) = &settings.storage else {
            return Ok(Self {
                store: Arc::new(MemoryStore::new(settings.shards)),
                host_key: HostKey::random(),
                compiled: settings.compiled.as_deref().map(shared).transpose()?,
            });
        };
        let failed = |source| OpenError::Directory {
            directory: directory.clone(),
            source,
        };
        std::fs::create_dir_all(directory).map_err(failed)?;
        let store = RedbStore::open(directory, settings.redb_options())?;
        // Only who has the store's lock may create the key.
        let host_key = HostKey::open(directory).map_err(failed)?;
        let compiled = match &settings.compiled {
            Some(directory) => shared(directory)?,
            None => CompiledCode::open(directory, host_key.as_bytes()).map_err(failed)?,
        };
        Ok(Self {
            store: Arc::new(store),
            host_key,
            compiled: Some(compiled),
        })
    }
}

/// Compiled code of a directory that has a key of its own.
fn shared(directory: &Path) -> Result<CompiledCode, OpenError> {
    compiled_code(directory).map_err(|source| OpenError::Compiled {
        directory: directory.to_owned(),
        source,
    })
}

/// Opens a directory for compiled code, made if there is none, that everything which this user runs may share.
pub fn compiled_code(directory: &Path) -> std::io::Result<CompiledCode> {
    let key = HostKey::open_shared(directory)?;
    CompiledCode::open(directory, key.as_bytes())
}
