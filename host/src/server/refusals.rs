//! What the engine refuses, as a status: one code for each reason, chosen by what the SDKs do with it.

use super::status::{
    already_started, busy_namespace, namespace_deprecated, namespace_not_found, not_found, overloaded, query_failed,
};
use super::task_token::ForgedToken;
use crate::{
    catalog::{PauseTypeError, PushError},
    engine::{BatchError, CallError, NamespaceError, SearchAttributeError, TaskQueueError},
    shard::{
        AttemptError, OperateError, PauseError, QueryError, ResetError, RunError, ScheduleError, StartError,
        UpdateError, UpdateWithStartError,
    },
    store::StoreError,
};
use mainspring_core::{Refused, schedule::RefusedChange};
use tonic::Status;

impl<E: Into<Refusal>> From<CallError<E>> for Status {
    fn from(error: CallError<E>) -> Self {
        match error {
            CallError::NoSuchNamespace(namespace) => namespace_not_found(&namespace),
            CallError::Deprecated(namespace) => namespace_deprecated(&namespace),
            CallError::Busy => overloaded("the server has too many requests waiting; try again in a moment"),
            CallError::Stopping => Self::unavailable("the server is stopping"),
            CallError::Refused(refused) => refused.into().0,
        }
    }
}

/// The status of a refusal. Exists because a status can be made from a foreign error only through a type of ours.
pub(crate) struct Refusal(Status);

impl From<StartError> for Refusal {
    fn from(error: StartError) -> Self {
        let message = error.to_string();
        match error {
            StartError::AlreadyStarted { run_id, request_id, .. } => {
                Self(already_started(message, &request_id, Some(run_id)))
            }
            StartError::UnknownWorkflowType { .. } => Self(not_found(message)),
            StartError::Cron(_) => Self(Status::invalid_argument(message)),
            StartError::Run(error) => error.into(),
        }
    }
}

impl From<SearchAttributeError> for Refusal {
    fn from(error: SearchAttributeError) -> Self {
        let message = error.to_string();
        match error {
            SearchAttributeError::Reserved(_) => Self(Status::invalid_argument(message)),
            SearchAttributeError::OfOtherType { .. } => Self(Status::already_exists(message)),
            SearchAttributeError::Unknown(_) => Self(not_found(message)),
            SearchAttributeError::TooMany => Self(Status::failed_precondition(message)),
            SearchAttributeError::Store(error) => error.into(),
        }
    }
}

impl From<NamespaceError> for Refusal {
    fn from(error: NamespaceError) -> Self {
        match error {
            NamespaceError::TooMuchData | NamespaceError::Default => Self(Status::invalid_argument(error.to_string())),
            NamespaceError::Leaving(_) => Self(Status::failed_precondition(error.to_string())),
            NamespaceError::Store(error) => error.into(),
        }
    }
}

impl From<BatchError> for Refusal {
    fn from(error: BatchError) -> Self {
        let message = error.to_string();
        match error {
            BatchError::NotFound(_) | BatchError::Over(_) => Self(not_found(message)),
            BatchError::AlreadyExists(id) => Self(already_started(message, &id, None)),
            BatchError::TooMany(_) => Self(busy_namespace(message)),
            BatchError::Query(_) => Self(Status::invalid_argument(message)),
            BatchError::Store(error) => error.into(),
        }
    }
}

impl From<ScheduleError> for Refusal {
    fn from(error: ScheduleError) -> Self {
        let message = error.to_string();
        match error {
            ScheduleError::NotFound(_) => Self(not_found(message)),
            // SDKs recognise it by the detail, which is that of workflows.
            ScheduleError::Exists(_) => Self(already_started(message, "", None)),
            // As Temporal has it: SDKs do not try again.
            ScheduleError::Refused(RefusedChange::Conflict) => Self(Status::failed_precondition(message)),
            ScheduleError::Refused(RefusedChange::TooManyBackfills) => Self(busy_namespace(message)),
            ScheduleError::Store(error) => error.into(),
        }
    }
}

impl From<RunError> for Refusal {
    fn from(error: RunError) -> Self {
        let message = error.to_string();
        match error {
            RunError::NotFound { .. } | RunError::Closed => Self(not_found(message)),
            // The process is about to stop; the next one may find the store well.
            RunError::Store(_) => Self(Status::unavailable(message)),
        }
    }
}

impl From<ResetError> for Refusal {
    fn from(error: ResetError) -> Self {
        let message = error.to_string();
        match error {
            ResetError::Point(_) | ResetError::NoSuchPoint(_) => Self(Status::invalid_argument(message)),
            ResetError::TooManyFollowers => Self(Status::failed_precondition(message)),
            ResetError::Run(error) => error.into(),
        }
    }
}

impl From<QueryError> for Refusal {
    fn from(error: QueryError) -> Self {
        match error {
            QueryError::Failed(failure) => Self(query_failed(&failure)),
            QueryError::Blocked(_) => Self(Status::failed_precondition(error.to_string())),
            QueryError::Run(error) => error.into(),
        }
    }
}

impl From<UpdateError> for Refusal {
    fn from(error: UpdateError) -> Self {
        let message = error.to_string();
        match error {
            UpdateError::NotFound(_) => Self(not_found(message)),
            UpdateError::Refused(refused) => Self(match refused {
                Refused::TooManyUpdatesAtOnce => busy_namespace(message),
                // Trying again does not help.
                Refused::TooManyUpdates | Refused::RunPaused => Status::failed_precondition(message),
                Refused::RunClosed
                | Refused::ActivityGone
                | Refused::StaleAttempt
                | Refused::NotReady
                | Refused::TooEarly
                | Refused::AlreadyPaused
                | Refused::NotPaused
                | Refused::ActivityAlreadyPaused
                | Refused::Endless => not_found(message),
            }),
            UpdateError::Blocked(_) => Self(Status::failed_precondition(message)),
            UpdateError::Run(error) => error.into(),
        }
    }
}

impl From<PauseError> for Refusal {
    fn from(error: PauseError) -> Self {
        match error {
            PauseError::Refused(refused) => Self(Status::failed_precondition(refused.to_string())),
            PauseError::Run(error) => error.into(),
        }
    }
}

impl From<OperateError> for Refusal {
    fn from(error: OperateError) -> Self {
        let message = error.to_string();
        match error {
            OperateError::UnknownActivity(_) => Self(not_found(message)),
            OperateError::Refused(Refused::Endless) => Self(Status::invalid_argument(message)),
            OperateError::Refused(_) => Self(Status::failed_precondition(message)),
            OperateError::Run(error) => error.into(),
        }
    }
}

impl From<UpdateWithStartError> for Refusal {
    fn from(error: UpdateWithStartError) -> Self {
        match error {
            UpdateWithStartError::Start(error) => error.into(),
            UpdateWithStartError::Update(error) => error.into(),
        }
    }
}

impl From<AttemptError> for Refusal {
    fn from(error: AttemptError) -> Self {
        match error {
            // SDKs then drop the task, which is all that can be done.
            AttemptError::Refused(_) | AttemptError::UnknownActivity(_) => Self(not_found(error.to_string())),
            AttemptError::Run(error) => error.into(),
        }
    }
}

impl From<PushError> for Refusal {
    fn from(error: PushError) -> Self {
        let message = error.to_string();
        Self(match error {
            PushError::BadName(_) | PushError::Upload(_) | PushError::Load(_) => Status::invalid_argument(message),
            PushError::Busy(_) => overloaded(message),
            PushError::TypeTaken { .. } => Status::already_exists(message),
            PushError::NoSuchNamespace(_) => Status::not_found(message),
            PushError::Stopping | PushError::Store(_) => Status::unavailable(message),
        })
    }
}

impl From<TaskQueueError> for Refusal {
    fn from(error: TaskQueueError) -> Self {
        let message = error.to_string();
        match error {
            TaskQueueError::TooManyQueues | TaskQueueError::TooManyWeights => {
                Self(Status::failed_precondition(message))
            }
            TaskQueueError::Store(error) => error.into(),
        }
    }
}

impl From<PauseTypeError> for Refusal {
    fn from(error: PauseTypeError) -> Self {
        let message = error.to_string();
        match error {
            PauseTypeError::UnknownType { .. } => Self(not_found(message)),
            PauseTypeError::TooMany => Self(Status::failed_precondition(message)),
            PauseTypeError::Store(error) => error.into(),
        }
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self(Status::unavailable(error.to_string()))
    }
}

impl From<ForgedToken> for Status {
    fn from(forged: ForgedToken) -> Self {
        Self::invalid_argument(forged.to_string())
    }
}
