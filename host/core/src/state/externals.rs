//! Transitions of messages to other runs.

use super::{RunState, Transition};
use crate::{ExternalTarget, Job, NotDelivered, OperationId, PendingExternal};

impl RunState {
    pub(super) fn initiate_external(&mut self, operation: OperationId, target: ExternalTarget, signal: Option<String>) {
        let pending = PendingExternal {
            operation,
            initiated: self.next_shown(),
            target,
            signal,
        };
        self.externals.insert(operation, pending);
    }

    pub(super) fn resolve_message(&mut self, operation: OperationId, result: Result<(), NotDelivered>) -> Transition {
        if self.children.contains_key(&operation) {
            return self.child_has_request(operation, result);
        }
        self.end_external(operation, result)
    }

    pub(super) fn end_external(&mut self, operation: OperationId, result: Result<(), NotDelivered>) -> Transition {
        let pending = self
            .externals
            .remove(&operation)
            .ok_or("there is no such message under way")?;
        let delivered = result.map_err(|cause| cause.failure(&pending.target));
        self.undelivered.push(Job::ExternalResolved(operation, delivered));
        Ok(())
    }
}
