//! The modules of all namespaces: which workflow type is in which, and which version runs follow.
//!
//! It ties the wasm engine, which knows no names, and the store, which knows no wasm. Runs follow their module's
//! newest version: a pushed version takes over at their next activation, by replay.

mod pauses;

pub use pauses::PauseTypeError;

use crate::shard::{KnownTypes, ModuleIndex};
use crate::store::{Change, ModuleVersion, Store, StoreError};
use crate::wasm::{LoadError, LoadedModule, Manifest, Modules, QueueFull, UploadError, WasmLimits, accept};
use bytes::Bytes;
use mainspring_core::{Digest, Timestamp};
use pauses::Pauses;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

/// All modules, by namespace and name.
pub struct Catalog {
    store: Arc<dyn Store>,
    modules: Modules,
    limits: WasmLimits,
    index: RwLock<Index>,
    pauses: Pauses,
    /// How often either of them has changed.
    changes: AtomicU64,
    /// Modules are taken one after the other, so that two cannot both take a workflow type; and none while a namespace is
    /// forgotten.
    taking: Arc<tokio::sync::Mutex<()>>,
    on_change: OnceLock<Box<dyn Fn() + Send + Sync>>,
}

#[derive(Default)]
struct Index {
    /// By namespace and module name.
    entries: BTreeMap<String, BTreeMap<String, Entry>>,
}

#[derive(Default)]
struct Entry {
    /// The oldest first; never empty.
    versions: Vec<ModuleVersion>,
    /// Of the newest version. None while it is not loaded, or if it cannot be.
    manifest: Option<Manifest>,
}

/// A module with its versions.
#[derive(Clone, Debug)]
pub struct ModuleDescription {
    /// Its name.
    pub name: String,
    /// Its versions, the newest first; never empty.
    pub versions: Vec<ModuleVersion>,
    /// What the newest version says is in it, if it is loaded.
    pub manifest: Option<Manifest>,
}

/// A module that was pushed.
#[derive(Clone, Debug)]
pub struct Pushed {
    /// The version that runs follow now.
    pub version: ModuleVersion,
    /// What is in it.
    pub manifest: Manifest,
    /// Whether it was the newest version before already.
    pub is_unchanged: bool,
}

/// Why a module was not taken.
#[derive(Debug, thiserror::Error)]
pub enum PushError {
    /// The name cannot be one.
    #[error("{0:?} is no module name; use 1 to 128 letters, digits, `-`, `_` and `.`")]
    BadName(String),
    /// The file is not a workflow module.
    #[error(transparent)]
    Upload(#[from] UploadError),
    /// The module does not run.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// Too many are being compiled.
    #[error(transparent)]
    Busy(#[from] QueueFull),
    /// Another module of the namespace has one of the types.
    #[error(
        "workflow type {workflow_type:?} is in module {module:?} already; push this one under that name, or rename the type"
    )]
    TypeTaken {
        /// The type.
        workflow_type: String,
        /// The module that has it.
        module: String,
    },
    /// The namespace went while the module was compiled.
    #[error("namespace {0:?} was not found")]
    NoSuchNamespace(String),
    /// The compile pool stopped, as the process is about to.
    #[error("the server is stopping")]
    Stopping,
    /// It could not be kept.
    #[error(transparent)]
    Store(#[from] StoreError),
}

const MODULE_NAME_CHARS_MAX: usize = 128;

impl Catalog {
    /// Nothing of a namespace is known any more, and whatever was being taken for it is kept by now. What is kept of it
    /// goes otherwise.
    pub async fn forget_namespace(&self, namespace: &str) {
        let _one_at_a_time = self.taking.lock().await;
        let mut index = self.index.write().unwrap_or_else(PoisonError::into_inner);
        index.entries.remove(namespace);
        drop(index);
        self.pauses.forget_namespace(namespace);
        self.notify();
    }
}

impl Catalog {
    /// The catalog of a store. Loads the newest version of every module; those that cannot be loaded are logged,
    /// and the runs that need them are blocked until a good version is pushed.
    pub fn open(store: Arc<dyn Store>, modules: Modules, limits: WasmLimits) -> Result<Self, StoreError> {
        let mut index = Index::default();
        for version in store.modules()? {
            index.add(version, None);
        }
        for (namespace, name, entry) in index.entries_mut() {
            let digest = entry.newest().digest;
            let Some(component) = store.component(&digest)? else {
                tracing::error!(namespace, name, %digest, "the module's bytes are gone; push it again");
                continue;
            };
            match modules.load_here(digest, &component) {
                Ok(loaded) => entry.manifest = Some(loaded.manifest().clone()),
                Err(error) => tracing::error!(namespace, name, %digest, %error, "the module cannot be loaded"),
            }
        }
        Ok(Self {
            pauses: Pauses::open(store.clone())?,
            store,
            modules,
            limits,
            index: RwLock::new(index),
            changes: AtomicU64::new(0),
            taking: Arc::default(),
            on_change: OnceLock::new(),
        })
    }

    /// What to do when a module has changed or been loaded, or when a pause is over. Set once; later calls change nothing.
    pub fn on_change(&self, notify: impl Fn() + Send + Sync + 'static) {
        let _ = self.on_change.set(Box::new(notify));
    }

    /// Takes a module, or a new version of one, unless its namespace is gone by the time that it is compiled; durable,
    /// loaded and followed by runs when this returns.
    pub async fn push(
        self: &Arc<Self>,
        namespace: &str,
        name: &str,
        file: Bytes,
        now: Timestamp,
        is_there: impl Fn(&str) -> bool + Send + 'static,
    ) -> Result<Pushed, PushError> {
        check_name(name)?;
        let limits = self.limits.clone();
        let accepted = tokio::task::spawn_blocking(move || accept(file, &limits))
            .await
            .map_err(|_| PushError::Stopping)??;
        let loading = self.modules.load(accepted.digest, accepted.component.clone())?;
        let loaded: Arc<LoadedModule> = loading.await.map_err(|_| PushError::Stopping)??;
        let manifest = loaded.manifest().clone();

        let version = ModuleVersion {
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            digest: accepted.digest,
            size_bytes: accepted.component.len() as u64,
            pushed: now,
        };
        let one_at_a_time = self.taking.clone().lock_owned().await;
        let catalog = self.clone();
        // Whoever pushes may go away. Then this goes on, and nobody else begins before its end.
        let taking = tokio::task::spawn_blocking(move || {
            let _one_at_a_time = one_at_a_time;
            if !is_there(&version.namespace) {
                return Err(PushError::NoSuchNamespace(version.namespace));
            }
            catalog.take(version, manifest, &accepted.component)
        });
        taking.await.map_err(|_| PushError::Stopping)?
    }

    fn take(&self, version: ModuleVersion, manifest: Manifest, component: &Bytes) -> Result<Pushed, PushError> {
        self.check_types(&version.namespace, &version.name, &manifest)?;
        if let Some(newest) = self.newest(&version.namespace, &version.name)
            && newest.digest == version.digest
        {
            return Ok(Pushed {
                version: newest,
                manifest,
                is_unchanged: true,
            });
        }
        self.store.put_module(&version, component)?;
        {
            let mut index = self.index.write().unwrap_or_else(PoisonError::into_inner);
            index.add(version.clone(), Some(manifest.clone()));
        }
        self.notify();
        Ok(Pushed {
            version,
            manifest,
            is_unchanged: false,
        })
    }

    /// The modules of a namespace, by name.
    pub fn list(&self, namespace: &str) -> Vec<ModuleDescription> {
        let index = self.index.read().unwrap_or_else(PoisonError::into_inner);
        let of_namespace = index.of_namespace(namespace);
        of_namespace.map(|(name, entry)| entry.describe(name)).collect()
    }

    /// One module.
    pub fn describe(&self, namespace: &str, name: &str) -> Option<ModuleDescription> {
        let index = self.index.read().unwrap_or_else(PoisonError::into_inner);
        Some(index.get(namespace, name)?.describe(name))
    }

    /// Has no run of a type activated until it is resumed. Durable when it returns.
    pub fn pause_type(&self, namespace: &str, workflow_type: &str, change: Change) -> Result<(), PauseTypeError> {
        if let Err(known) = self.module_of(namespace, workflow_type) {
            return Err(PauseTypeError::UnknownType {
                namespace: namespace.to_owned(),
                workflow_type: workflow_type.to_owned(),
                known,
            });
        }
        let paused = self.pauses.pause(namespace, workflow_type, change);
        self.count_change();
        paused
    }

    /// Lets the runs of a type go on; `false` if it was not paused. Durable when it returns.
    pub fn resume_type(&self, namespace: &str, workflow_type: &str) -> Result<bool, StoreError> {
        let resumed = self.pauses.resume(namespace, workflow_type)?;
        self.notify();
        Ok(resumed)
    }

    /// The workflow types of a namespace that are paused.
    pub fn paused_types(&self, namespace: &str) -> BTreeMap<String, Arc<Change>> {
        self.pauses.of_namespace(namespace)
    }

    fn newest(&self, namespace: &str, name: &str) -> Option<ModuleVersion> {
        let index = self.index.read().unwrap_or_else(PoisonError::into_inner);
        Some(index.get(namespace, name)?.newest().clone())
    }

    fn check_types(&self, namespace: &str, name: &str, manifest: &Manifest) -> Result<(), PushError> {
        let index = self.index.read().unwrap_or_else(PoisonError::into_inner);
        for (module, entry) in index.of_namespace(namespace).filter(|(module, _)| *module != name) {
            for definition in entry.manifest.iter().flat_map(|manifest| &manifest.workflows) {
                if manifest.workflows.iter().any(|new| new.name == definition.name) {
                    return Err(PushError::TypeTaken {
                        workflow_type: definition.name.clone().unwrap_or_else(|| "(all others)".into()),
                        module: module.clone(),
                    });
                }
            }
        }
        Ok(())
    }

    /// Comes after the change: who has asked before, and been told what was, asks again.
    fn count_change(&self) {
        self.changes.fetch_add(1, Ordering::Release);
    }

    fn notify(&self) {
        self.count_change();
        if let Some(notify) = self.on_change.get() {
            notify();
        }
    }
}

impl ModuleIndex for Catalog {
    fn module_of(&self, namespace: &str, workflow_type: &str) -> Result<String, KnownTypes> {
        let index = self.index.read().unwrap_or_else(PoisonError::into_inner);
        let of_namespace = || index.of_namespace(namespace);
        let has = |entry: &Entry, wanted: Option<&str>| {
            let mut workflows = entry.manifest.iter().flat_map(|manifest| &manifest.workflows);
            workflows.any(|workflow| workflow.name.as_deref() == wanted)
        };
        let found = of_namespace()
            .find(|(_, entry)| has(entry, Some(workflow_type)))
            .or_else(|| of_namespace().find(|(_, entry)| has(entry, None)));
        match found {
            Some((module, _)) => Ok(module.clone()),
            None => Err(of_namespace()
                .flat_map(|(_, entry)| entry.manifest.iter().flat_map(|manifest| &manifest.workflows))
                .filter_map(|workflow| workflow.name.as_deref())
                .collect()),
        }
    }

    fn current(&self, namespace: &str, module: &str) -> Option<Digest> {
        let index = self.index.read().unwrap_or_else(PoisonError::into_inner);
        Some(index.get(namespace, module)?.newest().digest)
    }

    fn want(&self, module: Digest) {
        // The run is tried again by itself; by then the module is loaded, or this is asked again.
        match self.store.component(&module) {
            Ok(Some(component)) => drop(self.modules.load(module, component)),
            Ok(None) => tracing::error!(%module, "the module's bytes are gone; push it again"),
            Err(error) => tracing::error!(%module, %error, "the module's bytes cannot be read"),
        }
    }

    fn pause_of(&self, namespace: &str, workflow_type: &str) -> Option<Arc<Change>> {
        self.pauses.get(namespace, workflow_type)
    }

    fn changes(&self) -> u64 {
        self.changes.load(Ordering::Acquire)
    }
}

impl Index {
    fn get(&self, namespace: &str, module: &str) -> Option<&Entry> {
        self.entries.get(namespace)?.get(module)
    }

    fn of_namespace(&self, namespace: &str) -> impl Iterator<Item = (&String, &Entry)> {
        self.entries.get(namespace).into_iter().flatten()
    }

    fn entries_mut(&mut self) -> impl Iterator<Item = (&String, &String, &mut Entry)> {
        let namespaces = self.entries.iter_mut();
        namespaces.flat_map(|(namespace, modules)| modules.iter_mut().map(move |(name, it)| (namespace, name, it)))
    }

    /// Adds the newest version of a module.
    fn add(&mut self, version: ModuleVersion, manifest: Option<Manifest>) {
        let of_namespace = self.entries.entry(version.namespace.clone()).or_default();
        let entry = of_namespace.entry(version.name.clone()).or_default();
        entry.versions.push(version);
        entry.manifest = manifest;
    }
}

impl Entry {
    fn newest(&self) -> &ModuleVersion {
        self.versions.last().expect("an entry has at least one version")
    }

    fn describe(&self, name: &str) -> ModuleDescription {
        ModuleDescription {
            name: name.to_owned(),
            versions: self.versions.iter().rev().cloned().collect(),
            manifest: self.manifest.clone(),
        }
    }
}

fn check_name(name: &str) -> Result<(), PushError> {
    let is_allowed = |char: char| char.is_ascii_alphanumeric() || matches!(char, '-' | '_' | '.');
    if name.is_empty() || name.len() > MODULE_NAME_CHARS_MAX || !name.chars().all(is_allowed) {
        return Err(PushError::BadName(name.to_owned()));
    }
    Ok(())
}
