//! Workflow types whose runs are not activated.

use crate::shard::KnownTypes;
use crate::store::{Change, Store, StoreError, WorkflowTypeSettings};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

/// Types that may be paused at a time, of all namespaces. Another one is refused.
const PAUSED_TYPES_MAX: usize = 10_000;

/// All pauses of workflow types, as the store has them.
pub(super) struct Pauses {
    store: Arc<dyn Store>,
    /// By namespace and workflow type.
    of_types: RwLock<BTreeMap<String, BTreeMap<String, Arc<Change>>>>,
    /// One change after the other, so that what is kept is what holds.
    changing: Mutex<()>,
}

/// Why a workflow type was not paused.
#[derive(Debug, thiserror::Error)]
pub enum PauseTypeError {
    /// No module of the namespace has the type.
    #[error("no module in namespace {namespace:?} has a workflow type {workflow_type:?}; {known}")]
    UnknownType {
        /// The namespace.
        namespace: String,
        /// The type that was asked for.
        workflow_type: String,
        /// The types that there are.
        known: KnownTypes,
    },
    /// There are very many.
    #[error("{PAUSED_TYPES_MAX} workflow types are paused, and no more can be; resume some first")]
    TooMany,
    /// It could not be kept.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Pauses {
    pub(super) fn open(store: Arc<dyn Store>) -> Result<Self, StoreError> {
        let mut of_types = BTreeMap::<_, BTreeMap<_, _>>::new();
        for settings in store.workflow_types()? {
            if let Some(paused) = settings.paused {
                let of_namespace = of_types.entry(settings.namespace).or_default();
                of_namespace.insert(settings.name, Arc::new(paused));
            }
        }
        Ok(Self {
            store,
            of_types: RwLock::new(of_types),
            changing: Mutex::new(()),
        })
    }

    pub(super) fn get(&self, namespace: &str, workflow_type: &str) -> Option<Arc<Change>> {
        let of_types = self.of_types.read().unwrap_or_else(PoisonError::into_inner);
        of_types.get(namespace)?.get(workflow_type).cloned()
    }

    pub(super) fn of_namespace(&self, namespace: &str) -> BTreeMap<String, Arc<Change>> {
        let of_types = self.of_types.read().unwrap_or_else(PoisonError::into_inner);
        of_types.get(namespace).cloned().unwrap_or_default()
    }

    /// Nothing of a namespace is known any more. What is kept of it goes otherwise.
    pub(super) fn forget_namespace(&self, namespace: &str) {
        let _one_at_a_time = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut of_types = self.of_types.write().unwrap_or_else(PoisonError::into_inner);
        of_types.remove(namespace);
    }

    /// Pauses a type. One that is paused already stays so as it was.
    pub(super) fn pause(&self, namespace: &str, workflow_type: &str, change: Change) -> Result<(), PauseTypeError> {
        let _one_at_a_time = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        if self.get(namespace, workflow_type).is_some() {
            return Ok(());
        }
        let count: usize = {
            let of_types = self.of_types.read().unwrap_or_else(PoisonError::into_inner);
            of_types.values().map(BTreeMap::len).sum()
        };
        if count >= PAUSED_TYPES_MAX {
            return Err(PauseTypeError::TooMany);
        }
        self.store.put_workflow_type(&WorkflowTypeSettings {
            namespace: namespace.to_owned(),
            name: workflow_type.to_owned(),
            paused: Some(change.clone()),
        })?;
        let mut of_types = self.of_types.write().unwrap_or_else(PoisonError::into_inner);
        let of_namespace = of_types.entry(namespace.to_owned()).or_default();
        of_namespace.insert(workflow_type.to_owned(), Arc::new(change));
        Ok(())
    }

    /// Ends a pause; `false` if there was none.
    pub(super) fn resume(&self, namespace: &str, workflow_type: &str) -> Result<bool, StoreError> {
        let _one_at_a_time = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        if self.get(namespace, workflow_type).is_none() {
            return Ok(false);
        }
        self.store.put_workflow_type(&WorkflowTypeSettings {
            namespace: namespace.to_owned(),
            name: workflow_type.to_owned(),
            paused: None,
        })?;
        let mut of_types = self.of_types.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(of_namespace) = of_types.get_mut(namespace) {
            of_namespace.remove(workflow_type);
            if of_namespace.is_empty() {
                of_types.remove(namespace);
            }
        }
        Ok(true)
    }
}
