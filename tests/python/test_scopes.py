"""A part of a workflow is cancelled by itself."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest
from temporalio import activity
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowFailureError
from temporalio.exceptions import CancelledError


class Work:
    """Activities that note what becomes of them."""

    def __init__(self) -> None:
        self.running = asyncio.Semaphore(0)
        self.cancelled = 0
        self.cleaned = asyncio.Event()
        self.go = asyncio.Event()

    @activity.defn
    async def slow(self) -> str:
        self.running.release()
        try:
            while True:
                activity.heartbeat()
                await asyncio.sleep(0.1)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise

    @activity.defn
    async def a(self) -> None:
        self.running.release()
        await self.go.wait()

    @activity.defn
    async def cleanup(self) -> None:
        self.cleaned.set()

    async def all_run(self) -> None:
        for _ in range(4):
            await asyncio.wait_for(self.running.acquire(), 30)


Worker = Callable[..., AbstractAsyncContextManager[Any]]


async def test_a_scope_is_cancelled_and_the_rest_goes_on(
    client: Client, task_queue: str, workflow_id: str, worker: Worker
) -> None:
    work = Work()
    async with worker(work.slow, work.a, work.cleanup):
        handle = await client.start_workflow("regions", id=workflow_id, task_queue=task_queue)
        await work.all_run()
        await handle.signal("stop")
        await asyncio.wait_for(work.cleaned.wait(), 30)
        # It was waited for that one of them confirmed; of the one that was abandoned nobody asked anything.
        assert 1 <= work.cancelled <= 2
        assert (await handle.describe()).status == WorkflowExecutionStatus.RUNNING
        work.go.set()
        assert await handle.result() == ["cancelled", "cancelled", "cancelled", "done"]


async def test_the_run_is_cancelled_with_all_its_scopes(
    client: Client, task_queue: str, workflow_id: str, worker: Worker
) -> None:
    work = Work()
    async with worker(work.slow, work.a, work.cleanup):
        handle = await client.start_workflow("regions", id=workflow_id, task_queue=task_queue)
        await work.all_run()
        await handle.cancel()
        with pytest.raises(WorkflowFailureError) as caught:
            await handle.result()
        assert isinstance(caught.value.cause, CancelledError)
        assert work.cleaned.is_set()
        assert (await handle.describe()).status == WorkflowExecutionStatus.CANCELED
