//! Every request there is.

use super::activity::{ActivityDescription, OperateError};
use super::address::{AttemptTarget, Reply, Target};
use super::attempt::{ActivityTask, AttemptError, AttemptOutcome, Worker};
use super::description::{Description, Progress};
use super::reset::{ResetError, ResetRequest};
use super::run::{CancelRequest, PauseError, QueryError, RunError, Termination};
use super::schedule::{ScheduleName, ScheduleRequest};
use super::start::{StartError, StartRequest, Started};
use super::update::{UpdateError, UpdateStatus, UpdateWithStartError};
use crate::wasm::Question;
use mainspring_core::{
    ActivityAction, ActivitySelection, HeartbeatAnswer, Pause, Payload, RunId, SignalReceived, UpdateRequest,
};

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
