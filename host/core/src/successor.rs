//! The run that follows a run: a continuation, another try, the next of a cron schedule.
//!
//! Its id and its random bits come of the run's own random bits: so they are decided without asking anybody.

use crate::retry::{self, Retry};
use crate::{
    Continuation, Failure, Origin, Payload, Predecessor, RetryState, RunId, RunStarted, RunState, SuccessionReason,
    Timestamp,
};

/// The first moment of a cron schedule that is later than that one; none if it never comes. Whoever knows calendars
/// hands it in.
pub type Calendar = fn(schedule: &str, after: Timestamp) -> Option<Timestamp>;

/// What the end of a run comes to.
pub(crate) struct Succession {
    pub(crate) successor: Option<Box<RunStarted>>,
    pub(crate) retry_state: RetryState,
}

/// The run that goes on where this one leaves off.
pub(crate) fn continuation(state: &RunState, now: Timestamp, asked: &Continuation) -> Box<RunStarted> {
    let mut started = base(state, now, SuccessionReason::Continuation);
    let old = state.started();
    if let Some(workflow_type) = &asked.workflow_type {
        started.workflow_type.clone_from(workflow_type);
    }
    if let Some(task_queue) = &asked.task_queue {
        started.task_queue.clone_from(task_queue);
    }
    started.input.clone_from(&asked.input);
    started.headers.clone_from(&asked.headers);
    started.timeouts.run = asked.timeouts.run.or(old.timeouts.run);
    started.timeouts.task = asked.timeouts.task.or(old.timeouts.task);
    started.retry = asked.retry.clone().or_else(|| old.retry.clone());
    started.memo = asked.memo.clone().unwrap_or_else(|| state.memo().clone());
    started.search_attributes = asked
        .search_attributes
        .clone()
        .unwrap_or_else(|| state.search_attributes().clone());
    started.attempt = 1;
    // The run before it did not fail.
    started.origin.last_failure = None;
    started.origin.begins = asked.backoff.filter(|it| !it.is_zero()).map(|it| now.after(it));
    Box::new(started)
}

/// What follows a run that failed: another try, if its policy has one; otherwise the next of its cron schedule.
pub(crate) fn after_failure(state: &RunState, now: Timestamp, calendar: Calendar, failure: &Failure) -> Succession {
    let old = state.started();
    let decision = match &old.retry {
        None => Retry::Stop(RetryState::RetryPolicyNotSet),
        Some(_) if state.cancel_requested() => Retry::Stop(RetryState::CancelRequested),
        Some(policy) => retry::after_failure(policy, old.attempt, failure, now, state.expiration()),
    };
    match decision {
        Retry::At(begins) => {
            let mut started = base(state, now, SuccessionReason::Retry);
            started.attempt = old.attempt + 1;
            started.origin.begins = Some(begins);
            started.origin.last_failure = Some(failure.clone());
            Succession {
                successor: Some(Box::new(started)),
                retry_state: RetryState::InProgress,
            }
        }
        Retry::Stop(retry_state) => Succession {
            successor: by_cron(state, now, calendar, |origin| {
                origin.last_failure = Some(failure.clone())
            }),
            retry_state,
        },
    }
}

/// What follows a run that completed: the next of its cron schedule.
pub(crate) fn after_completion(
    state: &RunState,
    now: Timestamp,
    calendar: Calendar,
    output: Option<&Payload>,
) -> Option<Box<RunStarted>> {
    by_cron(state, now, calendar, |origin| {
        origin.last_completion = output.cloned();
        origin.last_failure = None;
    })
}

/// The chain ends with a schedule that has no later moment, or that cannot be kept any more.
fn by_cron(
    state: &RunState,
    now: Timestamp,
    calendar: Calendar,
    change: impl FnOnce(&mut Origin),
) -> Option<Box<RunStarted>> {
    let schedule = &state.started().origin.cron_schedule;
    let has_time_left = state.expiration().is_none_or(|end| end > now);
    if schedule.is_empty() || state.cancel_requested() || !has_time_left {
        return None;
    }
    let begins = calendar(schedule, now)?;
    let mut started = base(state, now, SuccessionReason::Cron);
    started.attempt = 1;
    started.origin.begins = Some(begins);
    change(&mut started.origin);
    Some(Box::new(started))
}

/// The same workflow once more.
fn base(state: &RunState, now: Timestamp, reason: SuccessionReason) -> RunStarted {
    let mut started = RunStarted::clone(state.started());
    let old_run_id = started.execution.run_id;
    let mut random = Random(started.random_seed);
    started.execution.run_id = random.run_id(now);
    started.random_seed = (random.next(), random.next());
    started.origin = Origin {
        begins: None,
        begins_with_message: false,
        expiration: state.expiration(),
        predecessor: Some(Predecessor {
            run_id: old_run_id,
            reason,
        }),
        taken_before: state.taken(),
        ..started.origin
    };
    started
}

/// Random bits that come of a run's own, for what it begets. The mixing is that of SplitMix64
/// (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014).
pub(crate) struct Random(pub(crate) (u64, u64));

impl Random {
    /// For what this operation of the run begets: other bits than for any other operation, and for its successor.
    pub(crate) const fn of_operation(seed: (u64, u64), operation: u64) -> Self {
        Self((
            seed.0 ^ operation.wrapping_mul(0xd6e8_feb8_6659_fd93),
            seed.1.rotate_left(17),
        ))
    }

    pub(crate) const fn next(&mut self) -> u64 {
        self.0.0 = self.0.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(mix(self.0.0) ^ self.0.1)
    }

    /// A UUID version 7 of that moment.
    pub(crate) fn run_id(&mut self, now: Timestamp) -> RunId {
        let mut bytes = [0; 16];
        bytes[..6].copy_from_slice(&now.as_millis().to_be_bytes()[2..]);
        bytes[6..8].copy_from_slice(&self.next().to_be_bytes()[..2]);
        bytes[8..].copy_from_slice(&self.next().to_be_bytes());
        bytes[6] = 0x70 | bytes[6] & 0x0f;
        bytes[8] = 0x80 | bytes[8] & 0x3f;
        RunId::from_bytes(bytes)
    }
}

pub(crate) const fn mix(mut word: u64) -> u64 {
    word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}
