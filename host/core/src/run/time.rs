//! What comes with time: timers, timeouts, retries that are due; and what a restart of the process means.

use super::{Effect, Run, workers::attempt_end};
use crate::activity::Due;
use crate::agenda::Subject;
use crate::{
    Calendar, Event, Failure, FailureInfo, FailureLayer, OperationId, Phase, Place, RetryState, TimeoutKind, Timestamp,
};

impl Run {
    /// Lets everything happen that is due by `now`, in due order. The calendar says when the run that follows begins.
    pub fn pass_time(&mut self, now: Timestamp, calendar: Calendar) {
        while let Some((due, subject)) = self.state.first_due() {
            if due > now {
                break;
            }
            match subject {
                Subject::Run => self.time_out(now, calendar),
                Subject::Begin => self.state.begin_now(),
                Subject::Timer(operation) => self.record(now, Event::TimerFired { operation }),
                Subject::Activity(operation) => self.pass_activity_time(operation, now),
            }
        }
    }

    fn pass_activity_time(&mut self, operation: OperationId, now: Timestamp) {
        let Some(activity) = self.state.activity(operation) else {
            return;
        };
        let Some((_, due)) = activity.next_due(self.state.paused().is_some()) else {
            return;
        };
        match due {
            Due::Retry => self.make_ready(operation, now),
            Due::Timeout(kind) => {
                let failure = activity.timeout_failure(kind);
                let timed_out = |attempt, failure, retry_state| Event::ActivityTimedOut {
                    attempt,
                    failure,
                    retry_state,
                };
                match kind {
                    TimeoutKind::StartToClose | TimeoutKind::Heartbeat => {
                        self.retry_or(operation, failure, now, timed_out);
                    }
                    TimeoutKind::ScheduleToStart | TimeoutKind::ScheduleToClose => {
                        let attempt = attempt_end(activity, activity.attempt.last_identity.clone());
                        self.record(now, timed_out(attempt, failure, RetryState::Timeout));
                    }
                }
            }
        }
    }

    /// After a restart: attempts that ran in the old process are lost, those of remote workers go on, and their
    /// silence while nobody could hear them is forgiven.
    pub(super) fn resume_after_restart(&mut self, now: Timestamp) {
        let pending: Vec<(OperationId, u32, Phase)> = self
            .state
            .activities()
            .map(|activity| (activity.operation, activity.attempt.number, activity.attempt.phase))
            .collect();
        for (operation, number, phase) in pending {
            // Its worker ended with the process, after the guest had asked to cancel it.
            if self.cancel_unstarted(operation, now) {
                continue;
            }
            match phase {
                Phase::Ready(_) => self.owed.push(Effect::OfferActivity(operation, number)),
                Phase::BackingOff(_) => {}
                Phase::Started(_, Place::Remote) => self.forgive_silence(operation, now),
                Phase::Started(_, Place::InProcess) => {
                    let layer = FailureLayer::of_engine(
                        "the host stopped while the activity ran in its process",
                        FailureInfo::Server { non_retryable: false },
                    );
                    self.retry_or(operation, Failure::new(layer), now, |attempt, failure, retry_state| {
                        Event::ActivityFailed {
                            attempt,
                            failure,
                            retry_state,
                        }
                    });
                }
            }
        }
    }

    fn forgive_silence(&mut self, operation: OperationId, now: Timestamp) {
        let now = self.moment(now);
        self.state.change_attempt(operation, |activity| {
            if activity.request.timeouts.heartbeat.is_some() {
                activity.attempt.heartbeat_at = Some(now);
                // The run may be evicted, and must not come back unforgiving.
                self.changed_attempts.insert(operation);
            }
        });
    }
}
