//! Activities that run in this process: functions of the program that embeds the engine.

use super::{Ambient, Router};
use crate::dispatch::{Dispatcher, QueueName};
use crate::shard::{ActivityTask, AttemptOutcome, AttemptTarget, Offer, Request, Worker};
use futures::FutureExt;
use futures::future::BoxFuture;
use mainspring_core::{self as core, ApplicationFailure, Failure, FailureInfo, FailureLayer, HeartbeatAnswer, Payload};
use std::collections::BTreeMap;
use std::future::poll_fn;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::task::Poll;
use std::time::{Duration, Instant};
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

/// Functions of one task queue that may run at once. Further offers wait in the queue.
const RUNNING_MAX: usize = 1_000;

/// A function that was done so soon is expected to be the next time, too. Then it is not worth a task of its own.
const QUICK_MAX: Duration = Duration::from_micros(10);

/// The workers of this process, by task queue. Cloning shares them.
#[derive(Clone)]
pub(super) struct LocalWorkers {
    workers: Arc<Workers>,
    dispatcher: Dispatcher,
    router: Router,
    ambient: Arc<dyn Ambient>,
    runtime: Handle,
}

/// By namespace and name of their queues.
type Workers = RwLock<BTreeMap<String, BTreeMap<String, Arc<LocalWorker>>>>;

/// All activity functions for one task queue.
pub(super) struct LocalWorker {
    identity: String,
    queue: QueueName,
    functions: RwLock<BTreeMap<String, Arc<Registered>>>,
    dispatcher: Dispatcher,
    router: Router,
    ambient: Arc<dyn Ambient>,
    runtime: Handle,
}

struct Registered {
    function: ActivityFunction,
    /// Whether it was, the last time.
    is_quick: AtomicBool,
}

/// A place of a worker, which the dispatcher has given to one attempt of one function.
pub(super) struct Place {
    worker: Arc<LocalWorker>,
    function: Arc<Registered>,
}

impl LocalWorkers {
    /// Does what the dispatcher gives to functions of this process.
    pub(super) fn new(dispatcher: Dispatcher, router: Router, ambient: Arc<dyn Ambient>, runtime: Handle) -> Self {
        let workers = Arc::<Workers>::default();
        // Weak, since each worker has the dispatcher.
        let known = Arc::downgrade(&workers);
        dispatcher.on_run_here(move |offers| {
            let Some(known) = known.upgrade() else { return };
            for offer in offers {
                if let Some(place) = place_of(&known, &offer) {
                    place.start_and_run(offer);
                }
            }
        });
        Self {
            workers,
            dispatcher,
            router,
            ambient,
            runtime,
        }
    }

    pub(super) fn register(&self, namespace: &str, queue: &str, activity_type: &str, function: ActivityFunction) {
        let name = QueueName {
            namespace: namespace.to_owned(),
            name: queue.to_owned(),
        };
        {
            let mut workers = self.workers.write().unwrap_or_else(PoisonError::into_inner);
            let of_namespace = workers.entry(namespace.to_owned()).or_default();
            let worker = of_namespace.entry(queue.to_owned()).or_insert_with(|| {
                Arc::new(LocalWorker {
                    identity: format!("in-process@{}", std::process::id()),
                    queue: name.clone(),
                    functions: RwLock::default(),
                    dispatcher: self.dispatcher.clone(),
                    router: self.router.clone(),
                    ambient: self.ambient.clone(),
                    runtime: self.runtime.clone(),
                })
            });
            let mut functions = worker.functions.write().unwrap_or_else(PoisonError::into_inner);
            let registered = Registered {
                function,
                is_quick: AtomicBool::new(false),
            };
            functions.insert(activity_type.to_owned(), Arc::new(registered));
        }
        // Only now, since it gives something at once.
        let now = self.ambient.now();
        self.dispatcher
            .register_function(&name, activity_type, RUNNING_MAX, now);
    }

    /// Runs attempts. The runtime is woken once for all, and the shards are told together of those that are done at
    /// once.
    pub(super) fn run(&self, started: Vec<StartedHere>) {
        let router = self.router.clone();
        self.runtime.spawn(async move {
            let mut ended = Vec::new();
            for attempt in started {
                let is_quick = attempt.place.function.is_quick.load(Ordering::Relaxed);
                let mut running = attempt.run().boxed();
                if is_quick && let Poll::Ready(end) = poll_fn(|context| Poll::Ready(running.poll_unpin(context))).await
                {
                    ended.push(end);
                } else {
                    let router = router.clone();
                    tokio::spawn(async move { router.send_own([running.await]) });
                }
            }
            router.send_own(ended);
        });
    }

    /// The place that the dispatcher has given to an offer.
    pub(super) fn place(&self, offer: &Offer) -> Option<Place> {
        place_of(&self.workers, offer)
    }
}

fn place_of(workers: &Workers, offer: &Offer) -> Option<Place> {
    let workers = workers.read().unwrap_or_else(PoisonError::into_inner);
    let worker = workers.get(&offer.target.namespace)?.get(&offer.task_queue)?.clone();
    let function = worker.function(&offer.activity_type)?;
    Some(Place { worker, function })
}

/// An attempt that has been started, with the place that it has.
pub(super) struct StartedHere {
    pub(super) place: Place,
    pub(super) task: Box<ActivityTask>,
}

impl StartedHere {
    /// Runs the attempt, and gives back what the run's shard is to be told.
    async fn run(self) -> Request {
        let Place { worker, function } = self.place;
        let target = self.task.target.clone();
        let input = self.task.request.input.clone();
        let context = ActivityContext {
            task: Arc::from(self.task),
            router: worker.router.clone(),
        };
        let began = Instant::now();
        let outcome = match AssertUnwindSafe(async { (function.function)(context, input).await })
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
        function.is_quick.store(began.elapsed() <= QUICK_MAX, Ordering::Relaxed);
        let (reply, _) = oneshot::channel();
        let end = Request::EndAttempt(target, outcome, worker.identity.clone(), reply);
        worker.leave();
        end
    }
}

impl Place {
    pub(super) fn identity(&self) -> &str {
        &self.worker.identity
    }

    /// Has the attempt started first, durably if need be, and then runs it.
    pub(super) fn start_and_run(self, offer: Offer) {
        let runtime = self.worker.runtime.clone();
        runtime.spawn(async move {
            let router = self.worker.router.clone();
            let worker = Worker {
                identity: self.worker.identity.clone(),
                place: core::Place::InProcess,
            };
            let (reply, answer) = oneshot::channel();
            router.send_own([Request::StartAttempt(offer.target, worker, reply)]);
            match answer.await {
                Ok(Ok(task)) => router.send_own([StartedHere { place: self, task }.run().await]),
                // Refused, or unanswered: the activity has ended meanwhile, or the engine stops.
                Ok(Err(_)) | Err(_) => self.worker.leave(),
            }
        });
    }
}

impl LocalWorker {
    /// Its place is free for another.
    fn leave(&self) {
        self.dispatcher.function_ended(&self.queue, self.ambient.now());
    }

    fn function(&self, activity_type: &str) -> Option<Arc<Registered>> {
        self.functions
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(activity_type)
            .cloned()
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

    /// Reports progress, to be found by the next attempt should this one fail. `true` asks the function to end: the
    /// activity is to be cancelled, or was paused or reset, or is over already.
    pub async fn heartbeat(&self, details: Vec<Payload>) -> bool {
        let (reply, answer) = oneshot::channel();
        self.router
            .send_own([Request::Heartbeat(self.task.target.clone(), details, reply)]);
        match answer.await {
            Ok(Ok(answer)) => answer != HeartbeatAnswer::default(),
            Ok(Err(_)) | Err(_) => true,
        }
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
