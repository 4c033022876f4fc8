//! One workflow, and its runs.

use super::call::CallError;
use crate::engine::Engine;
use crate::shard::{
    ActivityDescription, CancelRequest, Description, History, OperateError, PauseError, Progress, QueryError, Request,
    ResetError, ResetRequest, RunError, StartError, StartRequest, Started, Target, Termination, UpdateError,
    UpdateStatus, UpdateWithStartError,
};
use crate::wasm::Question;
use mainspring_core::{ActivityAction, ActivitySelection, Event, Pause, Payload, RunId, SignalReceived, UpdateRequest};
use std::time::Duration;

/// How often a run is looked at for which too many wait already: its shard answers one more at once.
const CROWDED_RUN_INTERVAL: Duration = Duration::from_millis(500);

impl Engine {
    /// Starts a workflow. Durable when it returns.
    pub async fn start_workflow(&self, start: StartRequest) -> Result<Started, CallError<StartError>> {
        self.ask(|reply| Request::Start(Box::new(start), reply)).await
    }

    /// Signals a workflow, and starts it first if it is not running. Durable when it returns.
    pub async fn signal_with_start(
        &self,
        start: StartRequest,
        signal: SignalReceived,
    ) -> Result<Started, CallError<StartError>> {
        self.ask(|reply| Request::SignalWithStart(Box::new(start), Box::new(signal), reply))
            .await
    }

    /// Signals a run. Durable when it returns.
    pub async fn signal(&self, target: Target, signal: SignalReceived) -> Result<(), CallError<RunError>> {
        self.ask(|reply| Request::Signal(target, Box::new(signal), reply)).await
    }

    /// Asks a run to cancel itself. Durable when it returns.
    pub async fn request_cancel(&self, target: Target, request: CancelRequest) -> Result<(), CallError<RunError>> {
        self.ask(|reply| Request::RequestCancel(target, request, reply)).await
    }

    /// Pauses a run: its guest hears of nothing, and workers are given nothing of it, until it is resumed. Durable when
    /// it returns.
    pub async fn pause(&self, target: Target, pause: Pause) -> Result<(), CallError<PauseError>> {
        self.ask(|reply| Request::Pause(target, pause, reply)).await
    }

    /// Lets a paused run go on. Durable when it returns.
    pub async fn resume(&self, target: Target, resumption: Pause) -> Result<(), CallError<PauseError>> {
        self.ask(|reply| Request::Resume(target, resumption, reply)).await
    }

    /// Does something to pending activities of a run, and tells how the last of them then stands. Durable when it
    /// returns.
    pub async fn operate(
        &self,
        target: Target,
        selection: ActivitySelection,
        action: ActivityAction,
    ) -> Result<Box<ActivityDescription>, CallError<OperateError>> {
        self.ask(|reply| Request::Operate(target, selection, Box::new(action), reply))
            .await
    }

    /// Lets a run go on from an earlier point, as another run, and returns which. Durable when it returns.
    pub async fn reset(&self, target: Target, request: ResetRequest) -> Result<RunId, CallError<ResetError>> {
        self.ask(|reply| Request::Reset(target, Box::new(request), reply)).await
    }

    /// Closes a run without asking it. Durable when it returns.
    pub async fn terminate(&self, target: Target, termination: Termination) -> Result<(), CallError<RunError>> {
        self.ask(|reply| Request::Terminate(target, termination, reply)).await
    }

    /// Removes a run with everything that is kept of it; an open one is closed first. Durable when it returns.
    pub async fn delete(&self, target: Target) -> Result<(), CallError<RunError>> {
        self.ask(|reply| Request::Delete(target, reply)).await
    }

    /// Asks a run's guest about its state.
    pub async fn query(&self, target: Target, question: Question) -> Result<Payload, CallError<QueryError>> {
        self.ask(|reply| Request::Query(target, question, reply)).await
    }

    /// Sends a run an update, which accepts or rejects it. Durable when it returns.
    pub async fn update(&self, target: Target, update: UpdateRequest) -> Result<UpdateStatus, CallError<UpdateError>> {
        self.ask(|reply| Request::Update(target, Box::new(update), reply)).await
    }

    /// The same to a workflow that is started first if it is not running.
    pub async fn update_with_start(
        &self,
        start: StartRequest,
        update: UpdateRequest,
    ) -> Result<(Started, UpdateStatus), CallError<UpdateWithStartError>> {
        self.ask(|reply| Request::UpdateWithStart(Box::new(start), Box::new(update), reply))
            .await
    }

    /// How far an update is that was accepted.
    pub async fn check_update(
        &self,
        target: Target,
        update_id: String,
    ) -> Result<UpdateStatus, CallError<UpdateError>> {
        self.ask(|reply| Request::CheckUpdate(target, update_id, reply)).await
    }

    /// How an update that was accepted ended. Waits for as long as that takes.
    pub async fn await_update(
        &self,
        target: Target,
        update_id: String,
    ) -> Result<UpdateStatus, CallError<UpdateError>> {
        loop {
            let (target, update_id) = (target.clone(), update_id.clone());
            let status = self.ask(|reply| Request::AwaitUpdate(target, update_id, reply)).await?;
            if status.outcome.is_some() {
                return Ok(status);
            }
            tokio::time::sleep(CROWDED_RUN_INTERVAL).await;
        }
    }

    /// Tells what is known of a run.
    pub async fn describe(&self, target: Target) -> Result<Box<Description>, CallError<RunError>> {
        self.ask(|reply| Request::Describe(target, reply)).await
    }

    /// How far a run has come, once its history is longer than `beyond` or the run is closed. Waits for as long as
    /// that takes.
    pub async fn progress(&self, mut target: Target, beyond: u64) -> Result<Progress, CallError<RunError>> {
        loop {
            let looked_at = target.clone();
            let progress = self
                .ask(|reply| Request::AwaitProgress(looked_at, beyond, reply))
                .await?;
            if progress.length > beyond || progress.status.is_closed() {
                return Ok(progress);
            }
            target.run_id = Some(progress.run_id);
            tokio::time::sleep(CROWDED_RUN_INTERVAL).await;
        }
    }

    /// A run's durable history.
    pub async fn history(&self, target: Target) -> Result<History, CallError<RunError>> {
        let progress = self.progress(target.clone(), 0).await?;
        let run_id = progress.run_id;
        let store = self.parts.store.clone();
        let read = self.read(move || store.history(run_id)).await;
        let mut records = read?.map_err(|error| CallError::Refused(RunError::Store(error.to_string())))?;
        if (records.len() as u64) < progress.length {
            // It was deleted in the meantime.
            return Err(CallError::Refused(target.not_found()));
        }
        records.truncate(usize::try_from(progress.length).unwrap_or(usize::MAX));
        Ok(History { run_id, records })
    }

    /// The last durable event of a run.
    pub async fn last_event(&self, run: RunId) -> Result<Option<Event>, CallError<RunError>> {
        let store = self.parts.store.clone();
        let read = self.read(move || store.last_event(run)).await;
        read?.map_err(|error| CallError::Refused(RunError::Store(error.to_string())))
    }
}
