"""Activities whose worker leaves them to somebody else, who finishes them by task token or by id."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from temporalio import activity
from temporalio.client import (
    AsyncActivityCancelledError,
    AsyncActivityHandle,
    Client,
    WorkflowFailureError,
    WorkflowHandle,
)
from temporalio.exceptions import ActivityError, ApplicationError, CancelledError
from temporalio.service import RPCError, RPCStatusCode

# How the activity of a task is found again.
Finder = Callable[[Client, activity.Info], AsyncActivityHandle]


def by_token(client: Client, info: activity.Info) -> AsyncActivityHandle:
    return client.get_async_activity_handle(task_token=info.task_token)


def by_id(client: Client, info: activity.Info) -> AsyncActivityHandle:
    return client.get_async_activity_handle(
        workflow_id=info.workflow_id, run_id=info.workflow_run_id, activity_id=info.activity_id
    )


def by_id_in_the_current_run(client: Client, info: activity.Info) -> AsyncActivityHandle:
    return client.get_async_activity_handle(workflow_id=info.workflow_id, run_id=None, activity_id=info.activity_id)


ways = pytest.mark.parametrize("find", [by_token, by_id, by_id_in_the_current_run])


@pytest.fixture
async def tasks(worker: Callable[..., Any]) -> AsyncIterator[Callable[[], Awaitable[activity.Info]]]:
    """The next task that was left to somebody else, of a worker that does so with `noop` and `slow`."""
    left: asyncio.Queue[activity.Info] = asyncio.Queue()

    @activity.defn
    async def noop(i: int) -> int:
        await left.put(activity.info())
        activity.raise_complete_async()

    @activity.defn
    async def slow() -> str:
        await left.put(activity.info())
        activity.raise_complete_async()

    async with worker(noop, slow):
        yield lambda: asyncio.wait_for(left.get(), 10)


@ways
async def test_it_is_completed(client: Client, task_queue: str, workflow_id: str, tasks: Any, find: Finder) -> None:
    handle = await client.start_workflow("call", args=["noop", 0, 2], id=workflow_id, task_queue=task_queue)
    await find(client, await tasks()).complete("from elsewhere")
    assert await handle.result() == "from elsewhere"


@ways
async def test_it_fails_and_is_tried_again(
    client: Client, task_queue: str, workflow_id: str, tasks: Any, find: Finder
) -> None:
    handle = await client.start_workflow("call", args=["noop", 0, 2], id=workflow_id, task_queue=task_queue)
    await find(client, await tasks()).fail(ApplicationError("not yet"), last_heartbeat_details=["half way"])
    second = await tasks()
    assert (second.attempt, list(second.heartbeat_details)) == (2, ["half way"])
    await find(client, second).complete("at last")
    assert await handle.result() == "at last"


@ways
async def test_it_fails_for_good(client: Client, task_queue: str, workflow_id: str, tasks: Any, find: Finder) -> None:
    handle = await client.start_workflow("call", args=["noop", 0, 2], id=workflow_id, task_queue=task_queue)
    await find(client, await tasks()).fail(ApplicationError("never", type="Hopeless", non_retryable=True))
    failure = await failure_of(handle)
    assert isinstance(failure, ActivityError)
    assert isinstance(failure.cause, ApplicationError)
    assert (failure.cause.type, failure.cause.message) == ("Hopeless", "never")


@ways
async def test_heartbeats_keep_it_alive(
    client: Client, task_queue: str, workflow_id: str, tasks: Any, find: Finder
) -> None:
    """The workflow gives `slow` one attempt here, and a second between heartbeats."""
    handle = await client.start_workflow("heartbeats", id=workflow_id, task_queue=task_queue)
    elsewhere = find(client, await tasks())
    for step in range(15):
        await elsewhere.heartbeat(step)
        await asyncio.sleep(0.1)
    [pending] = (await handle.describe()).raw_description.pending_activities
    assert pending.heartbeat_details.payloads[0].data == b"14"
    await elsewhere.complete("alive")
    assert await handle.result() == "alive"


@ways
async def test_it_is_told_of_its_cancellation_and_reports_it(
    client: Client, task_queue: str, workflow_id: str, tasks: Any, find: Finder
) -> None:
    """The workflow waits until the activity is cancelled."""
    handle = await client.start_workflow("patient", id=workflow_id, task_queue=task_queue)
    elsewhere = find(client, await tasks())
    await elsewhere.heartbeat()
    await handle.cancel()
    with pytest.raises(AsyncActivityCancelledError):
        for _ in range(100):
            await elsewhere.heartbeat()
            await asyncio.sleep(0.05)
    await elsewhere.report_cancellation("tidied up")
    assert isinstance(await failure_of(handle), CancelledError)
    [cancelled] = [
        event.activity_task_canceled_event_attributes
        async for event in handle.fetch_history_events()
        if event.HasField("activity_task_canceled_event_attributes")
    ]
    assert cancelled.details.payloads[0].data == b'"tidied up"'


@ways
async def test_what_is_over_is_not_found(
    client: Client, task_queue: str, workflow_id: str, tasks: Any, find: Finder
) -> None:
    """`steps` calls `noop` once for each step: the first activity is over while the run is not."""
    handle = await client.start_workflow("steps", 2, id=workflow_id, task_queue=task_queue)
    first = find(client, await tasks())
    await first.complete(0)
    second = find(client, await tasks())
    await not_found_in_any_way(first)
    await second.heartbeat()
    await handle.terminate()
    await not_found_in_any_way(second)


async def test_what_never_was_is_not_found(client: Client, task_queue: str, workflow_id: str, tasks: Any) -> None:
    handle = await client.start_workflow("steps", 1, id=workflow_id, task_queue=task_queue)
    info = await tasks()

    def activity_of(workflow_id: str, run_id: str | None, activity_id: str) -> AsyncActivityHandle:
        return client.get_async_activity_handle(workflow_id=workflow_id, run_id=run_id, activity_id=activity_id)

    await not_found_in_any_way(activity_of(workflow_id, None, "no such activity"))
    await not_found_in_any_way(activity_of(workflow_id, str(uuid.uuid4()), info.activity_id))
    await not_found_in_any_way(activity_of(f"{workflow_id}-other", None, info.activity_id))
    await activity_of(workflow_id, None, info.activity_id).complete(0)
    await handle.result()


async def not_found_in_any_way(elsewhere: AsyncActivityHandle) -> None:
    for attempt in (
        elsewhere.heartbeat(),
        elsewhere.complete("too late"),
        elsewhere.fail(ApplicationError("too late")),
        elsewhere.report_cancellation(),
    ):
        with pytest.raises(RPCError) as caught:
            await attempt
        assert caught.value.status == RPCStatusCode.NOT_FOUND


async def failure_of(handle: WorkflowHandle[Any, Any]) -> BaseException | None:
    with pytest.raises(WorkflowFailureError) as caught:
        await handle.result()
    return caught.value.cause
