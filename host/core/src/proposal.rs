//! What a guest has asked for in the activation that is going on.
//!
//! Nothing of it has happened yet: if the activation fails, the proposal is dropped and leaves no trace.

use crate::{Command, Event, OperationId, PendingActivity, RetryState, RunState, Size, UpdateStage};
use std::collections::{BTreeMap, BTreeSet};

/// How many commands one activation may issue. Past it the guest is stopped, and the run is blocked.
pub const COMMANDS_PER_ACTIVATION_MAX: usize = 20_000;
/// What the payloads of one activation's commands may take together. Past it the guest is stopped, and the run is
/// blocked.
pub const COMMAND_BYTES_PER_ACTIVATION_MAX: usize = 32 << 20;

/// The events that will have happened if the activation succeeds.
#[derive(Debug)]
pub(crate) struct Proposal {
    events: Vec<Event>,
    /// The latest operation that was begun before this activation.
    last_before: OperationId,
    /// What has been begun since, in the order of the ids, which have no gaps.
    begun: Vec<Begun>,
    /// The names that the guest gave to some activities.
    activity_ids: BTreeMap<String, OperationId>,
    updates: BTreeSet<String>,
    patches: BTreeSet<String>,
    cancelled: BTreeSet<OperationId>,
    closes: bool,
    /// What the payloads of the commands take.
    bytes: usize,
}

/// What an operation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Begun {
    Activity,
    /// An activity that the guest gave a name to.
    NamedActivity,
    Timer,
    Child,
    External,
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
    /// Workers could not tell one activity from the other.
    #[error(
        "an activity with the id of operation {0}, which is an activity that has not ended; await it first, or choose \
         another id"
    )]
    ActivityIdInUse(OperationId),
    /// The run's outcome had already been given.
    #[error("a command after the run's outcome; complete, fail, cancelled or continue-as-new come last, and once")]
    AfterOutcome,
    /// The update was never accepted, or is over.
    #[error("an answer to an update that is not pending")]
    UnknownUpdate,
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
        "commands with more than {} of data in one activation; pass references to large data, not the data",
        Size(COMMAND_BYTES_PER_ACTIVATION_MAX)
    )]
    TooManyBytes,
}

impl Proposal {
    pub(crate) fn new(state: &RunState) -> Self {
        Self {
            events: Vec::new(),
            last_before: OperationId(state.next_operation().0 - 1),
            begun: Vec::new(),
            activity_ids: BTreeMap::new(),
            updates: BTreeSet::new(),
            patches: BTreeSet::new(),
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

    /// Refuses what a new command must not ask for. Histories may have it: it was once taken.
    pub(crate) fn check_new(&self, state: &RunState, command: &Command) -> Result<(), Misuse> {
        let Command::ScheduleActivity(request) = command else {
            return Ok(());
        };
        let same = match &request.activity_id {
            Some(name) => self.activity_with_id(name).or_else(|| state.activity_with_id(name)),
            // No other has its number, and names are rare.
            None if self.activity_ids.is_empty() && !state.has_named_activities() => None,
            None => {
                let number = request.id_as(OperationId(self.last_operation().0 + 1));
                self.activity_with_id(&number)
                    .or_else(|| state.activity_with_id(&number))
            }
        };
        match same {
            Some(operation) if !self.closes => Err(Misuse::ActivityIdInUse(operation)),
            _ => Ok(()),
        }
    }

    fn activity_with_id(&self, activity_id: &str) -> Option<OperationId> {
        let named = self.activity_ids.get(activity_id).copied();
        let is_unnamed = |operation: &OperationId| self.begun(*operation) == Some(Begun::Activity);
        named.or_else(|| OperationId::parse(activity_id).filter(is_unnamed))
    }

    /// Takes one command; returns the id of the operation that it begins, if it begins one.
    pub(crate) fn take(&mut self, state: &RunState, command: Command) -> Result<Option<OperationId>, Misuse> {
        if self.closes {
            // Languages release what they hold once a workflow has returned; that asks for nothing.
            return if matches!(command, Command::CancelOperation(..)) {
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
                let operation = match &request.activity_id {
                    None => self.begin(Begun::Activity),
                    Some(name) => {
                        let operation = self.begin(Begun::NamedActivity);
                        self.activity_ids.insert(name.clone(), operation);
                        operation
                    }
                };
                (Event::ActivityScheduled { operation, request }, Some(operation))
            }
            Command::StartTimer(request) => {
                let operation = self.begin(Begun::Timer);
                (Event::TimerStarted { operation, request }, Some(operation))
            }
            Command::CancelOperation(operation, reason) => match self.cancel(state, operation, reason)? {
                Some(event) => (event, None),
                None => return Ok(None),
            },
            Command::UpsertSearchAttributes(changes) => (Event::SearchAttributesUpserted(changes), None),
            Command::UpsertMemo(changes) => (Event::MemoUpserted(changes), None),
            Command::StartChild(request) => {
                let operation = self.begin(Begun::Child);
                (Event::ChildInitiated { operation, request }, Some(operation))
            }
            Command::SignalExternal(signal) => {
                let operation = self.begin(Begun::External);
                (Event::ExternalSignalInitiated { operation, signal }, Some(operation))
            }
            Command::CancelExternal(target, reason) => {
                let operation = self.begin(Begun::External);
                let event = Event::ExternalCancelInitiated {
                    operation,
                    target,
                    reason,
                };
                (event, Some(operation))
            }
            Command::CompleteUpdate(update_id, outcome) => {
                let is_pending = matches!(state.update(&update_id), Some(UpdateStage::Accepted));
                if !is_pending || !self.updates.insert(update_id.clone()) {
                    return Err(Misuse::UnknownUpdate);
                }
                (Event::UpdateCompleted { update_id, outcome }, None)
            }
            Command::CompleteRun(output) => {
                let successor = None;
                (Event::RunCompleted { output, successor }, None)
            }
            Command::FailRun(failure) => {
                let event = Event::RunFailed {
                    failure,
                    retry_state: RetryState::Unspecified,
                    successor: None,
                };
                (event, None)
            }
            Command::ContinueAsNew(continuation) => {
                let event = Event::RunContinuedAsNew {
                    continuation,
                    successor: state.started().execution.run_id,
                };
                (event, None)
            }
            Command::CancelRun(_) if !state.cancel_requested() => return Err(Misuse::NotAskedToCancel),
            Command::CancelRun(details) => (Event::RunCancelled { details }, None),
        };
        self.closes = event.closes_as().is_some();
        self.events.push(event);
        Ok(operation)
    }

    /// Whether the guest is to take a path that it may not always have had. `may_be_new` says whether a path that was
    /// never taken may be taken now.
    pub(crate) fn take_patch(
        &mut self,
        state: &RunState,
        patch_id: &str,
        deprecated: bool,
        may_be_new: bool,
    ) -> Result<bool, Misuse> {
        if state.has_patch(patch_id) || self.patches.contains(patch_id) {
            return Ok(true);
        }
        if self.closes || !may_be_new {
            return Ok(false);
        }
        if self.events.len() >= COMMANDS_PER_ACTIVATION_MAX {
            return Err(Misuse::TooManyCommands);
        }
        self.record_patch(patch_id.to_owned(), deprecated);
        Ok(true)
    }

    pub(crate) fn record_patch(&mut self, patch_id: String, deprecated: bool) {
        self.patches.insert(patch_id.clone());
        self.events.push(Event::Patched { patch_id, deprecated });
    }

    fn begin(&mut self, begun: Begun) -> OperationId {
        self.begun.push(begun);
        self.last_operation()
    }

    const fn last_operation(&self) -> OperationId {
        OperationId(self.last_before.0 + self.begun.len() as u64)
    }

    /// What the operation is, if this activation has begun it.
    fn begun(&self, operation: OperationId) -> Option<Begun> {
        let at = operation.0.checked_sub(self.last_before.0 + 1)?;
        self.begun.get(usize::try_from(at).ok()?).copied()
    }

    /// What cancelling comes to: nothing, if the operation is over or was cancelled before.
    fn cancel(&mut self, state: &RunState, operation: OperationId, reason: String) -> Result<Option<Event>, Misuse> {
        if operation.0 == 0 || operation > self.last_operation() {
            return Err(Misuse::UnknownOperation(operation));
        }
        let is_wanted = |activity: &PendingActivity| !activity.cancel_requested && !activity.guest_told;
        let begun = self.begun(operation);
        let is_new_activity = matches!(begun, Some(Begun::Activity | Begun::NamedActivity));
        let event = if is_new_activity || state.activity(operation).is_some_and(is_wanted) {
            Event::ActivityCancelRequested { operation }
        } else if begun == Some(Begun::Timer) || state.has_timer(operation) {
            Event::TimerCancelled { operation }
        } else if begun == Some(Begun::Child)
            || state
                .child(operation)
                .is_some_and(|child| child.cancel_requested.is_none())
        {
            Event::ChildCancelRequested { operation, reason }
        } else if begun == Some(Begun::External) || state.external(operation).is_some() {
            Event::ExternalCancelled { operation }
        } else {
            return Ok(None);
        };
        Ok(self.cancelled.insert(operation).then_some(event))
    }
}
