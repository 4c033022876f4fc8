//! The engine inside a Rust program: typed arguments, typed results, functions as activities.
//!
//! ```no_run
//! use mainspring::{Failure, Mainspring, Settings};
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let mainspring = Mainspring::open(Settings::at("data")).await?;
//! mainspring.load_module("order", "order.wasm").await?;
//! mainspring.activity("orders", "validateOrder", async |_, order_id: String| {
//!     Ok::<_, Failure>(format!("{order_id} is fine"))
//! });
//! let order = mainspring.workflow("processOrder", "order-1").task_queue("orders").start(&"o-1").await?;
//! let receipt: serde_json::Value = order.result().await?;
//! # Ok(()) }
//! ```
//!
//! It encodes values as JSON, as the default converters of Temporal's SDKs do, and knows no other encoding.

mod handle;
mod json;
mod start;

pub use crate::engine::{ActivityContext, Settings};
pub use handle::{ResultError, SendError, WorkflowHandle};
pub use json::JsonError;
pub use start::{StartWorkflowError, WorkflowStart};

use crate::catalog::{PushError, Pushed};
use crate::engine::{CallError, DEFAULT_NAMESPACE, Engine, OpenError};
use bytes::Bytes;
use mainspring_core::{ApplicationFailure, Failure, FailureInfo, FailureLayer};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::future::Future;
use std::path::Path;
use std::sync::Arc;

/// An engine in this process, with one namespace of it. Cloning shares it.
#[derive(Clone)]
pub struct Mainspring {
    engine: Engine,
    namespace: String,
}

/// Why a module was not loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadModuleError {
    /// The file cannot be read.
    #[error("cannot read the module: {0}")]
    File(#[from] std::io::Error),
    /// The module was not taken.
    #[error(transparent)]
    Push(#[from] CallError<PushError>),
}

impl Mainspring {
    /// Opens an engine: takes up every run of its data directory where it stood. Needs a tokio runtime.
    pub async fn open(settings: Settings) -> Result<Self, OpenError> {
        Ok(Engine::open(settings).await?.into())
    }

    /// The engine itself, for what this interface does not cover.
    pub const fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The same engine in another namespace, which must have been registered.
    pub fn in_namespace(&self, namespace: impl Into<String>) -> Self {
        Self {
            engine: self.engine.clone(),
            namespace: namespace.into(),
        }
    }

    /// Loads a module's newest version from a file: a component, or what `cargo build --target
    /// wasm32-unknown-unknown` leaves. Nothing changes if it is loaded already.
    pub async fn load_module(&self, name: &str, file: impl AsRef<Path>) -> Result<Pushed, LoadModuleError> {
        let bytes = Bytes::from(std::fs::read(file)?);
        Ok(self.engine.push_module(&self.namespace, name, bytes).await?)
    }

    /// Registers an async function as the activity of that type for a task queue.
    ///
    /// An `Err` fails the attempt, and the activity's retry policy decides what follows. The argument is the
    /// activity's first one; of several, make it a tuple or a struct.
    ///
    /// Like all async code it must not block its thread, which others need, too: what waits, awaits, and what computes
    /// for long does so in `tokio::task::spawn_blocking`. A function that is always done within microseconds is run on
    /// the engine's own threads.
    pub fn activity<A, R, F, W>(&self, task_queue: &str, activity_type: &str, function: F)
    where
        A: DeserializeOwned + Send,
        R: Serialize,
        F: Fn(ActivityContext, A) -> W + Send + Sync + 'static,
        W: Future<Output = Result<R, Failure>> + Send + 'static,
    {
        let function = Arc::new(move |context: ActivityContext, input: Vec<mainspring_core::Payload>| {
            let called = json::decode(input.first()).map(|argument| function(context, argument));
            let running = async move {
                let output = called.map_err(wrong_argument)?.await?;
                json::encode(&output).map(Some).map_err(wrong_argument)
            };
            Box::pin(running) as futures::future::BoxFuture<'static, _>
        });
        self.engine
            .register_activity(&self.namespace, task_queue, activity_type, function);
    }

    /// A workflow of that type, to be started under that workflow id.
    pub fn workflow(&self, workflow_type: &str, workflow_id: &str) -> WorkflowStart {
        WorkflowStart::new(self.clone(), workflow_type, workflow_id)
    }

    /// The current run of a workflow id.
    pub fn handle(&self, workflow_id: &str) -> WorkflowHandle {
        WorkflowHandle::new(self.clone(), workflow_id, None)
    }

    /// Stops, once everything that was acknowledged is durable.
    pub async fn shut_down(&self) {
        self.engine.shut_down().await;
    }
}

/// In the default namespace.
impl From<Engine> for Mainspring {
    fn from(engine: Engine) -> Self {
        Self {
            engine,
            namespace: DEFAULT_NAMESPACE.to_owned(),
        }
    }
}

/// A failure that an activity function returns: of that type, with that message, to be retried as the policy says.
pub fn failure(kind: impl Into<String>, message: impl Into<String>) -> Failure {
    let info = ApplicationFailure {
        kind: kind.into(),
        ..ApplicationFailure::default()
    };
    Failure::new(FailureLayer::of_engine(message, FailureInfo::Application(info)))
}

/// A failure after which trying again is pointless.
pub fn non_retryable_failure(kind: impl Into<String>, message: impl Into<String>) -> Failure {
    let info = ApplicationFailure {
        kind: kind.into(),
        non_retryable: true,
        ..ApplicationFailure::default()
    };
    Failure::new(FailureLayer::of_engine(message, FailureInfo::Application(info)))
}

/// Another attempt would be given, or give, the same bytes.
fn wrong_argument(error: JsonError) -> Failure {
    non_retryable_failure("WrongType", error.to_string())
}
