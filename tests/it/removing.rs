//! Namespaces that go while something is on its way into them.

use crate::support::embedded::frugal;
use crate::support::modules;
use crate::support::patience::until;
use mainspring::Settings;
use mainspring::engine::{CallError, Engine, NewNamespace};
use mainspring::store::Store;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tempfile::TempDir;

const TENANT: &str = "tenant";
const ROUNDS: u32 = 40;

#[tokio::test(flavor = "multi_thread")]
async fn a_module_that_is_pushed_while_its_namespace_goes_is_not_left_behind() {
    let home = TempDir::new().expect("there is room");
    let seen: Arc<OnceLock<Arc<dyn Store>>> = Arc::default();
    let slot = seen.clone();
    let engine = Engine::open_through(frugal(Settings::at(home.path())), move |store| {
        let _ = slot.set(store.clone());
        store
    });
    let engine = engine.await.expect("the engine opens");
    let store = seen.get().expect("the engine has it").clone();
    let file = modules::read("order_workflow");
    // From here on it is compiled, so that a push is as quick as the removal.
    let first = engine.push_module("default", "orders", file.clone()).await;
    first.expect("it is taken");

    register(&engine).await;
    for round in 0..ROUNDS {
        let pushing = tokio::spawn({
            let (engine, file) = (engine.clone(), file.clone());
            async move { engine.push_module(TENANT, "orders", file).await }
        });
        // Later each time, so that it meets every stage of the push; and some who push go away.
        tokio::time::sleep(Duration::from_micros(u64::from(round) * 300)).await;
        if round % 4 == 3 {
            pushing.abort();
        }
        engine.delete_namespace(TENANT).await.expect("it goes");
        match pushing.await {
            Ok(Ok(_) | Err(CallError::NoSuchNamespace(_))) | Err(_) => {}
            Ok(Err(refused)) => panic!("{refused}"),
        }
        register(&engine).await;
        assert!(engine.modules(TENANT).is_empty(), "round {round}: one is known");
        let kept = store.modules().expect("the store can be read");
        assert!(
            kept.iter().all(|it| it.namespace != TENANT),
            "round {round}: one is kept"
        );
    }
    engine.shut_down().await;
}

/// As soon as nothing is left of the one before.
async fn register(engine: &Engine) {
    until("the name is free", async || {
        let new = NewNamespace {
            name: TENANT.into(),
            ..NewNamespace::default()
        };
        engine
            .register_namespace(new)
            .await
            .ok()
            .filter(|is_new| *is_new)
            .map(drop)
    })
    .await;
}
