//! Durable timers.

use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures::future::FusedFuture;

use crate::bindings::mainspring::workflow::types::UserMetadata;
use crate::duration::millis;
use crate::failure::Failure;
use crate::host;
use crate::metadata;
use crate::operation::{AfterCancel, Operation};

/// Waits for `duration`, seconds or years; it goes on through restarts of the host.
///
/// The timer starts when this is first polled; dropping it cancels the timer. Fractions of a millisecond are rounded up.
///
/// # Errors
/// A cancelled failure if the run is asked to cancel meanwhile (see [`crate::cancellation`]).
pub fn sleep(duration: Duration) -> Sleep {
    Sleep {
        duration,
        metadata: metadata::none(),
        state: State::New,
    }
}

/// A timer; see [`sleep`].
#[derive(Debug)]
#[must_use = "a timer starts when it is awaited"]
pub struct Sleep {
    duration: Duration,
    metadata: UserMetadata,
    state: State,
}

#[derive(Debug)]
enum State {
    New,
    Running(Operation),
    Finished,
}

impl Sleep {
    /// A line of text that tools show beside the timer.
    pub fn summary(mut self, text: &str) -> Self {
        self.metadata.summary = Some(metadata::text(text));
        self
    }
}

impl Future for Sleep {
    type Output = Result<(), Failure>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        if let State::New = this.state {
            let started = Operation::begin(AfterCancel::Silence, || {
                host::timers::start(millis(this.duration), &this.metadata)
            });
            this.state = match started {
                Ok(operation) => State::Running(operation),
                Err(cancelled) => {
                    this.state = State::Finished;
                    return Poll::Ready(Err(cancelled));
                }
            };
        }
        let State::Running(operation) = &mut this.state else {
            panic!("a timer was polled after it had finished")
        };
        let end = ready!(operation.poll_finished(context));
        this.state = State::Finished;
        Poll::Ready(end.map(|_| ()))
    }
}

impl FusedFuture for Sleep {
    fn is_terminated(&self) -> bool {
        matches!(self.state, State::Finished)
    }
}

/// Gives `future` no longer than `limit`: `Ok(None)` when the time is up first. The future is dropped then, which cancels what it waits for.
///
/// # Errors
/// What `future` fails with.
pub async fn timeout<T, E: From<Failure>>(
    limit: Duration,
    future: impl Future<Output = Result<T, E>>,
) -> Result<Option<T>, E> {
    let mut timer = sleep(limit).summary("timeout");
    let mut future = pin!(future);
    std::future::poll_fn(|context| {
        // The future first: what is there in time counts, even if the time is up at the same moment.
        if let Poll::Ready(output) = future.as_mut().poll(context) {
            return Poll::Ready(output.map(Some));
        }
        let expired = ready!(Pin::new(&mut timer).poll(context));
        Poll::Ready(expired.map(|()| None).map_err(E::from))
    })
    .await
}
