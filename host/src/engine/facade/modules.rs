//! Modules.

use super::call::CallError;
use crate::catalog::{ModuleDescription, PushError, Pushed};
use crate::engine::Engine;
use bytes::Bytes;

impl Engine {
    /// Takes a module, or a new version of one. Runs follow it when this returns.
    pub async fn push_module(&self, namespace: &str, name: &str, file: Bytes) -> Result<Pushed, CallError<PushError>> {
        self.check_namespace(namespace)?;
        let now = self.parts.ambient.now();
        self.parts
            .catalog
            .push(namespace, name, file, now)
            .await
            .map_err(CallError::Refused)
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
