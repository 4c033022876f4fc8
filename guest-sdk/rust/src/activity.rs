//! Calls of activities: the side effects, done by workers.

use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures::future::FusedFuture;

use crate::bindings::mainspring::workflow::activities::Activity as Command;
use crate::duration::millis;
use crate::failure::Failure;
use crate::host;
use crate::metadata;
use crate::operation::{AfterCancel, Operation};
use crate::payload::{FromPayload, IntoArguments, Payload, null};
use crate::priority::Priority;
use crate::retry::RetryPolicy;

pub use crate::bindings::mainspring::workflow::types::CancellationType;

/// A call of an activity: a future that gives the activity's result.
///
/// [`activities`](crate::activities) makes the functions that return these; the methods here override, for one call, what is declared there.
/// It is scheduled when it is first polled. Dropping it cancels the activity.
///
/// # Errors
/// An activity layer, caused by the last attempt's failure.
///
/// # Panics
/// When the result does not fit the declared type. The result is in the history already, so that the run stays blocked, losing nothing, until a module comes that reads it.
#[must_use = "an activity is scheduled when it is awaited"]
pub struct Activity<T> {
    call: Call,
    output: PhantomData<fn() -> T>,
}

/// The part that does not depend on the output's type, compiled once.
#[derive(Debug)]
struct Call {
    state: State,
    /// For who reads a panic. Until the activity is scheduled, the command has it.
    activity_type: String,
}

#[derive(Debug)]
enum State {
    New(Box<Command>),
    Running(Operation),
    /// A request to cancel the run came first.
    Refused(Failure),
    Finished,
}

impl<T> Activity<T> {
    /// A call by name, for an activity that is known only at run time.
    ///
    /// # Panics
    /// If an argument has no payload form.
    pub fn new(activity_type: impl Into<String>, arguments: impl IntoArguments) -> Self {
        let activity_type = activity_type.into();
        let input = arguments
            .into_arguments()
            .unwrap_or_else(|error| panic!("an argument of activity `{activity_type}`: {error}"));
        Self::of_payloads(activity_type, input)
    }

    /// A call whose arguments are encoded already.
    pub fn of_payloads(activity_type: impl Into<String>, input: Vec<Payload>) -> Self {
        let command = Command {
            activity_type: activity_type.into(),
            activity_id: None,
            task_queue: None,
            input,
            headers: Vec::new(),
            schedule_to_close: None,
            schedule_to_start: None,
            start_to_close: None,
            heartbeat: None,
            retry_policy: None,
            cancellation: CancellationType::TryCancel,
            local: false,
            priority: None,
            metadata: metadata::none(),
        };
        Self {
            call: Call {
                state: State::New(Box::new(command)),
                activity_type: String::new(),
            },
            output: PhantomData,
        }
    }

    /// The longest that one attempt may take.
    pub fn start_to_close(self, limit: Duration) -> Self {
        self.with(|command| command.start_to_close = Some(millis(limit)))
    }

    /// The longest that all attempts together may take.
    pub fn schedule_to_close(self, limit: Duration) -> Self {
        self.with(|command| command.schedule_to_close = Some(millis(limit)))
    }

    /// The longest that it may wait for a worker.
    pub fn schedule_to_start(self, limit: Duration) -> Self {
        self.with(|command| command.schedule_to_start = Some(millis(limit)))
    }

    /// The longest silence between two heartbeats of an attempt.
    pub fn heartbeat(self, limit: Duration) -> Self {
        self.with(|command| command.heartbeat = Some(millis(limit)))
    }

    /// When a failed attempt is made again.
    pub fn retry(self, policy: RetryPolicy) -> Self {
        self.with(|command| command.retry_policy = Some(policy.into()))
    }

    /// The queue whose workers may take it; the workflow's own by default.
    pub fn task_queue(self, name: impl Into<String>) -> Self {
        self.with(|command| command.task_queue = Some(name.into()))
    }

    /// Its place among others in the queue; the workflow's own by default.
    pub fn priority(self, priority: Priority) -> Self {
        self.with(|command| command.priority = Some(priority.into()))
    }

    /// What this call sees once it was asked to cancel: cancelled at once by default.
    pub fn cancellation(self, kind: CancellationType) -> Self {
        self.with(|command| command.cancellation = kind)
    }

    /// Prefers a worker inside the host's process.
    pub fn local(self) -> Self {
        self.with(|command| command.local = true)
    }

    /// The name by which tools and workers know this call; the host numbers the calls by default.
    pub fn id(self, id: impl Into<String>) -> Self {
        self.with(|command| command.activity_id = Some(id.into()))
    }

    /// A line of text that tools show beside it.
    pub fn summary(self, text: &str) -> Self {
        self.with(|command| command.metadata.summary = Some(metadata::text(text)))
    }

    /// Schedules it now; awaiting then only waits.
    pub fn start(mut self) -> Self {
        self.call.start();
        self
    }

    /// Schedules it and does not wait. It may outlive the run.
    pub fn detach(mut self) {
        self.call.start();
        if let State::Running(operation) = std::mem::replace(&mut self.call.state, State::Finished) {
            operation.forget();
        }
    }

    /// Asks the activity to cancel, and lets the call go on to hear what comes of it.
    pub fn cancel(&self) {
        if let State::Running(operation) = &self.call.state {
            operation.cancel("the workflow needs it no more");
        }
    }

    fn with(mut self, change: impl FnOnce(&mut Command)) -> Self {
        match &mut self.call.state {
            State::New(command) => change(command),
            State::Running(_) | State::Refused(_) | State::Finished => {
                panic!(
                    "activity `{}` was changed after it had been scheduled",
                    self.call.activity_type
                )
            }
        }
        self
    }
}

impl Call {
    fn start(&mut self) {
        let State::New(command) = &mut self.state else { return };
        let begun = Operation::begin(AfterCancel::Answer, || host::activities::schedule(command));
        self.activity_type = std::mem::take(&mut command.activity_type);
        self.state = match begun {
            Ok(operation) => State::Running(operation),
            Err(cancelled) => State::Refused(cancelled),
        };
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Result<Payload, Failure>> {
        self.start();
        let end = match &mut self.state {
            State::Running(operation) => ready!(operation.poll_finished(context)),
            State::Refused(cancelled) => Err(cancelled.clone()),
            State::New(_) | State::Finished => {
                panic!(
                    "the call of activity `{}` was polled after it had finished",
                    self.activity_type
                )
            }
        };
        self.state = State::Finished;
        Poll::Ready(end.map(|payload| payload.unwrap_or_else(null)))
    }
}

impl<T: FromPayload> Future for Activity<T> {
    type Output = Result<T, Failure>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let end = ready!(self.call.poll(context));
        Poll::Ready(end.map(|payload| {
            T::from_payload(&payload)
                .unwrap_or_else(|error| panic!("the result of activity `{}`: {error}", self.call.activity_type))
        }))
    }
}

impl<T: FromPayload> FusedFuture for Activity<T> {
    fn is_terminated(&self) -> bool {
        matches!(self.call.state, State::Finished)
    }
}

impl<T> std::fmt::Debug for Activity<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Activity").field("call", &self.call).finish()
    }
}

/// What a declared activity returns: `Result<T, Failure>`.
#[diagnostic::on_unimplemented(
    message = "an activity returns `Result<T, Failure>`, not `{Self}`",
    label = "wrap this in `Result<_, Failure>`",
    note = "`T` is anything that serde deserialises into an owned value"
)]
pub trait ActivityResult {
    /// The result of an activity that succeeds.
    type Value: FromPayload;
}

impl<T: FromPayload> ActivityResult for Result<T, Failure> {
    type Value = T;
}
