//! An activity between its scheduling and its end: its attempts, and the four timeouts over them.
//!
//! Attempts leave no events, as in Temporal: only the last one's end is history. What must outlive a crash
//! before then is the [`Attempt`].

use crate::{
    ActivityOptions, ActivityRequest, EventId, Failure, FailureInfo, FailureLayer, Intervention, Millis, OperationId,
    Pause, Payload, RetryPolicy, TimeoutKind, Timestamp,
};
use std::sync::Arc;

/// An activity that has not come to its end.
#[derive(Clone, Debug, PartialEq)]
pub struct PendingActivity {
    /// The operation that it is.
    pub operation: OperationId,
    /// The event that scheduled it.
    pub scheduled_event: EventId,
    /// When it was scheduled.
    pub scheduled: Timestamp,
    /// What holds of it: what the guest asked for, with the options that an operator has given it since.
    pub request: Arc<ActivityRequest>,
    /// What the guest asked for.
    pub asked: Arc<ActivityRequest>,
    /// Whether its worker is to be told, at its next heartbeat, to cancel it.
    pub cancel_requested: bool,
    /// Whether the guest has been told that it is over; then what comes of it is recorded, not delivered.
    pub guest_told: bool,
    /// The attempt that is going on or comes next.
    pub attempt: Attempt,
}

/// One attempt at an activity, and what it has from those before.
#[derive(Clone, Debug, PartialEq)]
pub struct Attempt {
    /// From 1. It names the attempt, and no other one ever has it; which one people take it for, says
    /// [`count`](Attempt::count).
    pub number: u32,
    /// How far it is.
    pub phase: Phase,
    /// Why the attempt before failed.
    pub last_failure: Option<Failure>,
    /// When it did.
    pub last_failed: Option<Timestamp>,
    /// Who ran, or runs, the latest attempt.
    pub last_identity: String,
    /// What the worker last reported, kept for the next attempt.
    pub heartbeat: Vec<Payload>,
    /// When it did, in this attempt.
    pub heartbeat_at: Option<Timestamp>,
    /// What operators have done to the activity, if they have.
    pub intervention: Option<Box<Intervention>>,
}

/// How far an attempt is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// It waits for a worker, since then.
    Ready(Timestamp),
    /// It becomes ready then.
    BackingOff(Timestamp),
    /// A worker has it, since then.
    Started(Timestamp, Place),
}

/// Where a worker runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In a process of its own: it outlives this one.
    Remote,
    /// In this process: it ends with it.
    InProcess,
}

/// What is due next for an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Due {
    Timeout(TimeoutKind),
    Retry,
}

impl Attempt {
    /// The first attempt of an activity that was scheduled at this moment.
    pub fn first(scheduled: Timestamp) -> Self {
        Self {
            number: 1,
            phase: Phase::Ready(scheduled),
            last_failure: None,
            last_identity: String::new(),
            last_failed: None,
            heartbeat: Vec::new(),
            heartbeat_at: None,
            intervention: None,
        }
    }

    /// Which attempt it is, from 1; after a reset it is the first again.
    pub fn count(&self) -> u32 {
        let uncounted = self.intervention.as_ref().map_or(0, |it| it.uncounted);
        self.number.saturating_sub(uncounted)
    }

    /// Since when, and by whose wish, the activity is paused, if it is.
    pub fn paused(&self) -> Option<(Timestamp, &Pause)> {
        let paused = self.intervention.as_ref()?.paused.as_ref()?;
        Some((paused.0, &paused.1))
    }

    /// Whether the attempt that runs is to be followed by one that counts as the first.
    pub fn is_reset(&self) -> bool {
        self.intervention.as_ref().is_some_and(|it| it.reset.is_some())
    }

    /// The options that an operator has given the activity.
    pub fn options(&self) -> Option<&ActivityOptions> {
        self.intervention.as_ref()?.options.as_ref()
    }

    /// When a worker took it, if one has.
    pub fn started(&self) -> Option<Timestamp> {
        match self.phase {
            Phase::Started(at, _) => Some(at),
            Phase::Ready(_) | Phase::BackingOff(_) => None,
        }
    }
}

impl PendingActivity {
    pub(crate) fn new(
        operation: OperationId,
        scheduled_event: EventId,
        scheduled: Timestamp,
        request: Arc<ActivityRequest>,
    ) -> Self {
        Self {
            operation,
            scheduled_event,
            scheduled,
            asked: request.clone(),
            request,
            cancel_requested: false,
            guest_told: false,
            attempt: Attempt::first(scheduled),
        }
    }

    /// The activity's name within its run.
    pub fn activity_id(&self) -> String {
        self.request.id_as(self.operation)
    }

    /// Makes the request that holds agree with the options that the attempt has.
    pub(crate) fn follow_options(&mut self) {
        match self.attempt.options() {
            None => self.request = self.asked.clone(),
            Some(options) if options.hold_in(&self.request) => {}
            Some(options) => self.request = Arc::new(options.given_to(&self.asked)),
        }
    }

    /// The policy that holds.
    pub fn retry_policy(&self) -> RetryPolicy {
        self.request.retry.clone().unwrap_or_default()
    }

    /// Whether a second attempt is ruled out, so that a start must be durable before the task leaves.
    pub fn runs_at_most_once(&self) -> bool {
        self.request
            .retry
            .as_ref()
            .is_some_and(|policy| policy.maximum_attempts == 1)
    }

    /// When all attempts must be over.
    pub fn schedule_to_close_deadline(&self) -> Option<Timestamp> {
        Millis::deadline(self.request.timeouts.schedule_to_close, self.scheduled)
    }

    /// What is due next, and when; of two at one moment, the first of the list. While the run, or the activity, is held
    /// back, no attempt begins: nobody can take one that is ready, and a retry waits.
    pub(crate) fn next_due(&self, run_is_held: bool) -> Option<(Timestamp, Due)> {
        let timeouts = &self.request.timeouts;
        let is_held = run_is_held || self.attempt.paused().is_some();
        let overall = self
            .schedule_to_close_deadline()
            .map(|at| (at, Due::Timeout(TimeoutKind::ScheduleToClose)));
        let of_phase = match self.attempt.phase {
            Phase::Ready(_) | Phase::BackingOff(_) if is_held => [None, None],
            Phase::Ready(since) => [
                Millis::deadline(timeouts.schedule_to_start, since)
                    .map(|at| (at, Due::Timeout(TimeoutKind::ScheduleToStart))),
                None,
            ],
            Phase::BackingOff(until) => [Some((until, Due::Retry)), None],
            Phase::Started(at, _) => [
                Millis::deadline(timeouts.start_to_close, at).map(|at| (at, Due::Timeout(TimeoutKind::StartToClose))),
                Millis::deadline(timeouts.heartbeat, self.attempt.heartbeat_at.unwrap_or(at).max(at))
                    .map(|at| (at, Due::Timeout(TimeoutKind::Heartbeat))),
            ],
        };
        [overall]
            .into_iter()
            .chain(of_phase)
            .flatten()
            .min_by_key(|(at, _)| *at)
    }

    /// The failure that a timeout is, caused by the failure of the attempt before.
    pub(crate) fn timeout_failure(&self, kind: TimeoutKind) -> Failure {
        // One attempt after another may run out of time; told each time with all those before, that would grow without
        // bound. So such a row is told once.
        let is_repeated = |layer: &&FailureLayer| {
            matches!(kind, TimeoutKind::StartToClose | TimeoutKind::Heartbeat)
                && matches!(layer.info, FailureInfo::Timeout { .. })
        };
        let earlier = self.attempt.last_failure.iter().flat_map(Failure::layers);
        let cause = Failure::from_layers(earlier.skip_while(is_repeated).cloned().collect());
        let layer = FailureLayer::of_engine(
            format!("activity {} timeout", kind.name()),
            FailureInfo::Timeout {
                kind,
                last_heartbeat: self.attempt.heartbeat.clone(),
            },
        );
        match cause {
            Some(cause) => cause.wrapped_in(layer),
            None => Failure::new(layer),
        }
    }
}
