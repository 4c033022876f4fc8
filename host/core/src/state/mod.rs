//! The state of a run: the fold of its history.
//!
//! [`RunState::apply`] is the one transition function. What a live run does and what recovery and replay read
//! back pass through it alike, so they cannot come to different states.

mod activities;
mod children;
mod externals;
mod reading;
mod requests;
mod reset;
mod shown;

use crate::agenda::{Agenda, Subject};
use crate::{
    Event, EventId, Job, Millis, NotDelivered, OperationId, Pause, PayloadMap, PendingActivity, PendingChild,
    PendingExternal, Record, Resolution, RunId, RunStarted, RunStatus, Timestamp, UpdateOutcome, UpdateRequest,
    UpdateStage,
};
use activities::{activity_failure, cancelled};
use requests::RequestIds;
use reset::Ancestor;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Where a run stands.
#[derive(Clone, Debug, PartialEq)]
pub struct RunState {
    started: Arc<RunStarted>,
    start_time: Timestamp,
    status: RunStatus,
    /// Events so far.
    length: u64,
    /// The same as tools are shown them.
    shown_length: u64,
    last_time: Timestamp,
    last_operation: OperationId,
    /// Boxed, since a map has room for many in the first of its nodes, and most runs have one.
    activities: BTreeMap<OperationId, Box<PendingActivity>>,
    /// The names that the guest gave to pending activities; of two of one name, which only old histories have, the
    /// later one.
    activity_ids: BTreeMap<String, OperationId>,
    timers: BTreeSet<OperationId>,
    children: BTreeMap<OperationId, PendingChild>,
    /// The workflow ids of children that were not started.
    refused_children: BTreeMap<OperationId, String>,
    externals: BTreeMap<OperationId, PendingExternal>,
    updates: BTreeMap<String, UpdateStage>,
    patches: BTreeSet<String>,
    /// When the execution timeout ends the chain.
    expiration: Option<Timestamp>,
    agenda: Agenda,
    undelivered: Vec<Job>,
    /// Whether the latest event belongs to an activation: only then may a command's event follow.
    activating: bool,
    cancel_requested: bool,
    /// Since when the run is paused, if it is.
    paused: Option<(Timestamp, Pause)>,
    /// The latest request to pause the run, and the latest to let it go on.
    paused_by: String,
    resumed_by: String,
    signal_ids: RequestIds,
    cancel_request_id: Option<String>,
    memo: PayloadMap,
    search_attributes: PayloadMap,
    /// The runs whose beginning this one has, the earliest first.
    ancestors: Vec<Ancestor>,
    reset_request_id: Option<String>,
    /// When the history's first event happened, in whichever run.
    original_start_time: Timestamp,
    /// The run that took the place of this one, by a reset.
    heir: Option<RunId>,
}

/// An event that cannot follow the history before it.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("event {id} ({name}) cannot happen here: {reason}")]
pub struct IllegalEvent {
    /// The event's place.
    pub id: EventId,
    /// The event's name.
    pub name: &'static str,
    /// What it breaks.
    pub reason: &'static str,
}

impl RunState {
    /// The state after a run's first event.
    pub fn begin(record: &Record) -> Result<Self, IllegalEvent> {
        let Event::RunStarted(started) = &record.event else {
            let name = record.event.name();
            return Err(IllegalEvent {
                id: EventId(1),
                name,
                reason: "a history begins with RunStarted",
            });
        };
        let mut agenda = Agenda::default();
        let begins = record.time.after(started.origin.delay(record.time));
        let expiration = started.expiration(record.time);
        let run_deadline = Millis::deadline(started.timeouts.run, begins);
        agenda.set(Subject::Run, run_deadline.into_iter().chain(expiration).min());
        agenda.set(Subject::Begin, started.origin.begins.filter(|_| begins > record.time));
        Ok(Self {
            start_time: record.time,
            status: RunStatus::Running,
            length: 1,
            shown_length: 1,
            last_time: record.time,
            last_operation: OperationId(0),
            activities: BTreeMap::new(),
            activity_ids: BTreeMap::new(),
            timers: BTreeSet::new(),
            children: BTreeMap::new(),
            refused_children: BTreeMap::new(),
            externals: BTreeMap::new(),
            updates: BTreeMap::new(),
            patches: BTreeSet::new(),
            expiration,
            agenda,
            undelivered: vec![Job::Start(started.clone(), record.time)],
            activating: false,
            cancel_requested: false,
            paused: None,
            paused_by: String::new(),
            resumed_by: String::new(),
            signal_ids: RequestIds::taken_before(&started.origin.taken_before.signals),
            cancel_request_id: None,
            memo: started.memo.clone(),
            search_attributes: started.search_attributes.clone(),
            ancestors: Vec::new(),
            reset_request_id: None,
            original_start_time: record.time,
            heir: None,
            started: started.clone(),
        })
    }

    /// The transition table: takes the state past one event. An event that cannot happen leaves the state as it was.
    pub fn apply(&mut self, record: &Record) -> Result<(), IllegalEvent> {
        self.check_order(record)?;
        let shown_as = self.shown_as(&record.event);
        let transition = match &record.event {
            Event::RunStarted(_) => Err("the run has already started"),
            Event::RunReset(reset) => self.reset(record.time, reset),
            Event::Activated(_) => self.deliver(),
            Event::ActivityScheduled { operation, request } => self.begin_operation(*operation).map(|()| {
                let id = EventId(self.length + 1);
                if let Some(name) = &request.activity_id {
                    self.activity_ids.insert(name.clone(), *operation);
                }
                let activity = PendingActivity::new(*operation, id, record.time, request.clone());
                self.activities.insert(*operation, Box::new(activity));
                self.refresh_deadline(*operation);
            }),
            Event::TimerStarted { operation, request } => self.begin_operation(*operation).map(|()| {
                self.timers.insert(*operation);
                self.agenda
                    .set(Subject::Timer(*operation), Some(record.time.after(request.after)));
            }),
            Event::ActivityCancelRequested { operation } => self.cancel_activity(*operation),
            Event::TimerCancelled { operation } => self.end_timer(*operation),
            Event::Patched { patch_id, .. } => self.patch(patch_id),
            Event::ChildInitiated { operation, request } => self
                .begin_operation(*operation)
                .map(|()| self.initiate_child(*operation, request.clone())),
            Event::ChildCancelRequested { operation, .. } => self.cancel_child(*operation),
            Event::ChildStarted { operation, run_id } => self.child_started(*operation, *run_id),
            Event::ChildNotStarted { operation, cause } => self.child_not_started(*operation, cause),
            Event::ChildClosed { operation, outcome } => self.child_closed(*operation, outcome),
            Event::ExternalSignalInitiated { operation, signal } => self
                .begin_operation(*operation)
                .map(|()| self.initiate_external(*operation, signal.target.clone(), Some(signal.name.clone()))),
            Event::ExternalCancelInitiated { operation, target, .. } => self
                .begin_operation(*operation)
                .map(|()| self.initiate_external(*operation, target.clone(), None)),
            Event::ExternalCancelled { operation } => self.end_external(*operation, Err(NotDelivered::Cancelled)),
            Event::ExternalResolved { operation, result } => self.resolve_message(*operation, *result),
            Event::UpdateAccepted(update) => self.accept_update(update),
            Event::UpdateCompleted { update_id, outcome } => self.complete_update(update_id, outcome),
            Event::SearchAttributesUpserted(changes) => upsert(&mut self.search_attributes, changes),
            Event::MemoUpserted(changes) => upsert(&mut self.memo, changes),
            Event::ActivityCompleted { attempt, output } => {
                self.end_activity(attempt, |_| Resolution::Completed(output.clone()))
            }
            Event::ActivityFailed {
                attempt,
                failure,
                retry_state,
            }
            | Event::ActivityTimedOut {
                attempt,
                failure,
                retry_state,
            } => self.end_activity(attempt, |activity| {
                Resolution::Failed(activity_failure(
                    activity,
                    &attempt.identity,
                    *retry_state,
                    failure.clone(),
                ))
            }),
            Event::ActivityCancelled { attempt, details } => self.end_activity(attempt, |activity| {
                Resolution::Cancelled(cancelled(activity, &attempt.identity, details.clone()))
            }),
            Event::TimerFired { operation } => self
                .end_timer(*operation)
                .map(|()| self.undelivered.push(Job::TimerFired(*operation))),
            Event::SignalReceived(signal) => self.signal_ids.remember(&signal.request_id).map(|()| {
                self.undelivered.push(Job::SignalReceived(signal.clone()));
                self.begin_with_message();
            }),
            Event::CancelRequested { .. } if self.cancel_requested => Err("its cancellation was requested before"),
            Event::CancelRequested { reason, request_id, .. } => {
                self.request_cancel(reason, request_id);
                Ok(())
            }
            Event::RunPaused(_) if self.paused.is_some() => Err("it was paused before"),
            Event::RunPaused(pause) => {
                self.paused_by.clone_from(&pause.request_id);
                self.hold(Some((record.time, pause.clone())))
            }
            Event::RunResumed(_) if self.paused.is_none() => Err("it is not paused"),
            Event::RunResumed(resumption) => {
                self.resumed_by.clone_from(&resumption.request_id);
                self.hold(None)
            }
            Event::RunCompleted { .. } => self.close(RunStatus::Completed),
            Event::RunFailed { .. } => self.close(RunStatus::Failed),
            Event::RunCancelled { .. } if !self.cancel_requested => Err("nobody asked for its cancellation"),
            Event::RunCancelled { .. } => self.close(RunStatus::Cancelled),
            Event::RunTerminated { successor, .. } => {
                self.heir = *successor;
                self.close(RunStatus::Terminated)
            }
            Event::RunContinuedAsNew { .. } => self.close(RunStatus::ContinuedAsNew),
            Event::RunTimedOut { .. } => self.close(RunStatus::TimedOut),
        };
        let id = EventId(self.length + 1);
        transition.map_err(|reason| IllegalEvent {
            id,
            name: record.event.name(),
            reason,
        })?;
        self.activating = matches!(record.event, Event::Activated(_)) || record.event.is_of_command();
        self.length += 1;
        self.shown_length += shown_as;
        self.last_time = record.time;
        Ok(())
    }

    fn check_order(&self, record: &Record) -> Result<(), IllegalEvent> {
        let reason = if self.status.is_closed() {
            "the run is closed"
        } else if record.time < self.last_time {
            "it is earlier than the event before it"
        } else if record.event.is_of_command() && !self.activating {
            "the guest is not being activated"
        } else {
            return Ok(());
        };
        Err(IllegalEvent {
            id: EventId(self.length + 1),
            name: record.event.name(),
            reason,
        })
    }

    fn deliver(&mut self) -> Transition {
        if self.undelivered.is_empty() {
            return Err("there is nothing to deliver");
        }
        if self.paused.is_some() {
            return Err("the run is paused");
        }
        self.undelivered.clear();
        self.agenda.set(Subject::Begin, None);
        Ok(())
    }

    /// A start that was delayed is over with the first message.
    pub(crate) fn begin_with_message(&mut self) {
        if self.started.origin.begins_with_message {
            self.agenda.set(Subject::Begin, None);
        }
    }

    fn begin_operation(&mut self, operation: OperationId) -> Transition {
        if operation != self.next_operation() {
            return Err("operation ids are not in sequence");
        }
        self.last_operation = operation;
        Ok(())
    }

    fn patch(&mut self, patch_id: &str) -> Transition {
        if self.patches.insert(patch_id.to_owned()) {
            Ok(())
        } else {
            Err("the patch was recorded before")
        }
    }

    fn accept_update(&mut self, update: &UpdateRequest) -> Transition {
        if self.updates.contains_key(&update.id) {
            return Err("the update was accepted before");
        }
        self.updates.insert(update.id.clone(), UpdateStage::Accepted);
        self.undelivered.push(Job::UpdateRequested(Box::new(update.clone())));
        self.begin_with_message();
        Ok(())
    }

    fn complete_update(&mut self, update_id: &str, outcome: &UpdateOutcome) -> Transition {
        match self.updates.get_mut(update_id) {
            Some(stage @ UpdateStage::Accepted) => {
                *stage = UpdateStage::Completed(outcome.clone());
                Ok(())
            }
            Some(UpdateStage::Completed(_)) => Err("the update was completed before"),
            None => Err("there is no such update"),
        }
    }

    fn end_timer(&mut self, operation: OperationId) -> Transition {
        if !self.timers.remove(&operation) {
            return Err("there is no such running timer");
        }
        self.agenda.set(Subject::Timer(operation), None);
        Ok(())
    }

    fn request_cancel(&mut self, reason: &str, request_id: &str) {
        self.cancel_requested = true;
        self.cancel_request_id = Some(request_id.to_owned()).filter(|id| !id.is_empty());
        self.undelivered.push(Job::CancelRequested(reason.to_owned()));
        // Nobody wants to wait for what is not wanted.
        self.agenda.set(Subject::Begin, None);
    }

    /// Pauses the run, or lets it go on. Attempts that nobody has are due at other moments then.
    fn hold(&mut self, paused: Option<(Timestamp, Pause)>) -> Transition {
        self.paused = paused;
        let pending: Vec<OperationId> = self.activities.keys().copied().collect();
        pending
            .into_iter()
            .for_each(|operation| self.refresh_deadline(operation));
        Ok(())
    }

    fn close(&mut self, status: RunStatus) -> Transition {
        self.status = status;
        self.paused = None;
        self.activities.clear();
        self.activity_ids.clear();
        self.timers.clear();
        self.children.clear();
        self.externals.clear();
        self.undelivered.clear();
        self.agenda = Agenda::default();
        Ok(())
    }
}

/// Why a transition is illegal, if it is.
type Transition = Result<(), &'static str>;

fn upsert(map: &mut PayloadMap, changes: &PayloadMap) -> Transition {
    for (name, payload) in changes {
        let place = map.binary_search_by(|(known, _)| known.as_str().cmp(name));
        match (place, payload.encoding() == Some("binary/null")) {
            (Ok(at), true) => drop(map.remove(at)),
            (Ok(at), false) => map[at].1 = payload.clone(),
            (Err(_), true) => {}
            (Err(at), false) => map.insert(at, (name.clone(), payload.clone())),
        }
    }
    Ok(())
}
