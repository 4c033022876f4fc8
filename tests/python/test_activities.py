"""What happens to an activity that fails, is slow, or is told to stop."""

import asyncio
import time
from datetime import timedelta
from typing import Any

import pytest
from temporalio import activity
from temporalio.client import Client, WorkflowFailureError
from temporalio.exceptions import ActivityError, ApplicationError, RetryState, TimeoutError, TimeoutType

HOUR = 3_600_000


async def test_retries_count_their_attempts(client: Client, task_queue: str, workflow_id: str, worker: Any) -> None:
    attempts: list[int] = []

    @activity.defn
    async def noop(i: int) -> int:
        attempts.append(activity.info().attempt)
        if activity.info().attempt < 3:
            raise ApplicationError("not yet")
        return i

    async with worker(noop):
        handle = await client.start_workflow("steps", 1, id=workflow_id, task_queue=task_queue)
        await handle.result()
    assert attempts == [1, 2, 3]
    # Attempts that are followed by others leave no events.
    events = [event async for event in handle.fetch_history_events()]
    started = [e for e in events if e.HasField("activity_task_started_event_attributes")]
    assert [e.activity_task_started_event_attributes.attempt for e in started] == [3]


async def test_the_started_event_tells_why_there_were_attempts_before(
    client: Client, task_queue: str, workflow_id: str, worker: Any
) -> None:
    @activity.defn
    async def noop(i: int) -> int:
        if activity.info().attempt == 1:
            raise ApplicationError("not yet")
        return i

    async with worker(noop):
        handle = await client.start_workflow("steps", 1, id=workflow_id, task_queue=task_queue)
        await handle.result()
    events = [event async for event in handle.fetch_history_events()]
    [started] = [e for e in events if e.HasField("activity_task_started_event_attributes")]
    assert started.activity_task_started_event_attributes.last_failure.message == "not yet"


async def test_next_retry_delay_replaces_the_policy(
    client: Client, task_queue: str, workflow_id: str, worker: Any
) -> None:
    began: list[float] = []

    @activity.defn
    async def noop(i: int) -> int:
        began.append(time.monotonic())
        if len(began) == 1:
            # Longer than the policy of any workflow here would wait after a first attempt.
            raise ApplicationError("later", next_retry_delay=timedelta(milliseconds=1500))
        return i

    async with worker(noop):
        await client.execute_workflow("steps", 1, id=workflow_id, task_queue=task_queue)
    assert began[1] - began[0] >= 1.5


async def test_a_non_retryable_failure_ends_it(client: Client, task_queue: str, workflow_id: str, worker: Any) -> None:
    @activity.defn
    async def noop(i: int) -> int:
        raise ApplicationError("never", {"code": 7}, type="Hopeless", non_retryable=True)

    async with worker(noop):
        with pytest.raises(WorkflowFailureError) as caught:
            await client.execute_workflow("steps", 1, id=workflow_id, task_queue=task_queue)
    failure = caught.value.cause
    assert isinstance(failure, ActivityError)
    assert failure.activity_type == "noop"
    # A workflow task is three events.
    assert (failure.scheduled_event_id, failure.started_event_id) == (5, 6)
    assert failure.retry_state == RetryState.NON_RETRYABLE_FAILURE
    assert isinstance(failure.cause, ApplicationError)
    assert (failure.cause.type, failure.cause.message) == ("Hopeless", "never")
    assert list(failure.cause.details) == [{"code": 7}]


async def test_attempts_come_to_an_end(client: Client, task_queue: str, workflow_id: str, worker: Any) -> None:
    """The workflow allows `noop` three attempts."""
    attempts: list[int] = []

    @activity.defn
    async def noop(i: int) -> int:
        attempts.append(activity.info().attempt)
        raise ApplicationError("as ever", type="Usual")

    async with worker(noop):
        with pytest.raises(WorkflowFailureError) as caught:
            await client.execute_workflow("steps", 1, id=workflow_id, task_queue=task_queue)
    failure = caught.value.cause
    assert isinstance(failure, ActivityError)
    assert failure.retry_state == RetryState.MAXIMUM_ATTEMPTS_REACHED
    assert isinstance(failure.cause, ApplicationError)
    assert failure.cause.type == "Usual"
    assert attempts == [1, 2, 3]


async def test_a_silent_activity_is_tried_again(client: Client, task_queue: str, workflow_id: str, worker: Any) -> None:
    """The workflow gives `slow` a heartbeat timeout; the first attempt lets it pass."""
    attempts: list[int] = []

    @activity.defn
    async def slow() -> str:
        attempts.append(activity.info().attempt)
        if activity.info().attempt == 1:
            activity.heartbeat("last words")
            await asyncio.sleep(60)
        assert list(activity.info().heartbeat_details) == ["last words"]
        return "done"

    async with worker(slow):
        assert await client.execute_workflow("race", HOUR, id=workflow_id, task_queue=task_queue) == "done"
    assert attempts == [1, 2]


async def test_a_silent_activity_times_out(client: Client, task_queue: str, workflow_id: str, worker: Any) -> None:
    """The workflow gives `slow` one attempt here, and a second between heartbeats."""

    @activity.defn
    async def slow() -> str:
        activity.heartbeat("last words")
        await asyncio.sleep(60)
        return "too late"

    async with worker(slow):
        with pytest.raises(WorkflowFailureError) as caught:
            await client.execute_workflow("heartbeats", id=workflow_id, task_queue=task_queue)
    failure = caught.value.cause
    assert isinstance(failure, ActivityError)
    assert isinstance(failure.cause, TimeoutError)
    assert failure.cause.type == TimeoutType.HEARTBEAT
    assert list(failure.cause.last_heartbeat_details) == ["last words"]


async def test_a_timer_wins_against_an_activity(client: Client, task_queue: str, workflow_id: str, worker: Any) -> None:
    """The workflow cancels the loser, which hears of it when it heartbeats; its run need not wait for that."""
    told = asyncio.Event()

    @activity.defn
    async def slow() -> str:
        try:
            while True:
                activity.heartbeat()
                await asyncio.sleep(0.05)
        finally:
            told.set()

    async with worker(slow):
        assert await client.execute_workflow("race", 300, id=workflow_id, task_queue=task_queue) == "timer"
        await asyncio.wait_for(told.wait(), 10)


async def test_cancellation_travels_in_the_heartbeat(
    client: Client, task_queue: str, workflow_id: str, worker: Any
) -> None:
    running, told = asyncio.Event(), asyncio.Event()

    @activity.defn
    async def slow() -> str:
        running.set()
        try:
            while True:
                activity.heartbeat()
                await asyncio.sleep(0.05)
        except asyncio.CancelledError:
            told.set()
            raise

    async with worker(slow):
        handle = await client.start_workflow("heartbeats", id=workflow_id, task_queue=task_queue)
        await asyncio.wait_for(running.wait(), 10)
        await handle.cancel()
        with pytest.raises(WorkflowFailureError):
            await handle.result()
        await asyncio.wait_for(told.wait(), 10)


async def test_attempts_are_visible_while_they_run(
    client: Client, task_queue: str, workflow_id: str, worker: Any
) -> None:
    second, release = asyncio.Event(), asyncio.Event()

    @activity.defn
    async def noop(i: int) -> int:
        if activity.info().attempt == 1:
            raise ApplicationError("first failed")
        second.set()
        await release.wait()
        return i

    async with worker(noop):
        handle = await client.start_workflow("steps", 1, id=workflow_id, task_queue=task_queue)
        await asyncio.wait_for(second.wait(), 10)
        [pending] = (await handle.describe()).raw_description.pending_activities
        assert pending.activity_type.name == "noop"
        assert pending.attempt == 2
        assert pending.last_failure.message == "first failed"
        release.set()
        await handle.result()


async def test_an_unknown_activity_type_says_so(
    client: Client, task_queue: str, workflow_id: str, worker: Any
) -> None:
    @activity.defn
    async def something_else() -> None: ...

    async with worker(something_else):
        handle = await client.start_workflow("steps", 1, id=workflow_id, task_queue=task_queue)
        with pytest.raises(WorkflowFailureError) as caught:
            await handle.result()
    failure = caught.value.cause
    assert isinstance(failure, ActivityError)
    assert isinstance(failure.cause, ApplicationError)
    assert "noop" in failure.cause.message
