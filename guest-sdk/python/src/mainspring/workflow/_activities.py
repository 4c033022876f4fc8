"""Calling activities."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from enum import IntEnum
from typing import Any

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


def start_activity(
    activity: Any,
    arg: Any = UNSET,
    *,
    args: Sequence[Any] = (),
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
    """Has a worker do something. It needs one of `start_to_close_timeout` and `schedule_to_close_timeout`.

    Raises (from what is awaited) `ActivityError`, with the cause beneath.
    """
    return _start(
        activity,
        arguments_of(arg, args),
        task_queue,
        result_type,
        schedule_to_close_timeout,
        schedule_to_start_timeout,
        start_to_close_timeout,
        heartbeat_timeout,
        retry_policy,
        cancellation_type,
        activity_id,
        summary,
        priority,
        False,
    )


async def execute_activity(
    activity: Any,
    arg: Any = UNSET,
    *,
    args: Sequence[Any] = (),
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
) -> Any:
    """Has a worker do something, and waits for its result: see `start_activity`."""
    return await _start(
        activity,
        arguments_of(arg, args),
        task_queue,
        result_type,
        schedule_to_close_timeout,
        schedule_to_start_timeout,
        start_to_close_timeout,
        heartbeat_timeout,
        retry_policy,
        cancellation_type,
        activity_id,
        summary,
        priority,
        False,
    )


def start_local_activity(
    activity: Any,
    arg: Any = UNSET,
    *,
    args: Sequence[Any] = (),
    result_type: Any = None,
    schedule_to_close_timeout: timedelta | None = None,
    schedule_to_start_timeout: timedelta | None = None,
    start_to_close_timeout: timedelta | None = None,
    retry_policy: RetryPolicy | None = None,
    local_retry_threshold: timedelta | None = None,
    cancellation_type: ActivityCancellationType = ActivityCancellationType.TRY_CANCEL,
    activity_id: str | None = None,
    summary: str | None = None,
) -> ActivityHandle:
    """The same, preferably in the host's own process, where one is registered there.

    `local_retry_threshold` makes no difference: delays between attempts are durable timers anyway.
    """
    return _start(
        activity,
        arguments_of(arg, args),
        None,
        result_type,
        schedule_to_close_timeout,
        schedule_to_start_timeout,
        start_to_close_timeout,
        None,
        retry_policy,
        cancellation_type,
        activity_id,
        summary,
        Priority.default,
        True,
    )


async def execute_local_activity(activity: Any, arg: Any = UNSET, *, args: Sequence[Any] = (), **options: Any) -> Any:
    """The same, and waits for its result: see `start_local_activity`."""
    return await start_local_activity(activity, arg, args=args, **options)


def start_activity_method(activity: Any, arg: Any = UNSET, *, args: Sequence[Any] = (), **options: Any) -> Any:
    """`start_activity` for a method of a class, named as `Class.method`."""
    return start_activity(activity, arg, args=args, **options)


async def execute_activity_method(activity: Any, arg: Any = UNSET, *, args: Sequence[Any] = (), **options: Any) -> Any:
    """`execute_activity` for a method of a class, named as `Class.method`."""
    return await start_activity(activity, arg, args=args, **options)


def start_activity_class(activity: type, arg: Any = UNSET, *, args: Sequence[Any] = (), **options: Any) -> Any:
    """`start_activity` for a class whose objects can be called."""
    return start_activity(activity, arg, args=args, **options)


async def execute_activity_class(activity: type, arg: Any = UNSET, *, args: Sequence[Any] = (), **options: Any) -> Any:
    """`execute_activity` for a class whose objects can be called."""
    return await start_activity(activity, arg, args=args, **options)


def start_local_activity_method(activity: Any, arg: Any = UNSET, *, args: Sequence[Any] = (), **options: Any) -> Any:
    """`start_local_activity` for a method of a class, named as `Class.method`."""
    return start_local_activity(activity, arg, args=args, **options)


async def execute_local_activity_method(
    activity: Any, arg: Any = UNSET, *, args: Sequence[Any] = (), **options: Any
) -> Any:
    """`execute_local_activity` for a method of a class, named as `Class.method`."""
    return await start_local_activity(activity, arg, args=args, **options)


def start_local_activity_class(activity: type, arg: Any = UNSET, *, args: Sequence[Any] = (), **options: Any) -> Any:
    """`start_local_activity` for a class whose objects can be called."""
    return start_local_activity(activity, arg, args=args, **options)


async def execute_local_activity_class(
    activity: type, arg: Any = UNSET, *, args: Sequence[Any] = (), **options: Any
) -> Any:
    """`execute_local_activity` for a class whose objects can be called."""
    return await start_local_activity(activity, arg, args=args, **options)


def _start(
    called: str | Callable[..., Any],
    arguments: list[Any],
    task_queue: str | None,
    result_type: Any,
    schedule_to_close: timedelta | None,
    schedule_to_start: timedelta | None,
    start_to_close: timedelta | None,
    heartbeat: timedelta | None,
    retry_policy: RetryPolicy | None,
    cancellation_type: ActivityCancellationType,
    activity_id: str | None,
    summary: str | None,
    priority: Priority,
    local: bool,
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
    if not start_to_close and not schedule_to_close:
        raise ValueError("Activity must have start_to_close_timeout or schedule_to_close_timeout")
    operation = host.activities.schedule(
        host.activities.Activity(
            name,
            activity_id,
            task_queue,
            to_payloads(arguments),
            [],
            to_millis(schedule_to_close),
            to_millis(schedule_to_start),
            to_millis(start_to_close),
            to_millis(heartbeat),
            None if retry_policy is None else retry_policy_record(retry_policy),
            host.types.CancellationType(int(cancellation_type)),
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
    if priority == Priority.default:
        return None
    return host.types.Priority(priority.priority_key or 0, priority.fairness_key or "", priority.fairness_weight or 0.0)


def metadata_record(summary: str | None, details: str | None = None) -> Any:
    """What tools show beside an operation."""
    return host.types.UserMetadata(
        None if summary is None else to_payload(summary), None if details is None else to_payload(details)
    )
