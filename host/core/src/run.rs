//! A live run: inputs in, events and effects out.
//!
//! Every method stages what happened; [`Run::take_step`] hands it over to be made durable, together with the
//! effects that may happen once it is. This module knows no guest, no store and no clock: an activation is handed
//! out and its commands come back, steps are handed out and are gone, and the time is an argument.

use crate::activity::Due;
use crate::agenda::Subject;
use crate::proposal::Proposal;
use crate::retry::{self, Retry};
use crate::{
    Activated, Activation, Attempt, AttemptEnd, Command, Event, EventId, Failure, FailureInfo, FailureLayer,
    IllegalEvent, Misuse, OperationId, Payload, PendingActivity, Phase, Place, Record, RetryState, RunStarted,
    RunState, RunStatus, SignalReceived, TimeoutKind, Timestamp,
};
use std::collections::BTreeSet;

/// One run, live.
#[derive(Debug)]
pub struct Run {
    state: RunState,
    staged: Vec<Record>,
    changed_attempts: BTreeSet<OperationId>,
    owed: Vec<Effect>,
    activating: Option<(Record, Proposal)>,
}

/// What must become durable together, and what is owed once it is.
#[derive(Debug, Default, PartialEq)]
pub struct Step {
    /// New events, in order; the first one's place is the history's length before the step, plus one.
    pub events: Vec<Record>,
    /// Attempts that changed without an event, and must survive a crash.
    pub attempts: Vec<(OperationId, Attempt)>,
    /// What to do once the above is durable.
    pub effects: Vec<Effect>,
}

/// What the world is owed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// An activity is ready: workers may be offered this attempt.
    OfferActivity(OperationId, u32),
    /// The run is closed: whoever waits for that may know.
    AnnounceClose(RunStatus),
}

/// Why an input was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Nothing more can happen to the run.
    #[error("the run is closed")]
    RunClosed,
    /// The activity has come to its end, or never was.
    #[error("the activity is not pending: it is over, or never was")]
    ActivityGone,
    /// The activity is past this attempt.
    #[error("the attempt is over; the activity is at another one")]
    StaleAttempt,
    /// The attempt waits for its moment, or a worker already has it.
    #[error("the attempt is not ready to be taken")]
    NotReady,
}

/// Whether a request was new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It was, and has been recorded.
    New,
    /// It had been recorded before, and changed nothing.
    Duplicate,
}

impl Run {
    /// A new run.
    pub fn start(started: RunStarted, now: Timestamp) -> Self {
        let record = Record {
            time: now,
            event: Event::RunStarted(Box::new(started)),
        };
        let state = RunState::begin(&record).expect("RunStarted begins a history");
        Self {
            state,
            staged: vec![record],
            changed_attempts: BTreeSet::new(),
            owed: Vec::new(),
            activating: None,
        }
    }

    /// A run as its history and its stored attempts leave it after the process has ended. What was owed is owed anew.
    pub fn recover(
        history: &[Record],
        attempts: impl IntoIterator<Item = (OperationId, Attempt)>,
        now: Timestamp,
    ) -> Result<Self, IllegalEvent> {
        let mut run = Self::fold(history, attempts)?;
        run.resume_after_restart(now);
        Ok(run)
    }

    /// A run as its history and its stored attempts leave it, after it was evicted from memory.
    ///
    /// A start [need not be stored](Run::start_attempt) while its worker is in this process: whoever evicts a run with
    /// such an attempt keeps the attempt itself, and hands it in here with the stored ones.
    pub fn fold(
        history: &[Record],
        attempts: impl IntoIterator<Item = (OperationId, Attempt)>,
    ) -> Result<Self, IllegalEvent> {
        let Some((first, rest)) = history.split_first() else {
            return Err(IllegalEvent {
                id: EventId(1),
                name: "nothing",
                reason: "the history is empty",
            });
        };
        let mut state = RunState::begin(first)?;
        rest.iter().try_for_each(|record| state.apply(record))?;
        for (operation, attempt) in attempts {
            state.change_attempt(operation, |activity| activity.attempt = attempt);
        }
        Ok(Self {
            state,
            staged: Vec::new(),
            changed_attempts: BTreeSet::new(),
            owed: Vec::new(),
            activating: None,
        })
    }

    /// Where the run stands, what is staged included.
    pub const fn state(&self) -> &RunState {
        &self.state
    }

    /// Hands over what was staged since the last time.
    pub fn take_step(&mut self) -> Step {
        debug_assert!(self.activating.is_none(), "a step is taken between activations");
        let state = &self.state;
        // What was over before anybody heard of it is not offered.
        self.owed.retain(|effect| match effect {
            Effect::OfferActivity(operation, number) => state.activity(*operation).is_some_and(|activity| {
                activity.attempt.number == *number && matches!(activity.attempt.phase, Phase::Ready(_))
            }),
            Effect::AnnounceClose(_) => true,
        });
        let attempts = std::mem::take(&mut self.changed_attempts)
            .into_iter()
            .filter_map(|operation| Some((operation, self.state.activity(operation)?.attempt.clone())));
        Step {
            attempts: attempts.collect(),
            events: std::mem::take(&mut self.staged),
            effects: std::mem::take(&mut self.owed),
        }
    }

    /// The run's own present: a host's clock may be set back, a run's never goes back.
    fn moment(&self, now: Timestamp) -> Timestamp {
        now.max(self.state.last_time())
    }

    fn record(&mut self, now: Timestamp, event: Event) {
        // The guest was not told of it, and `Activated` would say that it was.
        debug_assert!(self.activating.is_none(), "nothing else happens during an activation");
        let record = Record {
            time: self.moment(now),
            event,
        };
        self.state.apply(&record).expect("what a live run decides is legal");
        match &record.event {
            Event::ActivityScheduled { operation, .. } => self.owed.push(Effect::OfferActivity(*operation, 1)),
            event => self.owed.extend(event.closes_as().map(Effect::AnnounceClose)),
        }
        self.staged.push(record);
    }

    fn check_open(&self) -> Result<(), Refused> {
        if self.state.status().is_closed() {
            Err(Refused::RunClosed)
        } else {
            Ok(())
        }
    }
}

/// Activations.
impl Run {
    /// Begins an activation, if the guest has not been told everything.
    ///
    /// It ends with [`Run::end_activation`] or [`Run::drop_activation`]; in between come only [`Run::command`]s.
    pub fn begin_activation(&mut self, now: Timestamp, activated: Activated) -> Option<Activation> {
        if self.state.undelivered().is_empty() || self.state.status().is_closed() {
            return None;
        }
        let record = Record {
            time: self.moment(now),
            event: Event::Activated(activated.clone()),
        };
        let activation = Activation::of(&record, &activated, &self.state);
        self.activating = Some((record, Proposal::new(&self.state)));
        Some(activation)
    }

    /// Takes a command of the guest; returns the id of the operation that it begins, if it begins one.
    pub fn command(&mut self, command: Command) -> Result<Option<OperationId>, Misuse> {
        let (_, proposal) = self.activating.as_mut().ok_or(Misuse::NotActivating)?;
        proposal.take(&self.state, command)
    }

    /// The guest returned: what it asked for has happened.
    pub fn end_activation(&mut self) {
        let Some((activated, proposal)) = self.activating.take() else {
            return;
        };
        let now = activated.time;
        self.record(now, activated.event);
        let mut unwanted = Vec::new();
        for event in proposal.into_events() {
            if let Event::ActivityCancelRequested { operation } = event {
                unwanted.push(operation);
            }
            self.record(now, event);
        }
        for operation in unwanted {
            self.cancel_unstarted(operation, now);
        }
    }

    /// The guest failed: nothing of the activation has happened, and it is due again.
    pub fn drop_activation(&mut self) {
        self.activating = None;
    }

    /// An activity that is to be cancelled and that no worker has is over at once. Returns whether it is one.
    fn cancel_unstarted(&mut self, operation: OperationId, now: Timestamp) -> bool {
        let Some(activity) = self.state.activity(operation) else {
            return false;
        };
        if !activity.cancel_requested || activity.attempt.started().is_some() {
            return false;
        }
        let attempt = attempt_end(activity, String::new());
        let details = Vec::new();
        self.record(now, Event::ActivityCancelled { attempt, details });
        true
    }
}

/// What comes from workers.
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
        if !matches!(activity.attempt.phase, Phase::Ready(_)) {
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
        self.make_ready(operation, now);
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

    /// The worker is at it, and says how far. Returns whether it is to cancel the activity.
    pub fn heartbeat(
        &mut self,
        operation: OperationId,
        number: u32,
        details: Vec<Payload>,
        now: Timestamp,
    ) -> Result<bool, Refused> {
        let activity = self.held_attempt(operation, number)?;
        let cancel_requested = activity.cancel_requested;
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
        Ok(cancel_requested)
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
    fn retry_or(
        &mut self,
        operation: OperationId,
        failure: Failure,
        now: Timestamp,
        end: impl FnOnce(AttemptEnd, Failure, RetryState) -> Event,
    ) {
        let Some(activity) = self.state.activity(operation) else {
            return;
        };
        let next = match activity.cancel_requested {
            true => Retry::Stop(RetryState::CancelRequested),
            false => {
                let deadline = activity.schedule_to_close_deadline();
                retry::after_failure(
                    &activity.retry_policy(),
                    activity.attempt.number,
                    &failure,
                    now,
                    deadline,
                )
            }
        };
        match next {
            Retry::At(until) => {
                self.changed_attempts.insert(operation);
                self.state.change_attempt(operation, |activity| {
                    activity.attempt.number += 1;
                    activity.attempt.phase = Phase::BackingOff(until);
                    activity.attempt.last_failure = Some(failure);
                    activity.attempt.heartbeat_at = None;
                });
            }
            Retry::Stop(retry_state) => {
                let attempt = attempt_end(activity, activity.attempt.last_identity.clone());
                self.record(now, end(attempt, failure, retry_state));
            }
        }
    }

    fn make_ready(&mut self, operation: OperationId, now: Timestamp) {
        let Some(number) = self.state.activity(operation).map(|activity| activity.attempt.number) else {
            return;
        };
        self.state
            .change_attempt(operation, |activity| activity.attempt.phase = Phase::Ready(now));
        self.changed_attempts.insert(operation);
        self.owed.push(Effect::OfferActivity(operation, number));
    }
}

/// What comes from clients.
impl Run {
    /// Somebody sends a signal.
    pub fn signal(&mut self, signal: SignalReceived, now: Timestamp) -> Result<Taken, Refused> {
        if self.state.has_request(&signal.request_id) {
            return Ok(Taken::Duplicate);
        }
        self.check_open()?;
        self.record(now, Event::SignalReceived(Box::new(signal)));
        Ok(Taken::New)
    }

    /// Somebody asks the run to cancel itself. Asking again changes nothing.
    pub fn request_cancel(
        &mut self,
        reason: String,
        identity: String,
        request_id: String,
        now: Timestamp,
    ) -> Result<Taken, Refused> {
        if self.state.has_request(&request_id) {
            return Ok(Taken::Duplicate);
        }
        self.check_open()?;
        if self.state.cancel_requested() {
            return Ok(Taken::Duplicate);
        }
        self.record(
            now,
            Event::CancelRequested {
                reason,
                identity,
                request_id,
            },
        );
        Ok(Taken::New)
    }

    /// Somebody closes the run without asking it.
    pub fn terminate(
        &mut self,
        reason: String,
        details: Vec<Payload>,
        identity: String,
        now: Timestamp,
    ) -> Result<(), Refused> {
        self.check_open()?;
        self.record(
            now,
            Event::RunTerminated {
                reason,
                details,
                identity,
            },
        );
        Ok(())
    }
}

/// Time.
impl Run {
    /// Lets everything happen that is due by `now`, in due order.
    pub fn pass_time(&mut self, now: Timestamp) {
        while let Some((due, subject)) = self.state.first_due() {
            if due > now {
                break;
            }
            match subject {
                Subject::Run => self.record(now, Event::RunTimedOut),
                Subject::Timer(operation) => self.record(now, Event::TimerFired { operation }),
                Subject::Activity(operation) => self.pass_activity_time(operation, now),
            }
        }
    }

    fn pass_activity_time(&mut self, operation: OperationId, now: Timestamp) {
        let Some(activity) = self.state.activity(operation) else {
            return;
        };
        let Some((_, due)) = activity.next_due() else { return };
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
    fn resume_after_restart(&mut self, now: Timestamp) {
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

fn attempt_end(activity: &PendingActivity, identity: String) -> AttemptEnd {
    AttemptEnd {
        operation: activity.operation,
        attempt: activity.attempt.number,
        started: activity.attempt.started(),
        identity,
    }
}

impl Activation {
    /// The activation that `record`, which is [`Event::Activated`], delivers on top of `state`.
    pub(crate) fn of(record: &Record, activated: &Activated, state: &RunState) -> Self {
        Self {
            now: record.time,
            history_length: state.length() + 1,
            history_bytes: activated.history_bytes,
            continue_as_new_suggested: activated.continue_as_new_suggested,
            jobs: state.undelivered().to_vec(),
        }
    }
}
