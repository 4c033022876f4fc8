//! Modules.

use super::call::CallError;
use crate::catalog::{ModuleDescription, PushError, Pushed};
use crate::engine::Engine;
use bytes::Bytes;

impl Engine {
    /// Takes a module, or a new version of one. Runs follow it when this returns.
    pub async fn push_module(&self, namespace: &str, name: &str, file: Bytes) -> Result<Pushed, CallError<PushError>> {
        self.check_namespace(namespace)?;
        let (engine, now) = (self.clone(), self.parts.ambient.now());
        let is_there = move |namespace: &str| engine.parts.namespaces.has(namespace);
        let pushed = self.parts.catalog.push(namespace, name, file, now, is_there).await;
        pushed.map_err(|error| match error {
            PushError::NoSuchNamespace(namespace) => CallError::NoSuchNamespace(namespace),
            refused => CallError::Refused(refused),
        })
    }

    /// The modules of a namespace, by name.
    pub fn modules(&self, namespace: &str) -> Vec<ModuleDescription> {
        self.parts.catalog.list(namespace)
    }

    /// One module.
    pub fn module(&self, namespace: &str, name: &str) -> Option<ModuleDescription> {
        self.parts.catalog.describe(namespace, name)
    }
}
