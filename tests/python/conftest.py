"""Drives a running server with the official SDK, as its users' workers and clients do.

    MAINSPRING_ADDRESS=127.0.0.1:7233 python -m pytest tests/python

The modules of the orders and of the tests (`order_workflow.wasm`, `test_guests.wasm`) must have been pushed to it.
"""

import asyncio
import os
import sys
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest
from temporalio import activity
from temporalio.client import Client, ScheduleActionStartWorkflow
from temporalio.worker import Worker

from http_json import Http
from ways import Way
from ways.client import ByClient
from ways.command import ByCommand
from ways.http import ByHttp


@pytest.fixture
async def client() -> Client:
    return await Client.connect(os.environ.get("MAINSPRING_ADDRESS", "127.0.0.1:7233"))


@pytest.fixture
def task_queue() -> str:
    """A task queue of this test alone, so that it may bring activities of its own."""
    return f"queue-{uuid.uuid4()}"


@pytest.fixture
def workflow_id(request: pytest.FixtureRequest) -> str:
    """A workflow id of this test alone that says in a list which test it was."""
    return f"{request.node.name}-{uuid.uuid4()}"


@pytest.fixture
def worker(client: Client, task_queue: str) -> Callable[..., AbstractAsyncContextManager[Any]]:
    """Makes a worker for the test's task queue, with these activities and no workflow."""

    def make(*activities: Callable[..., Any], **options: Any) -> Worker:
        return Worker(client, task_queue=task_queue, activities=list(activities), **options)

    return make


@pytest.fixture
async def noop_worker(worker: Callable[..., Worker]) -> AsyncIterator[list[int]]:
    """A worker whose `noop` does nothing but note its argument."""
    seen: list[int] = []

    @activity.defn
    async def noop(i: int) -> int:
        seen.append(i)
        return i

    async with worker(noop):
        yield seen


@pytest.fixture
async def held_noop(worker: Callable[..., Worker]) -> AsyncIterator[asyncio.Event]:
    """A worker whose `noop` gives its argument back once this is set."""
    release = asyncio.Event()

    @activity.defn
    async def noop(i: int) -> int:
        await release.wait()
        return i

    async with worker(noop):
        try:
            yield release
        finally:
            # The worker ends when its activities have.
            release.set()


@pytest.fixture
def schedule_id(request: pytest.FixtureRequest) -> str:
    """The id of a schedule of this test alone."""
    return f"{request.node.name}-{uuid.uuid4()}"


@pytest.fixture
def starting(task_queue: str, workflow_id: str) -> Callable[..., ScheduleActionStartWorkflow]:
    """Makes what a schedule does: it starts a workflow of that type with these arguments."""

    def make(workflow_type: str, *args: Any, **options: Any) -> ScheduleActionStartWorkflow:
        return ScheduleActionStartWorkflow(
            workflow_type, args=list(args), id=workflow_id, task_queue=task_queue, **options
        )

    return make


@pytest.fixture(params=[ByClient, ByCommand, ByHttp], ids=["client", "command", "http"])
def way(request: pytest.FixtureRequest, client: Client) -> Way:
    """Each way in turn to speak to workflows."""
    return request.param(client)


@pytest.fixture
def by_http(client: Client) -> ByHttp:
    """This way alone."""
    return ByHttp(client)


@pytest.fixture
def http() -> Http:
    """What has no form in other ways."""
    return Http()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    session.config.stash[STATUS] = int(exitstatus)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    # Threads of the SDK may still be ending, and Python before 3.14 then sometimes crashes on its way out
    # (github.com/temporalio/sdk-python/issues/300).
    sys.stdout.flush()
    sys.stderr.flush()
    if STATUS in config.stash:
        os._exit(config.stash[STATUS])


STATUS = pytest.StashKey[int]()
