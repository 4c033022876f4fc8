//! The guests of what runs in one thread: real modules, compiled once for all tests of a process.

use super::modules;
use mainspring::shard::ModuleIndex;
use mainspring::store::Change;
use mainspring::wasm::{Modules, WasmLimits, WasmSettings, accept};
use mainspring_core::Digest;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

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
    let modules = Modules::new(settings, None).expect("the engine starts");
    let accepted = accept(modules::read(name), &limits).expect("the guests are accepted");
    modules
        .load_here(accepted.digest, &accepted.component)
        .expect("the guests load");
    (Arc::new(modules), accepted.digest)
}

/// The engine with the test guests loaded.
pub(crate) fn load() -> (Arc<Modules>, Arc<Index>) {
    static LOADED: OnceLock<(Arc<Modules>, Digest)> = OnceLock::new();
    let (modules, digest) = LOADED.get_or_init(|| load_module("test_guests"));
    let index = Index {
        module: *digest,
        paused: AtomicBool::new(false),
    };
    (modules.clone(), Arc::new(index))
}

impl ModuleIndex for Index {
    fn module_of(&self, _namespace: &str, _workflow_type: &str) -> Result<String, Vec<String>> {
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
}
