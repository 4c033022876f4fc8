//! A request to cancel the run, as the workflow meets it; and requests to cancel a part of it, which work alike.
//!
//! The request is an error at the place where the workflow waits, so that code which cleans up after errors also cleans up after it:
//!
//! - Every operation that is pending then is asked to cancel: a [`sleep`](crate::sleep) or a condition gives a cancelled [`Failure`] at once, an activity or a child one when its cancellation type says so.
//! - If nothing is pending, the next operation that begins gives it.
//! - It is delivered once. What begins afterwards is not affected, so that cleaning up is ordinary code.
//! - What runs under [`shielded`] is not affected at all: neither by this request, nor by one that comes while it cleans up.
//! - A workflow that then returns a cancelled failure ends as cancelled; one that returns anything else ends as that.
//!
//! The run is the outermost [`CancellationScope`]. Others are made inside of it, as a tree, and the workflow itself cancels them: what is said above holds for what runs in them, and for nothing else.
//!
//! ```
//! # use mainspring_workflow::{CancellationScope, Failure, Signal, activities, shielded, workflow};
//! # #[activities(start_to_close = "30s")]
//! # trait Desk { async fn review(text: &str) -> Result<bool, Failure>; async fn withdraw(text: &str) -> Result<(), Failure>; }
//! static ENOUGH: Signal<()> = Signal::new("enough");
//!
//! #[workflow]
//! async fn publish(text: String) -> Result<bool, Failure> {
//!     let review = CancellationScope::new();
//!     let reviewed = review.run(async {
//!         let reviewed = Desk::review(&text).await;
//!         if reviewed.as_ref().is_err_and(Failure::is_cancelled) {
//!             // Goes on whatever is cancelled meanwhile.
//!             shielded(Desk::withdraw(&text)).await?;
//!         }
//!         reviewed
//!     });
//!     let stop = async {
//!         if ENOUGH.receive().await.is_ok() {
//!             review.cancel("enough");
//!         }
//!         std::future::pending().await
//!     };
//!     futures::pin_mut!(reviewed, stop);
//!     futures::future::select(reviewed, stop).await.factor_first().0
//! }
//! # fn main() {}
//! ```

use std::cell::{Cell, RefCell};
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use crate::failure::Failure;
use crate::operation::{Operations, wait_for};
use crate::run::Run;
use crate::timer::sleep;

/// What the run knows of requests to cancel.
pub(crate) struct Cancellation {
    /// The run itself.
    root: Rc<Scope>,
    /// That of the future which is being polled.
    current: RefCell<Rc<Scope>>,
}

/// One region of the run.
pub(crate) struct Scope {
    /// The scope whose cancellation it hears, too.
    parent: Option<Rc<Self>>,
    reason: RefCell<Option<String>>,
    /// Requested while nothing was pending that could have heard of it.
    undelivered: Cell<bool>,
}

impl Default for Cancellation {
    fn default() -> Self {
        let root = Scope::within(None);
        Self {
            current: RefCell::new(Rc::clone(&root)),
            root,
        }
    }
}

impl Cancellation {
    pub(crate) fn request(&self, reason: String, operations: &Operations) {
        self.root.cancel(reason, operations);
    }

    pub(crate) fn is_requested(&self) -> bool {
        self.root.reason.borrow().is_some()
    }

    /// The scope that an operation belongs to which begins now.
    pub(crate) fn current(&self) -> Rc<Scope> {
        Rc::clone(&self.current.borrow())
    }
}

impl Scope {
    fn within(parent: Option<Rc<Self>>) -> Rc<Self> {
        Rc::new(Self {
            parent,
            reason: RefCell::new(None),
            undelivered: Cell::new(false),
        })
    }

    /// The first request counts.
    fn cancel(self: &Rc<Self>, reason: String, operations: &Operations) {
        if self.reason.borrow().is_some() {
            return;
        }
        *self.reason.borrow_mut() = Some(reason.clone());
        let heard = operations.cancel_within(self, &reason);
        self.undelivered.set(!heard);
    }

    /// From the scope outwards: those whose cancellation is its own.
    fn hears(self: &Rc<Self>) -> impl Iterator<Item = &Rc<Self>> {
        std::iter::successors(Some(self), |scope| scope.parent.as_ref())
    }

    pub(crate) fn is_within(self: &Rc<Self>, other: &Rc<Self>) -> bool {
        self.hears().any(|scope| Rc::ptr_eq(scope, other))
    }

    fn reason(self: &Rc<Self>) -> Option<String> {
        self.hears().find_map(|scope| scope.reason.borrow().clone())
    }

    /// The failure, once, of the first operation that begins in the scope after a request that nobody heard.
    pub(crate) fn take_undelivered(self: &Rc<Self>) -> Option<Failure> {
        let taken = self.hears().any(|scope| scope.undelivered.replace(false));
        taken.then(|| self.failure())
    }

    /// What those get who wait in a scope that is cancelled.
    pub(crate) fn failure(self: &Rc<Self>) -> Failure {
        let cancelled = self.hears().find(|scope| scope.reason.borrow().is_some());
        match cancelled.filter(|scope| !Rc::ptr_eq(scope, &Run::current().cancellation.root)) {
            None => Failure::cancelled("the run was asked to cancel"),
            Some(scope) => {
                let reason = scope.reason.borrow().clone().unwrap_or_default();
                Failure::cancelled(format!("the scope was cancelled: {reason}"))
            }
        }
    }

    /// Polls a future as a part of the scope.
    pub(crate) async fn run<F: Future>(self: Rc<Self>, future: F) -> F::Output {
        let mut future = pin!(future);
        std::future::poll_fn(|context| {
            let run = Run::current();
            let outside = run.cancellation.current.replace(Rc::clone(&self));
            let poll = future.as_mut().poll(context);
            run.cancellation.current.replace(outside);
            poll
        })
        .await
    }
}

/// A region of a workflow that can be cancelled by itself; see the [module](self).
///
/// Scopes form a tree: a scope hears of its own cancellation, and of that of the scopes around it, the run's included. To cancel one that runs elsewhere, clone the handle; all clones are the same scope.
///
/// A task that is [spawned](crate::spawn) belongs to the scope in which it was.
#[derive(Clone)]
pub struct CancellationScope(Rc<Scope>);

impl CancellationScope {
    /// A scope inside of that in which the caller is.
    #[expect(
        clippy::new_without_default,
        reason = "where it is made matters, which `default()` would hide"
    )]
    pub fn new() -> Self {
        Self(Scope::within(Some(Run::current().cancellation.current())))
    }

    /// A scope that hears of nothing but its own cancellation: [`shielded`], with a handle.
    pub fn shielded() -> Self {
        Self(Scope::within(None))
    }

    /// A scope inside of this one.
    pub fn child(&self) -> Self {
        Self(Scope::within(Some(Rc::clone(&self.0))))
    }

    /// Runs `future` in this scope: the operations that it begins are its own. More than one future may run in a scope.
    pub async fn run<F: Future>(&self, future: F) -> F::Output {
        Rc::clone(&self.0).run(future).await
    }

    /// Does the same, and cancels the scope when `limit` is over. Unlike with [`timeout`](crate::timeout) the future goes on then: it has heard that it is cancelled, and can clean up.
    ///
    /// The timer starts when this is first polled, and no request to cancel stops it.
    pub async fn run_for<F: Future>(&self, limit: Duration, future: F) -> F::Output {
        let mut future = pin!(self.run(future));
        let mut timer = pin!(shielded(sleep(limit).summary("timeout")));
        let mut is_over = false;
        std::future::poll_fn(move |context| {
            // The future first: what is there in time counts, even if the time is up at the same moment.
            if let Poll::Ready(output) = future.as_mut().poll(context) {
                return Poll::Ready(output);
            }
            if !is_over && timer.as_mut().poll(context).is_ready() {
                is_over = true;
                // Whatever hears of it has the future polled again.
                self.cancel("its time is up");
            }
            Poll::Pending
        })
        .await
    }

    /// Cancels what runs in this scope and in those inside of it, but for what is [`shielded`]. Only the first time counts.
    pub fn cancel(&self, reason: &str) {
        self.0.cancel(reason.to_owned(), &Run::current().operations);
    }

    /// Whether this scope was cancelled, or one around it.
    pub fn is_cancelled(&self) -> bool {
        self.reason().is_some()
    }

    /// Why this scope was cancelled, or the nearest one around it that was.
    pub fn reason(&self) -> Option<String> {
        self.0.reason()
    }
}

impl std::fmt::Debug for CancellationScope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CancellationScope")
            .field("reason", &self.reason())
            .finish_non_exhaustive()
    }
}

/// The reason why somebody has asked this run to cancel, if anybody has.
pub fn cancel_requested() -> Option<String> {
    Run::current().cancellation.root.reason()
}

/// Waits for a request to cancel this run; gives its reason.
///
/// Who waits here has heard the request, but pending operations hear it too, unless they are [`shielded`]. Where a scope around it is cancelled instead, this ends as well, with the reason of that.
pub async fn cancelled() -> String {
    // A condition hears the request like any other, by an error; a request that was there before makes it true.
    let heard = wait_for(cancel_requested).await;
    let cancellation = &Run::current().cancellation;
    cancellation.root.undelivered.set(false);
    let of_scope = || cancel_requested().or_else(|| cancellation.current().reason());
    heard.ok().or_else(of_scope).unwrap_or_default()
}

/// Keeps requests to cancel, the run or a [`CancellationScope`], away from the operations that `future` begins.
pub async fn shielded<F: Future>(future: F) -> F::Output {
    Scope::within(None).run(future).await
}
