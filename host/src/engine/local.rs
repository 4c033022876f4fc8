//! Activities that run in this process: functions of the program that embeds the engine.

use super::{Ambient, Router};
use crate::dispatch::{Dispatcher, QueueName};
use crate::shard::{ActivityTask, AttemptOutcome, AttemptTarget, Offer, Request, Shard, Worker};
use crate::store::ShardId;
use crate::wasm::Guests;
use futures::FutureExt;
use futures::future::BoxFuture;
use mainspring_core::{
    self as core, ApplicationFailure, Failure, FailureInfo, FailureLayer, HeartbeatAnswer, Payload, Timestamp,
};
use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};
use tokio::runtime::Handle;
use tokio::sync::oneshot;

/// What an activity function is told besides its arguments.
#[derive(Clone)]
pub struct ActivityContext {
    task: Arc<ActivityTask>,
    router: Router,
}

/// An activity function, as the engine sees it. It must not block: one that has been quick runs on a shard's thread.
pub type ActivityFunction =
    Arc<dyn Fn(ActivityContext, Vec<Payload>) -> BoxFuture<'static, Result<Option<Payload>, Failure>> + Send + Sync>;

/// Functions of one task queue that may run at once. Further offers wait in the queue.
const RUNNING_MAX: usize = 1_000;

/// A function that is done so soon is quick. One that was, time after time, is expected to be the next time, too: then it
/// is not worth a change of threads, and runs on the shard's.
const QUICK_MAX: Duration = Duration::from_micros(10);
/// What a function's count of quick times must come to, and where it ends. A time that was not quick halves the count, so
/// that one pause of the machine does not matter, and a function that is slow now and then is not taken for quick.
const QUICK_TIMES_MIN: u32 = 16;
const QUICK_TIMES_MAX: u32 = 64;

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
    /// How often it was quick of late.
    quick_times: AtomicU32,
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
                quick_times: AtomicU32::new(0),
            };
            functions.insert(activity_type.to_owned(), Arc::new(registered));
        }
        // Only now, since it gives something at once.
        let now = self.ambient.now();
        self.dispatcher
            .register_function(&name, activity_type, RUNNING_MAX, now);
    }

    /// Runs attempts. Those of quick functions run here, and their ends are returned; the others run on the runtime,
    /// which is woken once for all, and the shards are told of each when it is over.
    pub(super) fn run(&self, started: Vec<StartedHere>) -> Vec<(ShardId, EndedHere)> {
        let _entered = self.runtime.enter();
        let mut ended = Vec::with_capacity(started.len());
        let mut going_on = Vec::new();
        for StartedHere { shard, place, task } in started {
            let is_quick = place.function.is_quick();
            let mut running = place.run(task).boxed();
            let mut context = Context::from_waker(Waker::noop());
            match is_quick.then(|| running.poll_unpin(&mut context)) {
                Some(Poll::Ready(end)) => ended.push((shard, end)),
                // It is polled again where it can be woken.
                Some(Poll::Pending) | None => going_on.push(running),
            }
        }
        if !going_on.is_empty() {
            let router = self.router.clone();
            self.runtime.spawn(async move {
                for running in going_on {
                    let router = router.clone();
                    tokio::spawn(async move { router.send_own([running.await.report()]) });
                }
            });
        }
        for of_worker in ended.chunk_by(|(_, one), (_, other)| Arc::ptr_eq(&one.worker, &other.worker)) {
            of_worker[0].1.worker.free_places(of_worker.len());
        }
        ended
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
    pub(super) shard: ShardId,
    pub(super) place: Place,
    pub(super) task: Arc<ActivityTask>,
}

/// An attempt that is over.
pub(super) struct EndedHere {
    /// Its place there is not free yet.
    worker: Arc<LocalWorker>,
    task: Arc<ActivityTask>,
    pub(super) outcome: AttemptOutcome,
}

impl EndedHere {
    /// Tells the run's shard.
    pub(super) fn tell<G: Guests>(self, shard: &mut Shard<G>, now: Timestamp) {
        shard.attempt_ended_here(&self.task.target, self.outcome, self.worker.identity.clone(), now);
    }

    /// Frees its place. What is returned is for the run's shard.
    fn report(self) -> Request {
        self.worker.free_places(1);
        // Nobody waits for the answer.
        let (reply, _) = oneshot::channel();
        let identity = self.worker.identity.clone();
        Request::EndAttempt(self.task.target.clone(), self.outcome, identity, reply)
    }
}

impl Place {
    async fn run(self, task: Arc<ActivityTask>) -> EndedHere {
        let Self { worker, function } = self;
        let input = task.request.input.clone();
        let context = ActivityContext {
            task: task.clone(),
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
        function.took(began.elapsed());
        EndedHere { worker, task, outcome }
    }

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
                Ok(Ok(task)) => router.send_own([self.run(Arc::from(task)).await.report()]),
                // Refused, or unanswered: the activity has ended meanwhile, or the engine stops.
                Ok(Err(_)) | Err(_) => self.worker.free_places(1),
            }
        });
    }
}

impl Registered {
    fn is_quick(&self) -> bool {
        self.quick_times.load(Ordering::Relaxed) >= QUICK_TIMES_MIN
    }

    /// Of threads that count at the same moment, one may count for all.
    fn took(&self, elapsed: Duration) {
        let times = self.quick_times.load(Ordering::Relaxed);
        let times = match elapsed <= QUICK_MAX {
            true => (times + 1).min(QUICK_TIMES_MAX),
            false => times / 2,
        };
        self.quick_times.store(times, Ordering::Relaxed);
    }
}

impl LocalWorker {
    /// So many of its places are free for others.
    fn free_places(&self, count: usize) {
        self.dispatcher.functions_ended(&self.queue, count, self.ambient.now());
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
