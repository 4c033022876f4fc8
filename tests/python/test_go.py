"""Workflows in Go, which do with goroutines and channels what others do with futures."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest
from temporalio import activity
from temporalio.client import Client, WorkflowFailureError
from temporalio.exceptions import ActivityError, ApplicationError, CancelledError

from examples import connect

Worker = Callable[..., AbstractAsyncContextManager[Any]]


@pytest.fixture
async def client() -> Client:
    """In the namespace of Go: some workflows have the types of others in Rust."""
    return await connect("go")


async def test_signals_arrive_in_channels_and_queries_see_what_came(
    client: Client, task_queue: str, workflow_id: str
) -> None:
    handle = await client.start_workflow(
        "go_approval", id=workflow_id, task_queue=task_queue, start_signal="note", start_signal_args=["first"]
    )
    await handle.signal("note", "second")
    assert await handle.query("notes") == ["first", "second"]
    await handle.signal("approve", "Ada")
    assert await handle.result() == ["first", "second", "approved by Ada"]


async def test_many_goroutines_wait_for_activities(
    client: Client, task_queue: str, workflow_id: str, noop_worker: list[int]
) -> None:
    assert await client.execute_workflow("go_fan_out", 30, id=workflow_id, task_queue=task_queue) == "30"
    assert sorted(noop_worker) == list(range(30))


async def test_an_activity_loses_against_a_timer_and_is_told(
    client: Client, task_queue: str, workflow_id: str, worker: Worker
) -> None:
    told = asyncio.Event()

    @activity.defn
    async def slow() -> None:
        try:
            while True:
                activity.heartbeat()
                await asyncio.sleep(0.1)
        except asyncio.CancelledError:
            told.set()
            raise

    async with worker(slow):
        handle = await client.start_workflow("go_deadline", id=workflow_id, task_queue=task_queue)
        assert await handle.result() == "true context deadline exceeded"
        await asyncio.wait_for(told.wait(), 30)


async def test_failures_keep_their_causes(client: Client, task_queue: str, workflow_id: str, worker: Worker) -> None:
    @activity.defn
    async def fails() -> None:
        raise ApplicationError("no luck", type="NoLuck", non_retryable=True)

    async with worker(fails):
        with pytest.raises(WorkflowFailureError) as failed:
            await client.execute_workflow("go_failure", id=workflow_id, task_queue=task_queue)
    found = failed.value.cause
    assert isinstance(found, ApplicationError)
    assert (found.type, found.message, found.details) == ("Found", "fails said NoLuck", (42,))
    assert isinstance(found.cause, ActivityError)
    assert isinstance(found.cause.cause, ApplicationError)
    assert found.cause.cause.type == "NoLuck"


async def test_a_cancelled_workflow_cleans_up(
    client: Client, task_queue: str, workflow_id: str, noop_worker: list[int]
) -> None:
    handle = await client.start_workflow("go_cleanup", id=workflow_id, task_queue=task_queue)
    await handle.cancel()
    with pytest.raises(WorkflowFailureError) as failed:
        await handle.result()
    assert isinstance(failed.value.cause, CancelledError)
    assert noop_worker == [1]
