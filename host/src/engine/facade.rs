//! What clients, workers and administrators can ask of the engine.

use super::blocked_filter;
use super::router::NotSent;
use super::search_attributes::{self, SearchAttributeError};
use super::{
    ActivityFunction, Engine, HostKey, Message, NamespaceChange, NamespaceError, NewNamespace, Settings, TimeSkipping,
};
use crate::catalog::{ModuleDescription, PushError, Pushed};
use crate::dispatch::QueueName;
use crate::shard::{
    ActivityDescription, ActivityTask, AttemptError, AttemptOutcome, AttemptTarget, Blocked, CancelRequest,
    Description, History, NewSchedule, OperateError, PauseError, Progress, QueryError, Reply, Request, ResetError,
    ResetRequest, RunError, ScheduleError, ScheduleName, ScheduleRequest, StartError, StartRequest, Started, Target,
    Termination, UpdateError, UpdateStatus, UpdateWithStartError, Worker,
};
use crate::store::search::{AttributeTypes, OrderedPage, OrderedQuery, RunCount, RunPage, RunQuery};
use crate::store::{Namespace, RunSummary, ShardId, StoreError};
use crate::wasm::Question;
use bytes::Bytes;
use mainspring_core::schedule::{Patch, Schedule, Update};
use mainspring_core::{
    ActivityAction, ActivitySelection, Event, HeartbeatAnswer, Pause, Payload, Place, RunId, SignalReceived, Timestamp,
    UpdateRequest,
};
use tokio::sync::oneshot;

/// Why a call has no answer.
#[derive(Debug, thiserror::Error)]
pub enum CallError<E> {
    /// There is no such tenant.
    #[error("namespace {0:?} was not found")]
    NoSuchNamespace(String),
    /// The tenant takes no new workflows.
    #[error("namespace {0:?} is deprecated and takes no new workflows")]
    Deprecated(String),
    /// Too many requests wait. Trying again a little later helps.
    #[error("the server has too many requests waiting; try again in a moment")]
    Busy,
    /// The engine is stopping, or its store has failed.
    #[error("the server is stopping")]
    Stopping,
    /// What was asked is refused.
    #[error(transparent)]
    Refused(E),
}

impl<E> CallError<E> {
    /// Goes on with what is refused: it may be good for an answer after all, or is refused in other words.
    pub fn or_else<T, F>(self, otherwise: impl FnOnce(E) -> Result<T, F>) -> Result<T, CallError<F>> {
        match self {
            Self::NoSuchNamespace(name) => Err(CallError::NoSuchNamespace(name)),
            Self::Deprecated(name) => Err(CallError::Deprecated(name)),
            Self::Busy => Err(CallError::Busy),
            Self::Stopping => Err(CallError::Stopping),
            Self::Refused(refused) => otherwise(refused).map_err(CallError::Refused),
        }
    }
}

/// Clients.
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
        self.ask(|reply| Request::AwaitUpdate(target, update_id, reply)).await
    }

    /// Tells what is known of a run.
    pub async fn describe(&self, target: Target) -> Result<Box<Description>, CallError<RunError>> {
        self.ask(|reply| Request::Describe(target, reply)).await
    }

    /// How far a run has come, once its history is longer than `beyond` or the run is closed. Waits for as long as
    /// that takes.
    pub async fn progress(&self, target: Target, beyond: u64) -> Result<Progress, CallError<RunError>> {
        self.ask(|reply| Request::AwaitProgress(target, beyond, reply)).await
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

    /// Why a run cannot go on, if it cannot. Answers at once, whatever the run's shard is doing.
    pub fn blocked(&self, run: &RunSummary) -> Option<Blocked> {
        let shard = ShardId::of(&run.namespace, &run.execution.workflow_id, self.parts.store.shards());
        self.parts.blocked.get(&shard)?.get(run.execution.run_id)
    }

    /// A page of the runs that are asked for.
    pub async fn find_runs(&self, mut query: RunQuery) -> Result<RunPage, CallError<StoreError>> {
        self.check_namespace(&query.namespace)?;
        query.condition = blocked_filter::resolved(query.condition, &self.parts.blocked);
        let store = self.parts.store.clone();
        let found = self.read(move || store.find_runs(&query));
        found.await?.map_err(CallError::Refused)
    }

    /// A page of the runs that are asked for, in the order of a value.
    pub async fn find_in_order(&self, mut query: OrderedQuery) -> Result<OrderedPage, CallError<StoreError>> {
        self.check_namespace(&query.namespace)?;
        query.condition = blocked_filter::resolved(query.condition, &self.parts.blocked);
        let store = self.parts.store.clone();
        let found = self.read(move || store.find_in_order(&query));
        found.await?.map_err(CallError::Refused)
    }

    /// Counts the runs that are asked for, as many at a time as is done quickly.
    pub async fn count_runs(&self, mut query: RunQuery) -> Result<RunCount, CallError<StoreError>> {
        self.check_namespace(&query.namespace)?;
        query.condition = blocked_filter::resolved(query.condition, &self.parts.blocked);
        let store = self.parts.store.clone();
        let counted = self.read(move || store.count_runs(&query));
        counted.await?.map_err(CallError::Refused)
    }
}

/// Schedules.
impl Engine {
    /// Creates a schedule. Answers its revision. Durable when it returns.
    pub async fn create_schedule(&self, name: ScheduleName, new: NewSchedule) -> Result<u64, CallError<ScheduleError>> {
        self.ask(|reply| Request::Schedule(name, ScheduleRequest::Create(Box::new(new), reply)))
            .await
    }

    /// Makes a schedule another one. Durable when it returns.
    pub async fn update_schedule(&self, name: ScheduleName, update: Update) -> Result<(), CallError<ScheduleError>> {
        self.ask(|reply| Request::Schedule(name, ScheduleRequest::Update(Box::new(update), reply)))
            .await
    }

    /// Changes a little of a schedule, or has it do something once. Durable when it returns.
    pub async fn patch_schedule(&self, name: ScheduleName, patch: Patch) -> Result<(), CallError<ScheduleError>> {
        self.ask(|reply| Request::Schedule(name, ScheduleRequest::Patch(Box::new(patch), reply)))
            .await
    }

    /// Deletes a schedule. What it has started goes on. Durable when it returns.
    pub async fn delete_schedule(&self, name: ScheduleName) -> Result<(), CallError<ScheduleError>> {
        self.ask(|reply| Request::Schedule(name, ScheduleRequest::Delete(reply)))
            .await
    }

    /// Tells all that is known of a schedule.
    pub async fn describe_schedule(&self, name: ScheduleName) -> Result<Box<Schedule>, CallError<ScheduleError>> {
        self.ask(|reply| Request::Schedule(name, ScheduleRequest::Describe(reply)))
            .await
    }

    /// Schedules of a namespace by name, `limit` at a time, after the given one.
    pub async fn schedules(
        &self,
        namespace: String,
        after: Option<String>,
        limit: usize,
    ) -> Result<Vec<Schedule>, CallError<StoreError>> {
        self.check_namespace(&namespace)?;
        let store = self.parts.store.clone();
        let found = self.read(move || store.schedules(&namespace, after.as_deref(), limit));
        found.await?.map_err(CallError::Refused)
    }
}

/// Workers.
impl Engine {
    /// Waits for an activity of that queue, for as long as it takes. A worker may name the rate at which all workers of
    /// the queue together are to be given something; one that an operator has set goes before it. Dropping the future loses nothing: an attempt
    /// that was about to be handed over is offered to others.
    pub async fn poll_activity(
        &self,
        namespace: &str,
        task_queue: &str,
        identity: &str,
        rate: Option<f32>,
    ) -> Result<Box<ActivityTask>, CallError<AttemptError>> {
        self.check_namespace(namespace)?;
        let queue = QueueName {
            namespace: namespace.to_owned(),
            name: task_queue.to_owned(),
        };
        loop {
            let mut waiting = self
                .parts
                .dispatcher
                .poll(queue.clone(), identity, rate, self.parts.ambient.now());
            let offer = waiting.offer().await;
            let worker = Worker {
                identity: identity.to_owned(),
                place: Place::Remote,
            };
            let target = offer.target.clone();
            let answer = self.request(|reply| Request::StartAttempt(target, worker, reply));
            let task = match answer {
                Ok(answer) => Handover { engine: self, answer }.task().await,
                Err(error) => Err(error),
            };
            match task {
                Ok(task) => return Ok(task),
                // The activity has ended since it was offered; there may be others.
                Err(CallError::Refused(_) | CallError::NoSuchNamespace(_) | CallError::Deprecated(_)) => {}
                Err(CallError::Busy) => {
                    self.parts.dispatcher.put_back(offer, self.parts.ambient.now());
                    return Err(CallError::Busy);
                }
                Err(CallError::Stopping) => return Err(CallError::Stopping),
            }
        }
    }

    /// The attempt that an activity is at, for who knows it by its id within the run.
    pub async fn find_attempt(
        &self,
        target: Target,
        activity_id: String,
    ) -> Result<AttemptTarget, CallError<AttemptError>> {
        self.ask(|reply| Request::FindAttempt(target, activity_id, reply)).await
    }

    /// Reports the end of an attempt. Durable when it returns.
    pub async fn end_attempt(
        &self,
        target: AttemptTarget,
        outcome: AttemptOutcome,
        identity: String,
    ) -> Result<(), CallError<AttemptError>> {
        self.ask(|reply| Request::EndAttempt(target, outcome, identity, reply))
            .await
    }

    /// Reports progress. Returns what the worker is to know.
    pub async fn heartbeat(
        &self,
        target: AttemptTarget,
        details: Vec<Payload>,
    ) -> Result<HeartbeatAnswer, CallError<AttemptError>> {
        self.ask(|reply| Request::Heartbeat(target, details, reply)).await
    }

    /// Registers a function of this process as an activity. It is preferred to workers of other processes.
    pub fn register_activity(
        &self,
        namespace: &str,
        task_queue: &str,
        activity_type: &str,
        function: ActivityFunction,
    ) {
        self.parts
            .local
            .register(namespace, task_queue, activity_type, function);
    }
}

/// Modules and tenants.
impl Engine {
    /// Takes a module, or a new version of one. Runs follow it when this returns.
    pub async fn push_module(&self, namespace: &str, name: &str, file: Bytes) -> Result<Pushed, CallError<PushError>> {
        self.check_namespace(namespace)?;
        let now = self.parts.ambient.now();
        self.parts
            .catalog
            .push(namespace, name, file, now)
            .await
            .map_err(CallError::Refused)
    }

    /// The modules of a namespace, by name.
    pub fn modules(&self, namespace: &str) -> Vec<ModuleDescription> {
        self.parts.catalog.list(namespace)
    }

    /// One module.
    pub fn module(&self, namespace: &str, name: &str) -> Option<ModuleDescription> {
        self.parts.catalog.describe(namespace, name)
    }

    /// One tenant.
    pub fn namespace(&self, name: &str) -> Option<Namespace> {
        self.parts.namespaces.get(name)
    }

    /// All tenants, by name.
    pub fn namespaces(&self) -> Vec<Namespace> {
        self.parts.namespaces.list()
    }

    /// Registers a tenant; `false` if there is one of that name. Durable when it returns.
    pub async fn register_namespace(&self, new: NewNamespace) -> Result<bool, CallError<NamespaceError>> {
        let namespace = new.into_namespace(self.new_id(), self.now());
        let engine = self.clone();
        let registered = self.read(move || engine.parts.namespaces.register(namespace));
        let is_new = registered.await?.map_err(CallError::Refused)?;
        self.parts.router.tell_all(|| Message::NamespacesChanged);
        Ok(is_new)
    }

    /// Changes a tenant, and returns it as it is then. Durable when it returns.
    pub async fn change_namespace(
        &self,
        name: &str,
        change: NamespaceChange,
    ) -> Result<Namespace, CallError<NamespaceError>> {
        self.check_namespace(name)?;
        let (engine, name) = (self.clone(), name.to_owned());
        let missing = name.clone();
        let changed = self.read(move || engine.parts.namespaces.change(&name, |it| change.apply(it)));
        let changed = changed.await?.map_err(CallError::Refused)?;
        let changed = changed.ok_or(CallError::NoSuchNamespace(missing))?;
        self.parts.router.tell_all(|| Message::NamespacesChanged);
        Ok(changed)
    }

    /// Gives names of attributes a type, by which runs are then found. Durable when it returns.
    pub async fn add_search_attributes(
        &self,
        namespace: &str,
        types: AttributeTypes,
    ) -> Result<(), CallError<SearchAttributeError>> {
        self.change_search_attributes(namespace, move |known| search_attributes::add(known, types))
            .await
    }

    /// Takes the type from names of attributes. Runs keep what they carry, and are not found by it any more. Durable
    /// when it returns.
    pub async fn remove_search_attributes(
        &self,
        namespace: &str,
        names: Vec<String>,
    ) -> Result<(), CallError<SearchAttributeError>> {
        self.change_search_attributes(namespace, move |known| search_attributes::remove(known, &names))
            .await
    }

    async fn change_search_attributes(
        &self,
        namespace: &str,
        change: impl FnOnce(&mut AttributeTypes) -> Result<(), SearchAttributeError> + Send + 'static,
    ) -> Result<(), CallError<SearchAttributeError>> {
        self.check_namespace(namespace)?;
        let (engine, name) = (self.clone(), namespace.to_owned());
        let changed = self.read(move || {
            let namespaces = &engine.parts.namespaces;
            namespaces.change(&name, |it| change(&mut it.search_attributes))
        });
        let changed = changed.await?.map_err(CallError::Refused)?;
        changed.map_or_else(|| Err(CallError::NoSuchNamespace(namespace.to_owned())), |_| Ok(()))
    }

    /// The present moment, for stamping what comes from outside.
    pub fn now(&self) -> Timestamp {
        self.parts.ambient.now()
    }

    /// What steers the clock, if it can be steered.
    pub fn time_skipping(&self) -> Option<TimeSkipping> {
        self.parts.time_skipping.clone()
    }

    /// A new id, for a run or a request.
    pub fn new_id(&self) -> RunId {
        self.parts.ambient.new_id()
    }

    /// A new run's seed.
    pub fn random_seed(&self) -> (u64, u64) {
        self.parts.ambient.random_seed()
    }

    /// The host's secret, for tokens that only this host can have made.
    pub fn host_key(&self) -> &HostKey {
        &self.parts.host_key
    }

    /// How the engine was set up.
    pub fn settings(&self) -> &Settings {
        &self.parts.settings
    }
}

impl Engine {
    /// Asks whatever the namespace is.
    pub(super) async fn ask_shard<T, E>(
        &self,
        request: impl FnOnce(Reply<Result<T, E>>) -> Request,
    ) -> Result<T, CallError<E>> {
        let (reply, mut receiver) = oneshot::channel();
        self.send(request(reply))?;
        answer(&mut receiver).await
    }

    async fn ask<T, E>(&self, request: impl FnOnce(Reply<Result<T, E>>) -> Request) -> Result<T, CallError<E>> {
        answer(&mut self.request(request)?).await
    }

    /// Sends a request to its shard.
    fn request<T, E>(
        &self,
        request: impl FnOnce(Reply<Result<T, E>>) -> Request,
    ) -> Result<oneshot::Receiver<Result<T, E>>, CallError<E>> {
        let (reply, answer) = oneshot::channel();
        let request = request(reply);
        self.check_namespace(request.subject().0)?;
        if request.may_start() {
            self.check_takes_starts(request.subject().0)?;
        }
        self.send(request)?;
        Ok(answer)
    }

    fn send<E>(&self, request: Request) -> Result<(), CallError<E>> {
        self.parts.router.send(request).map_err(|not_sent| match not_sent {
            NotSent::Full => CallError::Busy,
            NotSent::Stopped => CallError::Stopping,
        })
    }

    pub(super) async fn read<T: Send + 'static, E>(
        &self,
        read: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, CallError<E>> {
        tokio::task::spawn_blocking(read).await.map_err(|_| CallError::Stopping)
    }

    fn check_takes_starts<E>(&self, namespace: &str) -> Result<(), CallError<E>> {
        if self.parts.namespaces.is_deprecated(namespace) {
            Err(CallError::Deprecated(namespace.to_owned()))
        } else {
            Ok(())
        }
    }

    pub(super) fn check_namespace<E>(&self, name: &str) -> Result<(), CallError<E>> {
        if self.parts.namespaces.has(name) {
            Ok(())
        } else {
            Err(CallError::NoSuchNamespace(name.to_owned()))
        }
    }
}

/// What comes of a request.
async fn answer<T, E>(answer: &mut oneshot::Receiver<Result<T, E>>) -> Result<T, CallError<E>> {
    // The shard drops what it will never answer when it stops.
    answer
        .await
        .map_err(|_| CallError::Stopping)?
        .map_err(CallError::Refused)
}

/// An attempt on its way to a poll. A task that has been sent to a poll that is gone by then goes back to its queue.
struct Handover<'e> {
    engine: &'e Engine,
    answer: oneshot::Receiver<Result<Box<ActivityTask>, AttemptError>>,
}

impl Handover<'_> {
    async fn task(mut self) -> Result<Box<ActivityTask>, CallError<AttemptError>> {
        answer(&mut self.answer).await
    }
}

impl Drop for Handover<'_> {
    fn drop(&mut self) {
        // From here on the shard itself sees that nobody waits.
        self.answer.close();
        if let Ok(Ok(task)) = self.answer.try_recv() {
            let returned = |reply| Request::EndAttempt(task.target, AttemptOutcome::Returned, String::new(), reply);
            // If there are too many requests, the attempt times out, as one whose worker is gone.
            drop(self.engine.request::<(), AttemptError>(returned));
        }
    }
}
