//! A message to a run that is no operation of this one, while it is under way.

use crate::message::MESSAGE_BYTES_MAX;
use crate::{Failure, FailureInfo, FailureLayer, OperationId, Payload, PayloadMap, RunId, ShownEventId, Size};

/// Whom a message is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExternalTarget {
    /// The workflow id, in the namespace of the sender.
    pub workflow_id: String,
    /// The current run if there is none.
    pub run_id: Option<RunId>,
    /// Whether only a child of the sender may have it.
    pub child_only: bool,
}

/// A signal to another run.
#[derive(Clone, Debug, PartialEq)]
pub struct ExternalSignal {
    /// For whom.
    pub target: ExternalTarget,
    /// The signal's name.
    pub name: String,
    /// Its input, one payload an argument.
    pub input: Vec<Payload>,
    /// Context that travels beside the input.
    pub headers: PayloadMap,
}

/// A message that has not been answered.
#[derive(Clone, Debug, PartialEq)]
pub struct PendingExternal {
    /// The operation that it is.
    pub operation: OperationId,
    /// The event that asked for it, as tools know it.
    pub initiated: ShownEventId,
    /// For whom.
    pub target: ExternalTarget,
    /// The signal's name; none if it is a request to cancel.
    pub signal: Option<String>,
}

/// Why a message did not arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotDelivered {
    /// There is no such run, or it is closed.
    NotFound,
    /// The sender gave it up before it arrived.
    Cancelled,
    /// It has more data than a run takes from another.
    TooLarge,
}

impl NotDelivered {
    /// What the guest is told.
    pub(crate) fn failure(self, target: &ExternalTarget) -> Failure {
        let workflow_id = &target.workflow_id;
        Failure::new(match self {
            Self::NotFound => FailureLayer::of_engine(
                format!("there is no open run of workflow {workflow_id:?} that could take the message"),
                FailureInfo::Unspecified,
            ),
            Self::Cancelled => FailureLayer::of_engine(
                format!("the message to workflow {workflow_id:?} was cancelled"),
                FailureInfo::Cancelled(Vec::new()),
            ),
            Self::TooLarge => FailureLayer::of_engine(
                format!(
                    "the message to workflow {workflow_id:?} has more than {} of data; pass references to large data, \
                     not the data",
                    Size(MESSAGE_BYTES_MAX)
                ),
                FailureInfo::Unspecified,
            ),
        })
    }
}
