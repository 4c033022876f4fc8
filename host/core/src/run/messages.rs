//! What runs tell each other: what goes out with an event, and what comes in.

use super::{Refused, Run};
use crate::{
    ChildCancellationType, ChildNotStarted, ChildOutcome, ChildStart, Content, Event, ExternalTarget, Message,
    NotDelivered, OperationId, Parent, Priority, RunId, Sender, Timestamp, successor::Random,
};

impl Run {
    /// Sends what an event that has just happened has to tell.
    pub(super) fn tell(&mut self, now: Timestamp, event: &Event) {
        let message = match event {
            Event::ChildInitiated { operation, .. } => self.start_of_child(*operation, now),
            Event::ChildCancelRequested { operation, reason } => self.cancellation_of_child(*operation, reason),
            Event::ExternalSignalInitiated { operation, signal } => {
                let sender = self.sender(*operation, &signal.target);
                let signal = signal.clone();
                Some(self.message(&signal.target.clone(), Content::Signal { sender, signal }))
            }
            Event::ExternalCancelInitiated {
                operation,
                target,
                reason,
            } => {
                let content = Content::RequestCancel {
                    sender: self.sender(*operation, target),
                    reason: reason.clone(),
                    child_only: target.child_only,
                    answered: true,
                };
                Some(self.message(target, content))
            }
            _ => return,
        };
        self.messages.extend(message);
    }

    fn sender(&self, operation: OperationId, target: &ExternalTarget) -> Sender {
        let sender = Sender::of(&self.state, operation);
        let initiated = self.state.external(operation).map(|it| it.initiated);
        let child = self.state.children().find(|it| it.workflow_id == target.workflow_id);
        let parent_run = child.map(|child| self.state.origins(child.operation).run_id);
        Sender {
            initiated,
            parent_run: parent_run.filter(|it| target.child_only && *it != sender.execution.run_id),
            ..sender
        }
    }

    fn message(&self, target: &ExternalTarget, content: Content) -> Message {
        Message {
            namespace: self.state.started().namespace.clone(),
            workflow_id: target.workflow_id.clone(),
            run_id: target.run_id,
            content,
        }
    }

    fn start_of_child(&self, operation: OperationId, now: Timestamp) -> Option<Message> {
        let started = self.state.started();
        let child = self.state.child(operation)?;
        let origins = self.state.origins(operation);
        let execution = self.state.execution_of(operation);
        let mut random = Random::of_operation(origins.random_seed, operation.0);
        let mut request = child.request.clone();
        request.priority = Priority::inherit(request.priority.as_ref(), started.priority.as_ref());
        let start = ChildStart {
            parent: Parent {
                namespace: started.namespace.clone(),
                execution: execution.clone(),
                operation,
                initiated: Some(child.initiated),
            },
            root: started.origin.root.clone().unwrap_or(execution),
            task_queue: child
                .request
                .task_queue
                .clone()
                .unwrap_or_else(|| started.task_queue.clone()),
            request,
            run_id: random.run_id(now),
            random_seed: (random.next(), random.next()),
        };
        Some(Message {
            namespace: started.namespace.clone(),
            workflow_id: child.workflow_id.clone(),
            run_id: None,
            content: Content::StartChild(Box::new(start)),
        })
    }

    fn cancellation_of_child(&self, operation: OperationId, reason: &str) -> Option<Message> {
        let child = self.state.child(operation)?;
        if child.request.cancellation == ChildCancellationType::Abandon {
            return None;
        }
        let target = ExternalTarget {
            workflow_id: child.workflow_id.clone(),
            run_id: None,
            child_only: true,
        };
        let content = Content::RequestCancel {
            sender: Sender {
                initiated: child.cancel_requested,
                ..Sender::of(&self.state, operation)
            },
            reason: reason.to_owned(),
            child_only: true,
            answered: child.request.cancellation == ChildCancellationType::WaitCancellationRequested,
        };
        Some(self.message(&target, content))
    }

    /// A child has started. It may be said more than once.
    pub fn child_started(&mut self, operation: OperationId, run_id: RunId, now: Timestamp) -> Result<(), Refused> {
        self.check_open()?;
        if self.state.child(operation).is_some_and(|child| child.run_id.is_none()) {
            self.record(now, Event::ChildStarted { operation, run_id });
        }
        Ok(())
    }

    /// What a child is told that was refused before, and then began all the same: its workflow id was in use when its
    /// start was asked for, and free when that was asked for again. Nobody waits for it, so it is to end.
    pub fn end_of_stray_child(&self, operation: OperationId, run_id: RunId) -> Option<Message> {
        let workflow_id = self.state.refused_child(operation)?.to_owned();
        let target = ExternalTarget {
            workflow_id,
            run_id: Some(run_id),
            child_only: true,
        };
        let sender = Sender::of(&self.state, operation);
        Some(self.message(&target, Content::Terminate { sender }))
    }

    /// A child will not start. It may be said more than once.
    pub fn child_not_started(
        &mut self,
        operation: OperationId,
        cause: ChildNotStarted,
        now: Timestamp,
    ) -> Result<(), Refused> {
        self.check_open()?;
        if self.state.child(operation).is_some_and(|child| child.run_id.is_none()) {
            self.record(now, Event::ChildNotStarted { operation, cause });
        }
        Ok(())
    }

    /// A child is closed. It may be said more than once, but not before it was said that it has started: then it is
    /// refused, and is to be said again.
    pub fn child_closed(
        &mut self,
        operation: OperationId,
        outcome: ChildOutcome,
        now: Timestamp,
    ) -> Result<(), Refused> {
        self.check_open()?;
        match self.state.child(operation) {
            Some(child) if child.run_id.is_none() => Err(Refused::TooEarly),
            Some(_) => {
                self.record(now, Event::ChildClosed { operation, outcome });
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// A message to another run arrived, or will not. It may be said more than once.
    pub fn message_resolved(
        &mut self,
        operation: OperationId,
        result: Result<(), NotDelivered>,
        now: Timestamp,
    ) -> Result<(), Refused> {
        self.check_open()?;
        // A child that could not be asked to cancel itself is over: how, it tells itself.
        let is_awaited = match self.state.child(operation) {
            Some(child) => child.waits_for_request() && result.is_ok(),
            None => self.state.external(operation).is_some(),
        };
        if is_awaited {
            self.record(now, Event::ExternalResolved { operation, result });
        }
        Ok(())
    }

    /// Whether this run is a child of whoever sends a message.
    pub fn is_child_of(&self, sender: &Sender) -> bool {
        let origin = &self.state.started().origin;
        origin
            .parent
            .as_ref()
            .is_some_and(|it| it.execution == sender.as_parent())
    }
}
