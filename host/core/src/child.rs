//! A child between its start and its end, as its parent knows it.

use crate::{ChildCancellationType, ChildRequest, ChildWorkflowFailure, Execution, Failure, FailureInfo};
use crate::{FailureLayer, OperationId, Payload, RetryState, RunId, ShownEventId, TimeoutKind};

/// A child that has not come to its end.
#[derive(Clone, Debug, PartialEq)]
pub struct PendingChild {
    /// The operation that it is.
    pub operation: OperationId,
    /// The event that asked for it, as tools know it.
    pub initiated: ShownEventId,
    /// What the guest asked for.
    pub request: Box<ChildRequest>,
    /// Its workflow id.
    pub workflow_id: String,
    /// Its first run, once it has started.
    pub run_id: Option<RunId>,
    /// The event by which the guest asked to cancel it, if it did, as tools know it.
    pub cancel_requested: Option<ShownEventId>,
    /// Whether the guest has been told that it is over; then what comes of it is recorded, not delivered.
    pub guest_told: bool,
}

/// How a child ended.
#[derive(Clone, Debug, PartialEq)]
pub enum ChildOutcome {
    /// With a result.
    Completed(Option<Payload>),
    /// With a failure, and why it was not tried again.
    Failed(Failure, RetryState),
    /// Because it had been asked to.
    Cancelled(Vec<Payload>),
    /// From outside.
    Terminated,
    /// Because it took too long, and why it was not tried again.
    TimedOut(RetryState),
}

/// Why a child did not start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChildNotStarted {
    /// Another run has the workflow id, and the policy does not let it go.
    WorkflowIdInUse,
    /// There is no such namespace, or the child cannot be started as it was asked for.
    Refused(String),
}

impl PendingChild {
    pub(crate) fn new(
        operation: OperationId,
        initiated: ShownEventId,
        parent: RunId,
        request: Box<ChildRequest>,
    ) -> Self {
        Self {
            workflow_id: request.workflow_id_under(parent, operation),
            operation,
            initiated,
            request,
            run_id: None,
            cancel_requested: None,
            guest_told: false,
        }
    }

    /// Whether the guest is told that the child is cancelled as soon as it asks for that.
    pub(crate) fn is_cancelled_at_once(&self) -> bool {
        matches!(
            self.request.cancellation,
            ChildCancellationType::TryCancel | ChildCancellationType::Abandon
        )
    }

    /// Whether the guest is told that the child is cancelled as soon as the child has the request.
    pub(crate) fn waits_for_request(&self) -> bool {
        self.cancel_requested.is_some()
            && !self.guest_told
            && self.request.cancellation == ChildCancellationType::WaitCancellationRequested
    }

    /// The child as people name it, once it has started.
    pub fn execution(&self) -> Option<Execution> {
        self.run_id.map(|run_id| Execution {
            workflow_id: self.workflow_id.clone(),
            run_id,
        })
    }

    /// The failure that the guest is told of.
    pub(crate) fn failure(&self, cause: Failure, retry_state: RetryState) -> Failure {
        cause.wrapped_in(FailureLayer::of_engine(
            "child workflow error",
            FailureInfo::ChildWorkflow(ChildWorkflowFailure {
                workflow_type: self.request.workflow_type.clone(),
                workflow_id: self.workflow_id.clone(),
                run_id: self.run_id,
                retry_state,
            }),
        ))
    }

    pub(crate) fn cancelled(&self, details: Vec<Payload>) -> Failure {
        let layer = FailureLayer::of_engine("child workflow cancelled", FailureInfo::Cancelled(details));
        self.failure(Failure::new(layer), RetryState::CancelRequested)
    }
}

impl ChildOutcome {
    /// The cause that the parent's guest is told of, if the child did not complete.
    pub(crate) fn cause(&self) -> Option<(Failure, RetryState)> {
        let engine = |message: &str, info| Failure::new(FailureLayer::of_engine(message, info));
        match self {
            Self::Completed(_) => None,
            Self::Failed(failure, retry_state) => Some((failure.clone(), *retry_state)),
            Self::Cancelled(details) => Some((
                engine("child workflow cancelled", FailureInfo::Cancelled(details.clone())),
                RetryState::CancelRequested,
            )),
            Self::Terminated => Some((
                engine("child workflow terminated", FailureInfo::Terminated),
                RetryState::Unspecified,
            )),
            Self::TimedOut(retry_state) => Some((timed_out("child workflow timed out"), *retry_state)),
        }
    }
}

/// The failure that a workflow's timeout is.
pub(crate) fn timed_out(message: &str) -> Failure {
    let info = FailureInfo::Timeout {
        kind: TimeoutKind::StartToClose,
        last_heartbeat: Vec::new(),
    };
    Failure::new(FailureLayer::of_engine(message, info))
}
