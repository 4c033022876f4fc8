//! Tenants, and the search attributes that they have.

use super::call::CallError;
use crate::engine::search_attributes::{self, SearchAttributeError};
use crate::engine::{Engine, Message, NamespaceChange, NamespaceError, NewNamespace};
use crate::store::Namespace;
use crate::store::search::AttributeTypes;

impl Engine {
    /// One tenant.
    pub fn namespace(&self, name: &str) -> Option<Namespace> {
        self.parts.namespaces.get(name)
    }

    /// All tenants, by name.
    pub fn namespaces(&self) -> Vec<Namespace> {
        self.parts.namespaces.list()
    }

    /// Registers a tenant; `false` if there is one of that name. Durable when it returns.
    pub async fn register_namespace(&self, new: NewNamespace) -> Result<bool, CallError<NamespaceError>> {
        let namespace = new.into_namespace(self.new_id(), self.now());
        let engine = self.clone();
        let registered = self.read(move || engine.parts.namespaces.register(namespace));
        let is_new = registered.await?.map_err(CallError::Refused)?;
        self.parts.router.tell_all(|| Message::NamespacesChanged);
        Ok(is_new)
    }

    /// Changes a tenant, and returns it as it is then. Durable when it returns.
    pub async fn change_namespace(
        &self,
        name: &str,
        change: NamespaceChange,
    ) -> Result<Namespace, CallError<NamespaceError>> {
        self.check_namespace(name)?;
        let (engine, name) = (self.clone(), name.to_owned());
        let missing = name.clone();
        let changed = self.read(move || engine.parts.namespaces.change(&name, |it| change.apply(it)));
        let changed = changed.await?.map_err(CallError::Refused)?;
        let changed = changed.ok_or(CallError::NoSuchNamespace(missing))?;
        self.parts.router.tell_all(|| Message::NamespacesChanged);
        Ok(changed)
    }

    /// Gives names of attributes a type, by which runs are then found. Durable when it returns.
    pub async fn add_search_attributes(
        &self,
        namespace: &str,
        types: AttributeTypes,
    ) -> Result<(), CallError<SearchAttributeError>> {
        self.change_search_attributes(namespace, move |known| search_attributes::add(known, types))
            .await
    }

    /// Takes the type from names of attributes. Runs keep what they carry, and are not found by it any more. Durable
    /// when it returns.
    pub async fn remove_search_attributes(
        &self,
        namespace: &str,
        names: Vec<String>,
    ) -> Result<(), CallError<SearchAttributeError>> {
        self.change_search_attributes(namespace, move |known| search_attributes::remove(known, &names))
            .await
    }

    async fn change_search_attributes(
        &self,
        namespace: &str,
        change: impl FnOnce(&mut AttributeTypes) -> Result<(), SearchAttributeError> + Send + 'static,
    ) -> Result<(), CallError<SearchAttributeError>> {
        self.check_namespace(namespace)?;
        let (engine, name) = (self.clone(), namespace.to_owned());
        let changed = self.read(move || {
            let namespaces = &engine.parts.namespaces;
            namespaces.change(&name, |it| change(&mut it.search_attributes))
        });
        let changed = changed.await?.map_err(CallError::Refused)?;
        changed.map_or_else(|| Err(CallError::NoSuchNamespace(namespace.to_owned())), |_| Ok(()))
    }
}
