//! The tenants.

use super::Ambient;
use super::search_attributes::SearchAttributeError;
use crate::store::search::AttributeTypes;
use crate::store::{Namespace, Store, StoreError};
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

/// The namespace that every store has from the beginning.
pub const DEFAULT_NAMESPACE: &str = "default";

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
            let namespace = Namespace {
                name: DEFAULT_NAMESPACE.to_owned(),
                id: ambient.new_id(),
                description: "The namespace that everybody has".to_owned(),
                registered: ambient.now(),
                search_attributes: AttributeTypes::new(),
            };
            store.put_namespace(&namespace)?;
            by_name.insert(DEFAULT_NAMESPACE.to_owned(), namespace);
        }
        Ok(Self {
            store,
            by_name: RwLock::new(by_name),
        })
    }

    pub(super) fn get(&self, name: &str) -> Option<Namespace> {
        self.by_name
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(name)
            .cloned()
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.by_name
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .contains_key(name)
    }

    pub(super) fn list(&self) -> Vec<Namespace> {
        self.by_name
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .values()
            .cloned()
            .collect()
    }

    /// Registers a namespace; `false` if there is one of that name.
    pub(super) fn register(&self, namespace: Namespace) -> Result<bool, StoreError> {
        let mut by_name = self.by_name.write().unwrap_or_else(PoisonError::into_inner);
        if by_name.contains_key(&namespace.name) {
            return Ok(false);
        }
        self.store.put_namespace(&namespace)?;
        by_name.insert(namespace.name.clone(), namespace);
        Ok(true)
    }

    /// Changes the types of a namespace's attributes, unless the change fails. One that does not exist has none.
    pub(super) fn change_search_attributes(
        &self,
        name: &str,
        change: impl FnOnce(&mut AttributeTypes) -> Result<(), SearchAttributeError>,
    ) -> Result<(), SearchAttributeError> {
        let mut by_name = self.by_name.write().unwrap_or_else(PoisonError::into_inner);
        let Some(namespace) = by_name.get_mut(name) else {
            return Ok(());
        };
        let mut changed = namespace.clone();
        change(&mut changed.search_attributes)?;
        self.store.put_namespace(&changed)?;
        *namespace = changed;
        Ok(())
    }
}
