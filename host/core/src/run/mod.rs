//! A live run: inputs in, events and effects out.
//!
//! Every method stages what happened; [`Run::take_step`] hands it over to be made durable, together with the
//! effects that may happen once it is. This module knows no guest, no store and no clock: an activation is handed
//! out and its commands come back, steps are handed out and are gone, and the time is an argument.

mod activating;
mod clients;
mod closing;
mod messages;
mod operating;
mod pausing;
mod resetting;
mod time;
mod workers;

pub use resetting::{Base, NotReset, Reapply};

use crate::proposal::Proposal;
use crate::{
    Attempt, Event, EventId, IllegalEvent, Message, OperationId, Record, RunStarted, RunState, RunStatus, Timestamp,
};
use clients::{UPDATES_AT_ONCE_MAX, UPDATES_PER_RUN_MAX};
use std::collections::BTreeSet;
use std::sync::Arc;

/// One run, live.
#[derive(Debug)]
pub struct Run {
    state: RunState,
    staged: Vec<Record>,
    changed_attempts: BTreeSet<OperationId>,
    owed: Vec<Effect>,
    messages: Vec<Message>,
    successor: Option<Box<RunStarted>>,
    /// Paths of its code that the present guest did not take when it could have.
    declined_patches: BTreeSet<String>,
    activating: Option<(Record, Proposal)>,
}

/// What must become durable together, and what is owed once it is.
#[derive(Debug, Default, PartialEq)]
pub struct Step {
    /// New events, in order; the first one's place is the history's length before the step, plus one.
    pub events: Vec<Record>,
    /// Attempts that changed without an event, and must survive a crash.
    pub attempts: Vec<(OperationId, Attempt)>,
    /// What other runs are told, in this order.
    pub messages: Vec<Message>,
    /// The run that follows this one, which has closed.
    pub successor: Option<Box<RunStarted>>,
    /// What to do once the above is durable.
    pub effects: Vec<Effect>,
}

/// What the world is owed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// An activity is ready: workers may be offered this attempt.
    OfferActivity(OperationId, u32),
    /// The run is closed: whoever waits for that may know.
    AnnounceClose(RunStatus),
    /// The update has an answer: whoever waits for that may know.
    AnnounceUpdate(String),
}

/// Why an input was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Nothing more can happen to the run.
    #[error("the run is closed")]
    RunClosed,
    /// The run is paused, and what was asked for has to wait until it is resumed.
    #[error("the run is paused; resume it first")]
    RunPaused,
    /// Somebody else has paused it.
    #[error("the run is already paused")]
    AlreadyPaused,
    /// There is nothing to resume.
    #[error("the run is not paused")]
    NotPaused,
    /// Somebody else has paused it.
    #[error("the activity is already paused")]
    ActivityAlreadyPaused,
    /// The options would allow an attempt to run for ever.
    #[error("an activity needs a start-to-close or a schedule-to-close timeout")]
    Endless,
    /// The activity has come to its end, or never was.
    #[error("the activity is not pending: it is over, or never was")]
    ActivityGone,
    /// The activity is past this attempt.
    #[error("the attempt is over; the activity is at another one")]
    StaleAttempt,
    /// The attempt waits for its moment, or a worker already has it.
    #[error("the attempt is not ready to be taken")]
    NotReady,
    /// The end of a child came before its start.
    #[error("the child is not known to have started; its end is to be told after that")]
    TooEarly,
    /// The run has taken as many updates as a run may.
    #[error("the run has taken {UPDATES_PER_RUN_MAX} updates; it should continue as new")]
    TooManyUpdates,
    /// The run works on as many updates as a run may at once.
    #[error("the run works on {UPDATES_AT_ONCE_MAX} updates; wait for some of them to complete")]
    TooManyUpdatesAtOnce,
}

/// What a worker is told when it says how far it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HeartbeatAnswer {
    /// It is to cancel the activity.
    pub cancel_requested: bool,
    /// Somebody has paused the activity: the attempt had better end, and the next one waits.
    pub is_paused: bool,
    /// Somebody has reset the activity: the attempt had better end, and the first one follows.
    pub is_reset: bool,
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
            event: Event::RunStarted(Arc::new(started)),
        };
        let state = RunState::begin(&record).expect("RunStarted begins a history");
        Self {
            state,
            staged: vec![record],
            changed_attempts: BTreeSet::new(),
            owed: Vec::new(),
            messages: Vec::new(),
            successor: None,
            declined_patches: BTreeSet::new(),
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
    ///
    /// The guest is replaced with the run: whoever replays another one says [which paths it
    /// declined](Run::guest_replaced).
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
            messages: Vec::new(),
            successor: None,
            declined_patches: BTreeSet::new(),
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
        // What was over, or held back, before anybody heard of it is not offered.
        self.owed.retain(|effect| match effect {
            Effect::OfferActivity(operation, number) => state.may_be_taken(*operation, *number),
            Effect::AnnounceClose(_) | Effect::AnnounceUpdate(_) => true,
        });
        let attempts = std::mem::take(&mut self.changed_attempts)
            .into_iter()
            .filter_map(|operation| Some((operation, self.state.activity(operation)?.attempt.clone())));
        Step {
            attempts: attempts.collect(),
            events: std::mem::take(&mut self.staged),
            effects: std::mem::take(&mut self.owed),
            messages: std::mem::take(&mut self.messages),
            successor: self.successor.take(),
        }
    }

    /// The run's own present: a host's clock may be set back, a run's never goes back.
    fn moment(&self, now: Timestamp) -> Timestamp {
        now.max(self.state.last_time())
    }

    fn record(&mut self, now: Timestamp, event: Event) {
        self.record_and_keep(now, event, &BTreeSet::new());
    }

    /// Of the children that a closing event leaves behind, those that are kept hear nothing of it.
    fn record_and_keep(&mut self, now: Timestamp, event: Event, kept: &BTreeSet<OperationId>) {
        // The guest was not told of it, and `Activated` would say that it was.
        debug_assert!(self.activating.is_none(), "nothing else happens during an activation");
        let record = Record {
            time: self.moment(now),
            event,
        };
        // Of those that the closing run leaves behind.
        self.tell_at_close(&record.event, kept);
        self.state.apply(&record).expect("what a live run decides is legal");
        self.tell(record.time, &record.event);
        match &record.event {
            Event::ActivityScheduled { operation, .. } => self.owed.push(Effect::OfferActivity(*operation, 1)),
            Event::UpdateCompleted { update_id, .. } => self.owed.push(Effect::AnnounceUpdate(update_id.clone())),
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
