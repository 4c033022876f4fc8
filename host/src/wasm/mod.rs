//! The engine that runs guests: accepts modules, compiles them, keeps live instances, calls into them.
//!
//! It knows one guest and one call at a time. It knows no history, no store, no network and no clock; what a
//! command means, and whether it repeats what the journal says, is decided by the [`CommandSink`] it is lent.
//!
//! The way of a module: [`accept`] looks at the uploaded bytes, [`Modules::load`] compiles them off the hot
//! path (or finds the [code](CompiledCode) of an earlier time), [`Modules`] hands out live instances, and
//! each shard keeps those it may need again in an [`InstanceCache`].

mod bindings;
mod cache;
mod compile;
mod compiled;
mod convert;
mod error;
mod footprint;
mod guest;
mod imports;
mod instance;
mod limiter;
mod manifest;
mod modules;
mod runtime;
mod settings;
mod upload;
mod watchdog;

#[cfg(test)]
mod tests;

pub use cache::InstanceCache;
pub use compiled::CompiledCode;
pub use error::{EngineError, GuestBacktrace, GuestError, InstantiateError, LoadError, QueueFull};
pub use guest::{CommandSink, Guest, Guests, LogLevel, LogLine, Question, Refusal};
pub use imports::ImportMisuse;
pub use instance::WasmGuest;
pub use manifest::{HandlerDefinition, Manifest, WorkflowDefinition};
pub use modules::{LoadedModule, Modules};
pub use settings::{WasmLimits, WasmSettings};
pub use upload::{AcceptedModule, UploadError, accept};
