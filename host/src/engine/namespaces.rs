//! The tenants.

use super::Ambient;
use crate::store::search::AttributeTypes;
use crate::store::{Namespace, Store, StoreError};
use mainspring_core::{Millis, RunId, Timestamp};
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

/// The namespace that every store has from the beginning.
pub const DEFAULT_NAMESPACE: &str = "default";

/// What is noted about a namespace, names and values together, in bytes. More is refused.
const DATA_BYTES_MAX: usize = 64 * 1024;

/// A namespace to be registered.
#[derive(Clone, Debug, Default)]
pub struct NewNamespace {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Whom to ask about it.
    pub owner_email: String,
    /// What else its owners note about it.
    pub data: BTreeMap<String, String>,
    /// How long its closed runs are kept; for ever if there is none.
    pub retention: Option<Millis>,
}

/// What is to be different about a namespace; the rest stays as it is.
#[derive(Clone, Debug, Default)]
pub struct NamespaceChange {
    /// What it is for.
    pub description: Option<String>,
    /// Whom to ask about it.
    pub owner_email: Option<String>,
    /// What else its owners note about it. Goes into what is there.
    pub data: BTreeMap<String, String>,
    /// How long its closed runs are kept; for ever if there is none.
    pub retention: Option<Option<Millis>>,
    /// Whether it takes new workflows no longer. There is no way back.
    pub deprecates: bool,
}

/// Why a namespace stays as it is.
#[derive(Debug, thiserror::Error)]
pub enum NamespaceError {
    /// There is very much noted about it.
    #[error("what is noted about a namespace has at most {DATA_BYTES_MAX} bytes; keep it elsewhere")]
    TooMuchData,
    /// Another one of that name is not gone yet.
    #[error("namespace {0:?} is still being removed, with everything in it; try again later")]
    Leaving(String),
    /// It is the one that everybody has.
    #[error("namespace {DEFAULT_NAMESPACE:?} cannot be removed; delete the workflows in it instead")]
    Default,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl NewNamespace {
    pub(super) fn into_namespace(self, id: RunId, registered: Timestamp) -> Namespace {
        Namespace {
            name: self.name,
            id,
            description: self.description,
            registered,
            search_attributes: AttributeTypes::new(),
            retention: self.retention,
            is_deprecated: false,
            owner_email: self.owner_email,
            data: self.data,
            is_leaving: false,
        }
    }
}

impl NamespaceChange {
    pub(super) fn apply(self, namespace: &mut Namespace) -> Result<(), NamespaceError> {
        let Self {
            description,
            owner_email,
            data,
            retention,
            deprecates,
        } = self;
        if let Some(description) = description {
            namespace.description = description;
        }
        if let Some(owner_email) = owner_email {
            namespace.owner_email = owner_email;
        }
        if let Some(retention) = retention {
            namespace.retention = retention;
        }
        namespace.is_deprecated |= deprecates;
        namespace.data.extend(data);
        check_data(&namespace.data)
    }
}

fn check_data(data: &BTreeMap<String, String>) -> Result<(), NamespaceError> {
    let bytes: usize = data.iter().map(|(name, value)| name.len() + value.len()).sum();
    if bytes > DATA_BYTES_MAX {
        return Err(NamespaceError::TooMuchData);
    }
    Ok(())
}

/// All namespaces, as the store has them.
pub(super) struct Namespaces {
    store: Arc<dyn Store>,
    by_name: RwLock<BTreeMap<String, Namespace>>,
}

impl Namespaces {
    pub(super) fn open(store: Arc<dyn Store>, ambient: &dyn Ambient) -> Result<Self, StoreError> {
        let mut by_name: BTreeMap<_, _> = store
            .namespaces()?
            .into_iter()
            .map(|namespace| (namespace.name.clone(), namespace))
            .collect();
        if !by_name.contains_key(DEFAULT_NAMESPACE) {
            let new = NewNamespace {
                name: DEFAULT_NAMESPACE.to_owned(),
                description: "The namespace that everybody has".to_owned(),
                ..NewNamespace::default()
            };
            let namespace = new.into_namespace(ambient.new_id(), ambient.now());
            store.put_namespace(&namespace)?;
            by_name.insert(DEFAULT_NAMESPACE.to_owned(), namespace);
        }
        Ok(Self {
            store,
            by_name: RwLock::new(by_name),
        })
    }

    pub(super) fn get(&self, name: &str) -> Option<Namespace> {
        let by_name = self.by_name.read().unwrap_or_else(PoisonError::into_inner);
        by_name.get(name).filter(|namespace| !namespace.is_leaving).cloned()
    }

    pub(super) fn has(&self, name: &str) -> bool {
        let by_name = self.by_name.read().unwrap_or_else(PoisonError::into_inner);
        by_name.get(name).is_some_and(|namespace| !namespace.is_leaving)
    }

    /// The names of those that are being removed.
    pub(super) fn leaving(&self) -> Vec<String> {
        let by_name = self.by_name.read().unwrap_or_else(PoisonError::into_inner);
        let leaving = by_name.values().filter(|namespace| namespace.is_leaving);
        leaving.map(|namespace| namespace.name.clone()).collect()
    }

    /// Whether it takes no new workflows. One that does not exist is not asked.
    pub(super) fn is_deprecated(&self, name: &str) -> bool {
        let by_name = self.by_name.read().unwrap_or_else(PoisonError::into_inner);
        by_name.get(name).is_some_and(|namespace| namespace.is_deprecated)
    }

    pub(super) fn list(&self) -> Vec<Namespace> {
        self.by_name
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .values()
            .filter(|namespace| !namespace.is_leaving)
            .cloned()
            .collect()
    }

    /// Registers a namespace; `false` if there is one of that name.
    pub(super) fn register(&self, namespace: Namespace) -> Result<bool, NamespaceError> {
        check_data(&namespace.data)?;
        let mut by_name = self.by_name.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = by_name.get(&namespace.name) {
            return match known.is_leaving {
                true => Err(NamespaceError::Leaving(namespace.name)),
                false => Ok(false),
            };
        }
        self.store.put_namespace(&namespace)?;
        by_name.insert(namespace.name.clone(), namespace);
        Ok(true)
    }

    /// Changes a namespace, unless the change fails, and returns it as it is then; none if there is no such one.
    pub(super) fn change<E: From<StoreError>>(
        &self,
        name: &str,
        change: impl FnOnce(&mut Namespace) -> Result<(), E>,
    ) -> Result<Option<Namespace>, E> {
        let mut by_name = self.by_name.write().unwrap_or_else(PoisonError::into_inner);
        let Some(namespace) = by_name.get_mut(name).filter(|namespace| !namespace.is_leaving) else {
            return Ok(None);
        };
        let mut changed = namespace.clone();
        change(&mut changed)?;
        self.store.put_namespace(&changed)?;
        *namespace = changed.clone();
        Ok(Some(changed))
    }

    /// Removes a namespace in which nothing is left.
    pub(super) fn remove(&self, name: &str) -> Result<(), StoreError> {
        let mut by_name = self.by_name.write().unwrap_or_else(PoisonError::into_inner);
        self.store.remove_namespace(name)?;
        by_name.remove(name);
        Ok(())
    }
}
