//! Mainspring: a durable workflow engine in one binary, and in one library.
//!
//! A program that embeds the engine begins at [`Mainspring`]. Imports run one way: the program's command line and [`embedded`] →
//! [`server`] → [`engine`] → [`catalog`], [`dispatch`] and [`shard`] → [`store`] and [`wasm`] → `mainspring-core`.

pub mod catalog;
pub mod cron;
pub mod dispatch;
pub mod embedded;
pub mod engine;
mod list_filter;
mod run_map;
pub mod server;
pub mod shard;
pub mod store;
pub mod time_zone;
pub mod wasm;

pub use embedded::{Mainspring, Settings, WorkflowHandle};
pub use mainspring_core::Failure;
