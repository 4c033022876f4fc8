//! One live guest in WebAssembly.

use super::bindings::Workflow;
use super::bindings::guest::Guest as Exports;
use super::convert::{self, WrongArgument};
use super::error::{GuestError, InstantiateError};
use super::guest::{CommandSink, Guest, Question};
use super::imports::{Call, HostState};
use super::manifest::Manifest;
use super::runtime::{Linked, Runtime};
use super::watchdog;
use mainspring_core::{Activation, Failure, Payload, UpdateRequest};
use std::any::Any;
use std::collections::BTreeSet;
use std::mem;
use std::sync::Arc;
use wasmtime::{PoolConcurrencyLimitError, Store};

/// One live guest: an instance of a module's component.
pub struct WasmGuest {
    store: Store<HostState>,
    exports: Workflow,
    /// What memories and tables measured when the instance was made.
    initial_bytes: usize,
    /// How much of that it is taken to write.
    written_bytes: usize,
    was_asked: bool,
    /// Keeps the watchdog alive for as long as there is somebody to watch.
    runtime: Arc<Runtime>,
}

impl WasmGuest {
    /// An instance that is taken to write so much of the [memory that it begins with](super::footprint).
    pub(super) fn new(
        runtime: &Arc<Runtime>,
        module: &Linked,
        footprint_bytes: usize,
    ) -> Result<Self, InstantiateError> {
        let limits = &runtime.limits;
        let mut store = Store::new(&runtime.engine, HostState::new(limits.memory_bytes_max));
        store.limiter(|state| &mut state.limiter);
        store.set_hostcall_fuel(limits.call_bytes_max);
        store.set_epoch_deadline(watchdog::epochs_per_call(limits.call_time_max));
        let instance = module.component.instantiate(&mut store).map_err(|error| {
            if error.is::<PoolConcurrencyLimitError>() {
                return InstantiateError::PoolFull {
                    instances_max: limits.instances_max,
                };
            }
            GuestError::of_call(error, store.data_mut().panic.take(), limits.call_time_max).into()
        })?;
        // Checks the types of the exports, so it fails for all instances of a module or for none.
        let exports = module
            .exports
            .load(&mut store, &instance)
            .map_err(|error| InstantiateError::OtherContract(format!("{error:#}")))?;
        let initial_bytes = store.data().limiter.bytes();
        Ok(Self {
            store,
            exports,
            initial_bytes,
            written_bytes: footprint_bytes.min(initial_bytes),
            was_asked: false,
            runtime: runtime.clone(),
        })
    }

    /// Asks the guest what is in its module. The inner error is for the module's author.
    pub(super) fn describe(mut self) -> Result<Result<Manifest, String>, GuestError> {
        let (_, manifest) = self.call(Call::Describe, |exports, store| exports.call_describe(store));
        manifest.map(Manifest::from_guest)
    }

    /// Makes one call into the guest, and gives back what `call` held.
    fn call<T>(
        &mut self,
        call: Call,
        enter: impl FnOnce(&Exports, &mut Store<HostState>) -> wasmtime::Result<T>,
    ) -> (Call, Result<T, GuestError>) {
        let call_time_max = self.runtime.limits.call_time_max;
        let state = self.store.data_mut();
        state.call = call;
        state.panic = None;
        self.store.set_epoch_deadline(watchdog::epochs_per_call(call_time_max));
        let returned = enter(self.exports.mainspring_workflow_guest(), &mut self.store);
        let state = self.store.data_mut();
        let call = mem::replace(&mut state.call, Call::None);
        (
            call,
            returned.map_err(|error| GuestError::of_call(error, state.panic.take(), call_time_max)),
        )
    }
}

impl Guest for WasmGuest {
    fn activate<S: CommandSink>(&mut self, activation: Activation, sink: S) -> (S, Result<(), GuestError>) {
        assert!(
            !self.was_asked,
            "a guest that answered a question is never activated again"
        );
        let activation = convert::activation(activation);
        let (call, returned) = self.call(Call::Activate(Box::new(sink)), |exports, store| {
            exports.call_activate(store, &activation)
        });
        let Call::Activate(sink) = call else {
            unreachable!("a call's kind does not change while it lasts")
        };
        let sink: Box<dyn Any> = sink;
        let sink = sink.downcast().expect("the store gives back the sink that it was lent");
        (*sink, returned)
    }

    fn query(&mut self, question: Question, patches: BTreeSet<String>) -> Result<Result<Payload, Failure>, GuestError> {
        self.was_asked = true;
        let (name, input, headers) = convert::question(question);
        let (_, answer) = self.call(Call::Query(patches), |exports, store| {
            exports.call_query(store, &name, &input, &headers)
        });
        match answer? {
            Ok(output) => convert::payload(output).map(Ok),
            Err(failure) => convert::failure(failure).map(Err),
        }
        .map_err(|wrong| misreturned("query", wrong))
    }

    fn validate_update(
        &mut self,
        update: UpdateRequest,
        patches: BTreeSet<String>,
    ) -> Result<Result<(), Failure>, GuestError> {
        self.was_asked = true;
        let update = convert::update(update);
        let (_, verdict) = self.call(Call::ValidateUpdate(patches), |exports, store| {
            exports.call_validate_update(store, &update)
        });
        match verdict? {
            Ok(()) => Ok(Ok(())),
            Err(failure) => convert::failure(failure)
                .map(Err)
                .map_err(|wrong| misreturned("validate-update", wrong)),
        }
    }

    fn was_asked(&self) -> bool {
        self.was_asked
    }

    fn resident_bytes(&self) -> usize {
        // The store, and wasmtime's own records of the instance.
        const HOST_BYTES: usize = 16 << 10;
        // What a guest asks for in addition, it asks for to write in it.
        let grown = self.store.data().limiter.bytes() - self.initial_bytes;
        HOST_BYTES + self.written_bytes + grown
    }
}

fn misreturned(export: &'static str, WrongArgument(problem): WrongArgument) -> GuestError {
    GuestError::Trap {
        message: format!("`{export}` returned what it must not: {problem}"),
        backtrace: Default::default(),
    }
}
