//! The guests of what runs in one thread: real modules, compiled once for all tests of a process.

use super::modules;
use mainspring::shard::ModuleIndex;
use mainspring::wasm::{Modules, WasmLimits, WasmSettings, accept};
use mainspring_core::Digest;
use std::sync::{Arc, OnceLock};

/// One module for all workflow types.
pub(crate) struct Index(Digest);

/// The engine with the test guests loaded.
pub(crate) fn load() -> (Arc<Modules>, Arc<Index>) {
    static LOADED: OnceLock<(Arc<Modules>, Digest)> = OnceLock::new();
    let (modules, digest) = LOADED.get_or_init(|| {
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
        let accepted = accept(modules::read("test_guests"), &limits).expect("the guests are accepted");
        modules
            .load_here(accepted.digest, &accepted.component)
            .expect("the guests load");
        (Arc::new(modules), accepted.digest)
    });
    (modules.clone(), Arc::new(Index(*digest)))
}

impl ModuleIndex for Index {
    fn module_of(&self, _namespace: &str, _workflow_type: &str) -> Result<String, Vec<String>> {
        Ok("guests".into())
    }

    fn current(&self, _namespace: &str, _module: &str) -> Option<Digest> {
        Some(self.0)
    }

    fn want(&self, module: Digest) {
        panic!("module {module} is loaded before the first shard opens");
    }
}
