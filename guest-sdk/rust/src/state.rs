//! The state that a workflow shares with its handlers.

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use crate::failure::Failure;
use crate::operation::wait_for;

/// A workflow's state, as asynchronous code holds it; every clone is the same state.
///
/// Handlers that finish at once take `&self` or `&mut self`. Code that waits cannot hold such a reference, since others must come to the state meanwhile: it takes this, and borrows for the length of a closure.
pub struct State<S>(Rc<RefCell<S>>);

impl<S> State<S> {
    pub(crate) fn new(state: S) -> Self {
        Self(Rc::new(RefCell::new(state)))
    }

    /// Looks at the state.
    ///
    /// # Panics
    /// Inside a closure of [`State::write`].
    pub fn read<T>(&self, look: impl FnOnce(&S) -> T) -> T {
        look(&self.0.borrow())
    }

    /// Changes the state.
    ///
    /// # Panics
    /// Inside another closure of [`State::read`] or [`State::write`].
    pub fn write<T>(&self, change: impl FnOnce(&mut S) -> T) -> T {
        change(&mut self.0.borrow_mut())
    }

    /// Waits until `find` finds something in the state, and gives it; `find` is asked whenever something has happened to the run.
    ///
    /// # Errors
    /// A cancelled failure if the run is asked to cancel meanwhile (see [`crate::cancellation`]).
    pub async fn until<T>(&self, mut find: impl FnMut(&S) -> Option<T>) -> Result<T, Failure> {
        wait_for(|| self.read(&mut find)).await
    }
}

impl<S> Clone for State<S> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

impl<S: fmt::Debug> fmt::Debug for State<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("State").field(&self.0).finish()
    }
}
