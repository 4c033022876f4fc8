//! Polls the tasks of one run: first woken, first polled, until none is ready.
//!
//! It knows no clock and no threads; the order of polls follows from the order of wake-ups alone, so the same events lead to the same polls.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

use futures::future::LocalBoxFuture;

use crate::run::Run;

type TaskId = u64;

#[derive(Default)]
pub(crate) struct Executor {
    tasks: RefCell<BTreeMap<TaskId, TaskState>>,
    ready: Arc<ReadyQueue>,
    last_id: Cell<TaskId>,
}

struct TaskState {
    /// Absent while it is being polled.
    future: Option<LocalBoxFuture<'static, ()>>,
    waker: Waker,
}

impl Executor {
    /// Takes a task in; it is polled after those that are already ready.
    pub(crate) fn spawn(&self, future: LocalBoxFuture<'static, ()>) -> TaskId {
        let id = self.last_id.get() + 1;
        self.last_id.set(id);
        let handle = Arc::new(TaskHandle {
            id,
            queued: AtomicBool::new(false),
            ready: Arc::clone(&self.ready),
        });
        handle.wake_by_ref();
        let task = TaskState {
            future: Some(future),
            waker: handle.into(),
        };
        self.tasks.borrow_mut().insert(id, task);
        id
    }

    /// Drops a task, and with it whatever it was waiting for.
    pub(crate) fn abort(&self, id: TaskId) {
        // The borrow ends before the future is dropped: its destructors may come back here.
        let task = self.tasks.borrow_mut().remove(&id);
        drop(task);
    }

    /// Polls what is ready until nothing is, or until `stop` says so.
    pub(crate) fn run_until_idle(&self, stop: impl Fn() -> bool) {
        while !stop() {
            let Some(handle) = self.ready.pop() else { return };
            self.poll(handle.id);
        }
    }

    fn poll(&self, id: TaskId) {
        let taken = self
            .tasks
            .borrow_mut()
            .get_mut(&id)
            .map(|task| (task.future.take(), task.waker.clone()));
        let Some((Some(mut future), waker)) = taken else { return };
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(()) => self.abort(id),
            // If it has aborted itself meanwhile, it has no place to go back to, and is dropped here.
            Poll::Pending => {
                if let Some(task) = self.tasks.borrow_mut().get_mut(&id) {
                    task.future = Some(future);
                }
            }
        }
    }
}

/// The tasks to poll. A mutex only because wakers must be `Send`; a module has one thread.
#[derive(Default)]
struct ReadyQueue(Mutex<VecDeque<Arc<TaskHandle>>>);

impl ReadyQueue {
    fn push(&self, handle: Arc<TaskHandle>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push_back(handle);
    }

    fn pop(&self) -> Option<Arc<TaskHandle>> {
        let handle = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop_front()?;
        handle.queued.store(false, Ordering::Relaxed);
        Some(handle)
    }
}

struct TaskHandle {
    id: TaskId,
    /// Keeps a task from standing in the queue twice, which also bounds the queue by the number of tasks.
    queued: AtomicBool,
    ready: Arc<ReadyQueue>,
}

impl Wake for TaskHandle {
    fn wake(self: Arc<Self>) {
        if !self.queued.swap(true, Ordering::Relaxed) {
            let ready = Arc::clone(&self.ready);
            ready.push(self);
        }
    }
}

/// Runs `future` beside the caller, beginning when the caller waits, and in the same [scope](crate::CancellationScope).
///
/// Dropping the handle drops the future; [`Task::detach`] lets it go on.
/// When the workflow function returns, the run ends, whatever is still going on.
pub fn spawn<T: 'static>(future: impl Future<Output = T> + 'static) -> Task<T> {
    let slot = Rc::new(JoinSlot {
        output: RefCell::new(None),
        waiting: RefCell::new(None),
    });
    let writer = Rc::clone(&slot);
    let run = Run::current();
    let scope = run.cancellation.current();
    let id = run.executor.spawn(Box::pin(async move {
        *writer.output.borrow_mut() = Some(scope.run(future).await);
        if let Some(waker) = writer.waiting.take() {
            waker.wake();
        }
    }));
    Task {
        id,
        slot,
        attached: true,
    }
}

/// A future that runs beside its caller; awaiting it gives its output.
#[must_use = "dropping a task drops its future; call `detach` to let it go on"]
pub struct Task<T> {
    id: TaskId,
    slot: Rc<JoinSlot<T>>,
    attached: bool,
}

struct JoinSlot<T> {
    output: RefCell<Option<T>>,
    waiting: RefCell<Option<Waker>>,
}

impl<T> Task<T> {
    /// Lets it go on by itself.
    pub fn detach(mut self) {
        self.attached = false;
    }
}

impl<T> Future for Task<T> {
    type Output = T;

    fn poll(self: std::pin::Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        if let Some(output) = self.slot.output.take() {
            return Poll::Ready(output);
        }
        *self.slot.waiting.borrow_mut() = Some(context.waker().clone());
        Poll::Pending
    }
}

impl<T> Drop for Task<T> {
    fn drop(&mut self) {
        if self.attached
            && let Some(run) = Run::try_current()
        {
            run.executor.abort(self.id);
        }
    }
}

impl<T> std::fmt::Debug for Task<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Task").field("id", &self.id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every task writes its name at each of its polls; `yielding` ones ask for a second poll.
    #[test]
    fn tasks_are_polled_in_the_order_of_their_wake_ups() {
        let executor = Executor::default();
        let polls = Rc::new(RefCell::new(String::new()));
        for (name, yields) in [('a', 1), ('b', 0), ('c', 2)] {
            let (polls, mut left) = (Rc::clone(&polls), yields);
            executor.spawn(Box::pin(std::future::poll_fn(move |context| {
                polls.borrow_mut().push(name);
                if left == 0 {
                    return Poll::Ready(());
                }
                left -= 1;
                context.waker().wake_by_ref();
                context.waker().wake_by_ref();
                Poll::Pending
            })));
        }
        executor.run_until_idle(|| false);
        assert_eq!(*polls.borrow(), "abcacc");
        assert!(executor.tasks.borrow().is_empty());
    }
}
