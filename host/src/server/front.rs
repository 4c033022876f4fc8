//! What all methods share.

use super::{
    convert::InvalidField,
    limits::{optional_name, required_name},
    status,
    task_token::TokenKey,
    worker_registry::WorkerRegistry,
};
use crate::{engine::Engine, shard::Target};
use mainspring_api::temporal::common::v1::WorkflowExecution;
use mainspring_core::RunId;
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tonic::Status;

/// Modules that are received at the same time. Each is held in memory whole; further ones wait.
const UPLOADS_MAX: usize = 2;

/// The engine as the services reach it. Cloning shares it.
#[derive(Clone)]
pub(crate) struct Front {
    engine: Engine,
    tokens: TokenKey,
    stopping: CancellationToken,
    uploads: Arc<Semaphore>,
    workers: WorkerRegistry,
}

impl Front {
    pub(crate) fn new(engine: Engine) -> Self {
        let tokens = TokenKey::of_host(engine.host_key().as_bytes());
        Self {
            engine,
            tokens,
            stopping: CancellationToken::new(),
            uploads: Arc::new(Semaphore::new(UPLOADS_MAX)),
            workers: WorkerRegistry::default(),
        }
    }

    pub(crate) const fn engine(&self) -> &Engine {
        &self.engine
    }

    pub(crate) const fn tokens(&self) -> &TokenKey {
        &self.tokens
    }

    /// Is cancelled when the server is to stop: long polls then end with an empty answer.
    pub(crate) const fn stopping(&self) -> &CancellationToken {
        &self.stopping
    }

    /// Places for uploads.
    pub(crate) fn uploads(&self) -> &Semaphore {
        &self.uploads
    }

    /// The workers that say that they are there.
    pub(crate) const fn workers(&self) -> &WorkerRegistry {
        &self.workers
    }

    /// The namespace, if there is one of that name.
    pub(crate) fn known_namespace(&self, name: String) -> Result<String, Status> {
        let name = required_name("namespace", name)?;
        match self.engine.namespace(&name) {
            Some(_) => Ok(name),
            None => Err(status::namespace_not_found(&name)),
        }
    }
}

/// The run that a request names.
pub(crate) fn target(namespace: String, execution: Option<WorkflowExecution>) -> Result<Target, InvalidField> {
    let execution = execution.unwrap_or_default();
    let namespace = required_name("namespace", namespace)?;
    let workflow_id = required_name("workflow_execution.workflow_id", execution.workflow_id)?;
    Ok(Target {
        run_id: run_id("workflow_execution.run_id", &execution.run_id)?,
        ..Target::current(namespace, workflow_id)
    })
}

/// The run that a request names, which must be of the chain that `first_execution_run_id` began, if there is one.
pub(crate) fn target_in_chain(
    namespace: String,
    execution: Option<WorkflowExecution>,
    first_run_id: &str,
) -> Result<Target, InvalidField> {
    Ok(Target {
        first_run_id: run_id("first_execution_run_id", first_run_id)?,
        ..target(namespace, execution)?
    })
}

/// A run id; none if the text is empty.
pub(crate) fn run_id(field: &'static str, text: &str) -> Result<Option<RunId>, InvalidField> {
    if text.is_empty() {
        return Ok(None);
    }
    let malformed = || InvalidField::new(field, "is no run id; copy it from where the run was started or listed");
    RunId::parse(text).map(Some).ok_or_else(malformed)
}

/// The name of a task queue that a request must give.
pub(crate) fn task_queue(
    queue: Option<mainspring_api::temporal::taskqueue::v1::TaskQueue>,
) -> Result<String, InvalidField> {
    required_name("task_queue.name", queue.unwrap_or_default().name)
}

/// Who makes a request: free text.
pub(crate) fn identity(identity: String) -> Result<String, InvalidField> {
    optional_name("identity", identity)
}
