//! Running a component's initialisation once, at build, and keeping the memory that it leaves as the component's
//! beginning.

use crate::Error;
use futures::FutureExt as _;
use std::sync::{Mutex, PoisonError};
use wasmtime::component::{Component, Instance, Lift, Linker, WasmList};
use wasmtime::{Config, Engine, OptLevel, Store};
use wasmtime_wizer::{ComponentContext, ComponentInstanceState, Wizer};

/// The export that initialises a component. The finished one still has it, and nobody calls it.
pub(crate) const INITIALISER: &str = "init";

/// The component that was compiled last, by the digest of its bytes. Compiling is what takes time, and while an author
/// works, it is the same engine that each build initialises anew.
static LAST: Mutex<Option<(blake3::Hash, Component)>> = Mutex::new(None);

/// A component that can be initialised, compiled to run here.
pub(crate) struct Initialisable<'a> {
    context: ComponentContext<'a>,
    component: Component,
}

impl<'a> Initialisable<'a> {
    pub(crate) fn new(component: &'a [u8]) -> Result<Self, Error> {
        let (context, instrumented) = Wizer::new().instrument_component(component).map_err(damaged)?;
        let component = compiled(&instrumented)?;
        Ok(Self { context, component })
    }

    /// A fresh instance is initialised by `initialise`, and becomes a component. Whatever it calls of its imports
    /// meanwhile fails.
    pub(crate) fn snapshot(
        &self,
        initialise: impl FnOnce(&mut Store<()>, &Instance) -> Result<(), Error>,
    ) -> Result<Vec<u8>, Error> {
        let mut linker = Linker::new(self.component.engine());
        linker
            .define_unknown_imports_as_traps(&self.component)
            .map_err(damaged)?;
        let mut store = Store::new(self.component.engine(), ());
        let instance = linker.instantiate(&mut store, &self.component).map_err(damaged)?;
        initialise(&mut store, &instance)?;
        let mut access = Access { store, instance };
        let mut wizer = Wizer::new();
        // To remove it, Wizer would have to find its core function under another name than the component's.
        wizer.keep_init_func(true);
        let snapshot = wizer.snapshot_component(&self.context, &mut access).now_or_never();
        snapshot.expect("nothing in it waits").map_err(damaged)
    }
}

fn compiled(component: &[u8]) -> Result<Component, Error> {
    let digest = blake3::hash(component);
    // Held meanwhile, so that two who want the same compile it once.
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((of, compiled)) = &*last
        && *of == digest
    {
        return Ok(compiled.clone());
    }
    let compiled = Component::new(&engine()?, component).map_err(damaged)?;
    *last = Some((digest, compiled.clone()));
    Ok(compiled)
}

/// Like the server's in what guests can do; quick to compile rather than quick to run, since each runs once.
fn engine() -> Result<Engine, Error> {
    let mut config = Config::new();
    config
        .cranelift_opt_level(OptLevel::None)
        .cranelift_nan_canonicalization(true)
        .relaxed_simd_deterministic(true);
    Engine::new(&config).map_err(damaged)
}

fn damaged(error: wasmtime::Error) -> Error {
    Error::Source {
        what: "the component cannot be initialised".to_owned(),
        report: format!("{error:#}"),
        advice: None,
    }
}

/// How the state of the instance is read: by functions that were added for that, and so are there and cannot fail.
struct Access {
    store: Store<()>,
    instance: Instance,
}

impl Access {
    fn call<R: Lift + Send + Sync + 'static>(&mut self, instance: &str, function: &str) -> R {
        let of_instance = self.instance.get_export_index(&mut self.store, None, instance);
        let index = self
            .instance
            .get_export_index(&mut self.store, of_instance.as_ref(), function)
            .expect("it was added");
        let function = self
            .instance
            .get_typed_func::<(), (R,)>(&mut self.store, index)
            .expect("it has this type");
        function.call(&mut self.store, ()).expect("it only reads").0
    }
}

impl ComponentInstanceState for Access {
    async fn call_func_ret_list_u8(&mut self, instance: &str, func: &str, contents: impl FnOnce(&[u8]) + Send) {
        let list: WasmList<u8> = self.call(instance, func);
        contents(list.as_le_slice(&self.store));
    }

    async fn call_func_ret_s32(&mut self, instance: &str, func: &str) -> i32 {
        self.call(instance, func)
    }

    async fn call_func_ret_s64(&mut self, instance: &str, func: &str) -> i64 {
        self.call(instance, func)
    }

    async fn call_func_ret_f32(&mut self, instance: &str, func: &str) -> u32 {
        self.call::<f32>(instance, func).to_bits()
    }

    async fn call_func_ret_f64(&mut self, instance: &str, func: &str) -> u64 {
        self.call::<f64>(instance, func).to_bits()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A counter: `set` says where it begins, `get` where it stands.
    const COUNTER: &str = r#"(component
        (core module $m
            (memory (export "memory") 1)
            (func (export "set") (param i32) (i32.store (i32.const 8) (local.get 0)))
            (func (export "get") (result i32) (i32.load (i32.const 8))))
        (core instance $i (instantiate $m))
        (func (export "set") (param "to" u32) (canon lift (core func $i "set")))
        (func (export "get") (result u32) (canon lift (core func $i "get"))))"#;

    #[test]
    fn a_component_begins_where_its_initialisation_left_it() {
        let component = wat::parse_str(COUNTER).unwrap();
        let initialisable = Initialisable::new(&component).unwrap();
        for value in [7_u32, 11] {
            let snapshot = initialisable
                .snapshot(|store, instance| {
                    let set = instance.get_typed_func::<(u32,), ()>(&mut *store, "set").unwrap();
                    set.call(store, (value,)).unwrap();
                    Ok(())
                })
                .unwrap();
            let engine = engine().unwrap();
            let component = Component::new(&engine, snapshot).unwrap();
            let mut store = Store::new(&engine, ());
            let instance = Linker::new(&engine).instantiate(&mut store, &component).unwrap();
            let get = instance.get_typed_func::<(), (u32,)>(&mut store, "get").unwrap();
            assert_eq!(get.call(&mut store, ()).unwrap().0, value);
        }
    }
}
