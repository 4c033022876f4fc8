//! A run that begins again at a point of another run's history.
//!
//! What was over at that point stays so. What was under way goes on under the name of the run that began it, so that
//! others recognise what they are told again; only attempts at activities begin anew.

use super::{Effect, Run};
use crate::{
    AttemptEnd, Content, Event, Failure, FailureInfo, FailureLayer, IllegalEvent, Message, OperationId,
    PendingActivity, Record, Refused, RetryState, RunReset, RunState, Sender, Timestamp,
};
/// The run that is reset.
#[derive(Clone, Copy, Debug)]
pub struct Base<'a> {
    /// Its events from the first on.
    pub history: &'a [Record],
    /// How many of them the new run begins with.
    pub kept: usize,
    /// Where it stands.
    pub state: &'a RunState,
    /// The events of the runs that followed it by themselves, in order.
    pub followers: &'a [Record],
}

/// What people told the run after the point, and the new one is told again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reapply {
    /// Signals.
    pub signals: bool,
    /// Updates that were accepted.
    pub updates: bool,
    /// Requests to cancel.
    pub cancel_requests: bool,
}

/// Why there is no run from that point on.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum NotReset {
    /// The guest was not about to be activated there.
    #[error("a run can be reset only to where its workflow was about to go on")]
    NoActivation,
    /// The history itself is not one that a run can have.
    #[error("the recorded history is damaged: {0}")]
    Illegal(#[from] IllegalEvent),
}

impl Run {
    /// A new run with the beginning of another run's history, which goes on from there.
    pub fn reset(base: &Base<'_>, reset: RunReset, reapply: Reapply, now: Timestamp) -> Result<Self, NotReset> {
        let (kept, rest) = base.history.split_at_checked(base.kept).ok_or(NotReset::NoActivation)?;
        let next = rest.first().map(|record| &record.event);
        if kept.is_empty() || !matches!(next, Some(Event::Activated(_) | Event::RunReset(_))) {
            return Err(NotReset::NoActivation);
        }
        let mut run = Self::fold(kept, [])?;
        // No guest is activated within a pause, so no point lies in one.
        debug_assert!(
            run.state.paused().is_none(),
            "a run is paused where its guest was activated"
        );
        run.staged = kept.to_vec();
        run.record(now, Event::RunReset(Box::new(reset)));
        for record in rest {
            run.take_over(&record.event, now);
            run.reapply(&record.event, reapply, now);
        }
        for record in base.followers {
            run.reapply(&record.event, reapply, now);
        }
        run.give_up_what_may_have_run(base.state, now);
        run.offer_activities(now);
        run.tell_again(kept);
        Ok(run)
    }

    /// Closes the run because another one has its workflow id now, which goes on with what both have in common.
    pub fn give_way(
        &mut self,
        heir: &RunState,
        reason: String,
        identity: String,
        now: Timestamp,
    ) -> Result<(), Refused> {
        self.check_open()?;
        let pending = heir.children().map(|child| child.operation);
        let kept = pending
            .filter(|it| heir.origins(*it) == self.state.origins(*it))
            .collect();
        let event = Event::RunTerminated {
            reason,
            details: Vec::new(),
            identity,
            successor: Some(heir.started().execution.run_id),
        };
        self.record_and_keep(now, event, &kept);
        Ok(())
    }

    /// What became, after the point, of operations that were under way at it. Those that began later are none of this
    /// run's, and it knows none of them.
    fn take_over(&mut self, event: &Event, now: Timestamp) {
        let taken = match event {
            Event::ChildStarted { operation, run_id } => self.child_started(*operation, *run_id, now),
            Event::ChildNotStarted { operation, cause } => self.child_not_started(*operation, cause.clone(), now),
            Event::ChildClosed { operation, outcome } => self.child_closed(*operation, outcome.clone(), now),
            Event::ExternalResolved { operation, result } => self.message_resolved(*operation, *result, now),
            Event::ActivityCompleted { attempt, .. }
            | Event::ActivityFailed { attempt, .. }
            | Event::ActivityTimedOut { attempt, .. }
            | Event::ActivityCancelled { attempt, .. } => {
                let activity = self.state.activity(attempt.operation);
                if activity.is_some_and(|it| it.runs_at_most_once() && has_left(event, attempt)) {
                    self.record(now, event.clone());
                }
                Ok(())
            }
            _ => Ok(()),
        };
        debug_assert_eq!(taken, Ok(()), "what a run took before, it takes again");
    }

    fn reapply(&mut self, event: &Event, reapply: Reapply, now: Timestamp) {
        let is_open = match event {
            Event::SignalReceived(signal) if reapply.signals => self.signal(signal.as_ref().clone(), now).is_ok(),
            Event::CancelRequested {
                reason,
                identity,
                request_id,
                sender,
            } if reapply.cancel_requests => {
                let (reason, identity) = (reason.clone(), identity.clone());
                self.request_cancel(reason, identity, request_id.clone(), sender.clone(), now)
                    .is_ok()
            }
            // Its sender was told that it is accepted, so that is not asked again, and there is room for it.
            Event::UpdateAccepted(update) if reapply.updates => {
                if self.state.update(&update.id).is_none() {
                    self.record(now, event.clone());
                }
                true
            }
            _ => true,
        };
        debug_assert!(is_open, "nothing of what is told again closes a run");
    }

    /// An activity that must not run twice ends here, if a worker may have had it.
    fn give_up_what_may_have_run(&mut self, base: &RunState, now: Timestamp) {
        // Of an activity that a closed run left behind it is not known any more.
        let may_have_left = |operation| {
            base.activity(operation)
                .is_none_or(|it| it.attempt.started().is_some() || it.attempt.number > 1)
        };
        // Somebody may have changed its options since.
        let may_run_once = |it: &PendingActivity| {
            it.runs_at_most_once()
                || base
                    .activity(it.operation)
                    .is_some_and(PendingActivity::runs_at_most_once)
        };
        let given_up: Vec<AttemptEnd> = self
            .state
            .activities()
            .filter(|activity| may_run_once(activity) && may_have_left(activity.operation))
            .map(|activity| end_unknown(activity, base.activity(activity.operation)))
            .collect();
        for attempt in given_up {
            let layer = FailureLayer::of_engine(
                "the run was reset while the activity, which may run only once, may have been under way",
                FailureInfo::Server { non_retryable: true },
            );
            let event = Event::ActivityFailed {
                attempt,
                failure: Failure::new(layer),
                retry_state: RetryState::MaximumAttemptsReached,
            };
            self.record(now, event);
        }
    }

    fn offer_activities(&mut self, now: Timestamp) {
        let pending: Vec<OperationId> = self.state.activities().map(|it| it.operation).collect();
        for operation in pending {
            if !self.cancel_unstarted(operation, now) {
                self.owed.push(Effect::OfferActivity(operation, 1));
            }
        }
    }

    /// Says again what others have not answered. The answer may have come to the base when that was closed.
    fn tell_again(&mut self, kept: &[Record]) {
        for record in kept {
            let is_unanswered = match &record.event {
                Event::ChildInitiated { operation, .. } => {
                    self.state.child(*operation).is_some_and(|child| child.run_id.is_none())
                }
                Event::ChildCancelRequested { operation, .. } => self.state.child(*operation).is_some(),
                Event::ExternalSignalInitiated { operation, .. } | Event::ExternalCancelInitiated { operation, .. } => {
                    self.state.external(*operation).is_some()
                }
                _ => false,
            };
            if is_unanswered {
                self.tell(record.time, &record.event);
            }
        }
        let questions = self.state.children().filter_map(|child| {
            Some(Message {
                namespace: self.state.started().namespace.clone(),
                workflow_id: child.workflow_id.clone(),
                run_id: Some(child.run_id?),
                content: Content::AskChild {
                    sender: Sender::of(&self.state, child.operation),
                },
            })
        });
        let questions: Vec<Message> = questions.collect();
        self.messages.extend(questions);
    }
}

/// Whether a worker had the activity that came to this end.
fn has_left(end: &Event, attempt: &AttemptEnd) -> bool {
    // One that was given up may have been with a worker.
    attempt.started.is_some() || matches!(end, Event::ActivityFailed { .. })
}

fn end_unknown(activity: &PendingActivity, of_base: Option<&PendingActivity>) -> AttemptEnd {
    let attempt = of_base.map_or(&activity.attempt, |of_base| &of_base.attempt);
    AttemptEnd {
        operation: activity.operation,
        attempt: attempt.number,
        started: attempt.started(),
        identity: attempt.last_identity.clone(),
        last_failure: None,
    }
}
