//! The modules that can be run now: loaded once, shared by all shards.

use super::compile::CompilePool;
use super::compiled::{Artefacts, CompiledCode};
use super::error::{EngineError, InstantiateError, LoadError, QueueFull};
use super::footprint;
use super::guest::Guests;
use super::instance::WasmGuest;
use super::manifest::Manifest;
use super::runtime::{Linked, Runtime};
use super::settings::WasmSettings;
use bytes::Bytes;
use mainspring_core::Digest;
use std::collections::HashMap;
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use tokio::sync::oneshot;
use wasmtime::component::Component;

/// The loaded modules, and the means to load more. Cloning shares them.
#[derive(Clone)]
pub struct Modules {
    loader: Arc<Loader>,
    pool: Arc<CompilePool<Result<Arc<LoadedModule>, LoadError>>>,
}

/// A module that is compiled, linked and has described itself.
pub struct LoadedModule {
    digest: Digest,
    manifest: Manifest,
    linked: Linked,
    /// What a guest of it is taken to write of the memory that it begins with.
    footprint_bytes: usize,
    /// When it was last used, counted in uses of all modules.
    last_use: AtomicU64,
}

struct Loader {
    runtime: Arc<Runtime>,
    artefacts: Option<Artefacts>,
    loaded: RwLock<HashMap<Digest, Arc<LoadedModule>>>,
    uses: AtomicU64,
}

/// One more, and the module that nobody has used for longest is unloaded; a run that needs it loads it again.
const LOADED_MODULES_MAX: usize = 256;

impl Modules {
    /// Starts the engine and its threads. Without a place for `compiled` code every module is compiled anew.
    pub fn new(settings: WasmSettings, compiled: Option<CompiledCode>) -> Result<Self, EngineError> {
        let functions = match &compiled {
            Some(compiled) if settings.reuse_functions => Some(compiled.functions().map_err(EngineError::Compiled)?),
            _ => None,
        };
        let runtime = Runtime::new(settings.limits, settings.compile_in_parallel, functions)?;
        let loader = Arc::new(Loader {
            runtime: Arc::new(runtime),
            artefacts: compiled.map(|compiled| compiled.artefacts),
            loaded: RwLock::default(),
            uses: AtomicU64::new(0),
        });
        let worker = loader.clone();
        let pool = CompilePool::start(
            settings.compile_threads,
            settings.compile_queue_max,
            move |digest, component| worker.load(digest, &component),
        )
        .map_err(EngineError::Thread)?;
        Ok(Self {
            loader,
            pool: Arc::new(pool),
        })
    }

    /// The module, if it is loaded.
    pub fn get(&self, module: &Digest) -> Option<Arc<LoadedModule>> {
        self.loader.get(module)
    }

    /// Loads the module with this component in the background. The outcome arrives where the answer says; a
    /// module that several ask for is loaded once.
    pub fn load(
        &self,
        module: Digest,
        component: Bytes,
    ) -> Result<oneshot::Receiver<Result<Arc<LoadedModule>, LoadError>>, QueueFull> {
        match self.get(&module) {
            Some(loaded) => {
                let (sender, receiver) = oneshot::channel();
                // Cannot fail: the receiver is right here.
                let _ = sender.send(Ok(loaded));
                Ok(receiver)
            }
            None => self.pool.submit(module, component),
        }
    }

    /// Loads the module on the calling thread, for as long as it takes.
    pub fn load_here(&self, module: Digest, component: &[u8]) -> Result<Arc<LoadedModule>, LoadError> {
        self.get(&module)
            .map_or_else(|| self.loader.load(module, component), Ok)
    }
}

impl LoadedModule {
    /// The hash of its component.
    pub const fn digest(&self) -> Digest {
        self.digest
    }

    /// What is in it.
    pub const fn manifest(&self) -> &Manifest {
        &self.manifest
    }
}

impl Guests for Modules {
    type Guest = WasmGuest;

    fn instantiate(&self, module: &Digest) -> Result<WasmGuest, InstantiateError> {
        let loaded = self.get(module).ok_or(InstantiateError::NotLoaded(*module))?;
        let runtime = &self.loader.runtime;
        if runtime.is_full() {
            return Err(InstantiateError::PoolFull {
                instances_max: runtime.limits.instances_max,
            });
        }
        WasmGuest::new(runtime, &loaded.linked, loaded.footprint_bytes)
    }
}

impl Loader {
    fn get(&self, module: &Digest) -> Option<Arc<LoadedModule>> {
        let loaded = self
            .loaded
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(module)?
            .clone();
        loaded.last_use.store(self.next_use(), Ordering::Relaxed);
        Some(loaded)
    }

    fn next_use(&self) -> u64 {
        self.uses.fetch_add(1, Ordering::Relaxed)
    }

    fn load(&self, digest: Digest, component: &[u8]) -> Result<Arc<LoadedModule>, LoadError> {
        // A module that makes the compiler panic must not take its thread along.
        let loaded = panic::catch_unwind(AssertUnwindSafe(|| self.make(digest, component)))
            .unwrap_or(Err(LoadError::CompilerPanicked))?;
        let loaded = Arc::new(loaded);
        let mut modules = self.loaded.write().unwrap_or_else(PoisonError::into_inner);
        modules.insert(digest, loaded.clone());
        if modules.len() > LOADED_MODULES_MAX {
            let idle = modules
                .values()
                .min_by_key(|module| module.last_use.load(Ordering::Relaxed));
            let idle = idle.map(|module| module.digest);
            idle.and_then(|idle| modules.remove(&idle));
        }
        Ok(loaded)
    }

    fn make(&self, digest: Digest, component: &[u8]) -> Result<LoadedModule, LoadError> {
        let compiled = self.compiled(&digest, component)?;
        // Otherwise the first instance pays for it.
        compiled
            .initialize_copy_on_write_image()
            .map_err(|error| LoadError::Invalid(format!("{error:#}")))?;
        let linked = self.runtime.link(&compiled)?;
        let manifest = WasmGuest::new(&self.runtime, &linked, 0)
            .and_then(|guest| Ok(guest.describe()?))
            .map_err(|error| match error {
                InstantiateError::OtherContract(difference) => LoadError::OtherContract(difference),
                error => LoadError::Undescribed(Arc::new(error)),
            })?
            .map_err(LoadError::WrongManifest)?;
        Ok(LoadedModule {
            digest,
            footprint_bytes: footprint::of_sdk(&manifest.sdk),
            manifest,
            linked,
            last_use: AtomicU64::new(self.next_use()),
        })
    }

    fn compiled(&self, digest: &Digest, component: &[u8]) -> Result<Component, LoadError> {
        let engine = &self.runtime.engine;
        let Some(artefacts) = &self.artefacts else {
            return self.runtime.compile(component);
        };
        if let Some(compiled) = artefacts.load(engine, digest) {
            return Ok(compiled);
        }
        let compiled = self.runtime.compile(component)?;
        if let Err(error) = artefacts.save(engine, digest, &compiled) {
            // Costs time at the next start, and nothing else.
            tracing::warn!(%digest, %error, "the compiled module cannot be kept");
        }
        Ok(compiled)
    }
}
