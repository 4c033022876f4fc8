//! Modules that are on their way while the engine serves already: a server for development builds its first ones.
//!
//! Starts wait for them. So whoever starts a workflow whose module is being built is not refused, and gets the code that
//! is there now, not what was there when the last server stopped. Everything else is served meanwhile.

use super::Engine;
use std::sync::Arc;
use tokio::sync::watch;

/// Whether any are expected: by how many.
#[derive(Default)]
pub(super) struct ExpectedModules(Arc<watch::Sender<usize>>);

/// Modules are on their way for as long as this is kept.
#[derive(Debug)]
#[must_use = "starts wait for as long as it is kept"]
pub struct ModulesOnTheirWay(Arc<watch::Sender<usize>>);

impl Drop for ModulesOnTheirWay {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}

impl ExpectedModules {
    /// Waits until none are expected any more.
    pub(super) async fn arrived(&self) {
        // It ends with the engine, which whoever waits has.
        let _ = self.0.subscribe().wait_for(|count| *count == 0).await;
    }
}

impl Engine {
    /// Says that modules are on their way. Until what is returned is dropped, workflows that clients start wait, each for
    /// as long as its client does.
    pub fn expect_modules(&self) -> ModulesOnTheirWay {
        let expected = &self.parts.expected_modules.0;
        expected.send_modify(|count| *count += 1);
        ModulesOnTheirWay(expected.clone())
    }

    /// Whether modules are on their way.
    pub fn expects_modules(&self) -> bool {
        *self.parts.expected_modules.0.borrow() > 0
    }

    /// Waits until no modules are on their way.
    pub async fn modules_arrived(&self) {
        self.parts.expected_modules.arrived().await;
    }
}
