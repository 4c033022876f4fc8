//! What a run is started with, and where it comes from.

use crate::{
    Execution, Failure, Millis, OperationId, Payload, PayloadMap, Priority, RetryPolicy, RunId, ShownEventId,
    Timestamp, WorkflowTimeouts,
};

/// What a run is started with.
#[derive(Clone, Debug, PartialEq)]
pub struct RunStarted {
    /// The tenant.
    pub namespace: String,
    /// The workflow id and the run's own id.
    pub execution: Execution,
    /// The code to run, by the name that the module gives it.
    pub workflow_type: String,
    /// The module that has the code, by its name.
    pub module: String,
    /// Where its activities go unless they say otherwise.
    pub task_queue: String,
    /// Its input, one payload an argument.
    pub input: Vec<Payload>,
    /// Context that travels beside the input.
    pub headers: PayloadMap,
    /// 128 random bits, all the randomness that the guest will have.
    pub random_seed: (u64, u64),
    /// How long it may take.
    pub timeouts: WorkflowTimeouts,
    /// When it is tried again.
    pub retry: Option<RetryPolicy>,
    /// Which try it is, from 1.
    pub attempt: u32,
    /// What people describe it with.
    pub memo: PayloadMap,
    /// What people find it by.
    pub search_attributes: PayloadMap,
    /// The default place of its activities in their queues.
    pub priority: Option<Priority>,
    /// Who started it.
    pub identity: String,
    /// The key by which the request is recognised when it comes again.
    pub request_id: String,
    /// The first run of the chain of continuations and retries.
    pub first_run_id: RunId,
    /// One line about it, for tools.
    pub summary: Option<Payload>,
    /// More about it, for tools.
    pub details: Option<Payload>,
    /// Where it comes from, if not simply from a client, at once.
    pub origin: Origin,
}

/// Where a run comes from: a delay, a schedule, the run before it, its parent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Origin {
    /// The guest is not activated before then.
    pub begins: Option<Timestamp>,
    /// Whether the first message to the run ends that wait: so with a start that was delayed, but not between two runs
    /// of a chain.
    pub begins_with_message: bool,
    /// When each next run of the chain begins, as a cron expression; empty for never.
    pub cron_schedule: String,
    /// When the execution timeout ends it; that counts from the chain's first run on.
    pub expiration: Option<Timestamp>,
    /// The run before it in the chain.
    pub predecessor: Option<Predecessor>,
    /// What the runs before it in the chain have taken.
    pub taken_before: TakenBefore,
    /// What the last run of the chain that completed answered.
    pub last_completion: Option<Payload>,
    /// Why the run before it failed, if it did.
    pub last_failure: Option<Failure>,
    /// Whose child it is.
    pub parent: Option<Parent>,
    /// The topmost parent.
    pub root: Option<Execution>,
    /// The schedule of the same tenant that started the chain, and hears of its end.
    pub scheduled_by: Option<String>,
}

/// Requests that the runs before this one have taken: whoever has not heard so repeats them to this one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TakenBefore {
    /// Of signals, by their request ids, the oldest first: the latest of them.
    pub signals: Vec<String>,
    /// Of the latest cancellation, by its request id.
    pub cancellation: Option<String>,
}

/// The run before this one in the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Predecessor {
    /// Which.
    pub run_id: RunId,
    /// Why another one followed.
    pub reason: SuccessionReason,
}

/// Why a run follows another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SuccessionReason {
    /// The workflow continued as new.
    Continuation,
    /// The workflow failed, and its retry policy has another attempt.
    Retry,
    /// It is time by its cron schedule.
    Cron,
}

/// Whose child a run is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parent {
    /// The parent's tenant.
    pub namespace: String,
    /// The parent.
    pub execution: Execution,
    /// The parent's operation that the child is.
    pub operation: OperationId,
    /// The event of the parent that asked for it, as tools know it; older runs do not say.
    pub initiated: Option<ShownEventId>,
}

impl RunStarted {
    /// When the execution timeout ends the chain of a run that started at `started`.
    pub fn expiration(&self, started: Timestamp) -> Option<Timestamp> {
        let first_begins = started.after(self.origin.delay(started));
        self.origin
            .expiration
            .or_else(|| Millis::deadline(self.timeouts.execution, first_begins))
    }
}

impl Origin {
    /// How long the guest waits before it is first activated, in a run that started at `started`.
    pub fn delay(&self, started: Timestamp) -> Millis {
        self.begins.map_or(Millis::ZERO, |begins| begins.since(started))
    }
}
