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
from .._runtime.records import Case, Record
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
    schedule_to_close_timeout: timedelta | None
    """For all attempts together."""
    schedule_to_start_timeout: timedelta | None
    """Until a worker takes it."""
    start_to_close_timeout: timedelta | None
    """For each attempt."""
    cancellation_type: ActivityCancellationType


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


class _ConfigOfCall(TypedDict, total=False):
    retry_policy: RetryPolicy | None
    activity_id: str | None
    summary: str | None


class ActivityConfig(ActivityOptions, _ConfigOfCall, total=False):
    """All that `start_activity` and `execute_activity` take by name, for who keeps it: `**config`."""


class LocalActivityConfig(LocalActivityOptions, _ConfigOfCall, total=False):
    """The same of local activities."""


def start_activity(
    activity: Any,
    arg: Any = UNSET,
    *,
    args: Sequence[Any] = (),
    result_type: Any = None,
    retry_policy: RetryPolicy | None = None,
    activity_id: str | None = None,
    summary: str | None = None,
    **options: Unpack[ActivityOptions],
) -> ActivityHandle:
    """Has a worker do something. It needs one of `start_to_close_timeout` and `schedule_to_close_timeout`.

    `result_type` is what the result is made of (what the activity's own hint says if it is left out), `summary` what tools
    show beside it. Raises (from what is awaited) `ActivityError`, with the cause beneath.
    """
    return _schedule(activity, arg, args, result_type, retry_policy, activity_id, summary, False, options)


async def execute_activity(
    activity: Any,
    arg: Any = UNSET,
    *,
    args: Sequence[Any] = (),
    result_type: Any = None,
    retry_policy: RetryPolicy | None = None,
    activity_id: str | None = None,
    summary: str | None = None,
    **options: Unpack[ActivityOptions],
) -> Any:
    """Has a worker do something, and waits for its result: see `start_activity`."""
    return await _schedule(activity, arg, args, result_type, retry_policy, activity_id, summary, False, options)


def start_local_activity(
    activity: Any,
    arg: Any = UNSET,
    *,
    args: Sequence[Any] = (),
    result_type: Any = None,
    retry_policy: RetryPolicy | None = None,
    activity_id: str | None = None,
    summary: str | None = None,
    **options: Unpack[LocalActivityOptions],
) -> ActivityHandle:
    """The same, preferably in the host's own process, where one is registered there."""
    return _schedule(activity, arg, args, result_type, retry_policy, activity_id, summary, True, options)


async def execute_local_activity(
    activity: Any,
    arg: Any = UNSET,
    *,
    args: Sequence[Any] = (),
    result_type: Any = None,
    retry_policy: RetryPolicy | None = None,
    activity_id: str | None = None,
    summary: str | None = None,
    **options: Unpack[LocalActivityOptions],
) -> Any:
    """The same, and waits for its result: see `start_local_activity`."""
    return await _schedule(activity, arg, args, result_type, retry_policy, activity_id, summary, True, options)


# For a method of a class, named as `Class.method`, and for a class whose objects can be called. Temporal's SDK needs names of
# their own for these because of its types; here, whatever can be called is told apart by what `activity.defn` says of it.
start_activity_method = start_activity_class = start_activity
execute_activity_method = execute_activity_class = execute_activity
start_local_activity_method = start_local_activity_class = start_local_activity
execute_local_activity_method = execute_local_activity_class = execute_local_activity


def _schedule(
    called: str | Callable[..., Any],
    arg: Any,
    args: Sequence[Any],
    result_type: Any,
    retry_policy: RetryPolicy | None,
    activity_id: str | None,
    summary: str | None,
    is_local: bool,
    options: Any,
) -> ActivityHandle:
    run = _current.acting("start activity")
    if arg is not UNSET:
        args = arguments_of(arg, args)
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
    known = _known.get(name)
    if known is None or known[0] is not is_local or known[1] != options:
        known = _know(name, is_local, options)
    record = known[2]
    # All that differs between two calls that were given the same options.
    record["input"] = to_payloads(args)
    record["retry_policy"] = None if retry_policy is None else retry_policy_record(retry_policy)
    record["activity_id"] = activity_id
    record["metadata"] = _NO_METADATA if summary is None else metadata_record(summary)
    operation = host.activities.schedule(record)
    # Nobody else keeps what is large.
    record["input"] = ()
    return ActivityHandle.of(run, operation, result_type)


# How activities were called last, by name: the same options make the same record, and workflows call most of their activities
# in one way. An activity beyond these has all forgotten, and they are known anew as they are called.
_known: dict[str, tuple[bool, dict[str, Any], Record]] = {}
_KNOWN_MAX = 100


def forget() -> None:
    """Forgets how activities were called."""
    _known.clear()


def _know(name: str, is_local: bool, options: dict[str, Any]) -> tuple[bool, dict[str, Any], Record]:
    taken = LocalActivityOptions.__optional_keys__ if is_local else ActivityOptions.__optional_keys__
    unknown = sorted(options.keys() - taken)
    if unknown:
        raise TypeError(f"{'A local' if is_local else 'An'} activity has no option {', '.join(unknown)}")
    record = _activity_record(name, is_local, **options)
    if len(_known) >= _KNOWN_MAX:
        forget()
    known = _known[name] = (is_local, options, record)
    return known


def _activity_record(
    name: str,
    is_local: bool,
    *,
    task_queue: str | None = None,
    schedule_to_close_timeout: timedelta | None = None,
    schedule_to_start_timeout: timedelta | None = None,
    start_to_close_timeout: timedelta | None = None,
    heartbeat_timeout: timedelta | None = None,
    local_retry_threshold: timedelta | None = None,
    cancellation_type: ActivityCancellationType = ActivityCancellationType.TRY_CANCEL,
    priority: Priority = Priority.default,
) -> Record:
    if not start_to_close_timeout and not schedule_to_close_timeout:
        raise ValueError("Activity must have start_to_close_timeout or schedule_to_close_timeout")
    return Record(
        activity_type=name,
        task_queue=task_queue,
        headers=[],
        schedule_to_close=to_millis(schedule_to_close_timeout),
        schedule_to_start=to_millis(schedule_to_start_timeout),
        start_to_close=to_millis(start_to_close_timeout),
        heartbeat=to_millis(heartbeat_timeout),
        # It has the contract's numbers.
        cancellation=Case(ActivityCancellationType(cancellation_type).value),
        local=is_local,
        priority=priority_record(priority),
    )


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
_NO_METADATA = Record(summary=None, details=None)


def metadata_record(summary: str | None, details: str | None = None) -> Any:
    """What tools show beside an operation."""
    if summary is None and details is None:
        return _NO_METADATA
    return host.types.UserMetadata(
        None if summary is None else to_payload(summary), None if details is None else to_payload(details)
    )
