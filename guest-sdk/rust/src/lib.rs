//! Write Mainspring workflows in Rust.
//!
//! A workflow is an `async` function. Whatever it waits for (an activity, a timer, a signal) is journalled by the host, and after a crash the function is brought back to exactly where it stood.
//!
//! ```
//! use std::time::Duration;
//! use mainspring_workflow::{Failure, activities, export, sleep, workflow};
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Serialize, Deserialize)]
//! struct Charge { id: String, cents: u64 }
//!
//! #[activities(start_to_close = "30s", retry(initial = "1s", coefficient = 2.0, maximum_attempts = 5))]
//! trait Cards {
//!     async fn charge(card: &str, cents: u64) -> Result<Charge, Failure>;
//! }
//!
//! /// Charges a card every month.
//! #[workflow]
//! async fn subscribe(card: String, months: u32) -> Result<Vec<Charge>, Failure> {
//!     let mut charges = Vec::new();
//!     for _ in 0..months {
//!         charges.push(Cards::charge(&card, 999).await?);
//!         sleep(Duration::from_secs(30 * 24 * 3600)).await?;
//!     }
//!     Ok(charges)
//! }
//!
//! export!(subscribe);
//! # fn main() {}
//! ```
//!
//! Build it as a `cdylib` for `wasm32-unknown-unknown` and give the file to the host; no other tool is needed.
//!
//! - [`macro@workflow`] makes a workflow of a function, or of an `impl` with signals, queries and updates.
//! - [`macro@activities`] declares activities.
//! - [`sleep`], [`timeout`], [`wait_condition`], [`Signal`], [`spawn`] and the combinators of the `futures` crate (`join!`, `select!`, `FuturesUnordered`) wait. Futures do nothing until they are polled, and dropping one cancels its operation.
//! - [`cancellation`] says what becomes of a workflow that is asked to cancel, and how a part of it is cancelled by itself.
//! - [`now`], [`random()`], [`uuid4`] repeat themselves in a replay. So does everything else: there is no clock, no chance, no file and no network in a module.
//! - A panic does not fail a run: it is a bug, which blocks the run until a module comes that has it mended.
//! - [`testing`] runs workflows in native unit tests.

pub mod bindings;
pub mod cancellation;
pub mod definition;
pub mod log;
pub mod module;
#[cfg(not(target_arch = "wasm32"))]
pub mod testing;

mod activity;
#[cfg(all(target_arch = "wasm32", feature = "allocator"))]
mod allocator;
mod child;
mod clock;
mod continuation;
mod duration;
mod executor;
mod external;
mod failure;
mod host;
mod info;
mod metadata;
#[cfg(doctest)]
mod mistakes;
mod operation;
mod payload;
mod priority;
mod random;
mod retry;
mod run;
mod signal;
mod state;
mod timer;
mod version;
mod visibility;

pub use mainspring_workflow_macros::{activities, workflow};

pub use activity::{Activity, ActivityResult, CancellationType};
pub use cancellation::{CancellationScope, cancel_requested, cancelled, shielded};
pub use child::{Child, ChildCancellationType, ParentClosePolicy, StartedChild};
pub use clock::now;
pub use continuation::ContinueAsNew;
pub use definition::Workflow;
pub use executor::{Task, spawn};
pub use external::request_cancel;
pub use failure::{
    ActivityFailure, ApplicationFailure, ChildWorkflowFailure, Failure, FailureInfo, FailureLayer, RetryState,
    TimeoutKind,
};
pub use info::{RunInfo, continue_as_new_suggested, history_length, info, workflow_type};
pub use operation::wait_condition;
pub use payload::{Arguments, Bytes, FromPayload, INVALID_ARGUMENTS, IntoArguments, Payload, PayloadError, ToPayload};
pub use priority::Priority;
pub use random::{Random, random, random_range, uuid4};
pub use retry::RetryPolicy;
pub use run::WORKFLOW_ALREADY_STARTED;
pub use signal::Signal;
pub use state::State;
pub use timer::{Sleep, sleep, timeout};
pub use version::{deprecate_patch, patched};
pub use visibility::{Values, set_current_details, upsert_memo, upsert_search_attributes};
