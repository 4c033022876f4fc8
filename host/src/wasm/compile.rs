//! A bounded pool of threads that make something out of modules, once for each, however many ask for it.

use super::error::QueueFull;
use bytes::Bytes;
use mainspring_core::Digest;
use std::collections::HashMap;
use std::io;
use std::sync::mpsc::{self, Receiver, SyncSender, TrySendError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use tokio::sync::oneshot;

/// The pool. `T` is what comes of a module, for all who asked for it.
///
/// Dropping it lets the threads finish what waits and stop.
#[derive(Debug)]
pub(super) struct CompilePool<T> {
    queue: SyncSender<Job>,
    queue_max: usize,
    waiting: Arc<Waiting<T>>,
}

#[derive(Debug)]
struct Job {
    module: Digest,
    component: Bytes,
}

/// Who is to hear of each module. A digest is here exactly while it is queued or being worked on.
#[derive(Debug)]
struct Waiting<T>(Mutex<HashMap<Digest, Vec<oneshot::Sender<T>>>>);

/// The compiler recurses deeply on deeply nested code.
const STACK_BYTES: usize = 8 << 20;

impl<T: Clone + Send + 'static> CompilePool<T> {
    /// Starts `threads` threads that do `work`, with room for `queue_max` modules to wait for them.
    /// `work` must not panic: a thread that is gone does not come back.
    pub(super) fn start(
        threads: usize,
        queue_max: usize,
        work: impl Fn(Digest, Bytes) -> T + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let (queue, jobs) = mpsc::sync_channel(queue_max);
        let jobs = Arc::new(Mutex::new(jobs));
        let waiting = Arc::new(Waiting(Mutex::default()));
        let work = Arc::new(work);
        for _ in 0..threads.max(1) {
            let (jobs, waiting, work) = (jobs.clone(), waiting.clone(), work.clone());
            thread::Builder::new()
                .name("compile".into())
                .stack_size(STACK_BYTES)
                .spawn(move || {
                    while let Some(job) = next(&jobs) {
                        let outcome = work(job.module, job.component);
                        waiting.tell(&job.module, &outcome);
                    }
                })?;
        }
        Ok(Self {
            queue,
            queue_max,
            waiting,
        })
    }

    /// Has the module worked on, unless it already is, and gives back where the outcome will arrive.
    pub(super) fn submit(&self, module: Digest, component: Bytes) -> Result<oneshot::Receiver<T>, QueueFull> {
        let (sender, receiver) = oneshot::channel();
        let mut waiting = self.waiting.lock();
        if let Some(senders) = waiting.get_mut(&module) {
            senders.push(sender);
            return Ok(receiver);
        }
        match self.queue.try_send(Job { module, component }) {
            Ok(()) => {
                waiting.insert(module, vec![sender]);
                Ok(receiver)
            }
            // Without a thread left nothing will ever be taken from the queue.
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => Err(QueueFull {
                queue_max: self.queue_max,
            }),
        }
    }
}

impl<T: Clone> Waiting<T> {
    fn lock(&self) -> MutexGuard<'_, HashMap<Digest, Vec<oneshot::Sender<T>>>> {
        // No code that can panic runs under the lock.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, module: &Digest, outcome: &T) {
        for sender in self.lock().remove(module).unwrap_or_default() {
            // Whoever asked may have gone away.
            let _ = sender.send(outcome.clone());
        }
    }
}

fn next(jobs: &Mutex<Receiver<Job>>) -> Option<Job> {
    jobs.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// A pool of one thread whose work waits for the gate, and how often it has worked.
    fn gated(queue_max: usize) -> (CompilePool<usize>, mpsc::Sender<()>, Arc<AtomicUsize>) {
        let (open, gate) = mpsc::channel();
        let (gate, worked) = (Mutex::new(gate), Arc::new(AtomicUsize::new(0)));
        let count = worked.clone();
        let pool = CompilePool::start(1, queue_max, move |_, component: Bytes| {
            gate.lock()
                .expect("one thread")
                .recv()
                .expect("the test holds the gate");
            count.fetch_add(1, Ordering::SeqCst);
            component.len()
        });
        (pool.expect("threads start"), open, worked)
    }

    fn module(number: u8) -> (Digest, Bytes) {
        (Digest::from_bytes([number; 32]), Bytes::from(vec![0; number.into()]))
    }

    #[test]
    fn what_many_ask_for_is_made_once() {
        let (pool, open, worked) = gated(1);
        let submit = || pool.submit(module(5).0, module(5).1).expect("there is room");
        let answers = [submit(), submit(), submit()];
        open.send(()).expect("the pool waits");
        for answer in answers {
            assert_eq!(answer.blocking_recv(), Ok(5));
        }
        assert_eq!(worked.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn a_full_queue_says_so_and_empties() {
        let (pool, open, _) = gated(2);
        let mut answers = Vec::new();
        let refusal = (1..).find_map(|number| match pool.submit(module(number).0, module(number).1) {
            Ok(answer) => {
                answers.push(answer);
                None
            }
            Err(refusal) => Some(refusal),
        });
        assert_eq!(refusal, Some(QueueFull { queue_max: 2 }));
        // Two that wait, and perhaps one that the thread has taken.
        assert!((2..=3).contains(&answers.len()));
        for answer in answers {
            open.send(()).expect("the pool waits");
            answer.blocking_recv().expect("it is made");
        }
        let again = pool.submit(module(1).0, module(1).1).expect("there is room again");
        open.send(()).expect("the pool waits");
        assert_eq!(again.blocking_recv(), Ok(1));
    }

    #[test]
    fn nobody_has_to_wait_for_the_answer() {
        let (pool, open, _) = gated(2);
        drop(pool.submit(module(1).0, module(1).1));
        let second = pool.submit(module(2).0, module(2).1).expect("there is room");
        open.send(()).expect("the pool waits");
        open.send(()).expect("the pool waits");
        assert_eq!(second.blocking_recv(), Ok(2));
    }
}
