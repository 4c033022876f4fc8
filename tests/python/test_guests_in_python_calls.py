"""Workflows in Python: `asyncio`, activities, children, others. The module is `tests/guests/python/features.py`."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from temporalio import activity
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowFailureError
from temporalio.exceptions import ApplicationError, CancelledError
from temporalio.worker import Worker


@activity.defn
async def charge(customer: str, amount: int) -> dict[str, Any]:
    return {"customer": customer, "amount": amount}


@activity.defn
async def say_hello(name: str) -> str:
    return f"Hello, {name}!"


@activity.defn
async def total(customer: str) -> str:
    return f"{customer} owes nothing"


@activity.defn
async def fails() -> None:
    raise ApplicationError("no", "why", type="Never")


async def test_asyncio_is_the_real_one(client: Client, task_queue: str, workflow_id: str) -> None:
    assert await client.execute_workflow("PyAsyncio", id=workflow_id, task_queue=task_queue) == {
        "gather": ["a", "b", "ValueError('raised')"],
        "wait_for": "late",
        "timeout": "late",
        "queue": [0, 1, 2],
        "wait": [[10], 2],
        "as_completed": [1, 2],
        "group": ["raised"],
        "pending": 2,
    }


async def test_activities_are_called_in_every_way(
    client: Client, task_queue: str, workflow_id: str, worker: Callable[..., Worker]
) -> None:
    async with worker(charge, say_hello, total, fails):
        handle = await client.start_workflow("PyActivities", id=workflow_id, task_queue=task_queue)
        assert await handle.result() == {
            "receipt": ["Receipt", 5],
            "greeting": "Hello, bob!",
            "method": "ann owes nothing",
            "done": True,
            "failure": ["fails", "NON_RETRYABLE_FAILURE", "Never", ["why"]],
            "timeout": "SCHEDULE_TO_CLOSE",
            "without a limit": "Activity must have start_to_close_timeout or schedule_to_close_timeout",
            "cancelled": "CancelledError",
        }
    history = await handle.fetch_history()
    scheduled = [it for it in history.events if it.HasField("activity_task_scheduled_event_attributes")]
    greeting = scheduled[1]
    assert greeting.activity_task_scheduled_event_attributes.activity_id == "greeting"
    assert greeting.activity_task_scheduled_event_attributes.priority.priority_key == 1
    assert greeting.user_metadata.summary.data == b'"a greeting"'


async def test_local_activities_run_in_a_worker_if_nobody_else_has_them(
    client: Client, task_queue: str, workflow_id: str, worker: Callable[..., Worker]
) -> None:
    async with worker(say_hello, total):
        said = await client.execute_workflow("PyLocals", id=workflow_id, task_queue=task_queue)
    assert said == ["Hello, ann!", "bob owes nothing"]


async def test_children_are_told_and_awaited(client: Client, task_queue: str, workflow_id: str) -> None:
    said = await client.execute_workflow("PyChildren", workflow_id, id=workflow_id, task_queue=task_queue)
    assert said == {
        "completed": "completes: ",
        "told": "waits: hello",
        "id": [True, 36],
        "failed": ["PyLeaf", "Leaf"],
        "in use": "-four",
        "cancelled": "CancelledError",
        "no id given": True,
        "abandoned": "-five",
    }
    abandoned = client.get_workflow_handle(f"{workflow_id}-five")
    assert (await abandoned.describe()).status == WorkflowExecutionStatus.RUNNING
    await abandoned.signal("tell", "the end")
    assert await abandoned.result() == "waits: the end"


async def test_workflows_tell_others(client: Client, task_queue: str, workflow_id: str) -> None:
    leaf = {"way": "waits"}
    told = await client.start_workflow("PyLeaf", leaf, id=f"{workflow_id}-told", task_queue=task_queue)
    asked = await client.start_workflow("PyLeaf", leaf, id=f"{workflow_id}-asked", task_queue=task_queue)
    said = await client.execute_workflow(
        "PyNeighbours", args=[told.id, asked.id], id=workflow_id, task_queue=task_queue
    )
    assert said == ["told", "asked", 'there is no open run of workflow "nobody" that could take the message']
    assert await told.result() == "waits: from next door"
    with pytest.raises(WorkflowFailureError) as raised:
        await asked.result()
    assert isinstance(raised.value.cause, CancelledError)


async def test_chains_carry_patches_and_memos(client: Client, task_queue: str, workflow_id: str) -> None:
    said = await client.execute_workflow("PyChain", args=[2, []], id=workflow_id, task_queue=task_queue)
    assert said == [True, True, True, True, True]


@pytest.mark.parametrize("way", ["timer", "condition", "activity"])
async def test_a_cancelled_workflow_cleans_up(
    client: Client, task_queue: str, workflow_id: str, noop_worker: list[int], way: str
) -> None:
    handle = await client.start_workflow("PyCancelled", way, id=workflow_id, task_queue=task_queue)
    await handle.cancel()
    with pytest.raises(WorkflowFailureError) as raised:
        await handle.result()
    assert isinstance(raised.value.cause, CancelledError)
    assert noop_worker == [1]


async def test_a_workflow_need_not_obey(
    client: Client, task_queue: str, workflow_id: str, noop_worker: list[int]
) -> None:
    handle = await client.start_workflow("PyCancelled", "stubborn", id=workflow_id, task_queue=task_queue)
    await handle.cancel(reason="lunch")
    assert await handle.result() == "not now: lunch"


async def test_what_is_shielded_goes_on(client: Client, task_queue: str, workflow_id: str) -> None:
    handle = await client.start_workflow("PyShielded", id=workflow_id, task_queue=task_queue)
    await handle.cancel()
    await asyncio.sleep(0.1)
    await handle.signal("pay_now")
    assert await handle.result() == "cancelled, and paid"
