//! The state of a run: the fold of its history.
//!
//! [`RunState::apply`] is the one transition function. What a live run does and what recovery and replay read
//! back pass through it alike, so they cannot come to different states.

use crate::agenda::{Agenda, Subject};
use crate::{
    ActivityFailure, AttemptEnd, CancellationType, Event, EventId, Failure, FailureInfo, FailureLayer, Job, Millis,
    OperationId, Payload, PayloadMap, PendingActivity, Record, Resolution, RetryState, RunStarted, RunStatus,
    Timestamp,
};
use std::collections::{BTreeMap, BTreeSet};

/// Where a run stands.
#[derive(Clone, Debug, PartialEq)]
pub struct RunState {
    started: Box<RunStarted>,
    start_time: Timestamp,
    status: RunStatus,
    /// Events so far.
    length: u64,
    last_time: Timestamp,
    last_operation: OperationId,
    activities: BTreeMap<OperationId, PendingActivity>,
    timers: BTreeSet<OperationId>,
    agenda: Agenda,
    undelivered: Vec<Job>,
    /// Whether the latest event belongs to an activation: only then may a command's event follow.
    activating: bool,
    cancel_requested: bool,
    request_ids: BTreeSet<String>,
    memo: PayloadMap,
    search_attributes: PayloadMap,
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
        let limits = [started.timeouts.run, started.timeouts.execution];
        agenda.set(
            Subject::Run,
            limits
                .into_iter()
                .filter_map(|limit| Millis::deadline(limit, record.time))
                .min(),
        );
        Ok(Self {
            start_time: record.time,
            status: RunStatus::Running,
            length: 1,
            last_time: record.time,
            last_operation: OperationId(0),
            activities: BTreeMap::new(),
            timers: BTreeSet::new(),
            agenda,
            undelivered: vec![Job::Start(started.clone(), record.time)],
            activating: false,
            cancel_requested: false,
            request_ids: BTreeSet::new(),
            memo: started.memo.clone(),
            search_attributes: started.search_attributes.clone(),
            started: started.clone(),
        })
    }

    /// The transition table: takes the state past one event. An event that cannot happen leaves the state as it was.
    pub fn apply(&mut self, record: &Record) -> Result<(), IllegalEvent> {
        self.check_order(record)?;
        let transition = match &record.event {
            Event::RunStarted(_) => Err("the run has already started"),
            Event::Activated(_) => self.deliver(),
            Event::ActivityScheduled { operation, request } => self.begin_operation(*operation).map(|()| {
                let id = EventId(self.length + 1);
                self.activities.insert(
                    *operation,
                    PendingActivity::new(*operation, id, record.time, request.clone()),
                );
                self.refresh_deadline(*operation);
            }),
            Event::TimerStarted { operation, request } => self.begin_operation(*operation).map(|()| {
                self.timers.insert(*operation);
                self.agenda
                    .set(Subject::Timer(*operation), Some(record.time.after(request.after)));
            }),
            Event::ActivityCancelRequested { operation } => self.cancel_activity(*operation),
            Event::TimerCancelled { operation } => self.end_timer(*operation),
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
            Event::SignalReceived(signal) => self
                .remember_request(&signal.request_id)
                .map(|()| self.undelivered.push(Job::SignalReceived(signal.clone()))),
            Event::CancelRequested { .. } if self.cancel_requested => Err("its cancellation was requested before"),
            Event::CancelRequested { reason, request_id, .. } => self.remember_request(request_id).map(|()| {
                self.cancel_requested = true;
                self.undelivered.push(Job::CancelRequested(reason.clone()));
            }),
            Event::RunCompleted { .. } => self.close(RunStatus::Completed),
            Event::RunFailed { .. } => self.close(RunStatus::Failed),
            Event::RunCancelled { .. } if !self.cancel_requested => Err("nobody asked for its cancellation"),
            Event::RunCancelled { .. } => self.close(RunStatus::Cancelled),
            Event::RunTerminated { .. } => self.close(RunStatus::Terminated),
            Event::RunTimedOut => self.close(RunStatus::TimedOut),
        };
        let id = EventId(self.length + 1);
        transition.map_err(|reason| IllegalEvent {
            id,
            name: record.event.name(),
            reason,
        })?;
        self.activating = matches!(record.event, Event::Activated(_)) || record.event.is_of_command();
        self.length += 1;
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
        self.undelivered.clear();
        Ok(())
    }

    fn begin_operation(&mut self, operation: OperationId) -> Transition {
        if operation != self.next_operation() {
            return Err("operation ids are not in sequence");
        }
        self.last_operation = operation;
        Ok(())
    }

    fn cancel_activity(&mut self, operation: OperationId) -> Transition {
        let activity = self
            .activities
            .get_mut(&operation)
            .ok_or("there is no such pending activity")?;
        if activity.cancel_requested || activity.guest_told {
            return Err("its cancellation was requested before");
        }
        activity.cancel_requested = activity.request.cancellation != CancellationType::Abandon;
        activity.guest_told = activity.request.cancellation != CancellationType::WaitCancellationCompleted;
        if activity.guest_told {
            // Who runs it now is known to no event, so a replayed guest could not be told.
            let failure = cancelled(activity, "", Vec::new());
            self.undelivered
                .push(Job::ActivityResolved(operation, Resolution::Cancelled(failure)));
        }
        Ok(())
    }

    fn end_activity(
        &mut self,
        end: &AttemptEnd,
        resolution: impl FnOnce(&PendingActivity) -> Resolution,
    ) -> Transition {
        let activity = self
            .activities
            .remove(&end.operation)
            .ok_or("there is no such pending activity")?;
        self.agenda.set(Subject::Activity(end.operation), None);
        if !activity.guest_told {
            self.undelivered
                .push(Job::ActivityResolved(end.operation, resolution(&activity)));
        }
        Ok(())
    }

    fn end_timer(&mut self, operation: OperationId) -> Transition {
        if !self.timers.remove(&operation) {
            return Err("there is no such running timer");
        }
        self.agenda.set(Subject::Timer(operation), None);
        Ok(())
    }

    fn remember_request(&mut self, request_id: &str) -> Transition {
        if !request_id.is_empty() && !self.request_ids.insert(request_id.to_owned()) {
            return Err("its request was recorded before");
        }
        Ok(())
    }

    fn close(&mut self, status: RunStatus) -> Transition {
        self.status = status;
        self.activities.clear();
        self.timers.clear();
        self.undelivered.clear();
        self.agenda = Agenda::default();
        Ok(())
    }
}

/// Why a transition is illegal, if it is.
type Transition = Result<(), &'static str>;

/// What the rest of the core reads, and the attempts, which leave no events.
impl RunState {
    /// What the run was started with.
    pub fn started(&self) -> &RunStarted {
        &self.started
    }

    /// When it was.
    pub const fn start_time(&self) -> Timestamp {
        self.start_time
    }

    /// Whether and how it is closed.
    pub const fn status(&self) -> RunStatus {
        self.status
    }

    /// Events so far.
    pub const fn length(&self) -> u64 {
        self.length
    }

    /// The moment of the latest event.
    pub const fn last_time(&self) -> Timestamp {
        self.last_time
    }

    /// The id that the next operation gets.
    pub const fn next_operation(&self) -> OperationId {
        OperationId(self.last_operation.0 + 1)
    }

    /// Activities that have not come to their end, oldest first.
    pub fn activities(&self) -> impl ExactSizeIterator<Item = &PendingActivity> {
        self.activities.values()
    }

    /// The activity of that operation, if it has not come to its end.
    pub fn activity(&self, operation: OperationId) -> Option<&PendingActivity> {
        self.activities.get(&operation)
    }

    /// Whether that operation is a running timer.
    pub fn has_timer(&self, operation: OperationId) -> bool {
        self.timers.contains(&operation)
    }

    /// What the guest has not been told yet, in order.
    pub fn undelivered(&self) -> &[Job] {
        &self.undelivered
    }

    /// Whether somebody asked the run to cancel itself.
    pub const fn cancel_requested(&self) -> bool {
        self.cancel_requested
    }

    /// Whether a request with this id has been recorded.
    pub fn has_request(&self, request_id: &str) -> bool {
        self.request_ids.contains(request_id)
    }

    /// The memo as it is now.
    pub const fn memo(&self) -> &PayloadMap {
        &self.memo
    }

    /// The search attributes as they are now.
    pub const fn search_attributes(&self) -> &PayloadMap {
        &self.search_attributes
    }

    /// When the run must next be told the time, if ever.
    pub fn next_deadline(&self) -> Option<Timestamp> {
        self.agenda.first().map(|(due, _)| due)
    }

    pub(crate) fn first_due(&self) -> Option<(Timestamp, Subject)> {
        self.agenda.first()
    }

    /// Changes a pending activity's attempt, and keeps its deadline right.
    pub(crate) fn change_attempt(&mut self, operation: OperationId, change: impl FnOnce(&mut PendingActivity)) {
        if let Some(activity) = self.activities.get_mut(&operation) {
            change(activity);
            self.refresh_deadline(operation);
        }
    }

    fn refresh_deadline(&mut self, operation: OperationId) {
        let due = self.activities.get(&operation).and_then(PendingActivity::next_due);
        self.agenda.set(Subject::Activity(operation), due.map(|(at, _)| at));
    }
}

/// What the guest is told of an activity that did not succeed. It may depend on nothing that is not in the history:
/// the attempt's own data is not, so the identity comes from the event.
fn activity_failure(activity: &PendingActivity, identity: &str, retry_state: RetryState, cause: Failure) -> Failure {
    cause.wrapped_in(FailureLayer::of_engine(
        "activity error",
        FailureInfo::Activity(ActivityFailure {
            activity_type: activity.request.activity_type.clone(),
            activity_id: activity.activity_id(),
            identity: identity.to_owned(),
            retry_state,
        }),
    ))
}

fn cancelled(activity: &PendingActivity, identity: &str, details: Vec<Payload>) -> Failure {
    let cause = Failure::new(FailureLayer::of_engine(
        "activity cancelled",
        FailureInfo::Cancelled(details),
    ));
    activity_failure(activity, identity, RetryState::CancelRequested, cause)
}

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
