//! The guests of what runs in one thread: real modules, compiled once for all tests of a process.

use super::{compiled, modules};
use mainspring::engine::compiled_code;
use mainspring::shard::{KnownTypes, ModuleIndex};
use mainspring::store::Change;
use mainspring::wasm::{Modules, WasmLimits, WasmSettings, accept};
use mainspring_core::Digest;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

/// One module for all workflow types, which are paused together.
pub(crate) struct Index {
    module: Digest,
    paused: AtomicBool,
}

impl Index {
    /// Whether runs are not activated.
    pub(crate) fn is_paused(&self) -> bool {
        self.paused.load(Ordering::Relaxed)
    }

    pub(crate) fn pause(&self, paused: bool) {
        self.paused.store(paused, Ordering::Relaxed);
    }
}

/// An engine with one module loaded.
pub(crate) fn load_module(name: &str) -> (Arc<Modules>, Digest) {
    // A watchdog goes by the machine's clock, and would make two runs of one seed differ.
    let limits = WasmLimits {
        call_time_max: None,
        ..WasmLimits::default()
    };
    let settings = WasmSettings {
        limits: limits.clone(),
        ..WasmSettings::default()
    };
    let compiled = compiled_code(&compiled::directory()).expect("the directory can be used");
    let modules = Modules::new(settings, Some(compiled)).expect("the engine starts");
    let accepted = accept(modules::read(name), &limits).expect("the guests are accepted");
    modules
        .load_here(accepted.digest, &accepted.component)
        .expect("the guests load");
    (Arc::new(modules), accepted.digest)
}

/// The test guests, in Rust.
pub(crate) const RUST: &str = "test_guests";

/// The engine with a module loaded, once for a process.
pub(crate) fn load(module: &'static str) -> (Arc<Modules>, Arc<Index>) {
    type Loaded = Mutex<BTreeMap<&'static str, (Arc<Modules>, Digest)>>;
    static LOADED: Loaded = Mutex::new(BTreeMap::new());
    let mut loaded = LOADED.lock().expect("nobody panics with it");
    let (modules, digest) = loaded.entry(module).or_insert_with(|| load_module(module));
    let index = Index {
        module: *digest,
        paused: AtomicBool::new(false),
    };
    (modules.clone(), Arc::new(index))
}

impl ModuleIndex for Index {
    fn module_of(&self, _namespace: &str, _workflow_type: &str) -> Result<String, KnownTypes> {
        Ok("guests".into())
    }

    fn current(&self, _namespace: &str, _module: &str) -> Option<Digest> {
        Some(self.module)
    }

    fn want(&self, module: Digest) {
        panic!("module {module} is loaded before the first shard opens");
    }

    fn pause_of(&self, _namespace: &str, _workflow_type: &str) -> Option<Arc<Change>> {
        self.is_paused().then(Arc::default)
    }

    fn changes(&self) -> u64 {
        self.is_paused().into()
    }
}
