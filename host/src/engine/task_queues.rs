//! What operators set about task queues and workflow types, and what is known of both.

use super::Engine;
use super::facade::CallError;
use crate::catalog::PauseTypeError;
use crate::dispatch::{Dispatcher, QueueDescription, QueueName};
use crate::store::{Change, Store, StoreError, TaskQueueSettings};
use mainspring_core::Timestamp;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Task queues about which something may be set at a time, of all namespaces. Another one is refused.
const QUEUES_MAX: usize = 10_000;

/// Weights of fairness keys that may be set about one queue. Another one is refused.
const WEIGHTS_MAX: usize = 1_000;

/// All settings of task queues, as the store has them, and as the dispatcher keeps to them.
pub(super) struct TaskQueues {
    store: Arc<dyn Store>,
    dispatcher: Dispatcher,
    by_name: Mutex<BTreeMap<QueueName, TaskQueueSettings>>,
}

/// Why the settings of a task queue stay as they are.
#[derive(Debug, thiserror::Error)]
pub enum TaskQueueError {
    /// There are very many.
    #[error("something is set about {QUEUES_MAX} task queues, and no more can be; take back some of it first")]
    TooManyQueues,
    /// There are very many.
    #[error("a task queue has the weights of at most {WEIGHTS_MAX} fairness keys; take back some of them first")]
    TooManyWeights,
    /// They could not be kept.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A workflow type as operators see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkflowTypeDescription {
    /// Its name.
    pub name: String,
    /// The module that has it; none if it has gone, or takes any type.
    pub module: Option<String>,
    /// Since when and why its runs are not activated, if they are not.
    pub paused: Option<Arc<Change>>,
}

impl TaskQueues {
    /// Reads what is set, and has the dispatcher keep to it.
    pub(super) fn open(store: Arc<dyn Store>, dispatcher: Dispatcher, now: Timestamp) -> Result<Self, StoreError> {
        let mut by_name = BTreeMap::new();
        for settings in store.task_queues()? {
            dispatcher.configure(Arc::new(settings.clone()), now);
            let name = QueueName {
                namespace: settings.namespace.clone(),
                name: settings.name.clone(),
            };
            by_name.insert(name, settings);
        }
        Ok(Self {
            store,
            dispatcher,
            by_name: Mutex::new(by_name),
        })
    }

    /// Nothing is set about the queues of a namespace any more. What is kept of that goes otherwise.
    pub(super) fn forget_namespace(&self, namespace: &str, now: Timestamp) {
        let mut by_name = self.by_name.lock().unwrap_or_else(PoisonError::into_inner);
        let forgotten: Vec<QueueName> = by_name.keys().filter(|it| it.namespace == namespace).cloned().collect();
        for name in forgotten {
            by_name.remove(&name);
            let nothing = TaskQueueSettings::of(&name.namespace, &name.name);
            self.dispatcher.configure(Arc::new(nothing), now);
        }
    }

    fn change(
        &self,
        name: QueueName,
        change: impl FnOnce(&mut TaskQueueSettings),
        now: Timestamp,
    ) -> Result<TaskQueueSettings, TaskQueueError> {
        let mut by_name = self.by_name.lock().unwrap_or_else(PoisonError::into_inner);
        let old = by_name.get(&name);
        let before = old
            .cloned()
            .unwrap_or_else(|| TaskQueueSettings::of(&name.namespace, &name.name));
        let mut settings = before.clone();
        change(&mut settings);
        if settings.weights.len() > WEIGHTS_MAX {
            return Err(TaskQueueError::TooManyWeights);
        }
        if old.is_none() && by_name.len() >= QUEUES_MAX {
            return Err(TaskQueueError::TooManyQueues);
        }
        if settings == before {
            return Ok(settings);
        }
        self.store.put_task_queue(&settings)?;
        match settings.is_default() {
            true => by_name.remove(&name),
            false => by_name.insert(name, settings.clone()),
        };
        self.dispatcher.configure(Arc::new(settings.clone()), now);
        Ok(settings)
    }
}

/// Task queues and workflow types, as operators deal with them.
impl Engine {
    /// Changes what is set about a task queue. Durable, and kept to, when it returns.
    pub async fn change_task_queue(
        &self,
        namespace: &str,
        name: &str,
        change: impl FnOnce(&mut TaskQueueSettings) + Send + 'static,
    ) -> Result<TaskQueueSettings, CallError<TaskQueueError>> {
        self.check_namespace(namespace)?;
        let name = QueueName {
            namespace: namespace.to_owned(),
            name: name.to_owned(),
        };
        let (engine, now) = (self.clone(), self.now());
        let changed = self.read(move || engine.parts.task_queues.change(name, change, now));
        changed.await?.map_err(CallError::Refused)
    }

    /// What is known of a task queue.
    pub fn describe_queue(&self, namespace: &str, name: &str) -> QueueDescription {
        self.parts.dispatcher.describe(&QueueName {
            namespace: namespace.to_owned(),
            name: name.to_owned(),
        })
    }

    /// The task queues of a namespace that were used since the start of the process, or are set up, by name.
    pub fn task_queues(&self, namespace: &str) -> Vec<(String, QueueDescription)> {
        self.parts.dispatcher.list(namespace)
    }

    /// Has no run of a type activated until it is resumed. Runs that are being activated at this moment finish that.
    /// Durable when it returns.
    pub async fn pause_workflow_type(
        &self,
        namespace: &str,
        workflow_type: &str,
        change: Change,
    ) -> Result<(), CallError<PauseTypeError>> {
        self.check_namespace(namespace)?;
        let (engine, namespace, workflow_type) = (self.clone(), namespace.to_owned(), workflow_type.to_owned());
        let paused = self.read(move || engine.parts.catalog.pause_type(&namespace, &workflow_type, change));
        paused.await?.map_err(CallError::Refused)
    }

    /// Lets runs of a type go on; `false` if it was not paused. Durable when it returns.
    pub async fn resume_workflow_type(
        &self,
        namespace: &str,
        workflow_type: &str,
    ) -> Result<bool, CallError<StoreError>> {
        self.check_namespace(namespace)?;
        let (engine, namespace, workflow_type) = (self.clone(), namespace.to_owned(), workflow_type.to_owned());
        let resumed = self.read(move || engine.parts.catalog.resume_type(&namespace, &workflow_type));
        resumed.await?.map_err(CallError::Refused)
    }

    /// The workflow types of a namespace, by name: those that modules name, and those that are paused.
    pub fn workflow_types(&self, namespace: &str) -> Vec<WorkflowTypeDescription> {
        let mut modules: BTreeMap<String, Option<String>> = BTreeMap::new();
        for module in self.parts.catalog.list(namespace) {
            let workflows = module.manifest.into_iter().flat_map(|manifest| manifest.workflows);
            for name in workflows.filter_map(|workflow| workflow.name) {
                modules.insert(name, Some(module.name.clone()));
            }
        }
        let pauses = self.parts.catalog.paused_types(namespace);
        for name in pauses.keys() {
            modules.entry(name.clone()).or_default();
        }
        let described = modules.into_iter().map(|(name, module)| WorkflowTypeDescription {
            paused: pauses.get(&name).cloned(),
            name,
            module,
        });
        described.collect()
    }
}
