//! What a guest has asked for in the activation that is going on.
//!
//! Nothing of it has happened yet: if the activation fails, the proposal is dropped and leaves no trace.

use crate::{Command, Event, OperationId, RunState};
use std::collections::BTreeSet;

/// How many commands one activation may issue. Past it the guest is stopped, and the run is blocked.
pub const COMMANDS_PER_ACTIVATION_MAX: usize = 20_000;
/// What the payloads of one activation's commands may take together. Past it the guest is stopped, and the run is
/// blocked.
pub const COMMAND_BYTES_PER_ACTIVATION_MAX: usize = 32 << 20;

/// The events that will have happened if the activation succeeds.
#[derive(Debug)]
pub(crate) struct Proposal {
    events: Vec<Event>,
    last_operation: OperationId,
    activities: BTreeSet<OperationId>,
    timers: BTreeSet<OperationId>,
    cancelled: BTreeSet<OperationId>,
    closes: bool,
    /// What the payloads of the commands take.
    bytes: usize,
}

/// A command that makes no sense: a bug in the guest or its SDK.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Misuse {
    /// No activation is going on.
    #[error("a command outside of an activation")]
    NotActivating,
    /// The id was never given out.
    #[error("operation {0} does not exist: the run has begun none with that id")]
    UnknownOperation(OperationId),
    /// The run's outcome had already been given.
    #[error("a command after the run's outcome; complete, fail, cancelled or continue-as-new come last, and once")]
    AfterOutcome,
    /// Nobody asked for the run's cancellation.
    #[error("the run cannot end as cancelled: nobody asked for its cancellation")]
    NotAskedToCancel,
    /// The guest asked for too much at once.
    #[error(
        "more than {COMMANDS_PER_ACTIVATION_MAX} commands in one activation; await some of them before issuing more"
    )]
    TooManyCommands,
    /// The guest asked with too much data at once.
    #[error(
        "commands with more than {COMMAND_BYTES_PER_ACTIVATION_MAX} bytes of data in one activation; pass references to \
         large data, not the data"
    )]
    TooManyBytes,
}

impl Proposal {
    pub(crate) fn new(state: &RunState) -> Self {
        Self {
            events: Vec::new(),
            last_operation: OperationId(state.next_operation().0 - 1),
            activities: BTreeSet::new(),
            timers: BTreeSet::new(),
            cancelled: BTreeSet::new(),
            closes: false,
            bytes: 0,
        }
    }

    pub(crate) fn events(&self) -> &[Event] {
        &self.events
    }

    pub(crate) fn into_events(self) -> Vec<Event> {
        self.events
    }

    /// Takes one command; returns the id of the operation that it begins, if it begins one.
    pub(crate) fn take(&mut self, state: &RunState, command: Command) -> Result<Option<OperationId>, Misuse> {
        if self.closes {
            // Languages release what they hold once a workflow has returned; that asks for nothing.
            return if matches!(command, Command::CancelOperation(_)) {
                Ok(None)
            } else {
                Err(Misuse::AfterOutcome)
            };
        }
        if self.events.len() >= COMMANDS_PER_ACTIVATION_MAX {
            return Err(Misuse::TooManyCommands);
        }
        self.bytes += command.payload_bytes();
        if self.bytes > COMMAND_BYTES_PER_ACTIVATION_MAX {
            return Err(Misuse::TooManyBytes);
        }
        let (event, operation) = match command {
            Command::ScheduleActivity(request) => {
                let operation = self.next_operation();
                self.activities.insert(operation);
                (Event::ActivityScheduled { operation, request }, Some(operation))
            }
            Command::StartTimer(request) => {
                let operation = self.next_operation();
                self.timers.insert(operation);
                (Event::TimerStarted { operation, request }, Some(operation))
            }
            Command::CancelOperation(operation) => match self.cancel(state, operation)? {
                Some(event) => (event, None),
                None => return Ok(None),
            },
            Command::UpsertSearchAttributes(changes) => (Event::SearchAttributesUpserted(changes), None),
            Command::UpsertMemo(changes) => (Event::MemoUpserted(changes), None),
            Command::CompleteRun(output) => (Event::RunCompleted { output }, None),
            Command::FailRun(failure) => (Event::RunFailed { failure }, None),
            Command::CancelRun(_) if !state.cancel_requested() => return Err(Misuse::NotAskedToCancel),
            Command::CancelRun(details) => (Event::RunCancelled { details }, None),
        };
        self.closes = event.closes_as().is_some();
        self.events.push(event);
        Ok(operation)
    }

    fn next_operation(&mut self) -> OperationId {
        self.last_operation = OperationId(self.last_operation.0 + 1);
        self.last_operation
    }

    /// What cancelling comes to: nothing, if the operation is over or was cancelled before.
    fn cancel(&mut self, state: &RunState, operation: OperationId) -> Result<Option<Event>, Misuse> {
        if operation.0 == 0 || operation > self.last_operation {
            return Err(Misuse::UnknownOperation(operation));
        }
        let runs = |activity: &crate::PendingActivity| !activity.cancel_requested && !activity.guest_told;
        let is_activity = self.activities.contains(&operation) || state.activity(operation).is_some_and(runs);
        let is_timer = self.timers.contains(&operation) || state.has_timer(operation);
        if !(is_activity || is_timer) || !self.cancelled.insert(operation) {
            return Ok(None);
        }
        Ok(Some(match is_activity {
            true => Event::ActivityCancelRequested { operation },
            false => Event::TimerCancelled { operation },
        }))
    }
}
