//! Task queues: where offered attempts and polling workers meet.
//!
//! It holds offers, not tasks: who takes one asks the shard for the task, and the shard may refuse because the
//! activity has ended meanwhile. So nothing here is durable, and nothing here must be exact. It knows no runs.

mod queue;

use crate::shard::Offer;
use mainspring_core::Timestamp;
use queue::Queue;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;

/// All task queues of all namespaces. Cloning shares them.
#[derive(Clone, Default)]
pub struct Dispatcher {
    queues: Arc<Mutex<Queues>>,
}

#[derive(Default)]
struct Queues {
    by_name: BTreeMap<QueueName, Queue>,
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
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QueueDescription {
    /// Offers that wait for a worker.
    pub backlog: usize,
    /// Workers seen of late, with the time of their latest poll.
    pub pollers: Vec<(String, Timestamp)>,
}

/// A poll that waits. Dropping it ends it; an offer that it was given at that moment goes to others.
pub struct Waiting {
    dispatcher: Dispatcher,
    queue: QueueName,
    poller: u64,
    given: oneshot::Receiver<Offer>,
}

impl Dispatcher {
    /// Offers an attempt to a waiting poller, or keeps it until one comes.
    pub fn offer(&self, offer: Offer) {
        let name = QueueName {
            namespace: offer.target.namespace.clone(),
            name: offer.task_queue.clone(),
        };
        self.lock().by_name.entry(name).or_default().offer(offer);
    }

    /// Polls a queue.
    pub fn poll(&self, queue: QueueName, identity: &str, now: Timestamp) -> Waiting {
        let mut queues = self.lock();
        if queues.by_name.len() >= IDLE_QUEUES_MAX && !queues.by_name.contains_key(&queue) {
            queues.by_name.retain(|_, queue| !queue.is_idle());
        }
        queues.pollers += 1;
        let poller = queues.pollers;
        let given = queues
            .by_name
            .entry(queue.clone())
            .or_default()
            .poll(poller, identity, now);
        drop(queues);
        Waiting {
            dispatcher: self.clone(),
            queue,
            poller,
            given,
        }
    }

    /// Takes the offers of one type out of a queue, for a worker that does not poll.
    pub fn withdraw(&self, queue: &QueueName, activity_type: &str) -> Vec<Offer> {
        let mut queues = self.lock();
        let queue = queues.by_name.get_mut(queue);
        queue.map(|queue| queue.withdraw(activity_type)).unwrap_or_default()
    }

    /// What is known of a queue; nothing of one that nobody has used.
    pub fn describe(&self, queue: &QueueName) -> QueueDescription {
        self.lock().by_name.get(queue).map(Queue::describe).unwrap_or_default()
    }

    fn lock(&self) -> MutexGuard<'_, Queues> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
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
        if let Some(queue) = self.dispatcher.lock().by_name.get_mut(&self.queue) {
            queue.leave(self.poller);
        }
        if let Ok(offer) = self.given.try_recv() {
            self.dispatcher.offer(offer);
        }
    }
}
