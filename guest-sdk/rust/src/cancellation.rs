//! A request to cancel the run, as the workflow meets it.
//!
//! The request is an error at the place where the workflow waits, so that code which cleans up after errors also cleans up after it:
//!
//! - Every operation that is pending then is asked to cancel: a [`sleep`](crate::sleep) or a condition gives a cancelled [`Failure`] at once, an activity or a child one when its cancellation type says so.
//! - If nothing is pending, the next operation that begins gives it.
//! - It is delivered once. What begins afterwards is not affected, so that cleaning up is ordinary code.
//! - What runs under [`shielded`] is not affected at all.
//! - A workflow that then returns a cancelled failure ends as cancelled; one that returns anything else ends as that.

use std::cell::{Cell, RefCell};
use std::pin::pin;

use crate::operation::{Operations, wait_for};
use crate::run::Run;

#[cfg(doc)]
use crate::failure::Failure;

#[derive(Default)]
pub(crate) struct Cancellation {
    reason: RefCell<Option<String>>,
    /// Requested while nothing was pending that could have heard of it.
    undelivered: Cell<bool>,
    /// We are inside a poll of a shielded future.
    shielding: Cell<bool>,
}

impl Cancellation {
    pub(crate) fn request(&self, reason: String, operations: &Operations) {
        if self.reason.borrow().is_some() {
            return;
        }
        let heard = operations.cancel_all(&reason);
        self.undelivered.set(!heard);
        *self.reason.borrow_mut() = Some(reason);
    }

    pub(crate) fn is_requested(&self) -> bool {
        self.reason.borrow().is_some()
    }

    /// True once, for the first unshielded operation that begins after an unheard request.
    pub(crate) fn take_undelivered(&self) -> bool {
        !self.shielding.get() && self.undelivered.replace(false)
    }

    pub(crate) fn is_shielding(&self) -> bool {
        self.shielding.get()
    }
}

/// The reason why somebody has asked this run to cancel, if anybody has.
pub fn cancel_requested() -> Option<String> {
    Run::current().cancellation.reason.borrow().clone()
}

/// Waits for a request to cancel this run; gives its reason.
///
/// Who waits here has heard the request, but pending operations hear it too, unless they are [`shielded`].
pub async fn cancelled() -> String {
    // A condition hears the request like any other, by an error; a request that was there before makes it true.
    let heard = wait_for(cancel_requested).await;
    Run::current().cancellation.undelivered.set(false);
    heard.ok().or_else(cancel_requested).unwrap_or_default()
}

/// Keeps a request to cancel the run away from the operations that `future` begins.
pub async fn shielded<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    std::future::poll_fn(|context| {
        let run = Run::current();
        let outside = run.cancellation.shielding.replace(true);
        let poll = future.as_mut().poll(context);
        run.cancellation.shielding.set(outside);
        poll
    })
    .await
}
