//! What clients, workers and administrators can ask of the engine.

mod call;
mod host;
mod lists;
mod modules;
mod namespaces;
mod runs;
mod schedules;
mod workers;

pub use call::CallError;
