//! What the run waits for: operations that the host has been asked for, and conditions on its own state.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use crate::bindings::mainspring::workflow::types::{Execution, OperationId};
use crate::cancellation::Scope;
use crate::failure::Failure;
use crate::host;
use crate::payload::Payload;
use crate::run::Run;

/// What the host reports of an operation.
#[derive(Debug)]
pub(crate) enum Arrival {
    /// A child has begun; more will follow.
    Started(Execution),
    /// The last word.
    Finished(Result<Option<Payload>, Failure>),
}

/// Who says the last word after a request to cancel.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum AfterCancel {
    /// Nothing more comes from the host, so that we say it ourselves (timers).
    Silence,
    /// The host answers, as the operation's cancellation type says.
    Answer,
}

#[derive(Default)]
pub(crate) struct Operations {
    pending: RefCell<BTreeMap<OperationId, Pending>>,
    conditions: RefCell<BTreeMap<u64, Condition>>,
    last_condition: Cell<u64>,
    /// How many conditions have come true.
    satisfied: Cell<u64>,
}

struct Pending {
    arrivals: VecDeque<Arrival>,
    waker: Option<Waker>,
    after_cancel: AfterCancel,
    scope: Rc<Scope>,
    finished: bool,
}

struct Condition {
    waker: Waker,
    /// The signal that it waits for, if it is one.
    signal: Option<&'static str>,
    cancelled: bool,
    scope: Rc<Scope>,
}

impl Operations {
    /// Hands over what the host reported. Nobody may be waiting any more: then it is dropped.
    pub(crate) fn deliver(&self, id: OperationId, arrival: Arrival) {
        let waker = {
            let mut pending = self.pending.borrow_mut();
            let Some(operation) = pending.get_mut(&id) else { return };
            operation.finished |= matches!(arrival, Arrival::Finished(_));
            operation.arrivals.push_back(arrival);
            operation.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Cancels everything that is pending within the scope. Was there anything?
    pub(crate) fn cancel_within(&self, scope: &Rc<Scope>, reason: &str) -> bool {
        let to_cancel: Vec<_> = self
            .pending
            .borrow()
            .iter()
            .filter(|(_, operation)| operation.scope.is_within(scope) && !operation.finished)
            .map(|(id, operation)| (*id, operation.after_cancel))
            .collect();
        for &(id, after) in &to_cancel {
            host::operations::cancel(id, reason);
            if after == AfterCancel::Silence {
                self.deliver(id, Arrival::Finished(Err(scope.failure())));
            }
        }
        let mut any_condition = false;
        for condition in self
            .conditions
            .borrow_mut()
            .values_mut()
            .filter(|condition| condition.scope.is_within(scope))
        {
            condition.cancelled = true;
            condition.waker.wake_by_ref();
            any_condition = true;
        }
        any_condition || !to_cancel.is_empty()
    }

    /// Has those look again who wait for a signal of that name, now that there is one: in its turn among all that happened,
    /// where other conditions come after.
    pub(crate) fn wake_receivers(&self, signal: &str) {
        let conditions = self.conditions.borrow();
        let receivers = conditions.values().filter(|condition| condition.signal == Some(signal));
        receivers.for_each(|condition| condition.waker.wake_by_ref());
    }

    pub(crate) fn satisfied(&self) -> u64 {
        self.satisfied.get()
    }

    /// Has every waiting condition looked at again. Were there any?
    pub(crate) fn wake_conditions(&self) -> bool {
        let conditions = self.conditions.borrow();
        conditions.values().for_each(|condition| condition.waker.wake_by_ref());
        !conditions.is_empty()
    }
}

/// An operation in the host's hands. Dropping it before it has finished cancels it.
#[derive(Debug)]
pub(crate) struct Operation {
    id: OperationId,
    finished: bool,
}

impl Operation {
    /// Begins an operation, unless a request to cancel is still waiting for somebody to take it.
    pub(crate) fn begin(after_cancel: AfterCancel, ask: impl FnOnce() -> OperationId) -> Result<Self, Failure> {
        let run = Run::current();
        let scope = run.cancellation.current();
        if let Some(cancelled) = scope.take_undelivered() {
            return Err(cancelled);
        }
        let id = ask();
        let pending = Pending {
            arrivals: VecDeque::new(),
            waker: None,
            after_cancel,
            scope,
            finished: false,
        };
        run.operations.pending.borrow_mut().insert(id, pending);
        Ok(Self { id, finished: false })
    }

    /// The next report. Not to be called after [`Arrival::Finished`].
    pub(crate) fn poll_arrival(&mut self, context: &mut Context<'_>) -> Poll<Arrival> {
        let run = Run::current();
        let mut pending = run.operations.pending.borrow_mut();
        let operation = pending
            .get_mut(&self.id)
            .expect("an operation is listed until it has finished");
        let Some(arrival) = operation.arrivals.pop_front() else {
            operation.waker = Some(context.waker().clone());
            return Poll::Pending;
        };
        if matches!(arrival, Arrival::Finished(_)) {
            self.finished = true;
            pending.remove(&self.id);
        }
        Poll::Ready(arrival)
    }

    /// The last word, skipping what comes before.
    pub(crate) fn poll_finished(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<Payload>, Failure>> {
        loop {
            match std::task::ready!(self.poll_arrival(context)) {
                Arrival::Started(_) => {}
                Arrival::Finished(end) => return Poll::Ready(end),
            }
        }
    }

    /// Asks the host to cancel it, and goes on listening.
    pub(crate) fn cancel(&self, reason: &str) {
        if !self.finished {
            host::operations::cancel(self.id, reason);
        }
    }

    /// Lets it go on, unheard.
    pub(crate) fn forget(mut self) {
        self.finished = true;
        if let Some(run) = Run::try_current() {
            run.operations.pending.borrow_mut().remove(&self.id);
        }
    }
}

impl Drop for Operation {
    fn drop(&mut self) {
        if self.finished {
            return;
        }
        let Some(run) = Run::try_current() else { return };
        let pending = run.operations.pending.borrow_mut().remove(&self.id);
        // What has finished unheard needs no cancelling, and a closed run issues no commands.
        if pending.is_some_and(|operation| !operation.finished) && !run.is_closed() {
            host::operations::cancel(self.id, "the workflow needs it no more");
        }
    }
}

/// Waits until `condition` holds; it is asked whenever something has happened to the run.
///
/// ```no_run
/// # use mainspring_workflow::{Failure, wait_condition};
/// # use std::{cell::Cell, rc::Rc};
/// # async fn example(open: Rc<Cell<u32>>) -> Result<(), Failure> {
/// wait_condition(|| open.get() == 0).await?;
/// # Ok(()) }
/// ```
///
/// # Errors
/// A cancelled failure if the run, or the scope that waits, is cancelled meanwhile.
pub async fn wait_condition(mut condition: impl FnMut() -> bool) -> Result<(), Failure> {
    wait_for(|| condition().then_some(())).await
}

pub(crate) async fn wait_for<T>(condition: impl FnMut() -> Option<T>) -> Result<T, Failure> {
    wait(None, condition).await
}

/// Waits until there is what the condition makes of signals of that name.
pub(crate) async fn wait_for_signal<T>(name: &'static str, condition: impl FnMut() -> Option<T>) -> Result<T, Failure> {
    wait(Some(name), condition).await
}

async fn wait<T>(signal: Option<&'static str>, mut condition: impl FnMut() -> Option<T>) -> Result<T, Failure> {
    let mut waiting: Option<WaitingCondition> = None;
    std::future::poll_fn(move |context| {
        let run = Run::current();
        // Before the condition, so that a request is not lost when both come at once.
        if let Some(cancelled) = waiting.as_ref().and_then(|registered| registered.cancelled(&run)) {
            return Poll::Ready(Err(cancelled));
        }
        if let Some(value) = condition() {
            run.operations.satisfied.set(run.operations.satisfied.get() + 1);
            waiting = None;
            return Poll::Ready(Ok(value));
        }
        match &waiting {
            Some(registered) => {
                registered.renew(&run, context.waker());
                Poll::Pending
            }
            None => {
                let scope = run.cancellation.current();
                if let Some(cancelled) = scope.take_undelivered() {
                    return Poll::Ready(Err(cancelled));
                }
                waiting = Some(WaitingCondition::register(&run, context.waker(), scope, signal));
                Poll::Pending
            }
        }
    })
    .await
}

/// A condition's place in the run's list, for as long as somebody waits for it.
struct WaitingCondition(u64);

impl WaitingCondition {
    fn register(run: &Run, waker: &Waker, scope: Rc<Scope>, signal: Option<&'static str>) -> Self {
        let id = run.operations.last_condition.get() + 1;
        run.operations.last_condition.set(id);
        let condition = Condition {
            waker: waker.clone(),
            signal,
            cancelled: false,
            scope,
        };
        run.operations.conditions.borrow_mut().insert(id, condition);
        Self(id)
    }

    fn renew(&self, run: &Run, waker: &Waker) {
        if let Some(condition) = run.operations.conditions.borrow_mut().get_mut(&self.0) {
            condition.waker.clone_from(waker);
        }
    }

    fn cancelled(&self, run: &Run) -> Option<Failure> {
        let conditions = run.operations.conditions.borrow();
        let condition = conditions.get(&self.0).filter(|condition| condition.cancelled)?;
        Some(condition.scope.failure())
    }
}

impl Drop for WaitingCondition {
    fn drop(&mut self) {
        if let Some(run) = Run::try_current() {
            run.operations.conditions.borrow_mut().remove(&self.0);
        }
    }
}
