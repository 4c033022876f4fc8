"""Continuing as new."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, NoReturn

from .. import _current
from .._runtime import host
from .._runtime.durations import to_millis
from .._runtime.payloads import to_map, to_payloads
from .._signature import UNSET, arguments_of
from ..common import RetryPolicy, SearchAttributes, TypedSearchAttributes
from ._activities import retry_policy_record
from ._definition import definition_of
from ._visibility import search_attribute_payloads


class ContinueAsNewError(BaseException):
    """How `continue_as_new` leaves the workflow. Not to be caught."""

    def __init__(self, continuation: Any) -> None:
        super().__init__("Continue as new")
        self.continuation = continuation


def continue_as_new(
    arg: Any = UNSET,
    *,
    args: Sequence[Any] = (),
    workflow: Callable[..., Any] | str | None = None,
    task_queue: str | None = None,
    run_timeout: timedelta | None = None,
    task_timeout: timedelta | None = None,
    backoff_start_interval: timedelta | None = None,
    retry_policy: RetryPolicy | None = None,
    memo: Mapping[str, Any] | None = None,
    search_attributes: SearchAttributes | TypedSearchAttributes | None = None,
) -> NoReturn:
    """Ends this run, and begins the next one of the same workflow id in one step. What is not given stays as it is."""
    _current.acting("continue as new")
    name: str | None = None
    if isinstance(workflow, str):
        name = workflow
    elif callable(workflow):
        name = definition_of(workflow).name
    elif workflow is not None:
        raise TypeError("Workflow must be None, a string, or callable")
    raise ContinueAsNewError(
        host.outcome.Continuation(
            name,
            task_queue,
            to_payloads(arguments_of(arg, args)),
            [],
            host.types.WorkflowTimeouts(None, to_millis(run_timeout), to_millis(task_timeout)),
            None if retry_policy is None else retry_policy_record(retry_policy),
            None if memo is None else to_map(memo),
            None if search_attributes is None else search_attribute_payloads(search_attributes),
            to_millis(backoff_start_interval),
        )
    )
