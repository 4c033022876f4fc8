//! The one place where the rest of the crate meets the host: the generated imports in a module, a recorder in native tests.

#[cfg(target_arch = "wasm32")]
pub(crate) use crate::bindings::mainspring::workflow::{
    activities, children, external_workflows, log, operations, outcome, timers, updates, versions, visibility,
};

#[cfg(not(target_arch = "wasm32"))]
pub(crate) use crate::testing::host::{
    activities, children, external_workflows, log, operations, outcome, timers, updates, versions, visibility,
};
