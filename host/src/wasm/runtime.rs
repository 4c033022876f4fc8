//! wasmtime, set up: compiles components, links them to the imports and makes instances of them.

use super::bindings::{Workflow, WorkflowIndices};
use super::compiled::Functions;
use super::error::{EngineError, LoadError};
use super::imports::HostState;
use super::settings::WasmLimits;
use super::watchdog::Watchdog;
use std::sync::Arc;
use wasmtime::Engine;
use wasmtime::component::{Component, HasSelf, InstancePre, Linker};

/// The engine with all that its instances share.
pub(super) struct Runtime {
    pub(super) engine: Engine,
    pub(super) limits: WasmLimits,
    linker: Linker<HostState>,
    /// Compiled before, and not compiled again.
    functions: Option<Arc<Functions>>,
    _watchdog: Option<Watchdog>,
}

impl Runtime {
    pub(super) fn new(
        limits: WasmLimits,
        compile_in_parallel: bool,
        functions: Option<Functions>,
    ) -> Result<Self, EngineError> {
        let mut config = limits.config();
        config.parallel_compilation(compile_in_parallel);
        let functions = functions.map(Arc::new);
        if let Some(functions) = &functions {
            config
                .enable_incremental_compilation(functions.clone())
                .map_err(EngineError::Runtime)?;
        }
        let engine = Engine::new(&config).map_err(EngineError::Runtime)?;
        let mut linker = Linker::new(&engine);
        Workflow::add_to_linker::<_, HasSelf<_>>(&mut linker, |state| state).map_err(EngineError::Runtime)?;
        let start = |limit| Watchdog::start(&engine, limit).map_err(EngineError::Thread);
        let watchdog = limits.call_time_max.map(start).transpose()?;
        Ok(Self {
            engine,
            limits,
            linker,
            functions,
            _watchdog: watchdog,
        })
    }

    /// Whether there are as many instances as runs may have. Threads that ask at the same time may both be told
    /// no, and take a spare place.
    pub(super) fn is_full(&self) -> bool {
        let metrics = self.engine.pooling_allocator_metrics();
        metrics.is_some_and(|metrics| metrics.component_instances() >= u64::from(self.limits.instances_max))
    }

    /// Turns WebAssembly into machine code. Takes milliseconds to seconds.
    pub(super) fn compile(&self, component: &[u8]) -> Result<Component, LoadError> {
        let _at_hand = self.functions.as_ref().map(|functions| functions.at_hand(&self.engine));
        Component::from_binary(&self.engine, component).map_err(|error| LoadError::Invalid(format!("{error:#}")))
    }

    /// Links the component to the imports, once, so that making an instance is quick.
    pub(super) fn link(&self, component: &Component) -> Result<Linked, LoadError> {
        let other_contract = |error| LoadError::OtherContract(format!("{error:#}"));
        let component = self.linker.instantiate_pre(component).map_err(other_contract)?;
        let exports = WorkflowIndices::new(&component).map_err(other_contract)?;
        Ok(Linked { component, exports })
    }
}

/// A component with its imports, and where its exports are.
pub(super) struct Linked {
    pub(super) component: InstancePre<HostState>,
    pub(super) exports: WorkflowIndices,
}
