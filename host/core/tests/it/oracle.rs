//! What may follow a history, and what is due next, said a second time: by looking back over the events, and at every
//! pending thing in turn.

use mainspring_core::{
    CancellationType, ChildCancellationType, Event, Millis, OperationId, PendingActivity, Phase, Record, RunState,
    Timestamp,
};

/// Whether `next` may follow.
pub(crate) fn may_follow(history: &[Record], next: &Record) -> bool {
    let last = history.last().expect("a history is never empty");
    if last.event.closes_as().is_some() || next.time < last.time {
        return false;
    }
    let guest_speaks = matches!(last.event, Event::Activated(_)) || last.event.is_of_command();
    if next.event.is_of_command() && !guest_speaks {
        return false;
    }
    let events = Events(history);
    match &next.event {
        Event::RunStarted(_) => false,
        Event::Activated(_) => events.anything_to_tell() && !events.is_paused(),
        Event::RunPaused(_) => !events.is_paused(),
        Event::RunResumed(_) => events.is_paused(),
        Event::RunReset(_) => events.anything_to_tell(),
        Event::ActivityScheduled { operation, .. }
        | Event::TimerStarted { operation, .. }
        | Event::ChildInitiated { operation, .. }
        | Event::ExternalSignalInitiated { operation, .. }
        | Event::ExternalCancelInitiated { operation, .. } => operation.0 == events.begun() + 1,
        Event::Patched { patch_id, .. } => {
            !events.any(|event| matches!(event, Event::Patched { patch_id: known, .. } if known == patch_id))
        }
        Event::ChildCancelRequested { operation, .. } => {
            events.child_runs(*operation) && !events.child_cancel_was_asked(*operation)
        }
        Event::ChildStarted { operation, .. } | Event::ChildNotStarted { operation, .. } => {
            events.child_runs(*operation) && !events.child_has_started(*operation)
        }
        Event::ChildClosed { operation, .. } => events.child_runs(*operation) && events.child_has_started(*operation),
        Event::ExternalCancelled { operation } => events.external_runs(*operation),
        Event::ExternalResolved { operation, result } => {
            let child_answers = events.child_runs(*operation)
                && events.child_cancel_was_asked(*operation)
                && events.child_cancellation(*operation) == Some(ChildCancellationType::WaitCancellationRequested)
                && !events.was_resolved(*operation)
                && result.is_ok();
            events.external_runs(*operation) || child_answers
        }
        Event::UpdateAccepted(update) => !events.update_was_accepted(&update.id),
        Event::UpdateCompleted { update_id, .. } => {
            events.update_was_accepted(update_id)
                && !events.any(|event| matches!(event, Event::UpdateCompleted { update_id: it, .. } if it == update_id))
        }
        Event::ActivityCancelRequested { operation } => {
            events.activity_runs(*operation) && events.cancel_asked_at(*operation).is_none()
        }
        Event::TimerCancelled { operation } | Event::TimerFired { operation } => events.timer_runs(*operation),
        Event::ActivityCompleted { attempt, .. }
        | Event::ActivityFailed { attempt, .. }
        | Event::ActivityTimedOut { attempt, .. }
        | Event::ActivityCancelled { attempt, .. } => events.activity_runs(attempt.operation),
        Event::SignalReceived(signal) => !events.knows_signal(&signal.request_id),
        Event::CancelRequested { .. } => !events.cancel_was_requested(),
        Event::RunCancelled { .. } => events.cancel_was_requested(),
        Event::SearchAttributesUpserted(_)
        | Event::MemoUpserted(_)
        | Event::RunCompleted { .. }
        | Event::RunFailed { .. }
        | Event::RunTerminated { .. }
        | Event::RunContinuedAsNew { .. }
        | Event::RunTimedOut { .. } => true,
    }
}

/// The earliest of all deadlines, if time has passed until `passed`.
pub(crate) fn next_deadline(history: &[Record], state: &RunState, passed: Timestamp) -> Option<Timestamp> {
    let timers = history.iter().filter_map(|record| match &record.event {
        Event::TimerStarted { operation, request } if state.has_timer(*operation) => {
            Some(record.time.after(request.after))
        }
        _ => None,
    });
    let begin = beginning(history);
    let from = begin.unwrap_or(state.start_time());
    let timeouts = state.started().timeouts;
    let run = [limit(timeouts.run, from), limit(timeouts.execution, from)];
    let begin = begin.filter(|begins| *begins > passed && !was_begun_early(history));
    let run = run.into_iter().chain([begin]).flatten();
    let run = run.filter(|_| !state.status().is_closed());
    let is_paused = Events(history).is_paused();
    let activities = state.activities().flat_map(|activity| deadlines(activity, is_paused));
    timers.chain(run).chain(activities).min()
}

/// When the guest is first activated, if that is after the start.
fn beginning(history: &[Record]) -> Option<Timestamp> {
    match &history[0].event {
        Event::RunStarted(started) => started.origin.begins.filter(|begins| *begins > history[0].time),
        _ => None,
    }
}

/// Whether somebody ended the wait for the beginning.
fn was_begun_early(history: &[Record]) -> bool {
    let ends_with_message = match &history[0].event {
        Event::RunStarted(started) => started.origin.begins_with_message,
        _ => false,
    };
    Events(history).any(|event| match event {
        Event::CancelRequested { .. } | Event::Activated(_) => true,
        Event::SignalReceived(_) | Event::UpdateAccepted(_) => ends_with_message,
        _ => false,
    })
}

fn deadlines(activity: &PendingActivity, is_held: bool) -> Vec<Timestamp> {
    let timeouts = &activity.request.timeouts;
    let mut deadlines = vec![limit(timeouts.schedule_to_close, activity.scheduled)];
    let is_held = is_held || activity.attempt.paused().is_some();
    match activity.attempt.phase {
        Phase::Ready(_) | Phase::BackingOff(_) if is_held => {}
        Phase::Ready(since) => deadlines.push(limit(timeouts.schedule_to_start, since)),
        Phase::BackingOff(until) => deadlines.push(Some(until)),
        Phase::Started(at, _) => deadlines.extend([
            limit(timeouts.start_to_close, at),
            limit(
                timeouts.heartbeat,
                activity.attempt.heartbeat_at.map_or(at, |beat| beat.max(at)),
            ),
        ]),
    }
    deadlines.into_iter().flatten().collect()
}

fn limit(limit: Option<Millis>, from: Timestamp) -> Option<Timestamp> {
    limit
        .filter(|limit| *limit != Millis::ZERO)
        .map(|limit| from.after(limit))
}

struct Events<'a>(&'a [Record]);

impl Events<'_> {
    fn any(&self, is_it: impl Fn(&Event) -> bool) -> bool {
        self.0.iter().any(|record| is_it(&record.event))
    }

    fn is_paused(&self) -> bool {
        let turns = self.0.iter().rev().find_map(|record| match record.event {
            Event::RunPaused(_) => Some(true),
            Event::RunResumed(_) => Some(false),
            _ => None,
        });
        turns.unwrap_or(false) && self.0.iter().all(|record| record.event.closes_as().is_none())
    }

    fn begun(&self) -> u64 {
        let begins = |event: &Event| {
            matches!(
                event,
                Event::ActivityScheduled { .. }
                    | Event::TimerStarted { .. }
                    | Event::ChildInitiated { .. }
                    | Event::ExternalSignalInitiated { .. }
                    | Event::ExternalCancelInitiated { .. }
            )
        };
        self.0.iter().filter(|record| begins(&record.event)).count() as u64
    }

    fn child_cancellation(&self, child: OperationId) -> Option<ChildCancellationType> {
        self.0.iter().find_map(|record| match &record.event {
            Event::ChildInitiated { operation, request } if *operation == child => Some(request.cancellation),
            _ => None,
        })
    }

    fn child_runs(&self, child: OperationId) -> bool {
        let ends = |event: &Event| match event {
            Event::ChildNotStarted { operation, .. } | Event::ChildClosed { operation, .. } => *operation == child,
            _ => false,
        };
        self.child_cancellation(child).is_some() && !self.any(ends)
    }

    fn child_has_started(&self, child: OperationId) -> bool {
        self.any(|event| matches!(event, Event::ChildStarted { operation, .. } if *operation == child))
    }

    fn child_cancel_was_asked(&self, child: OperationId) -> bool {
        self.any(|event| matches!(event, Event::ChildCancelRequested { operation, .. } if *operation == child))
    }

    fn was_resolved(&self, message: OperationId) -> bool {
        self.any(|event| matches!(event, Event::ExternalResolved { operation, .. } if *operation == message))
    }

    /// Whether the guest heard that the child is cancelled before it came to its end.
    fn child_was_given_up(&self, child: OperationId) -> bool {
        match self.child_cancellation(child) {
            Some(ChildCancellationType::TryCancel | ChildCancellationType::Abandon) => {
                self.child_cancel_was_asked(child)
            }
            _ => self.was_resolved(child),
        }
    }

    fn external_runs(&self, message: OperationId) -> bool {
        let begins = |event: &Event| match event {
            Event::ExternalSignalInitiated { operation, .. } | Event::ExternalCancelInitiated { operation, .. } => {
                *operation == message
            }
            _ => false,
        };
        let is_cancelled =
            |event: &Event| matches!(event, Event::ExternalCancelled { operation } if *operation == message);
        self.any(begins) && !self.any(is_cancelled) && !self.was_resolved(message)
    }

    fn update_was_accepted(&self, id: &str) -> bool {
        self.any(|event| matches!(event, Event::UpdateAccepted(update) if update.id == id))
    }

    fn activity_runs(&self, activity: OperationId) -> bool {
        self.any(|event| matches!(event, Event::ActivityScheduled { operation, .. } if *operation == activity))
            && !self.any(|event| ended_activity(event) == Some(activity))
    }

    fn timer_runs(&self, timer: OperationId) -> bool {
        let ends = |event: &Event| match event {
            Event::TimerCancelled { operation } | Event::TimerFired { operation } => *operation == timer,
            _ => false,
        };
        self.any(|event| matches!(event, Event::TimerStarted { operation, .. } if *operation == timer))
            && !self.any(ends)
    }

    fn cancel_asked_at(&self, activity: OperationId) -> Option<usize> {
        let asks =
            |event: &Event| matches!(event, Event::ActivityCancelRequested { operation } if *operation == activity);
        self.0.iter().position(|record| asks(&record.event))
    }

    fn cancel_was_requested(&self) -> bool {
        self.any(|event| matches!(event, Event::CancelRequested { .. }))
    }

    fn knows_signal(&self, id: &str) -> bool {
        !id.is_empty() && self.any(|event| matches!(event, Event::SignalReceived(signal) if signal.request_id == id))
    }

    fn waits_for_cancellation(&self, activity: OperationId) -> bool {
        self.any(|event| match event {
            Event::ActivityScheduled { operation, request } if *operation == activity => {
                request.cancellation == CancellationType::WaitCancellationCompleted
            }
            _ => false,
        })
    }

    /// Whether something happened since the last activation that the guest hears of.
    fn anything_to_tell(&self) -> bool {
        let activated = |record: &Record| matches!(record.event, Event::Activated(_));
        let since = self.0.iter().rposition(activated).map_or(0, |at| at + 1);
        (since..self.0.len()).any(|at| match &self.0[at].event {
            Event::RunStarted(_)
            | Event::RunReset(_)
            | Event::TimerFired { .. }
            | Event::SignalReceived(_)
            | Event::UpdateAccepted(_)
            | Event::ExternalResolved { .. }
            | Event::ExternalCancelled { .. }
            | Event::CancelRequested { .. } => true,
            Event::ChildCancelRequested { operation, .. } => matches!(
                self.child_cancellation(*operation),
                Some(ChildCancellationType::TryCancel | ChildCancellationType::Abandon)
            ),
            Event::ChildStarted { operation, .. }
            | Event::ChildNotStarted { operation, .. }
            | Event::ChildClosed { operation, .. } => !self.child_was_given_up(*operation),
            Event::ActivityCancelRequested { operation } => !self.waits_for_cancellation(*operation),
            event => ended_activity(event).is_some_and(|activity| {
                self.waits_for_cancellation(activity) || self.cancel_asked_at(activity).is_none()
            }),
        })
    }
}

fn ended_activity(event: &Event) -> Option<OperationId> {
    match event {
        Event::ActivityCompleted { attempt, .. }
        | Event::ActivityFailed { attempt, .. }
        | Event::ActivityTimedOut { attempt, .. }
        | Event::ActivityCancelled { attempt, .. } => Some(attempt.operation),
        _ => None,
    }
}
