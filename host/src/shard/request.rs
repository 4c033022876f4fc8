//! What a shard can be asked, and what it answers.

use super::resetting::{ResetError, ResetRequest};
use super::scheduling::{ScheduleName, ScheduleRequest};
use crate::store::Change;
use crate::wasm::Question;
use mainspring_core::{
    ActivityAction, ActivitySelection, Attempt, Execution, Failure, HeartbeatAnswer, Millis, OperationId, Parent,
    Pause, Payload, PayloadMap, PendingChild, PendingExternal, Priority, Record, Refused, RetryPolicy, RunId,
    RunStatus, SignalReceived, Timestamp, UpdateOutcome, UpdateRequest, WorkflowTimeouts,
};
use std::sync::Arc;
use tokio::sync::oneshot;

pub use mainspring_core::{IdConflictPolicy, IdReusePolicy};

/// Where an answer goes. Nobody may be waiting for it any more.
pub type Reply<T> = oneshot::Sender<T>;

/// A run, as a caller names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Its tenant.
    pub namespace: String,
    /// Its workflow id.
    pub workflow_id: String,
    /// Its run id; the current run if there is none.
    pub run_id: Option<RunId>,
    /// The run that began the chain that it is of, if it must be of a certain one.
    pub first_run_id: Option<RunId>,
}

/// One attempt at an activity, as a worker names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttemptTarget {
    /// Its tenant.
    pub namespace: String,
    /// The run that asked for it.
    pub execution: Execution,
    /// The operation that it is in that run.
    pub operation: OperationId,
    /// Which attempt, from 1: the number that names it.
    pub attempt: u32,
}

/// Something that a shard is asked, with where the answer goes.
#[derive(Debug)]
pub enum Request {
    /// Start a workflow.
    Start(Box<StartRequest>, Reply<Result<Started, StartError>>),
    /// Signal a workflow, and start it first if it is not running.
    SignalWithStart(
        Box<StartRequest>,
        Box<SignalReceived>,
        Reply<Result<Started, StartError>>,
    ),
    /// Signal a run.
    Signal(Target, Box<SignalReceived>, Reply<Result<(), RunError>>),
    /// Ask a run to cancel itself.
    RequestCancel(Target, CancelRequest, Reply<Result<(), RunError>>),
    /// Pause a run.
    Pause(Target, Pause, Reply<Result<(), PauseError>>),
    /// Let a paused run go on.
    Resume(Target, Pause, Reply<Result<(), PauseError>>),
    /// Let a run go on from an earlier point, as another run. Answers which.
    Reset(Target, Box<ResetRequest>, Reply<Result<RunId, ResetError>>),
    /// Close a run without asking it.
    Terminate(Target, Termination, Reply<Result<(), RunError>>),
    /// Remove a run with everything that is kept of it; an open one is closed first, as if somebody terminated it.
    Delete(Target, Reply<Result<(), RunError>>),
    /// Ask a run's guest about its state.
    Query(Target, Question, Reply<Result<Payload, QueryError>>),
    /// Send a run an update, and answer once it is accepted or rejected.
    Update(Target, Box<UpdateRequest>, Reply<Result<UpdateStatus, UpdateError>>),
    /// The same to a workflow that is started first if it is not running.
    UpdateWithStart(
        Box<StartRequest>,
        Box<UpdateRequest>,
        Reply<Result<(Started, UpdateStatus), UpdateWithStartError>>,
    ),
    /// Tell how far an update is that was accepted.
    CheckUpdate(Target, String, Reply<Result<UpdateStatus, UpdateError>>),
    /// Answer once an update that was accepted is completed.
    AwaitUpdate(Target, String, Reply<Result<UpdateStatus, UpdateError>>),
    /// Tell what is known of a run.
    Describe(Target, Reply<Result<Box<Description>, RunError>>),
    /// Something of a schedule.
    Schedule(ScheduleName, ScheduleRequest),
    /// Answer once the run's history is longer than that, or the run is closed.
    AwaitProgress(Target, u64, Reply<Result<Progress, RunError>>),
    /// Do something to pending activities of a run. Answers how the last of them then stands.
    Operate(
        Target,
        ActivitySelection,
        Box<ActivityAction>,
        Reply<Result<Box<ActivityDescription>, OperateError>>,
    ),
    /// Tell which attempt the activity of that id within the run is at.
    FindAttempt(Target, String, Reply<Result<AttemptTarget, AttemptError>>),
    /// A worker takes an offered attempt.
    StartAttempt(AttemptTarget, Worker, Reply<Result<Box<ActivityTask>, AttemptError>>),
    /// A worker reports the end of an attempt.
    EndAttempt(AttemptTarget, AttemptOutcome, String, Reply<Result<(), AttemptError>>),
    /// A worker reports how far it is. Answers what it is to know.
    Heartbeat(
        AttemptTarget,
        Vec<Payload>,
        Reply<Result<HeartbeatAnswer, AttemptError>>,
    ),
}

/// A new workflow.
#[derive(Clone, Debug)]
pub struct StartRequest {
    /// Its tenant.
    pub namespace: String,
    /// The workflow id, and the run id to be used if a run is started.
    pub execution: Execution,
    /// The seed to be used if a run is started.
    pub random_seed: (u64, u64),
    /// Its type.
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
    /// When each next run of it begins, as a cron expression; empty for never. Invariant: it has been parsed.
    pub cron_schedule: String,
    /// How long it waits before it begins, unless a message comes first.
    pub start_delay: Option<Millis>,
    /// What people describe it with.
    pub memo: PayloadMap,
    /// What people find it by.
    pub search_attributes: PayloadMap,
    /// The default place of its activities in their queues.
    pub priority: Option<Priority>,
    /// Who starts it.
    pub identity: String,
    /// The key by which the request is recognised when it comes again; empty for none.
    pub request_id: String,
    /// One line about it, for tools.
    pub summary: Option<Payload>,
    /// More about it, for tools.
    pub details: Option<Payload>,
    /// What a closed run of the same workflow id means.
    pub reuse: IdReusePolicy,
    /// What an open run of the same workflow id means.
    pub conflict: IdConflictPolicy,
    /// Whose child it is, if it is one.
    pub parentage: Option<Parentage>,
    /// The schedule that starts it, if one does.
    pub scheduled: Option<Scheduled>,
}

/// What a schedule gives a workflow on its way.
#[derive(Clone, Debug, PartialEq)]
pub struct Scheduled {
    /// The schedule, of the same tenant.
    pub by: String,
    /// What the workflow before it answered.
    pub last_completion: Option<Payload>,
    /// Why the workflow before it failed, if it did.
    pub last_failure: Option<Failure>,
}

/// Whose child a workflow is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parentage {
    /// The run that asked for it.
    pub parent: Parent,
    /// The topmost of its parents.
    pub root: Execution,
}

/// The answer to a start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Started {
    /// The run.
    pub run_id: RunId,
    /// Whether this request started it.
    pub is_new: bool,
}

/// Why nothing was started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The workflow id is taken, and the policies forbid to use it again.
    #[error("workflow {workflow_id:?} has {} with run id {run_id}", if *.is_open { "already started" } else { "run before" })]
    AlreadyStarted {
        /// The workflow id.
        workflow_id: String,
        /// The run that has it.
        run_id: RunId,
        /// The request that started that run.
        request_id: String,
        /// Whether that run is still open.
        is_open: bool,
    },
    /// No module of the namespace has the type.
    #[error("no module in namespace {namespace:?} has a workflow type {workflow_type:?}{}", hint(.known))]
    UnknownWorkflowType {
        /// The namespace.
        namespace: String,
        /// The type that was asked for.
        workflow_type: String,
        /// The types that there are.
        known: Vec<String>,
    },
    /// Its cron schedule cannot be kept.
    #[error("cron_schedule: {0}")]
    Cron(String),
    /// The run could not be reached.
    #[error(transparent)]
    Run(#[from] RunError),
}

fn hint(known: &[String]) -> String {
    if known.is_empty() {
        "; push one with `mainspring module push MODULE.wasm`".into()
    } else {
        format!("; it has {}", known.join(", "))
    }
}

/// Why a run could not be reached.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// There is none.
    #[error(
        "workflow {workflow_id:?} was not found{}{}",
        .run_id.map(|id| format!(" with run id {id}")).unwrap_or_default(),
        .first_run_id.map(|id| format!(" in the chain that run {id} began")).unwrap_or_default(),
    )]
    NotFound {
        /// The workflow id that was asked for.
        workflow_id: String,
        /// The run id, if one was asked for.
        run_id: Option<RunId>,
        /// The chain, by its first run, if one was asked for.
        first_run_id: Option<RunId>,
    },
    /// Nothing more can happen to it.
    #[error("workflow execution already completed")]
    Closed,
    /// The store failed, and the process is about to stop.
    #[error("the store failed: {0}")]
    Store(String),
}

/// How far an update is.
#[derive(Clone, Debug, PartialEq)]
pub struct UpdateStatus {
    /// The run that has it.
    pub run_id: RunId,
    /// Its answer, once it has one. A rejected update is over with its first answer, and leaves no trace.
    pub outcome: Option<UpdateOutcome>,
}

/// Why an update was not taken, or cannot be told of.
#[derive(Debug, thiserror::Error)]
pub enum UpdateError {
    /// No update of this id was accepted.
    #[error("update {0:?} was not found")]
    NotFound(String),
    /// The run takes no more of them.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The guest cannot be brought to where the run stands.
    #[error("the run is blocked: {0}")]
    Blocked(String),
    /// The run could not be reached.
    #[error(transparent)]
    Run(#[from] RunError),
}

/// Why a workflow was neither started nor updated. If the update failed and the workflow was started, it stays so.
#[derive(Debug, thiserror::Error)]
pub enum UpdateWithStartError {
    /// The workflow was not started.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The workflow runs, and the update was not taken.
    #[error(transparent)]
    Update(#[from] UpdateError),
}

/// Why a query has no answer.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// The guest answered with a failure.
    #[error("{0}")]
    Failed(Box<Failure>),
    /// The guest cannot be brought to where the run stands.
    #[error("the run is blocked: {0}")]
    Blocked(String),
    /// The run could not be reached.
    #[error(transparent)]
    Run(#[from] RunError),
}

/// Why a run was neither paused nor resumed.
#[derive(Debug, thiserror::Error)]
pub enum PauseError {
    /// It is paused already, or is not.
    #[error(transparent)]
    Refused(Refused),
    /// The run could not be reached.
    #[error(transparent)]
    Run(#[from] RunError),
}

impl From<Refused> for PauseError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::RunClosed => RunError::Closed.into(),
            refused => Self::Refused(refused),
        }
    }
}

/// Why nothing was done to activities.
#[derive(Debug, thiserror::Error)]
pub enum OperateError {
    /// The run has none of those that were meant.
    #[error("the run has no pending activity {}", selection(.0))]
    UnknownActivity(ActivitySelection),
    /// One of them cannot have it.
    #[error(transparent)]
    Refused(Refused),
    /// The run could not be reached.
    #[error(transparent)]
    Run(#[from] RunError),
}

fn selection(selection: &ActivitySelection) -> String {
    match selection {
        ActivitySelection::Id(id) => format!("with the id {id:?}: it is over, or never was"),
        ActivitySelection::Type(name) => format!("of type {name:?}"),
        ActivitySelection::All => "at all".into(),
    }
}

/// Why a worker's report was not taken.
#[derive(Debug, thiserror::Error)]
pub enum AttemptError {
    /// The run has no pending activity of that id.
    #[error("the run has no pending activity with the id {0:?}: it is over, or never was")]
    UnknownActivity(String),
    /// The attempt is over, or never was.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The run could not be reached.
    #[error(transparent)]
    Run(#[from] RunError),
}

/// A request that a run cancel itself.
#[derive(Clone, Debug, Default)]
pub struct CancelRequest {
    /// Why.
    pub reason: String,
    /// Who asks.
    pub identity: String,
    /// The key by which the request is recognised when it comes again; empty for none.
    pub request_id: String,
}

/// The end of a run from outside.
#[derive(Clone, Debug, Default)]
pub struct Termination {
    /// Why.
    pub reason: String,
    /// Data about it.
    pub details: Vec<Payload>,
    /// Who does it.
    pub identity: String,
}

/// Who takes an attempt.
#[derive(Clone, Debug)]
pub struct Worker {
    /// How it names itself.
    pub identity: String,
    /// Where it runs.
    pub place: mainspring_core::Place,
}

/// How an attempt ended.
#[derive(Clone, Debug)]
pub enum AttemptOutcome {
    /// With a result, if it has one.
    Completed(Option<Payload>),
    /// With a failure, and what the worker last reported, if it says so.
    Failed(Box<Failure>, Vec<Payload>),
    /// Because it was to be cancelled.
    Cancelled(Vec<Payload>),
    /// The worker never received it.
    Returned,
}

/// An attempt, as its worker gets it.
#[derive(Clone, Debug)]
pub struct ActivityTask {
    /// What the worker names it by.
    pub target: AttemptTarget,
    /// The type of the workflow that asked for it.
    pub workflow_type: String,
    /// What is to be done.
    pub request: Arc<mainspring_core::ActivityRequest>,
    /// The queue that it came through.
    pub task_queue: String,
    /// Its place among others, as far as it or its workflow says.
    pub priority: Option<Priority>,
    /// When the activity was scheduled.
    pub scheduled: Timestamp,
    /// Which attempt it is taken for, from 1; after a reset it is the first again.
    pub attempt: u32,
    /// When this attempt became ready.
    pub attempt_scheduled: Timestamp,
    /// When the worker took it.
    pub started: Timestamp,
    /// What an earlier attempt last reported.
    pub heartbeat: Vec<Payload>,
}

impl ActivityTask {
    /// The activity's name within its run.
    pub fn activity_id(&self) -> String {
        self.request
            .activity_id
            .clone()
            .unwrap_or_else(|| self.target.operation.to_string())
    }

    /// The policy that holds.
    pub fn retry_policy(&self) -> RetryPolicy {
        self.request.retry.clone().unwrap_or_default()
    }

    /// How long one attempt may take, at most.
    pub fn start_to_close(&self) -> Option<Millis> {
        self.request.timeouts.start_to_close
    }
}

/// What is known of a run.
#[derive(Clone, Debug)]
pub struct Description {
    /// Its summary, as it is now.
    pub summary: crate::store::RunSummary,
    /// What it was started with.
    pub started: Box<mainspring_core::RunStarted>,
    /// Its activities that are not over.
    pub activities: Vec<ActivityDescription>,
    /// Its children that are not over.
    pub children: Vec<PendingChild>,
    /// Its messages to other runs that are not answered.
    pub externals: Vec<PendingExternal>,
    /// Whether somebody asked it to cancel itself.
    pub cancel_requested: bool,
    /// Since when it is paused, and by whose wish, if it is.
    pub paused: Option<(Timestamp, Pause)>,
    /// When its history's first event happened: before its start, if it was reset.
    pub original_start: Timestamp,
    /// Whether it began at a point of another run's history.
    pub is_reset: bool,
    /// The run that took its place, by a reset.
    pub heir: Option<RunId>,
    /// Why its guest cannot go on, if it cannot.
    pub blocked: Option<Blocked>,
    /// Since when and why runs of its type are not activated, if they are not.
    pub type_paused: Option<Arc<Change>>,
    /// What its guest last said about the present state, in Markdown; unknown while it is not in memory.
    pub current_details: Option<String>,
}

/// An activity that is not over.
#[derive(Clone, Debug)]
pub struct ActivityDescription {
    /// Its name within its run.
    pub activity_id: String,
    /// What is to be done, and with which options.
    pub request: Arc<mainspring_core::ActivityRequest>,
    /// The queue that it goes through.
    pub task_queue: String,
    /// Its place among others, as far as it or its workflow says.
    pub priority: Option<Priority>,
    /// When it was scheduled.
    pub scheduled: Timestamp,
    /// Whether its cancellation was requested.
    pub cancel_requested: bool,
    /// Its attempt.
    pub attempt: Attempt,
    /// When all attempts must be over.
    pub deadline: Option<Timestamp>,
}

/// Why a run's guest cannot go on. Nothing is lost: it is tried again, and at once when its module changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blocked {
    /// Why, for the author.
    pub reason: String,
    /// Since when.
    pub since: Timestamp,
    /// How often it was tried since then.
    pub tries: u32,
    /// When it is tried next.
    pub next_try: Timestamp,
}

/// How far a run has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Which run.
    pub run_id: RunId,
    /// Durable events in its history.
    pub length: u64,
    /// Whether and how it is closed.
    pub status: RunStatus,
}

impl Target {
    /// The current run of the workflow id.
    pub fn current(namespace: impl Into<String>, workflow_id: impl Into<String>) -> Self {
        Self {
            namespace: namespace.into(),
            workflow_id: workflow_id.into(),
            run_id: None,
            first_run_id: None,
        }
    }

    /// This run and no other.
    pub fn of(namespace: &str, execution: &Execution) -> Self {
        Self {
            run_id: Some(execution.run_id),
            ..Self::current(namespace, &execution.workflow_id)
        }
    }

    pub(crate) fn not_found(&self) -> RunError {
        RunError::NotFound {
            workflow_id: self.workflow_id.clone(),
            run_id: self.run_id,
            first_run_id: self.first_run_id,
        }
    }
}

/// A run's whole history, with how it was when the history was read.
#[derive(Clone, Debug)]
pub struct History {
    /// Which run.
    pub run_id: RunId,
    /// Its events from the first on.
    pub records: Vec<Record>,
}

impl Request {
    /// Whether it may start a workflow.
    pub const fn may_start(&self) -> bool {
        matches!(
            self,
            Self::Start(..) | Self::SignalWithStart(..) | Self::UpdateWithStart(..)
        )
    }

    /// The namespace and the workflow id, or the schedule's name, that it is about; they decide which shard it belongs to.
    pub fn subject(&self) -> (&str, &str) {
        match self {
            Self::Start(start, _) | Self::SignalWithStart(start, ..) | Self::UpdateWithStart(start, ..) => {
                (&start.namespace, &start.execution.workflow_id)
            }
            Self::Signal(target, ..)
            | Self::RequestCancel(target, ..)
            | Self::Pause(target, ..)
            | Self::Resume(target, ..)
            | Self::Reset(target, ..)
            | Self::Terminate(target, ..)
            | Self::Delete(target, _)
            | Self::Query(target, ..)
            | Self::Update(target, ..)
            | Self::CheckUpdate(target, ..)
            | Self::AwaitUpdate(target, ..)
            | Self::Describe(target, _)
            | Self::Operate(target, ..)
            | Self::FindAttempt(target, ..)
            | Self::AwaitProgress(target, ..) => (&target.namespace, &target.workflow_id),
            Self::Schedule(name, _) => (&name.namespace, &name.id),
            Self::StartAttempt(target, ..) | Self::EndAttempt(target, ..) | Self::Heartbeat(target, ..) => {
                (&target.namespace, &target.execution.workflow_id)
            }
        }
    }
}
