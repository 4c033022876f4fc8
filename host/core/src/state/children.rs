//! Transitions of children.

use super::{RunState, Transition};
use crate::{
    ChildNotStarted, ChildOutcome, ChildRequest, Failure, FailureInfo, FailureLayer, Job, NotDelivered, OperationId,
    PendingChild, Resolution, RetryState, RunId, StartResolution,
};

const UNKNOWN: &str = "there is no such pending child";

impl RunState {
    pub(super) fn initiate_child(&mut self, operation: OperationId, request: Box<ChildRequest>) {
        let initiated = self.next_shown();
        let parent = self.started.execution.run_id;
        self.children
            .insert(operation, PendingChild::new(operation, initiated, parent, request));
    }

    pub(super) fn cancel_child(&mut self, operation: OperationId) -> Transition {
        let event = self.next_shown();
        let child = self.children.get_mut(&operation).ok_or(UNKNOWN)?;
        if child.cancel_requested.is_some() {
            return Err("its cancellation was requested before");
        }
        child.cancel_requested = Some(event);
        if child.is_cancelled_at_once() {
            self.tell_cancelled(operation);
        }
        Ok(())
    }

    pub(super) fn child_started(&mut self, operation: OperationId, run_id: RunId) -> Transition {
        let child = self.children.get_mut(&operation).ok_or(UNKNOWN)?;
        if child.run_id.is_some() {
            return Err("the child has started before");
        }
        child.run_id = Some(run_id);
        if let Some(execution) = child.execution().filter(|_| !child.guest_told) {
            self.undelivered
                .push(Job::ChildStarted(operation, StartResolution::Started(execution)));
        }
        Ok(())
    }

    pub(super) fn child_not_started(&mut self, operation: OperationId, cause: &ChildNotStarted) -> Transition {
        let child = self.children.remove(&operation).ok_or(UNKNOWN)?;
        if child.run_id.is_some() {
            self.children.insert(operation, child);
            return Err("the child has started");
        }
        self.refused_children.insert(operation, child.workflow_id.clone());
        if !child.guest_told {
            let resolution = match cause {
                ChildNotStarted::WorkflowIdInUse => StartResolution::AlreadyStarted,
                ChildNotStarted::Refused(reason) => {
                    let layer = FailureLayer::of_engine(reason, FailureInfo::Server { non_retryable: true });
                    StartResolution::Failed(child.failure(Failure::new(layer), RetryState::NonRetryableFailure))
                }
            };
            self.undelivered.push(Job::ChildStarted(operation, resolution));
        }
        Ok(())
    }

    pub(super) fn child_closed(&mut self, operation: OperationId, outcome: &ChildOutcome) -> Transition {
        let child = self.children.remove(&operation).ok_or(UNKNOWN)?;
        if child.run_id.is_none() {
            self.children.insert(operation, child);
            return Err("the child has not started");
        }
        if !child.guest_told {
            let resolution = match (outcome, outcome.cause()) {
                (ChildOutcome::Completed(output), _) => Resolution::Completed(output.clone()),
                (ChildOutcome::Cancelled(details), _) => Resolution::Cancelled(child.cancelled(details.clone())),
                (_, Some((cause, retry_state))) => Resolution::Failed(child.failure(cause, retry_state)),
                (_, None) => Resolution::Completed(None),
            };
            self.undelivered.push(Job::ChildResolved(operation, resolution));
        }
        Ok(())
    }

    /// The child has the request to cancel itself; for some that is all their parent waits for.
    pub(super) fn child_has_request(&mut self, operation: OperationId, result: Result<(), NotDelivered>) -> Transition {
        if result.is_err() {
            return Err("a child that cannot be asked to cancel itself tells how it ended");
        }
        if !self
            .children
            .get(&operation)
            .is_some_and(PendingChild::waits_for_request)
        {
            return Err("nobody waits for an answer of the child");
        }
        self.tell_cancelled(operation);
        Ok(())
    }

    fn tell_cancelled(&mut self, operation: OperationId) {
        let Some(child) = self.children.get_mut(&operation) else {
            return;
        };
        child.guest_told = true;
        let failure = child.cancelled(Vec::new());
        self.undelivered.push(match child.run_id {
            Some(_) => Job::ChildResolved(operation, Resolution::Cancelled(failure)),
            None => Job::ChildStarted(operation, StartResolution::Cancelled(failure)),
        });
    }
}
