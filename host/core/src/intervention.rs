//! What operators do to activities: pause them, reset them, give them other options.

use crate::successor::Random;
use crate::{ActivityRequest, ActivityTimeouts, Millis, OperationId, Pause, Priority, RetryPolicy, Timestamp};

/// What operators have done to an activity.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Intervention {
    /// Since when, and by whose wish, no further attempt begins.
    pub paused: Option<(Timestamp, Pause)>,
    /// How many numbers before the attempt's are not counted: of attempts before a reset, and of those that were offered
    /// and then offered anew.
    pub uncounted: u32,
    /// Set while an attempt runs that is to be followed by one that counts as the first.
    pub reset: Option<PendingReset>,
    /// What holds instead of what the guest asked for.
    pub options: Option<ActivityOptions>,
}

/// What comes after the attempt that runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PendingReset {
    /// Whether the next attempt does not hear how far this one came.
    pub drops_heartbeat: bool,
}

/// What of an activity can be changed while it is pending. It is nothing that a guest can see.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ActivityOptions {
    /// Who is to do it; the run's own queue if there is none.
    pub task_queue: Option<String>,
    /// How long it may take.
    pub timeouts: ActivityTimeouts,
    /// When it is tried again; [`RetryPolicy::default`] if there is none.
    pub retry: Option<RetryPolicy>,
    /// Its place among others in the queue.
    pub priority: Option<Priority>,
}

/// Which pending activities of a run are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ActivitySelection {
    /// The one of that name within the run.
    Id(String),
    /// All of that type.
    Type(String),
    /// All.
    All,
}

/// What is to be done to activities.
#[derive(Clone, Debug, PartialEq)]
pub enum ActivityAction {
    /// No further attempt is to begin. The one that runs may finish; its worker hears of it at its next heartbeat.
    Pause(Pause),
    /// Attempts may begin again; one that waited does so at once.
    Unpause(Unpause),
    /// It is to begin again with its first attempt: at once, or once the attempt that runs is over.
    Reset(Reset),
    /// Other options are to hold.
    ChangeOptions(OptionsChange),
}

/// How activities are to go on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unpause {
    /// Whether their attempts are counted from 1 again.
    pub resets_attempts: bool,
    /// Whether it is forgotten how far they came.
    pub drops_heartbeat: bool,
    /// How late they may begin.
    pub jitter: Jitter,
}

/// How activities are to begin again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reset {
    /// Whether it is forgotten how far they came.
    pub drops_heartbeat: bool,
    /// Whether those that are paused stay so.
    pub keeps_pause: bool,
    /// Whether what the guest asked for holds again.
    pub restores_options: bool,
    /// How late they may begin.
    pub jitter: Jitter,
}

/// A span for each activity, below a maximum, by chance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Jitter {
    /// The maximum; zero for no span at all.
    pub below: Millis,
    /// The chance.
    pub seed: u64,
}

/// How options are to change.
#[derive(Clone, Debug, PartialEq)]
pub enum OptionsChange {
    /// What the guest asked for holds again.
    Restore,
    /// These, in this order; the rest stays.
    Edit(Vec<OptionEdit>),
}

/// One option, and what it is to be.
#[derive(Clone, Debug, PartialEq)]
pub enum OptionEdit {
    /// The task queue.
    TaskQueue(String),
    /// From scheduling to the end; none is no limit.
    ScheduleToClose(Option<Millis>),
    /// From becoming ready until a worker takes it; none is no limit.
    ScheduleToStart(Option<Millis>),
    /// One attempt; none is no limit.
    StartToClose(Option<Millis>),
    /// From one heartbeat to the next; none is no limit.
    Heartbeat(Option<Millis>),
    /// The whole retry policy; none is the default one.
    Retry(Option<RetryPolicy>),
    /// The wait before the second attempt.
    InitialInterval(Millis),
    /// Each further wait is this many times the one before.
    BackoffCoefficient(f64),
    /// No wait is longer; none is a hundred times the initial interval.
    MaximumInterval(Option<Millis>),
    /// The number of attempts in all; 0 is no limit.
    MaximumAttempts(u32),
    /// The whole priority; none is the run's.
    Priority(Option<Priority>),
    /// How urgent it is.
    PriorityKey(u32),
    /// With whom it shares the queue.
    FairnessKey(String),
    /// By which weight.
    FairnessWeight(f32),
}

impl Jitter {
    pub(crate) fn of(&self, operation: OperationId) -> Millis {
        match self.below.get() {
            0 => Millis::ZERO,
            below => Millis::new(Random::of_operation((self.seed, 0), operation.0).next() % below),
        }
    }
}

impl ActivityOptions {
    /// Those that a request has.
    pub fn of(request: &ActivityRequest) -> Self {
        Self {
            task_queue: request.task_queue.clone(),
            timeouts: request.timeouts,
            retry: request.retry.clone(),
            priority: request.priority.clone(),
        }
    }

    /// Whether the request has these.
    pub(crate) fn hold_in(&self, request: &ActivityRequest) -> bool {
        self.task_queue == request.task_queue
            && self.timeouts == request.timeouts
            && self.retry == request.retry
            && self.priority == request.priority
    }

    /// The request with these instead of its own.
    pub(crate) fn given_to(&self, asked: &ActivityRequest) -> ActivityRequest {
        ActivityRequest {
            task_queue: self.task_queue.clone(),
            timeouts: self.timeouts,
            retry: self.retry.clone(),
            priority: self.priority.clone(),
            ..asked.clone()
        }
    }

    /// Whether there is a limit to how long an attempt may take.
    pub(crate) fn have_an_end(&self) -> bool {
        let limits = [self.timeouts.start_to_close, self.timeouts.schedule_to_close];
        limits.into_iter().flatten().any(|limit| !limit.is_zero())
    }

    pub(crate) fn edit(&mut self, edit: &OptionEdit) {
        match edit {
            OptionEdit::TaskQueue(task_queue) => self.task_queue = Some(task_queue.clone()),
            OptionEdit::ScheduleToClose(limit) => self.timeouts.schedule_to_close = *limit,
            OptionEdit::ScheduleToStart(limit) => self.timeouts.schedule_to_start = *limit,
            OptionEdit::StartToClose(limit) => self.timeouts.start_to_close = *limit,
            OptionEdit::Heartbeat(limit) => self.timeouts.heartbeat = *limit,
            OptionEdit::Retry(policy) => self.retry.clone_from(policy),
            OptionEdit::InitialInterval(interval) => self.retry_mut().initial_interval = *interval,
            OptionEdit::BackoffCoefficient(coefficient) => self.retry_mut().backoff_coefficient = *coefficient,
            OptionEdit::MaximumInterval(interval) => self.retry_mut().maximum_interval = *interval,
            OptionEdit::MaximumAttempts(attempts) => self.retry_mut().maximum_attempts = *attempts,
            OptionEdit::Priority(priority) => self.priority.clone_from(priority),
            OptionEdit::PriorityKey(key) => self.priority_mut().key = *key,
            OptionEdit::FairnessKey(key) => self.priority_mut().fairness_key.clone_from(key),
            OptionEdit::FairnessWeight(weight) => self.priority_mut().fairness_weight = *weight,
        }
    }

    fn retry_mut(&mut self) -> &mut RetryPolicy {
        self.retry.get_or_insert_default()
    }

    fn priority_mut(&mut self) -> &mut Priority {
        self.priority.get_or_insert_default()
    }
}
