//! Signals in, for workflows that wait for them in the middle of their story, and out.
//!
//! A signal goes to the handler of its name, if the workflow has one (`#[signal]` in an `impl`). Otherwise it is kept, in order, until somebody receives it: a signal that comes before anybody waits is not lost.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::marker::PhantomData;

use crate::bindings::mainspring::workflow::external_workflows::Target;
use crate::external;
use crate::failure::Failure;
use crate::log;
use crate::operation::wait_for_signal;
use crate::payload::{Arguments, FromPayload, Payload, ToPayload};
use crate::run::Run;

/// A signal by its name, carrying a `T`.
///
/// ```
/// use mainspring_workflow::{Failure, Signal, workflow};
///
/// /// One more item for the cart.
/// static ADD: Signal<String> = Signal::new("add");
///
/// #[workflow(signals(ADD))]
/// async fn cart(size: usize) -> Result<Vec<String>, Failure> {
///     let mut items = Vec::new();
///     while items.len() < size {
///         items.push(ADD.receive().await?);
///     }
///     Ok(items)
/// }
/// # fn main() {}
/// ```
pub struct Signal<T> {
    name: &'static str,
    carries: PhantomData<fn(T) -> T>,
}

impl<T> Signal<T> {
    /// A signal of this name.
    pub const fn new(name: &'static str) -> Self {
        Self {
            name,
            carries: PhantomData,
        }
    }

    /// Its name.
    pub const fn name(&self) -> &'static str {
        self.name
    }
}

impl<T: FromPayload> Signal<T> {
    /// Waits for the next signal of this name, or takes the oldest that has not been received yet. Who waits goes on in the
    /// signal's turn among all that happened.
    ///
    /// One that does not carry a `T` is a mistake of its sender: it is logged and passed over.
    ///
    /// # Errors
    /// A cancelled failure if the run is asked to cancel meanwhile.
    pub async fn receive(&self) -> Result<T, Failure> {
        wait_for_signal(self.name, || self.try_receive()).await
    }

    /// Takes the oldest signal of this name that has not been received yet.
    pub fn try_receive(&self) -> Option<T> {
        loop {
            let arguments = Run::current().inbox.take(self.name)?;
            match Arguments::new(arguments).take(self.name) {
                Ok(value) => return Some(value),
                Err(failure) => refuse(self.name, &failure),
            }
        }
    }
}

impl<T: ToPayload> Signal<T> {
    /// Sends it to the present run of another workflow, and waits until it is there.
    ///
    /// # Errors
    /// If there is no such workflow.
    ///
    /// # Panics
    /// If the value has no payload form.
    pub async fn send(&self, workflow_id: impl Into<String>, value: &T) -> Result<(), Failure> {
        let payload = value
            .to_payload()
            .unwrap_or_else(|error| panic!("signal `{}`: {error}", self.name));
        let target = Target {
            workflow_id: workflow_id.into(),
            run_id: None,
            child_only: false,
        };
        external::signal(target, self.name, vec![payload]).await
    }
}

impl<T> std::fmt::Debug for Signal<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Signal").field(&self.name).finish()
    }
}

/// Says that a signal is passed over.
pub(crate) fn refuse(name: &str, failure: &Failure) {
    log::write(
        log::Level::Warn,
        &format!("signal `{name}` was passed over: {failure}"),
        &[],
    );
}

/// Signals that nobody has received yet. The host bounds the length of a history, and so this.
#[derive(Default)]
pub(crate) struct Inbox(RefCell<BTreeMap<String, VecDeque<Vec<Payload>>>>);

impl Inbox {
    pub(crate) fn keep(&self, name: String, arguments: Vec<Payload>) {
        self.0.borrow_mut().entry(name).or_default().push_back(arguments);
    }

    fn take(&self, name: &str) -> Option<Vec<Payload>> {
        self.0.borrow_mut().get_mut(name)?.pop_front()
    }
}
