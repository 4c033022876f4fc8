//! Activities that run in this process: functions of the program that embeds the engine.

use super::Router;
use crate::dispatch::QueueName;
use crate::shard::{ActivityTask, AttemptOutcome, AttemptTarget, Offer, Request, Worker};
use futures::FutureExt;
use futures::future::BoxFuture;
use mainspring_core::{ApplicationFailure, Failure, FailureInfo, FailureLayer, Payload, Place};
use std::collections::{BTreeMap, VecDeque};
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use tokio::runtime::Handle;
use tokio::sync::oneshot;

/// What an activity function is told besides its arguments.
#[derive(Clone)]
pub struct ActivityContext {
    task: Arc<ActivityTask>,
    router: Router,
}

/// An activity function, as the engine sees it.
pub type ActivityFunction =
    Arc<dyn Fn(ActivityContext, Vec<Payload>) -> BoxFuture<'static, Result<Option<Payload>, Failure>> + Send + Sync>;

/// Activities of one worker that may run at once. Further ones wait.
const RUNNING_MAX_DEFAULT: usize = 1_000;

/// The workers of this process, by task queue. Cloning shares them.
#[derive(Clone)]
pub(super) struct LocalWorkers {
    workers: Arc<RwLock<BTreeMap<QueueName, Arc<LocalWorker>>>>,
    router: Router,
    runtime: Handle,
}

/// All activity functions for one task queue.
pub(super) struct LocalWorker {
    identity: String,
    functions: RwLock<BTreeMap<String, ActivityFunction>>,
    load: Mutex<Load>,
    router: Router,
    runtime: Handle,
}

/// Invariant: offers wait only while `running` is at its maximum.
#[derive(Default)]
struct Load {
    running: usize,
    waiting: VecDeque<Offer>,
}

/// Where an offer goes.
pub(super) enum Placement {
    /// To this worker, now; its place is taken.
    Here(Arc<LocalWorker>, Offer),
    /// To a worker of this process, once it has a place.
    Waits,
    /// To other processes.
    Elsewhere(Offer),
}

impl LocalWorkers {
    pub(super) fn new(router: Router, runtime: Handle) -> Self {
        Self {
            workers: Arc::default(),
            router,
            runtime,
        }
    }

    pub(super) fn register(&self, namespace: &str, queue: &str, activity_type: &str, function: ActivityFunction) {
        let mut workers = self.workers.write().unwrap_or_else(PoisonError::into_inner);
        let name = QueueName {
            namespace: namespace.to_owned(),
            name: queue.to_owned(),
        };
        let worker = workers.entry(name).or_insert_with(|| {
            Arc::new(LocalWorker {
                identity: format!("in-process@{}", std::process::id()),
                functions: RwLock::default(),
                load: Mutex::default(),
                router: self.router.clone(),
                runtime: self.runtime.clone(),
            })
        });
        let mut functions = worker.functions.write().unwrap_or_else(PoisonError::into_inner);
        functions.insert(activity_type.to_owned(), function);
    }

    /// Has an offer that waited in a queue done here; gives it back if no worker of this process can.
    pub(super) fn take(&self, offer: Offer) -> Option<Offer> {
        match self.place(offer) {
            Placement::Here(worker, offer) => worker.start_and_run(offer),
            Placement::Waits => {}
            Placement::Elsewhere(offer) => return Some(offer),
        }
        None
    }

    /// Runs attempts, each in a task of its own. The runtime is woken once for all: from one of its own tasks,
    /// starting the others costs little.
    pub(super) fn run(&self, started: Vec<StartedHere>) {
        self.runtime.spawn(async move {
            for attempt in started {
                tokio::spawn(attempt.run());
            }
        });
    }

    pub(super) fn place(&self, offer: Offer) -> Placement {
        let workers = self.workers.read().unwrap_or_else(PoisonError::into_inner);
        if workers.is_empty() {
            return Placement::Elsewhere(offer);
        }
        let name = QueueName {
            namespace: offer.target.namespace.clone(),
            name: offer.task_queue.clone(),
        };
        let Some(worker) = workers.get(&name) else {
            return Placement::Elsewhere(offer);
        };
        if worker.function(&offer.activity_type).is_none() {
            return Placement::Elsewhere(offer);
        }
        let mut load = worker.load();
        if load.running >= RUNNING_MAX_DEFAULT {
            load.waiting.push_back(offer);
            return Placement::Waits;
        }
        load.running += 1;
        drop(load);
        Placement::Here(worker.clone(), offer)
    }
}

/// An attempt that has been started, with the worker whose place it has.
pub(super) struct StartedHere {
    pub(super) worker: Arc<LocalWorker>,
    pub(super) task: Box<ActivityTask>,
}

impl StartedHere {
    async fn run(self) {
        self.worker.run_to_end(self.task).await;
        self.worker.leave();
    }
}

impl LocalWorker {
    pub(super) fn identity(&self) -> &str {
        &self.identity
    }

    /// Has the attempt started first, durably if need be, and then runs it.
    pub(super) fn start_and_run(self: Arc<Self>, offer: Offer) {
        let runtime = self.runtime.clone();
        runtime.spawn(async move {
            let worker = Worker {
                identity: self.identity.clone(),
                place: Place::InProcess,
            };
            let (reply, answer) = oneshot::channel();
            self.router.send_own(Request::StartAttempt(offer.target, worker, reply));
            // Refused, or unanswered: the activity has ended meanwhile, or the engine stops.
            if let Ok(Ok(task)) = answer.await {
                self.run_to_end(task).await;
            }
            self.leave();
        });
    }

    async fn run_to_end(&self, task: Box<ActivityTask>) {
        let Some(function) = self.function(&task.request.activity_type) else {
            return;
        };
        let target = task.target.clone();
        let input = task.request.input.clone();
        let context = ActivityContext {
            task: Arc::from(task),
            router: self.router.clone(),
        };
        let outcome = match AssertUnwindSafe(async { function(context, input).await })
            .catch_unwind()
            .await
        {
            Ok(Ok(output)) => AttemptOutcome::Completed(output),
            Ok(Err(failure)) => match failure.outermost().info.clone() {
                FailureInfo::Cancelled(details) => AttemptOutcome::Cancelled(details),
                _ => AttemptOutcome::Failed(Box::new(failure), Vec::new()),
            },
            Err(panic) => AttemptOutcome::Failed(Box::new(panicked(&*panic)), Vec::new()),
        };
        let (reply, _) = oneshot::channel();
        self.router
            .send_own(Request::EndAttempt(target, outcome, self.identity.clone(), reply));
    }

    /// Gives the place to an offer that waits, if one does.
    fn leave(self: Arc<Self>) {
        let mut load = self.load();
        match load.waiting.pop_front() {
            Some(offer) => {
                drop(load);
                self.start_and_run(offer);
            }
            None => load.running -= 1,
        }
    }

    fn function(&self, activity_type: &str) -> Option<ActivityFunction> {
        self.functions
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(activity_type)
            .cloned()
    }

    fn load(&self) -> MutexGuard<'_, Load> {
        self.load.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ActivityContext {
    /// The attempt: its number, timeouts, and what the one before last reported.
    pub fn task(&self) -> &ActivityTask {
        &self.task
    }

    /// What outsiders complete the activity by.
    pub fn target(&self) -> &AttemptTarget {
        &self.task.target
    }

    /// Reports progress, to be found by the next attempt should this one fail. `true` asks the function to cancel
    /// the activity; also when the activity is over already.
    pub async fn heartbeat(&self, details: Vec<Payload>) -> bool {
        let (reply, answer) = oneshot::channel();
        self.router
            .send_own(Request::Heartbeat(self.task.target.clone(), details, reply));
        !matches!(answer.await, Ok(Ok(false)))
    }
}

fn panicked(panic: &(dyn std::any::Any + Send)) -> Failure {
    let message = panic
        .downcast_ref::<&str>()
        .map(ToString::to_string)
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "the activity panicked".into());
    let kind = ApplicationFailure {
        kind: "Panic".into(),
        ..ApplicationFailure::default()
    };
    Failure::new(FailureLayer::of_engine(message, FailureInfo::Application(kind)))
}
