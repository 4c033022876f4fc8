//! Child workflows.

use std::future::{IntoFuture, poll_fn};
use std::marker::PhantomData;

use futures::future::LocalBoxFuture;

use crate::bindings::mainspring::workflow::children::{Child as Command, IdReusePolicy};
use crate::bindings::mainspring::workflow::types::{Execution, WorkflowTimeouts};
use crate::failure::Failure;
use crate::host;
use crate::metadata;
use crate::operation::{AfterCancel, Arrival, Operation};
use crate::payload::{FromPayload, IntoArguments, null};
use crate::priority::Priority;
use crate::retry::RetryPolicy;

pub use crate::bindings::mainspring::workflow::children::{ChildCancellationType, ParentClosePolicy};

/// A child workflow that gives a `T`: await it for its result, or [`Child::start`] it to do other things meanwhile.
#[must_use = "a child is started when it is awaited"]
pub struct Child<T> {
    command: Command,
    output: PhantomData<fn() -> T>,
}

impl<T: FromPayload + 'static> Child<T> {
    /// A child by the name of its type; [`crate::Workflow::child`] knows the types.
    ///
    /// # Panics
    /// If an argument has no payload form.
    pub fn new(workflow_type: impl Into<String>, arguments: impl IntoArguments) -> Self {
        let workflow_type = workflow_type.into();
        let input = arguments
            .into_arguments()
            .unwrap_or_else(|error| panic!("an argument of the child `{workflow_type}`: {error}"));
        let command = Command {
            workflow_type,
            workflow_id: None,
            task_queue: None,
            input,
            headers: Vec::new(),
            timeouts: WorkflowTimeouts {
                execution: None,
                run: None,
                task: None,
            },
            retry_policy: None,
            cron_schedule: String::new(),
            parent_close_policy: ParentClosePolicy::Terminate,
            id_reuse_policy: IdReusePolicy::AllowDuplicate,
            cancellation: ChildCancellationType::WaitCancellationCompleted,
            memo: Vec::new(),
            search_attributes: Vec::new(),
            priority: None,
            metadata: metadata::none(),
        };
        Self {
            command,
            output: PhantomData,
        }
    }

    /// Its workflow id; the host derives one by default.
    pub fn workflow_id(mut self, id: impl Into<String>) -> Self {
        self.command.workflow_id = Some(id.into());
        self
    }

    /// Its task queue; the parent's by default.
    pub fn task_queue(mut self, name: impl Into<String>) -> Self {
        self.command.task_queue = Some(name.into());
        self
    }

    /// When it is run again after it has failed; never by default.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.command.retry_policy = Some(policy.into());
        self
    }

    /// The place of its activities among others; the parent's by default.
    pub fn priority(mut self, priority: Priority) -> Self {
        self.command.priority = Some(priority.into());
        self
    }

    /// What becomes of it when the parent closes; it is terminated by default.
    pub fn parent_close_policy(mut self, policy: ParentClosePolicy) -> Self {
        self.command.parent_close_policy = policy;
        self
    }

    /// What the parent sees once it has asked the child to cancel; it waits for the child's end by default.
    pub fn cancellation(mut self, kind: ChildCancellationType) -> Self {
        self.command.cancellation = kind;
        self
    }

    /// Starts it, and waits until it has begun.
    ///
    /// # Errors
    /// If it cannot start: its workflow id is taken, say.
    pub async fn start(self) -> Result<StartedChild<T>, Failure> {
        let mut operation = Operation::begin(AfterCancel::Answer, || host::children::start(&self.command))?;
        match poll_fn(|context| operation.poll_arrival(context)).await {
            Arrival::Started(execution) => Ok(StartedChild {
                operation,
                execution,
                output: PhantomData,
            }),
            Arrival::Finished(Err(failure)) => Err(failure),
            Arrival::Finished(Ok(_)) => panic!("the host reported the end of a child before its beginning"),
        }
    }
}

impl<T: FromPayload + 'static> IntoFuture for Child<T> {
    type Output = Result<T, Failure>;
    type IntoFuture = LocalBoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { self.start().await?.result().await })
    }
}

impl<T> std::fmt::Debug for Child<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Child").field(&self.command).finish()
    }
}

/// A child that has begun. Dropping it cancels the child; [`StartedChild::detach`] lets it go on.
#[must_use = "dropping a started child cancels it; call `detach` to let it go on"]
pub struct StartedChild<T> {
    operation: Operation,
    execution: Execution,
    output: PhantomData<fn() -> T>,
}

impl<T: FromPayload> StartedChild<T> {
    /// Its workflow id and run id.
    pub fn execution(&self) -> &Execution {
        &self.execution
    }

    /// Asks it to cancel, for a reason that it sees; [`StartedChild::result`] tells what comes of it.
    pub fn cancel(&self, reason: &str) {
        self.operation.cancel(reason);
    }

    /// Lets it go on, unheard.
    pub fn detach(self) {
        self.operation.forget();
    }

    /// Waits for its end.
    ///
    /// # Errors
    /// A child-workflow layer, caused by the child's failure.
    ///
    /// # Panics
    /// When the result does not fit the type; the run stays blocked until a module comes that reads it.
    pub async fn result(mut self) -> Result<T, Failure> {
        let payload = poll_fn(|context| self.operation.poll_finished(context))
            .await?
            .unwrap_or_else(null);
        Ok(T::from_payload(&payload)
            .unwrap_or_else(|error| panic!("the result of child `{}`: {error}", self.execution.workflow_id)))
    }
}

impl<T> std::fmt::Debug for StartedChild<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StartedChild")
            .field("execution", &self.execution)
            .finish_non_exhaustive()
    }
}
