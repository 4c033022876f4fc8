"""Workflows in Python: values, failures, what is seen from outside. The module is `tests/guests/python/features.py`."""

import asyncio
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from temporalio import activity
from temporalio.client import Client, WorkflowFailureError
from temporalio.exceptions import ActivityError, ApplicationError, TimeoutError
from temporalio.worker import Worker


@activity.defn
async def echo(value: Any) -> Any:
    return value


@activity.defn
async def fails() -> None:
    raise ApplicationError("no", 1, type="Never")


ORDER = {
    "id": "12345678-1234-4678-8234-567812345678",
    "placed": datetime(2026, 1, 2, tzinfo=UTC).isoformat(),
    "colour": "blue",
    "place": ["Bern", "2020-01-01T00:00:00+00:00"],
    "options": {"colour": "red", "levels": [2, 1]},
    "amounts": {"3": 4.5},
    "note": 5,
    "raw": [0, 255],
}


async def test_values_have_the_types_that_hints_say(
    client: Client, task_queue: str, workflow_id: str, worker: Callable[..., Worker]
) -> None:
    order = {**ORDER, "parent": ORDER}
    async with worker(echo):
        said = await client.execute_workflow(
            "PyValues", args=[order, b"bytes", None], id=workflow_id, task_queue=task_queue
        )
    assert said["types"] == ["UUID", "datetime", "Colour", "Place", "Level", "Order", "int"]
    assert said["raw"] == "bytes"
    assert {key: said["order"][key] for key in ORDER} == ORDER
    assert said["order"]["parent"]["parent"] is None


@pytest.mark.parametrize(
    "arguments", [[{"id": "no uuid"}, b"", None], [7, b"", None], [], [ORDER, "text, no bytes", 1]]
)
async def test_arguments_that_do_not_fit_block_the_run(
    client: Client, task_queue: str, workflow_id: str, arguments: list[Any]
) -> None:
    handle = await client.start_workflow("PyValues", args=arguments, id=workflow_id, task_queue=task_queue)
    reason = await blocked(client, workflow_id)
    assert "Failed decoding arguments" in reason or "missing" in reason
    await handle.terminate()


async def blocked(client: Client, workflow_id: str) -> str:
    """Why a run is blocked, once it is."""
    for _ in range(100):
        memo = await (await client.get_workflow_handle(workflow_id).describe()).memo()
        if "mainspring.blocked" in memo:
            return str(memo["mainspring.blocked"]["reason"])
        await asyncio.sleep(0.05)
    raise AssertionError("it is not blocked")


async def test_application_errors_fail_the_workflow_with_all_that_they_have(
    client: Client, task_queue: str, workflow_id: str
) -> None:
    error = await failure(client, "details", workflow_id, task_queue)
    assert isinstance(error, ApplicationError)
    assert (error.message, error.type, error.non_retryable) == ("asked to fail", "Asked", True)
    assert list(error.details) == [7, {"a": 1}]
    assert error.failure is not None
    assert 'raise ApplicationError("asked to fail"' in error.failure.stack_trace
    assert "feature/values.py" in error.failure.stack_trace


async def test_causes_come_along(client: Client, task_queue: str, workflow_id: str) -> None:
    error = await failure(client, "cause", workflow_id, task_queue)
    assert isinstance(error.cause, ApplicationError)
    assert (error.cause.type, error.cause.message) == ("ValueError", "inner")


async def test_declared_exceptions_and_timeouts_fail_the_workflow(client: Client, task_queue: str) -> None:
    error = await failure(client, "declared", f"declared-{uuid.uuid4()}", task_queue)
    assert isinstance(error, ApplicationError) and error.type == "ZeroDivisionError"
    error = await failure(client, "timeout", f"timeout-{uuid.uuid4()}", task_queue)
    assert isinstance(error, ApplicationError) and error.type == "TimeoutError"


async def test_the_failure_of_an_activity_is_the_workflows(
    client: Client, task_queue: str, workflow_id: str, worker: Callable[..., Worker]
) -> None:
    async with worker(fails):
        error = await failure(client, "activity", workflow_id, task_queue)
    assert isinstance(error, ActivityError)
    assert error.activity_type == "fails"
    assert isinstance(error.cause, ApplicationError) and error.cause.type == "Never"
    assert not isinstance(error.cause, TimeoutError)


async def failure(client: Client, way: str, workflow_id: str, task_queue: str) -> Any:
    with pytest.raises(WorkflowFailureError) as raised:
        await client.execute_workflow("PyFails", way, id=workflow_id, task_queue=task_queue)
    return raised.value.cause


async def test_a_workflow_describes_itself(client: Client, task_queue: str, workflow_id: str) -> None:
    handle = await client.start_workflow("PyDescribed", id=workflow_id, task_queue=task_queue, memo={"given": [1, 2]})
    for _ in range(100):
        description = await handle.describe()
        if "PyItems" in description.search_attributes:
            break
        await asyncio.sleep(0.05)
    assert await description.memo() == {"note": "first"}
    assert description.search_attributes["PyCustomer"] == ["ann"]
    await handle.signal("finish")
    assert await handle.result() == {
        "before": [1, 2],
        "memo": {"note": "first"},
        "customer": "ann",
        "has_items": False,
        "missing": "default",
        "info": ["PyDescribed", 1, "default", None],
        "details": "**working**",
    }
