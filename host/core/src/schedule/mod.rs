//! A schedule: workflows that are started at times which a [`Spec`] says.
//!
//! It is a state machine of its own, and its state is one durable value: no history is kept of it. The moment and the
//! [`Times`] of its spec are arguments; what comes out are [messages](crate::Message), which start workflows, and stop
//! them, as a parent starts its children. Whoever drives it makes the value and the messages durable together, so that
//! each of its times is dealt with once, whatever happens in between.
//!
//! It knows no clock and no database of time zones.

mod advancing;
mod changing;
mod civil;
mod fields;
mod overlap;
mod running;
mod spec;
pub mod text;
mod times;

pub use advancing::{BACKFILLED_PER_ADVANCE_MAX, BUFFERED_MAX, DUE_PER_ADVANCE_MAX};
pub use changing::{BACKFILLS_MAX, BackfillRequest, Patch, RefusedChange, Trigger, Update};
pub use overlap::{OverlapPolicy, Stop};
pub use running::{OVERLAPPING_SHOWN_MAX, RECENT_MAX, REFUSED_MAX};
pub use spec::{
    COMMENT_BYTES_MAX, Calendar, Interval, InvalidSpec, RANGES_PER_FIELD_MAX, Range, SPEC_ENTRIES_MAX, Spec,
    TIME_ZONE_BYTES_MAX,
};
pub use times::{Occurrence, Times, TooSparse, Utc, Zone};

use crate::{
    Execution, Failure, Millis, Payload, PayloadMap, Priority, RetryPolicy, RunStatus, Timestamp, WorkflowTimeouts,
};

/// A schedule, with all that is known of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Schedule {
    /// Its tenant.
    pub namespace: String,
    /// Its name, chosen by its owner.
    pub id: String,
    /// When it acts.
    pub spec: Spec,
    /// What it does then.
    pub action: Action,
    /// How it does that.
    pub policies: Policies,
    /// Whether it does that.
    pub activity: Activity,
    /// What people describe it with.
    pub memo: PayloadMap,
    /// What people find it by.
    pub search_attributes: PayloadMap,
    /// When it was created.
    pub created: Timestamp,
    /// When its owner last changed it as a whole.
    pub updated: Option<Timestamp>,
    /// Grows with every change of what its owner says, so that nobody overwrites a change that he has not seen.
    pub revision: u64,
    /// The key by which its creation is recognised when it comes again; empty for none.
    pub created_by: String,
    /// The keys of the latest changes, by which they are recognised when they come again.
    pub changed_by: Vec<String>,
    /// How far it has come.
    pub progress: Progress,
}

/// The workflow that a schedule starts.
#[derive(Clone, Debug, PartialEq)]
pub struct Action {
    /// The workflow id, to which the time is added.
    pub workflow_id: String,
    /// The code to run.
    pub workflow_type: String,
    /// Where its activities go unless they say otherwise.
    pub task_queue: String,
    /// Its input, one payload an argument.
    pub input: Vec<Payload>,
    /// Context that travels beside the input.
    pub headers: PayloadMap,
    /// How long it may take.
    pub timeouts: WorkflowTimeouts,
    /// When it is tried again.
    pub retry: Option<RetryPolicy>,
    /// What people describe it with.
    pub memo: PayloadMap,
    /// What people find it by.
    pub search_attributes: PayloadMap,
    /// The default place of its activities in their queues.
    pub priority: Option<Priority>,
    /// One line about it, for tools.
    pub summary: Option<Payload>,
    /// More about it, for tools.
    pub details: Option<Payload>,
}

/// How a schedule acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policies {
    /// What becomes of a start while a run is under way.
    pub overlap: OverlapPolicy,
    /// How late a time may be dealt with. What is later has been missed.
    pub catch_up: Millis,
    /// Whether the schedule pauses when a workflow fails or takes too long.
    pub pause_on_failure: bool,
    /// Whether workflows get the action's workflow id as it is, without the time.
    pub keep_workflow_id: bool,
}

/// Whether a schedule acts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Activity {
    /// Whether its times are passed over.
    pub paused: bool,
    /// What people should know about it; why it is paused.
    pub notes: String,
    /// How often it may still act by itself, if that is limited.
    pub remaining: Option<u64>,
}

/// How far a schedule has come.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    /// All the randomness that its runs get their ids and their own from.
    pub random_seed: (u64, u64),
    /// How many runs it has asked for.
    pub asked: u64,
    /// Nominal times up to this one are dealt with.
    pub handled: Timestamp,
    /// Starts that wait for a run to end.
    pub buffer: Vec<Buffered>,
    /// Spans of time that are gone through once more.
    pub backfills: Vec<Backfill>,
    /// Runs that it has asked for and that have not ended.
    pub running: Vec<Running>,
    /// Runs that it has asked for and that did not start, the latest at the end: one that is asked for again after a
    /// crash may start after all.
    pub refused: Vec<Running>,
    /// What it did last, the latest at the end.
    pub recent: Vec<Taken>,
    /// How often what happened.
    pub counts: Counts,
    /// What the last workflow that completed answered.
    pub last_completion: Option<Payload>,
    /// Why the last workflow failed, if it did.
    pub last_failure: Option<Failure>,
    /// Why the last start came to nothing, if it did.
    pub last_refusal: Option<String>,
}

/// A start that has not been made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Buffered {
    /// The time that it is for.
    pub nominal: Timestamp,
    /// When it was due.
    pub due: Timestamp,
    /// Its own policy, if it has one.
    pub overlap: Option<OverlapPolicy>,
    /// Whether somebody asked for it: then it counts for nothing that is limited, and no pause holds it.
    pub manual: bool,
}

/// A span of time that is gone through once more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backfill {
    /// Nominal times up to this one are dealt with.
    pub handled: Timestamp,
    /// Times are due at this one at the latest.
    pub end: Timestamp,
    /// The policy of its starts, if it is another than the schedule's.
    pub overlap: Option<OverlapPolicy>,
}

/// A workflow that a schedule has asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Running {
    /// Its first run.
    pub execution: Execution,
    /// When it was due.
    pub due: Timestamp,
    /// Whether it is known to have started.
    pub is_started: bool,
    /// Whether it runs beside others, which then take no notice of it.
    pub overlaps: bool,
    /// What it was told on behalf of one that waits.
    pub stop: Option<Stop>,
}

/// A workflow that a schedule has started.
#[derive(Clone, Debug, PartialEq)]
pub struct Taken {
    /// Its first run.
    pub execution: Execution,
    /// When it was due.
    pub due: Timestamp,
    /// When it started.
    pub started: Timestamp,
    /// What has become of it.
    pub status: RunStatus,
}

/// How often what happened to a schedule's times.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// A workflow was started.
    pub started: u64,
    /// It was too late.
    pub missed: u64,
    /// Another run was under way.
    pub overlapped: u64,
    /// Too many were waiting.
    pub dropped: u64,
}

/// A start that a schedule asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct ScheduledStart {
    /// Which schedule, of the same tenant.
    pub schedule_id: String,
    /// What is to be started. Its search attributes say what has started it, and for when.
    pub action: Box<Action>,
    /// The run's id, by which the start is recognised when it comes again.
    pub run_id: crate::RunId,
    /// The run's random bits.
    pub random_seed: (u64, u64),
    /// What a closed run of the same workflow id means.
    pub reuse: crate::IdReusePolicy,
    /// What the workflow before it answered.
    pub last_completion: Option<Payload>,
    /// Why the workflow before it failed, if it did.
    pub last_failure: Option<Failure>,
}

impl Policies {
    /// What [`catch_up`](Self::catch_up) is at least.
    pub const CATCH_UP_MIN: Millis = Millis::from_secs(10);
    /// What it is if nothing else is said: a year.
    pub const CATCH_UP_DEFAULT: Millis = Millis::from_secs(365 * 24 * 60 * 60);
}

impl Default for Policies {
    fn default() -> Self {
        Self {
            overlap: OverlapPolicy::Skip,
            catch_up: Self::CATCH_UP_DEFAULT,
            pause_on_failure: false,
            keep_workflow_id: false,
        }
    }
}

impl Progress {
    /// Of a schedule that is created now.
    pub fn new(random_seed: (u64, u64), now: Timestamp) -> Self {
        Self {
            random_seed,
            asked: 0,
            handled: now,
            buffer: Vec::new(),
            backfills: Vec::new(),
            running: Vec::new(),
            refused: Vec::new(),
            recent: Vec::new(),
            counts: Counts::default(),
            last_completion: None,
            last_failure: None,
            last_refusal: None,
        }
    }
}
