//! Activities that run in this process: functions of the program that embeds the engine.

use super::{Ambient, Router};
use crate::dispatch::{Dispatcher, QueueName};
use crate::shard::{ActivityTask, AttemptOutcome, AttemptRef, Offer, Request, Shard, Worker};
use crate::store::ShardId;
use crate::wasm::Guests;
use futures::FutureExt;
use futures::future::BoxFuture;
use mainspring_core::{
    self as core, ApplicationFailure, Failure, FailureInfo, FailureLayer, HeartbeatAnswer, Payload, RunId, Timestamp,
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
    place: Place,
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

/// The functions of this process, by task queue. Cloning shares them.
#[derive(Clone)]
pub(super) struct LocalWorkers {
    queues: Arc<Queues>,
    dispatcher: Dispatcher,
    router: Router,
    ambient: Arc<dyn Ambient>,
    runtime: Handle,
}

/// By namespace and name.
type Queues = RwLock<BTreeMap<String, BTreeMap<String, LocalQueue>>>;

/// A task queue with the functions that there are for it, by the activities that they do.
struct LocalQueue {
    worker: Arc<LocalWorker>,
    functions: BTreeMap<String, Arc<Registered>>,
}

/// Who does the activities of one task queue.
struct LocalWorker {
    /// What shards know it as.
    worker: Worker,
    queue: QueueName,
    dispatcher: Dispatcher,
    router: Router,
    ambient: Arc<dyn Ambient>,
    runtime: Handle,
}

struct Registered {
    worker: Arc<LocalWorker>,
    function: ActivityFunction,
    /// How often it was quick of late.
    quick_times: AtomicU32,
}

/// A place of a worker, which the dispatcher has given to one attempt of one function. All that the attempt needs is behind
/// one pointer, since counting the users of what all threads use is not free.
#[derive(Clone)]
pub(super) struct Place(Arc<Registered>);

impl LocalWorkers {
    /// Does what the dispatcher gives to functions of this process.
    pub(super) fn new(dispatcher: Dispatcher, router: Router, ambient: Arc<dyn Ambient>, runtime: Handle) -> Self {
        let queues = Arc::<Queues>::default();
        // Weak, since each worker has the dispatcher.
        let known = Arc::downgrade(&queues);
        dispatcher.on_run_here(move |offers| {
            let Some(known) = known.upgrade() else { return };
            for (offer, place) in places_of(&known, offers) {
                place.start_and_run(&offer);
            }
        });
        Self {
            queues,
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
            let mut queues = self.queues.write().unwrap_or_else(PoisonError::into_inner);
            let of_namespace = queues.entry(namespace.to_owned()).or_default();
            let queue = of_namespace.entry(queue.to_owned()).or_insert_with(|| LocalQueue {
                worker: Arc::new(self.worker_of(&name)),
                functions: BTreeMap::new(),
            });
            let registered = Registered {
                worker: queue.worker.clone(),
                function,
                quick_times: AtomicU32::new(0),
            };
            queue.functions.insert(activity_type.to_owned(), Arc::new(registered));
        }
        // Only now, since it gives something at once.
        let now = self.ambient.now();
        self.dispatcher
            .register_function(&name, activity_type, RUNNING_MAX, now);
    }

    fn worker_of(&self, queue: &QueueName) -> LocalWorker {
        LocalWorker {
            worker: Worker {
                identity: format!("in-process@{}", std::process::id()),
                place: core::Place::InProcess,
            },
            queue: queue.clone(),
            dispatcher: self.dispatcher.clone(),
            router: self.router.clone(),
            ambient: self.ambient.clone(),
            runtime: self.runtime.clone(),
        }
    }

    /// Runs attempts. Those of quick functions run here, and their ends are returned; the others run on the runtime,
    /// which is woken once for all, and the shards are told of each when it is over.
    pub(super) fn run(&self, started: Vec<StartedHere>) -> RanHere {
        let _entered = self.runtime.enter();
        let mut ended = Vec::with_capacity(started.len());
        let (mut goes_on, mut going_on) = (Vec::new(), Vec::new());
        for StartedHere { shard, place, task } in started {
            let is_quick = place.0.is_quick();
            let run = task.target().execution.run_id;
            let mut running = place.run(task).boxed();
            let mut context = Context::from_waker(Waker::noop());
            match is_quick.then(|| running.poll_unpin(&mut context)) {
                Some(Poll::Ready(end)) => ended.push((shard, end)),
                // It is polled again where it can be woken.
                Some(Poll::Pending) | None => {
                    goes_on.push((shard, run));
                    going_on.push(running);
                }
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
        for of_worker in ended.chunk_by(|(_, one), (_, other)| Arc::ptr_eq(one.worker(), other.worker())) {
            of_worker[0].1.worker().free_places(of_worker.len());
        }
        RanHere { ended, goes_on }
    }

    /// The places that the dispatcher has given to offers.
    pub(super) fn places(&self, offers: Vec<Offer>) -> Vec<(Offer, Place)> {
        places_of(&self.queues, offers)
    }
}

fn places_of(queues: &Queues, offers: Vec<Offer>) -> Vec<(Offer, Place)> {
    let queues = queues.read().unwrap_or_else(PoisonError::into_inner);
    let place = |offer: &Offer| {
        let queue = queues.get(offer.target().namespace)?.get(offer.task_queue())?;
        queue.functions.get(offer.activity_type()).cloned().map(Place)
    };
    let mut placed = Vec::with_capacity(offers.len());
    for offer in offers {
        if let Some(place) = place(&offer) {
            placed.push((offer, place));
        }
    }
    placed
}

/// An attempt that has been started, with the place that it has.
pub(super) struct StartedHere {
    pub(super) shard: ShardId,
    pub(super) place: Place,
    pub(super) task: Arc<ActivityTask>,
}

/// What became of attempts that were started here.
pub(super) struct RanHere {
    pub(super) ended: Vec<(ShardId, EndedHere)>,
    /// The runs of those that the runtime has now.
    pub(super) goes_on: Vec<(ShardId, RunId)>,
}

/// An attempt that is over. Its place is not free yet.
pub(super) struct EndedHere {
    place: Place,
    task: Arc<ActivityTask>,
    outcome: AttemptOutcome,
}

impl EndedHere {
    /// Tells the run's shard.
    pub(super) fn tell<G: Guests>(self, shard: &mut Shard<G>, now: Timestamp) {
        let identity = self.place.name().identity.clone();
        shard.attempt_ended_here(self.task.target(), self.outcome, identity, now);
    }

    /// Frees its place. What is returned is for the run's shard.
    fn report(self) -> Request {
        self.worker().free_places(1);
        // Nobody waits for the answer.
        let (reply, _) = oneshot::channel();
        let identity = self.place.name().identity.clone();
        Request::EndAttempt(self.task.target().into(), self.outcome, identity, reply)
    }

    fn worker(&self) -> &Arc<LocalWorker> {
        &self.place.0.worker
    }
}

impl Place {
    async fn run(self, task: Arc<ActivityTask>) -> EndedHere {
        let input = task.request.input.clone();
        let context = ActivityContext {
            task: task.clone(),
            place: self.clone(),
        };
        let began = Instant::now();
        let outcome = match AssertUnwindSafe(async { (self.0.function)(context, input).await })
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
        self.0.took(began.elapsed());
        EndedHere {
            place: self,
            task,
            outcome,
        }
    }

    /// Whom the attempt is given to.
    pub(super) fn name(&self) -> &Worker {
        &self.0.worker.worker
    }

    /// Has the attempt started first, durably if need be, and then runs it.
    pub(super) fn start_and_run(self, offer: &Offer) {
        let runtime = self.0.worker.runtime.clone();
        let target = offer.target().into();
        runtime.spawn(async move {
            let router = self.0.worker.router.clone();
            let (reply, answer) = oneshot::channel();
            router.send_own([Request::StartAttempt(target, self.name().clone(), reply)]);
            match answer.await {
                Ok(Ok(task)) => router.send_own([self.run(Arc::from(task)).await.report()]),
                // Refused, or unanswered: the activity has ended meanwhile, or the engine stops.
                Ok(Err(_)) | Err(_) => self.0.worker.free_places(1),
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
        let before = self.quick_times.load(Ordering::Relaxed);
        let times = match elapsed <= QUICK_MAX {
            true => (before + 1).min(QUICK_TIMES_MAX),
            false => before / 2,
        };
        // What nobody writes, all threads have at hand.
        if times != before {
            self.quick_times.store(times, Ordering::Relaxed);
        }
    }
}

impl LocalWorker {
    /// So many of its places are free for others.
    fn free_places(&self, count: usize) {
        self.dispatcher.functions_ended(&self.queue, count, self.ambient.now());
    }
}

impl ActivityContext {
    /// The attempt: its number, timeouts, and what the one before last reported.
    pub fn task(&self) -> &ActivityTask {
        &self.task
    }

    /// What outsiders complete the activity by.
    pub fn target(&self) -> AttemptRef<'_> {
        self.task.target()
    }

    /// Reports progress, to be found by the next attempt should this one fail. `true` asks the function to end: the
    /// activity is to be cancelled, or was paused or reset, or is over already.
    pub async fn heartbeat(&self, details: Vec<Payload>) -> bool {
        let (reply, answer) = oneshot::channel();
        let router = &self.place.0.worker.router;
        router.send_own([Request::Heartbeat(self.target().into(), details, reply)]);
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
