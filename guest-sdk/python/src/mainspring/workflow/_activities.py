"""Calling activities."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from enum import IntEnum
from typing import Any, TypedDict, Unpack

from .. import _current, activity
from .._runtime import host
from .._runtime.durations import to_millis
from .._runtime.operation import Operation
from .._runtime.payloads import to_payload, to_payloads
from .._signature import UNSET, arguments_of
from ..common import Priority, RetryPolicy


class ActivityCancellationType(IntEnum):
    """What a workflow sees of an activity that it cancels."""

    TRY_CANCEL = 0
    """Ask it, and go on as cancelled at once."""
    WAIT_CANCELLATION_COMPLETED = 1
    """Ask it, and see what it does."""
    ABANDON = 2
    """Do not ask it, and go on as cancelled at once."""


class ActivityHandle(Operation):
    """An activity under way: await it for its result; `cancel` asks it to end."""


class _SharedOptions(TypedDict, total=False):
    result_type: Any
    """What the result is made of; what the activity's own hint says if it is left out."""
    schedule_to_close_timeout: timedelta | None
    """For all attempts together."""
    schedule_to_start_timeout: timedelta | None
    """Until a worker takes it."""
    start_to_close_timeout: timedelta | None
    """For each attempt."""
    retry_policy: RetryPolicy | None
    cancellation_type: ActivityCancellationType
    activity_id: str | None
    summary: str | None
    """What tools show beside it."""


class ActivityOptions(_SharedOptions, total=False):
    """How an activity is called. One of `start_to_close_timeout` and `schedule_to_close_timeout` is needed."""

    task_queue: str | None
    """The workflow's own if it is left out."""
    heartbeat_timeout: timedelta | None
    """Between signs of life."""
    priority: Priority


class LocalActivityOptions(_SharedOptions, total=False):
    """How an activity is called that preferably runs in the host's own process, where one is registered there."""

    local_retry_threshold: timedelta | None
    """Makes no difference: delays between attempts are durable timers anyway."""


def start_activity(
    activity: Any, arg: Any = UNSET, *, args: Sequence[Any] = (), **options: Unpack[ActivityOptions]
) -> ActivityHandle:
    """Has a worker do something. It needs one of `start_to_close_timeout` and `schedule_to_close_timeout`.

    Raises (from what is awaited) `ActivityError`, with the cause beneath.
    """
    return _schedule_activity(activity, arguments_of(arg, args), False, **options)


async def execute_activity(
    activity: Any, arg: Any = UNSET, *, args: Sequence[Any] = (), **options: Unpack[ActivityOptions]
) -> Any:
    """Has a worker do something, and waits for its result: see `start_activity`."""
    return await _schedule_activity(activity, arguments_of(arg, args), False, **options)


def start_local_activity(
    activity: Any, arg: Any = UNSET, *, args: Sequence[Any] = (), **options: Unpack[LocalActivityOptions]
) -> ActivityHandle:
    """The same, preferably in the host's own process, where one is registered there."""
    return _schedule_local_activity(activity, arguments_of(arg, args), **options)


async def execute_local_activity(
    activity: Any, arg: Any = UNSET, *, args: Sequence[Any] = (), **options: Unpack[LocalActivityOptions]
) -> Any:
    """The same, and waits for its result: see `start_local_activity`."""
    return await _schedule_local_activity(activity, arguments_of(arg, args), **options)


# For a method of a class, named as `Class.method`, and for a class whose objects can be called. Temporal's SDK needs names of
# their own for these because of its types; here, whatever can be called is told apart by what `activity.defn` says of it.
start_activity_method = start_activity_class = start_activity
execute_activity_method = execute_activity_class = execute_activity
start_local_activity_method = start_local_activity_class = start_local_activity
execute_local_activity_method = execute_local_activity_class = execute_local_activity


def _schedule_local_activity(
    activity: Any, arguments: list[Any], *, local_retry_threshold: timedelta | None = None, **options: Any
) -> ActivityHandle:
    unknown = sorted(options.keys() - LocalActivityOptions.__optional_keys__)
    if unknown:
        raise TypeError(f"A local activity has no option {', '.join(unknown)}")
    return _schedule_activity(activity, arguments, True, **options)


def _schedule_activity(
    called: str | Callable[..., Any],
    arguments: list[Any],
    local: bool,
    *,
    task_queue: str | None = None,
    result_type: Any = None,
    schedule_to_close_timeout: timedelta | None = None,
    schedule_to_start_timeout: timedelta | None = None,
    start_to_close_timeout: timedelta | None = None,
    heartbeat_timeout: timedelta | None = None,
    retry_policy: RetryPolicy | None = None,
    cancellation_type: ActivityCancellationType = ActivityCancellationType.TRY_CANCEL,
    activity_id: str | None = None,
    summary: str | None = None,
    priority: Priority = Priority.default,
) -> ActivityHandle:
    run = _current.acting("start activity")
    if isinstance(called, str):
        name = called
    elif callable(called):
        definition = activity.definition_of(called)
        if not definition.name:
            raise ValueError("Cannot invoke dynamic activity explicitly")
        name = definition.name
        if result_type is None:
            result_type = definition.ret_type
    else:
        raise TypeError("Activity must be a string or callable")
    if not start_to_close_timeout and not schedule_to_close_timeout:
        raise ValueError("Activity must have start_to_close_timeout or schedule_to_close_timeout")
    operation = host.activities.schedule(
        host.activities.Activity(
            name,
            activity_id,
            task_queue,
            to_payloads(arguments),
            [],
            to_millis(schedule_to_close_timeout),
            to_millis(schedule_to_start_timeout),
            to_millis(start_to_close_timeout),
            to_millis(heartbeat_timeout),
            None if retry_policy is None else retry_policy_record(retry_policy),
            # It has the contract's numbers, which are all that is asked of it.
            cancellation_type
            if type(cancellation_type) is ActivityCancellationType
            else ActivityCancellationType(cancellation_type),
            local,
            priority_record(priority),
            metadata_record(summary),
        )
    )
    return ActivityHandle(run, operation, result_type)


def retry_policy_record(policy: RetryPolicy) -> Any:
    """A retry policy as the contract has it. Raises `ValueError` for one that makes no sense."""
    policy.validate()
    return host.types.RetryPolicy(
        to_millis(policy.initial_interval),
        policy.backoff_coefficient,
        to_millis(policy.maximum_interval),
        policy.maximum_attempts,
        list(policy.non_retryable_error_types or ()),
    )


def priority_record(priority: Priority) -> Any:
    """A priority as the contract has it; nothing for the default."""
    if priority is Priority.default or priority == Priority.default:
        return None
    return host.types.Priority(priority.priority_key or 0, priority.fairness_key or "", priority.fairness_weight or 0.0)


# Shared by all operations that have none.
_NO_METADATA = None if host.types is None else host.types.UserMetadata(None, None)


def metadata_record(summary: str | None, details: str | None = None) -> Any:
    """What tools show beside an operation."""
    if summary is None and details is None:
        return _NO_METADATA
    return host.types.UserMetadata(
        None if summary is None else to_payload(summary), None if details is None else to_payload(details)
    )
