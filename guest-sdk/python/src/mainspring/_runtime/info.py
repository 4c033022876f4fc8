"""What is known of a run, from how the host says it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from .._search_attributes import SearchAttributeKey
from ..common import Priority, RetryPolicy, SearchAttributePair, TypedSearchAttributes
from ..workflow._info import Info, ParentInfo, RootInfo
from .payloads import from_payload, to_public

if TYPE_CHECKING:
    from .run import Run


def info_of(start: Any, run: Run) -> Info:
    """The information that workflow code sees."""
    it = start.info
    began = _moment(it.start_time)
    return Info(
        attempt=it.attempt,
        continued_run_id=it.continued_from_run_id,
        cron_schedule=it.cron_schedule or None,
        execution_timeout=_duration(it.timeouts.execution),
        first_execution_run_id=it.first_run_id,
        headers={name: to_public(payload) for name, payload in start.headers},
        namespace=it.namespace,
        original_execution_run_id=it.original_run_id,
        parent=None
        if it.parent is None
        else ParentInfo(namespace=it.namespace, run_id=it.parent.run_id, workflow_id=it.parent.workflow_id),
        root=None if it.root is None else RootInfo(run_id=it.root.run_id, workflow_id=it.root.workflow_id),
        priority=_priority(it.priority),
        raw_memo={name: to_public(payload) for name, payload in run.memo.items()},
        retry_policy=_retry_policy(it.retry_policy),
        run_id=it.execution.run_id,
        run_timeout=_duration(it.timeouts.run),
        search_attributes=untyped(it.search_attributes),
        start_time=began,
        task_queue=it.task_queue,
        task_timeout=_duration(it.timeouts.task) or timedelta(seconds=10),
        typed_search_attributes=typed(it.search_attributes),
        workflow_id=it.execution.workflow_id,
        workflow_start_time=began,
        workflow_type=start.workflow_type,
    )


def untyped(attributes: list[tuple[str, Any]]) -> dict[str, list[Any]]:
    """Search attributes as lists of values."""
    values = {}
    for name, payload in attributes:
        value = from_payload(payload)
        values[name] = value if isinstance(value, list) else [value]
    return values


def typed(attributes: list[tuple[str, Any]]) -> TypedSearchAttributes:
    """Search attributes with their types, where the payload names one."""
    pairs = []
    for name, payload in attributes:
        kind = dict(payload.metadata).get("type")
        key = None if kind is None else SearchAttributeKey.of_metadata_type(name, kind.decode())
        if key is None:
            continue
        value = from_payload(payload)
        if isinstance(value, list) and key.metadata_type != "KeywordList":
            if len(value) != 1:
                continue
            value = value[0]
        if key.metadata_type == "Datetime":
            value = datetime.fromisoformat(value)
        pairs.append(SearchAttributePair(key, value))
    return TypedSearchAttributes(pairs)


def _moment(millis: int) -> datetime:
    return datetime.fromtimestamp(millis / 1000, UTC)


def _duration(millis: int | None) -> timedelta | None:
    return None if millis is None else timedelta(milliseconds=millis)


def _priority(priority: Any) -> Priority:
    if priority is None:
        return Priority.default
    return Priority(
        priority_key=priority.key or None,
        fairness_key=priority.fairness_key or None,
        fairness_weight=priority.fairness_weight or None,
    )


def _retry_policy(policy: Any) -> RetryPolicy | None:
    if policy is None:
        return None
    return RetryPolicy(
        initial_interval=timedelta(milliseconds=policy.initial_interval),
        backoff_coefficient=policy.backoff_coefficient,
        maximum_interval=_duration(policy.maximum_interval),
        maximum_attempts=policy.maximum_attempts,
        non_retryable_error_types=policy.non_retryable_kinds or None,
    )
