//! The Rust side of `wit/`, generated.

wasmtime::component::bindgen!({
    path: "../wit",
    world: "workflow",
    imports: { default: trappable },
});

pub(super) use self::exports::mainspring::workflow::guest;
pub(super) use self::mainspring::workflow::{
    activities, children, external_workflows, log, operations, outcome, timers, types, updates, versions, visibility,
};
