"""What fails, and how: the exceptions that workflows raise and receive, with the names of Temporal's."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from . import _refused

__all__ = [
    "ActivityError",
    "ApplicationError",
    "ApplicationErrorCategory",
    "CancelledError",
    "ChildWorkflowError",
    "FailureError",
    "RestrictedAccessError",
    "RetryState",
    "ServerError",
    "TemporalError",
    "TerminatedError",
    "TimeoutError",
    "TimeoutType",
    "WorkflowAlreadyStartedError",
    "is_cancelled_exception",
]


class TemporalError(Exception):
    """The root of the exceptions of this module."""

    @property
    def cause(self) -> BaseException | None:
        """What led to it: the same as `__cause__`."""
        return self.__cause__


class FailureError(TemporalError):
    """A failure as histories have it. A workflow that lets one out fails; any other exception blocks its run."""

    def __init__(self, message: str, *, exc_args: tuple[Any, ...] | None = None) -> None:
        super().__init__(*((message,) if exc_args is None else exc_args))
        self._message = message
        self._stack_trace = ""

    @property
    def message(self) -> str:
        """What happened, for people."""
        return self._message


class WorkflowAlreadyStartedError(FailureError):
    """Another run holds the workflow id of a child."""

    def __init__(
        self, workflow_id: str, workflow_type: str, *, run_id: str | None = None, first_run_id: str | None = None
    ) -> None:
        super().__init__("Workflow execution already started")
        self.workflow_id = workflow_id
        self.workflow_type = workflow_type
        self.run_id = run_id
        self.first_run_id = first_run_id


class ApplicationErrorCategory(IntEnum):
    """How much attention an application error deserves."""

    UNSPECIFIED = 0
    BENIGN = 1
    """Expected: not an error to those who watch logs and metrics."""


class ApplicationError(FailureError):
    """What workflows and activities raise themselves."""

    def __init__(
        self,
        message: str,
        *details: Any,
        type: str | None = None,
        non_retryable: bool = False,
        next_retry_delay: timedelta | None = None,
        category: ApplicationErrorCategory = ApplicationErrorCategory.UNSPECIFIED,
    ) -> None:
        # With the type in front, if there is one: this is what `str` shows.
        super().__init__(message, exc_args=(f"{type}: {message}" if type else message,))
        self._details = details
        self._type = type
        self._non_retryable = non_retryable
        self._next_retry_delay = next_retry_delay
        self._category = category

    @property
    def details(self) -> Sequence[Any]:
        """Values that came with it."""
        return self._details

    @property
    def type(self) -> str | None:
        """Its kind, which retry policies name."""
        return self._type

    @property
    def non_retryable(self) -> bool:
        """Whether another attempt is pointless."""
        return self._non_retryable

    @property
    def next_retry_delay(self) -> timedelta | None:
        """The delay before the next attempt, instead of the retry policy's."""
        return self._next_retry_delay

    @property
    def category(self) -> ApplicationErrorCategory:
        """How much attention it deserves."""
        return self._category


class CancelledError(FailureError):
    """Something was cancelled. Inside of a workflow, cancellation itself is `asyncio.CancelledError`."""

    def __init__(self, message: str = "Cancelled", *details: Any) -> None:
        super().__init__(message)
        self._details = details

    @property
    def details(self) -> Sequence[Any]:
        """Values that came with it."""
        return self._details


class TerminatedError(FailureError):
    """A workflow was ended from outside, without being asked."""

    def __init__(self, message: str, *details: Any) -> None:
        super().__init__(message)
        self._details = details

    @property
    def details(self) -> Sequence[Any]:
        """Values that came with it."""
        return self._details


class TimeoutType(IntEnum):
    """Which limit was exceeded."""

    START_TO_CLOSE = 1
    SCHEDULE_TO_START = 2
    SCHEDULE_TO_CLOSE = 3
    HEARTBEAT = 4


class TimeoutError(FailureError):
    """An activity or a child took longer than it may."""

    def __init__(self, message: str, *, type: TimeoutType | None, last_heartbeat_details: Sequence[Any]) -> None:
        super().__init__(message)
        self._type = type
        self._last_heartbeat_details = last_heartbeat_details

    @property
    def type(self) -> TimeoutType | None:
        """Which limit was exceeded."""
        return self._type

    @property
    def last_heartbeat_details(self) -> Sequence[Any]:
        """What the last heartbeat said."""
        return self._last_heartbeat_details


class ServerError(FailureError):
    """A failure of the host itself."""

    def __init__(self, message: str, *, non_retryable: bool = False) -> None:
        super().__init__(message)
        self._non_retryable = non_retryable

    @property
    def non_retryable(self) -> bool:
        """Whether another attempt is pointless."""
        return self._non_retryable


class RetryState(IntEnum):
    """Why there was no further attempt."""

    IN_PROGRESS = 1
    NON_RETRYABLE_FAILURE = 2
    TIMEOUT = 3
    MAXIMUM_ATTEMPTS_REACHED = 4
    RETRY_POLICY_NOT_SET = 5
    INTERNAL_SERVER_ERROR = 6
    CANCEL_REQUESTED = 7


class ActivityError(FailureError):
    """An activity failed, timed out or was cancelled; `cause` says which."""

    def __init__(
        self,
        message: str,
        *,
        identity: str,
        activity_type: str,
        activity_id: str,
        retry_state: RetryState | None,
    ) -> None:
        super().__init__(message)
        self._identity = identity
        self._activity_type = activity_type
        self._activity_id = activity_id
        self._retry_state = retry_state

    @property
    def identity(self) -> str:
        """The worker that ran the last attempt."""
        return self._identity

    @property
    def activity_type(self) -> str:
        """The activity's name."""
        return self._activity_type

    @property
    def activity_id(self) -> str:
        """The activity's id within its run."""
        return self._activity_id

    @property
    def retry_state(self) -> RetryState | None:
        """Why there was no further attempt."""
        return self._retry_state


class ChildWorkflowError(FailureError):
    """A child failed, timed out, or was cancelled or terminated; `cause` says which."""

    def __init__(
        self,
        message: str,
        *,
        namespace: str,
        workflow_id: str,
        run_id: str,
        workflow_type: str,
        retry_state: RetryState | None,
    ) -> None:
        super().__init__(message)
        self._namespace = namespace
        self._workflow_id = workflow_id
        self._run_id = run_id
        self._workflow_type = workflow_type
        self._retry_state = retry_state

    @property
    def namespace(self) -> str:
        """The child's namespace."""
        return self._namespace

    @property
    def workflow_id(self) -> str:
        """The child's workflow id."""
        return self._workflow_id

    @property
    def run_id(self) -> str:
        """The child's run id."""
        return self._run_id

    @property
    def workflow_type(self) -> str:
        """The child's workflow type."""
        return self._workflow_type

    @property
    def retry_state(self) -> RetryState | None:
        """Why there was no further attempt."""
        return self._retry_state


class RestrictedAccessError(Exception):
    """A workflow asked for something that would not be the same at a replay: a file, a socket, a thread, a process."""


def is_cancelled_exception(exception: BaseException) -> bool:
    """Whether an exception means that something was cancelled: itself, or as the cause of an activity's or child's."""
    if isinstance(exception, (asyncio.CancelledError, CancelledError)):
        return True
    return isinstance(exception, (ActivityError, ChildWorkflowError)) and isinstance(exception.cause, CancelledError)


if not TYPE_CHECKING:
    __getattr__ = _refused.telling(__name__)
