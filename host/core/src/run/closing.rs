//! The end of a run, and what it leaves behind: a successor, a parent or a schedule that waits, children.

use super::Run;
use crate::child::timed_out;
use crate::{
    Calendar, ChildOutcome, Content, Event, Message, OperationId, ParentClosePolicy, RetryState, RunId, Sender,
    Timestamp, successor,
};
use std::collections::BTreeSet;

impl Run {
    /// A closing event of the guest, with what follows it decided.
    pub(super) fn with_successor(&mut self, now: Timestamp, calendar: Calendar, event: Event) -> Event {
        let now = self.moment(now);
        match event {
            Event::RunCompleted { output, .. } => {
                self.successor = successor::after_completion(&self.state, now, calendar, output.as_ref());
                let successor = self.successor_id();
                Event::RunCompleted { output, successor }
            }
            Event::RunFailed { failure, .. } => {
                let succession = successor::after_failure(&self.state, now, calendar, &failure);
                self.successor = succession.successor;
                Event::RunFailed {
                    failure,
                    retry_state: succession.retry_state,
                    successor: self.successor_id(),
                }
            }
            Event::RunContinuedAsNew { continuation, .. } => {
                let next = successor::continuation(&self.state, now, &continuation);
                let successor = next.execution.run_id;
                self.successor = Some(next);
                Event::RunContinuedAsNew {
                    continuation,
                    successor,
                }
            }
            event => event,
        }
    }

    /// The run has taken too long.
    pub(super) fn time_out(&mut self, now: Timestamp, calendar: Calendar) {
        let now = self.moment(now);
        let chain_is_over = self.state.expiration().is_some_and(|end| end <= now);
        let retry_state = if chain_is_over {
            RetryState::Timeout
        } else {
            let failure = timed_out("workflow timed out");
            let succession = successor::after_failure(&self.state, now, calendar, &failure);
            self.successor = succession.successor;
            succession.retry_state
        };
        let successor = self.successor_id();
        self.record(now, Event::RunTimedOut { retry_state, successor });
    }

    fn successor_id(&self) -> Option<RunId> {
        self.successor.as_ref().map(|started| started.execution.run_id)
    }

    /// What a closing run tells its parent, its schedule, and its children but for those that another run goes on waiting
    /// for.
    pub(super) fn tell_at_close(&mut self, event: &Event, kept: &BTreeSet<OperationId>) {
        if event.closes_as().is_none() {
            return;
        }
        let started = self.state.started();
        if let (Some(parent), Some(outcome)) = (&started.origin.parent, ChildOutcome::of_close(event)) {
            let operation = parent.operation;
            let content = Content::ChildClosed { operation, outcome };
            self.messages.push(Message::to_parent(parent, content));
        }
        if let (Some(schedule_id), Some(outcome)) = (&started.origin.scheduled_by, ChildOutcome::of_close(event)) {
            let first_run_id = started.first_run_id;
            let content = Content::ScheduledClosed { first_run_id, outcome };
            self.messages
                .push(Message::to_schedule(&started.namespace, schedule_id, content));
        }
        for child in self.state.children().filter(|child| !kept.contains(&child.operation)) {
            let sender = Sender {
                operation: OperationId(0),
                ..Sender::of(&self.state, child.operation)
            };
            let content = match child.request.parent_close {
                ParentClosePolicy::Abandon => continue,
                ParentClosePolicy::Terminate => Content::Terminate { sender },
                ParentClosePolicy::RequestCancel => Content::RequestCancel {
                    sender,
                    reason: "the parent is closed".into(),
                    child_only: true,
                    answered: false,
                },
            };
            self.messages.push(Message {
                namespace: started.namespace.clone(),
                workflow_id: child.workflow_id.clone(),
                run_id: None,
                content,
            });
        }
    }
}

impl ChildOutcome {
    /// What the parent or the schedule of a run that closes with this event is told; nothing, while another run goes on
    /// with the work.
    pub fn of_close(event: &Event) -> Option<Self> {
        if event.successor().is_some() {
            return None;
        }
        Some(match event {
            Event::RunCompleted { output, .. } => Self::Completed(output.clone()),
            Event::RunFailed {
                failure, retry_state, ..
            } => Self::Failed(failure.clone(), *retry_state),
            Event::RunCancelled { details } => Self::Cancelled(details.clone()),
            Event::RunTerminated { .. } => Self::Terminated,
            Event::RunTimedOut { retry_state, .. } => Self::TimedOut(*retry_state),
            _ => return None,
        })
    }
}
