//! What may follow a history, and what is due next, said a second time: by looking back over the events, and at every
//! pending thing in turn.

use mainspring_core::{
    CancellationType, Event, Millis, OperationId, PendingActivity, Phase, Record, RunState, Timestamp,
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
        Event::Activated(_) => events.anything_to_tell(),
        Event::ActivityScheduled { operation, .. } | Event::TimerStarted { operation, .. } => {
            operation.0 == events.begun() + 1
        }
        Event::ActivityCancelRequested { operation } => {
            events.activity_runs(*operation) && events.cancel_asked_at(*operation).is_none()
        }
        Event::TimerCancelled { operation } | Event::TimerFired { operation } => events.timer_runs(*operation),
        Event::ActivityCompleted { attempt, .. }
        | Event::ActivityFailed { attempt, .. }
        | Event::ActivityTimedOut { attempt, .. }
        | Event::ActivityCancelled { attempt, .. } => events.activity_runs(attempt.operation),
        Event::SignalReceived(signal) => !events.knows_request(&signal.request_id),
        Event::CancelRequested { request_id, .. } => {
            !events.cancel_was_requested() && !events.knows_request(request_id)
        }
        Event::RunCancelled { .. } => events.cancel_was_requested(),
        Event::SearchAttributesUpserted(_)
        | Event::MemoUpserted(_)
        | Event::RunCompleted { .. }
        | Event::RunFailed { .. }
        | Event::RunTerminated { .. }
        | Event::RunTimedOut => true,
    }
}

/// The earliest of all deadlines.
pub(crate) fn next_deadline(history: &[Record], state: &RunState) -> Option<Timestamp> {
    let timers = history.iter().filter_map(|record| match &record.event {
        Event::TimerStarted { operation, request } if state.has_timer(*operation) => {
            Some(record.time.after(request.after))
        }
        _ => None,
    });
    let run = limit(state.started().timeouts.run, state.start_time()).filter(|_| !state.status().is_closed());
    timers.chain(run).chain(state.activities().flat_map(deadlines)).min()
}

fn deadlines(activity: &PendingActivity) -> Vec<Timestamp> {
    let timeouts = &activity.request.timeouts;
    let mut deadlines = vec![limit(timeouts.schedule_to_close, activity.scheduled)];
    match activity.attempt.phase {
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

    fn begun(&self) -> u64 {
        let begins = |event: &Event| matches!(event, Event::ActivityScheduled { .. } | Event::TimerStarted { .. });
        self.0.iter().filter(|record| begins(&record.event)).count() as u64
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

    fn knows_request(&self, id: &str) -> bool {
        !id.is_empty()
            && self.any(|event| match event {
                Event::SignalReceived(signal) => signal.request_id == id,
                Event::CancelRequested { request_id, .. } => request_id == id,
                _ => false,
            })
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
            | Event::TimerFired { .. }
            | Event::SignalReceived(_)
            | Event::CancelRequested { .. } => true,
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
