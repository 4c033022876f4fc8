//! Task queues: where offered attempts meet who can take them, functions of this process or workers that poll.
//!
//! It holds offers, not tasks: who takes one asks the shard for the task, and the shard may refuse because the
//! activity has ended meanwhile. So of the offers nothing here is durable. What goes first is decided in [`backlog`]; how
//! much may go, by each queue's settings. It knows no runs, and the time is an argument.

mod attempts;
mod backlog;
mod fairness;
mod queue;
mod rate;
#[cfg(test)]
mod tests;

use crate::shard::{Notice, Offer};
use crate::store::TaskQueueSettings;
use attempts::{ActivityKey, Attempts, Place, QueueNumber};
use mainspring_core::Timestamp;
use queue::{Queue, activity};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use tokio::sync::{Notify, oneshot};

/// All task queues of all namespaces. Cloning shares them.
#[derive(Clone, Default)]
pub struct Dispatcher {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    queues: Mutex<Queues>,
    /// Runs offers in this process.
    run_here: OnceLock<Box<dyn Fn(Vec<Offer>) + Send + Sync>>,
    /// Told when there is something to do earlier than before.
    earlier: Notify,
}

#[derive(Default)]
struct Queues {
    numbers: BTreeMap<String, BTreeMap<String, QueueNumber>>,
    by_number: BTreeMap<QueueNumber, Queue>,
    attempts: Attempts,
    /// Of each queue that waits for a moment, that moment.
    wakes: BTreeSet<(Timestamp, QueueNumber)>,
    last_number: QueueNumber,
    last_arrival: u64,
    pollers: u64,
}

/// Queues that are remembered without anything in them, for what is known of their workers. One more, and all of
/// these are forgotten.
const IDLE_QUEUES_MAX: usize = 10_000;

/// Namespace and name of a task queue.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct QueueName {
    /// The tenant.
    pub namespace: String,
    /// The queue's name.
    pub name: String,
}

/// What is known of a task queue.
#[derive(Clone, Debug, PartialEq)]
pub struct QueueDescription {
    /// Offers that wait, by priority from 1 to 5.
    pub waiting: BTreeMap<u32, usize>,
    /// Attempts that somebody has.
    pub running: usize,
    /// Workers seen of late, with the time of their latest poll.
    pub pollers: Vec<(String, Timestamp)>,
    /// The rate that holds, if one does.
    pub rate: Option<EffectiveRate>,
    /// What was set.
    pub settings: Arc<TaskQueueSettings>,
}

/// What there is in all queues together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Load {
    /// Offers that wait.
    pub waiting: usize,
    /// Attempts that somebody has.
    pub running: usize,
}

/// The rate at which a queue hands out at most.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EffectiveRate {
    /// Attempts in a second.
    pub per_second: f32,
    /// Whether a worker has named it, and nobody has set another.
    pub of_worker: bool,
}

/// A poll that waits. Dropping it ends it; an offer that it was given at that moment goes to others.
pub struct Waiting {
    dispatcher: Dispatcher,
    queue: QueueName,
    poller: u64,
    given: oneshot::Receiver<Offer>,
    since: Timestamp,
}

impl QueueDescription {
    /// Offers that wait.
    pub fn backlog(&self) -> usize {
        self.waiting.values().sum()
    }
}

impl Dispatcher {
    /// Says how offers are run in this process. Set once; later calls change nothing.
    pub fn on_run_here(&self, run: impl Fn(Vec<Offer>) + Send + Sync + 'static) {
        let _ = self.shared.run_here.set(Box::new(run));
    }

    /// Takes in what shards have to tell, in its order. Returned are those of the offers among it that functions of this
    /// process are to do now.
    pub fn take_in(&self, notices: Vec<Notice>, now: Timestamp) -> Vec<Offer> {
        let mut at_once = Vec::with_capacity(notices.len());
        let mut touched = BTreeSet::new();
        self.change(now, |queues| {
            for notice in notices {
                match notice {
                    Notice::Offered(offer) => match queues.offer(offer) {
                        (_, Some(offer)) => at_once.push(offer),
                        (number, None) => drop(touched.insert(number)),
                    },
                    Notice::Taken {
                        activity,
                        namespace,
                        task_queue,
                    } => queues.taken(activity, &namespace, &task_queue),
                    Notice::Released(activity) => touched.extend(queues.release(activity)),
                    Notice::RunClosed(run) => {
                        for activity in queues.attempts.of_run(run) {
                            touched.extend(queues.release(activity));
                        }
                    }
                }
            }
            touched
        });
        at_once
    }

    /// Takes an offer back that could not be delivered.
    pub fn put_back(&self, offer: Offer, now: Timestamp) {
        for offer in self.take_in(vec![Notice::Offered(offer)], now) {
            self.run_here(vec![offer]);
        }
    }

    /// Polls a queue. A worker may name the rate at which all workers of the queue together are to be given something.
    pub fn poll(&self, queue: QueueName, identity: &str, rate: Option<f32>, now: Timestamp) -> Waiting {
        let (mut poller, mut receiver) = (0, None);
        self.change(now, |queues| {
            queues.pollers += 1;
            poller = queues.pollers;
            let queue = queues.named(&queue.namespace, &queue.name);
            receiver = Some(queue.poll(poller, identity, rate, now));
            [queue.number]
        });
        Waiting {
            dispatcher: self.clone(),
            queue,
            poller,
            given: receiver.expect("the change was made"),
            since: now,
        }
    }

    /// This process has a function for an activity. So many functions of a queue may run at once.
    pub fn register_function(&self, queue: &QueueName, activity_type: &str, places: usize, now: Timestamp) {
        self.change(now, |queues| {
            let queue = queues.named(&queue.namespace, &queue.name);
            queue.register(activity_type, places);
            [queue.number]
        });
    }

    /// So many functions of this process that were given offers of the queue have ended, or will not begin.
    pub fn functions_ended(&self, queue: &QueueName, count: usize, now: Timestamp) {
        self.change(now, |queues| {
            let queue = queues.named(&queue.namespace, &queue.name);
            queue.free_places(count);
            [queue.number]
        });
    }

    /// What was set about a queue holds from now on.
    pub fn configure(&self, settings: Arc<TaskQueueSettings>, now: Timestamp) {
        self.change(now, |queues| {
            let queue = queues.named(&settings.namespace, &settings.name);
            queue.configure(settings.clone());
            [queue.number]
        });
    }

    /// Hands out what has become free with time.
    pub fn pass_time(&self, now: Timestamp) {
        self.change(now, |queues| {
            let is_due = |(at, _): &(Timestamp, QueueNumber)| *at <= now;
            let due = queues.wakes.iter().take_while(|wake| is_due(wake));
            due.map(|(_, number)| *number).collect::<Vec<_>>()
        });
    }

    /// When [`pass_time`](Self::pass_time) has something to do next.
    pub fn next_deadline(&self) -> Option<Timestamp> {
        self.lock().wakes.first().map(|(at, _)| *at)
    }

    /// Returns when the next deadline has become earlier.
    pub async fn earlier_deadline(&self) {
        self.shared.earlier.notified().await;
    }

    /// What there is in all queues together.
    pub fn load(&self) -> Load {
        let queues = self.lock();
        queues.by_number.values().fold(Load::default(), |load, queue| Load {
            waiting: load.waiting + queue.waiting_offers(),
            running: load.running + queue.running(),
        })
    }

    /// What is known of a queue; nothing of one that nobody has used.
    pub fn describe(&self, queue: &QueueName) -> QueueDescription {
        let queues = self.lock();
        let number = queues.number(&queue.namespace, &queue.name);
        let known = number.and_then(|number| queues.by_number.get(&number));
        known.map_or_else(|| Queue::new(0, queue).describe(), Queue::describe)
    }

    /// The queues of a namespace that are known, by name.
    pub fn list(&self, namespace: &str) -> Vec<(String, QueueDescription)> {
        let queues = self.lock();
        let numbers = queues.numbers.get(namespace).into_iter().flatten();
        let known = numbers.filter_map(|(name, number)| Some((name.clone(), queues.by_number.get(number)?.describe())));
        known.collect()
    }

    /// Makes a change, and hands out what it has made possible in the queues that it names.
    fn change<N: IntoIterator<Item = QueueNumber>>(&self, now: Timestamp, change: impl FnOnce(&mut Queues) -> N) {
        let mut queues = self.lock();
        let before = queues.wakes.first().map(|(at, _)| *at);
        let mut for_here = Vec::new();
        for number in change(&mut queues) {
            for_here.extend(queues.hand_out(number, now));
        }
        let after = queues.wakes.first().map(|(at, _)| *at);
        drop(queues);
        if after.is_some_and(|after| before.is_none_or(|before| after < before)) {
            self.shared.earlier.notify_one();
        }
        self.run_here(for_here);
    }

    fn run_here(&self, offers: Vec<Offer>) {
        if let Some(run) = self.shared.run_here.get()
            && !offers.is_empty()
        {
            run(offers);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Queues> {
        self.shared.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queues {
    fn number(&self, namespace: &str, name: &str) -> Option<QueueNumber> {
        self.numbers.get(namespace)?.get(name).copied()
    }

    /// The queue of that name, which is made if there is none.
    fn named(&mut self, namespace: &str, name: &str) -> &mut Queue {
        let number = self.number(namespace, name).unwrap_or_else(|| {
            self.forget_idle_ones();
            self.last_number += 1;
            let of_namespace = self.numbers.entry(namespace.to_owned()).or_default();
            of_namespace.insert(name.to_owned(), self.last_number);
            self.last_number
        });
        self.by_number.entry(number).or_insert_with(|| {
            let name = QueueName {
                namespace: namespace.to_owned(),
                name: name.to_owned(),
            };
            Queue::new(number, &name)
        })
    }

    fn forget_idle_ones(&mut self) {
        if self.by_number.len() < IDLE_QUEUES_MAX {
            return;
        }
        self.by_number.retain(|_, queue| !queue.is_idle());
        let by_number = &self.by_number;
        self.numbers.retain(|_, of_namespace| {
            of_namespace.retain(|_, number| by_number.contains_key(number));
            !of_namespace.is_empty()
        });
        self.wakes.retain(|(_, number)| by_number.contains_key(number));
    }

    /// Takes in an offer, and returns it where a function of this process is to do it now.
    fn offer(&mut self, offer: Offer) -> (QueueNumber, Option<Offer>) {
        self.release(activity(&offer));
        self.last_arrival += 1;
        let arrival = self.last_arrival;
        let number = self.named(offer.target().namespace, offer.task_queue()).number;
        let Self {
            by_number, attempts, ..
        } = self;
        let queue = by_number.get_mut(&number);
        (number, queue.and_then(|queue| queue.offer(offer, arrival, attempts)))
    }

    /// Somebody has an attempt who was not given it here.
    fn taken(&mut self, activity: ActivityKey, namespace: &str, task_queue: &str) {
        self.release(activity);
        let queue = self.named(namespace, task_queue);
        queue.begin_running();
        let number = queue.number;
        self.attempts.put(activity, Place::Running(number));
    }

    /// Nobody has an attempt at the activity, and none waits. Returns the queue where there is room for another.
    fn release(&mut self, activity: ActivityKey) -> Option<QueueNumber> {
        match self.attempts.remove(activity)? {
            Place::Running(number) => {
                self.by_number.get_mut(&number)?.end_running();
                Some(number)
            }
            Place::Waiting(number, _, level) => {
                self.by_number.get_mut(&number)?.stop_waiting(level, &self.attempts);
                None
            }
        }
    }

    fn hand_out(&mut self, number: QueueNumber, now: Timestamp) -> Vec<Offer> {
        let Some(queue) = self.by_number.get_mut(&number) else {
            return Vec::new();
        };
        let before = queue.wakes;
        let for_here = queue.hand_out(&mut self.attempts, now);
        if before != queue.wakes {
            before.map(|at| self.wakes.remove(&(at, number)));
            queue.wakes.map(|at| self.wakes.insert((at, number)));
        }
        for_here
    }
}

impl Waiting {
    /// The offer that this poll is given. Waits for as long as it takes; dropping the future loses nothing.
    pub async fn offer(&mut self) -> Offer {
        match (&mut self.given).await {
            Ok(offer) => offer,
            // The queue keeps the other end for as long as this poll waits, and there is one answer a poll.
            Err(_) => std::future::pending().await,
        }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let mut queues = self.dispatcher.lock();
        let number = queues.number(&self.queue.namespace, &self.queue.name);
        if let Some(queue) = number.and_then(|number| queues.by_number.get_mut(&number)) {
            queue.leave(self.poller);
        }
        drop(queues);
        if let Ok(offer) = self.given.try_recv() {
            // The moment is the one of the poll: no rate lets more pass for that.
            self.dispatcher.put_back(offer, self.since);
        }
    }
}
