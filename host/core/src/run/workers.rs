//! What comes from workers: attempts taken, reported on, and ended.

use super::{Effect, HeartbeatAnswer, Refused, Run};
use crate::retry::{self, Retry};
use crate::{
    AttemptEnd, Event, Failure, FailureInfo, FailureLayer, OperationId, Payload, PendingActivity, Phase, Place,
    RetryState, Timestamp,
};

impl Run {
    /// A worker takes an attempt that was offered.
    ///
    /// It becomes part of the step, and so durable, if the worker outlives this process, or if the activity must
    /// never run twice. Elsewhere a crash ends the worker too, and the attempt is simply offered again.
    pub fn start_attempt(
        &mut self,
        operation: OperationId,
        number: u32,
        identity: &str,
        place: Place,
        now: Timestamp,
    ) -> Result<&PendingActivity, Refused> {
        let activity = self.attempt(operation, number)?;
        if !self.state.may_be_taken(operation, number) {
            return Err(Refused::NotReady);
        }
        if place == Place::Remote || activity.runs_at_most_once() {
            self.changed_attempts.insert(operation);
        }
        let now = self.moment(now);
        self.state.change_attempt(operation, |activity| {
            activity.attempt.phase = Phase::Started(now, place);
            activity.attempt.last_identity = identity.to_owned();
            activity.attempt.heartbeat_at = None;
        });
        self.attempt(operation, number)
    }

    /// The worker that took the attempt never received it: it is offered again, unchanged, unless it has become
    /// unwanted meanwhile.
    pub fn return_attempt(&mut self, operation: OperationId, number: u32, now: Timestamp) -> Result<(), Refused> {
        let activity = self.held_attempt(operation, number)?;
        if activity.attempt.started().is_none() {
            // It was offered again already.
            return Ok(());
        }
        if activity.attempt.is_reset() {
            self.begin_again(operation, now);
        } else {
            self.make_ready(operation, now);
        }
        self.cancel_unstarted(operation, now);
        Ok(())
    }

    /// The activity succeeded.
    pub fn complete_activity(
        &mut self,
        operation: OperationId,
        number: u32,
        output: Option<Payload>,
        identity: String,
        now: Timestamp,
    ) -> Result<(), Refused> {
        let attempt = attempt_end(self.held_attempt(operation, number)?, identity);
        self.record(now, Event::ActivityCompleted { attempt, output });
        Ok(())
    }

    /// The attempt failed: there is another one later, or the activity failed.
    pub fn fail_activity(
        &mut self,
        operation: OperationId,
        number: u32,
        failure: Failure,
        identity: String,
        now: Timestamp,
    ) -> Result<(), Refused> {
        self.held_attempt(operation, number)?;
        self.state
            .change_attempt(operation, |activity| activity.attempt.last_identity = identity);
        self.retry_or(operation, failure, now, |attempt, failure, retry_state| {
            Event::ActivityFailed {
                attempt,
                failure,
                retry_state,
            }
        });
        Ok(())
    }

    /// The worker says that it has cancelled the activity, as it was asked to.
    pub fn cancel_activity(
        &mut self,
        operation: OperationId,
        number: u32,
        details: Vec<Payload>,
        identity: String,
        now: Timestamp,
    ) -> Result<(), Refused> {
        let activity = self.held_attempt(operation, number)?;
        if activity.cancel_requested {
            let attempt = attempt_end(activity, identity);
            self.record(now, Event::ActivityCancelled { attempt, details });
            return Ok(());
        }
        // Nobody asked for it, so it is a failure of the worker's making.
        let layer = FailureLayer::of_engine(
            "the worker cancelled the activity without having been asked to",
            FailureInfo::Cancelled(details),
        );
        self.fail_activity(operation, number, Failure::new(layer), identity, now)
    }

    /// The worker is at it, and says how far. Returns what it is to know.
    pub fn heartbeat(
        &mut self,
        operation: OperationId,
        number: u32,
        details: Vec<Payload>,
        now: Timestamp,
    ) -> Result<HeartbeatAnswer, Refused> {
        let activity = self.held_attempt(operation, number)?;
        let answer = HeartbeatAnswer {
            cancel_requested: activity.cancel_requested,
            is_paused: activity.attempt.paused().is_some(),
            is_reset: activity.attempt.is_reset(),
        };
        let is_ready = activity.attempt.started().is_none();
        let now = self.moment(now);
        self.changed_attempts.insert(operation);
        self.state.change_attempt(operation, |activity| {
            if is_ready {
                // A worker of an earlier process has it, so nobody else may take it.
                activity.attempt.phase = Phase::Started(now, Place::Remote);
            }
            activity.attempt.heartbeat = details;
            activity.attempt.heartbeat_at = Some(now);
        });
        Ok(answer)
    }

    fn attempt(&self, operation: OperationId, number: u32) -> Result<&PendingActivity, Refused> {
        self.check_open()?;
        let activity = self.state.activity(operation).ok_or(Refused::ActivityGone)?;
        if activity.attempt.number != number {
            return Err(Refused::StaleAttempt);
        }
        Ok(activity)
    }

    /// The activity, if it is at an attempt that a worker can have: started, or started by a process that has
    /// ended before it was durable that it had.
    fn held_attempt(&self, operation: OperationId, number: u32) -> Result<&PendingActivity, Refused> {
        let activity = self.attempt(operation, number)?;
        match activity.attempt.phase {
            Phase::Started(..) | Phase::Ready(_) => Ok(activity),
            Phase::BackingOff(_) => Err(Refused::StaleAttempt),
        }
    }

    /// Backs off after a failed attempt, or records the end of the activity.
    pub(super) fn retry_or(
        &mut self,
        operation: OperationId,
        failure: Failure,
        now: Timestamp,
        end: impl FnOnce(AttemptEnd, Failure, RetryState) -> Event,
    ) {
        let Some(activity) = self.state.activity(operation) else {
            return;
        };
        let is_reset = activity.attempt.is_reset();
        let next = match activity.cancel_requested {
            true => Retry::Stop(RetryState::CancelRequested),
            false => {
                // An attempt that was reset does not count: the one after it is the first.
                let count = if is_reset { 0 } else { activity.attempt.count() };
                let deadline = activity.schedule_to_close_deadline();
                retry::after_failure(&activity.retry_policy(), count, &failure, now, deadline)
            }
        };
        match next {
            Retry::At(_) if is_reset => self.begin_again(operation, now),
            Retry::At(until) => {
                self.changed_attempts.insert(operation);
                self.state.change_attempt(operation, |activity| {
                    activity.attempt.number += 1;
                    activity.attempt.phase = Phase::BackingOff(until);
                    activity.attempt.last_failure = Some(failure);
                    activity.attempt.last_failed = Some(now);
                    activity.attempt.heartbeat_at = None;
                });
            }
            Retry::Stop(retry_state) => {
                let attempt = attempt_end(activity, activity.attempt.last_identity.clone());
                self.record(now, end(attempt, failure, retry_state));
            }
        }
    }

    pub(super) fn make_ready(&mut self, operation: OperationId, now: Timestamp) {
        let Some(number) = self.state.activity(operation).map(|activity| activity.attempt.number) else {
            return;
        };
        self.state
            .change_attempt(operation, |activity| activity.attempt.phase = Phase::Ready(now));
        self.changed_attempts.insert(operation);
        self.owed.push(Effect::OfferActivity(operation, number));
    }
}

pub(super) fn attempt_end(activity: &PendingActivity, identity: String) -> AttemptEnd {
    AttemptEnd {
        operation: activity.operation,
        attempt: activity.attempt.count(),
        started: activity.attempt.started(),
        identity,
        last_failure: activity.attempt.last_failure.clone(),
    }
}
