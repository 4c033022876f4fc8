"""Activities of workflows that are started and watched in every way."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from temporalio import activity
from temporalio.exceptions import ApplicationError

from test_guests_in_python_calls import say_hello, total
from ways import kinds, of_kind, Way


async def test_activities_run_one_after_the_other_and_at_once(
    way: Way, task_queue: str, workflow_id: str, noop_worker: list[int]
) -> None:
    await way.start("steps", 3, workflow_id=workflow_id, task_queue=task_queue)
    assert await way.outcome(workflow_id) == ("COMPLETED", 3)
    assert noop_worker == [0, 1, 2]
    await way.start("fanout", 10, workflow_id=f"{workflow_id}-wide", task_queue=task_queue)
    assert await way.outcome(f"{workflow_id}-wide") == ("COMPLETED", sum(range(10)))
    events = kinds(await way.events(f"{workflow_id}-wide"))
    assert events.count("ACTIVITY_TASK_COMPLETED") == 10


async def test_an_activity_is_tried_again(way: Way, task_queue: str, workflow_id: str, worker: Any) -> None:
    @activity.defn
    async def noop(i: int) -> int:
        if activity.info().attempt < 3:
            raise ApplicationError("not yet")
        return i

    async with worker(noop):
        await way.start("steps", 1, workflow_id=workflow_id, task_queue=task_queue)
        assert await way.outcome(workflow_id) == ("COMPLETED", 1)
    [started] = of_kind(await way.events(workflow_id), "ACTIVITY_TASK_STARTED")
    assert (started["attempt"], started["lastFailure"]["message"]) == (3, "not yet")


@pytest.mark.parametrize(
    ("non_retryable", "state"), [(True, "NON_RETRYABLE_FAILURE"), (False, "MAXIMUM_ATTEMPTS_REACHED")]
)
async def test_an_activity_fails_for_good(
    way: Way, task_queue: str, workflow_id: str, worker: Any, non_retryable: bool, state: str
) -> None:
    attempts: list[int] = []

    @activity.defn
    async def noop(i: int) -> int:
        attempts.append(activity.info().attempt)
        raise ApplicationError("as ever", type="Usual", non_retryable=non_retryable)

    async with worker(noop):
        await way.start("steps", 1, workflow_id=workflow_id, task_queue=task_queue)
        assert (await way.outcome(workflow_id))[0] == "FAILED"
    assert attempts == ([1] if non_retryable else [1, 2, 3])
    [failed] = of_kind(await way.events(workflow_id), "ACTIVITY_TASK_FAILED")
    assert failed["retryState"] == f"RETRY_STATE_{state}"
    assert failed["failure"]["applicationFailureInfo"]["type"] == "Usual"


@pytest.mark.parametrize(
    ("case", "kind"),
    [
        ({"scheduleToStart": 300}, "SCHEDULE_TO_START"),
        ({"scheduleToClose": 600, "attempts": 5}, "SCHEDULE_TO_CLOSE"),
        ({"startToClose": 300}, "START_TO_CLOSE"),
        ({"heartbeat": 300}, "HEARTBEAT"),
    ],
)
async def test_an_activity_takes_too_long(
    way: Way, task_queue: str, workflow_id: str, worker: Any, case: dict[str, int], kind: str
) -> None:
    @activity.defn
    async def work(_: str) -> str:
        if kind == "SCHEDULE_TO_CLOSE":
            # Its attempts are quick; together they take too long.
            raise ApplicationError("not yet", next_retry_delay=timedelta(milliseconds=200))
        await asyncio.sleep(60)
        return "too late"

    async def run() -> None:
        await way.start("golden_activity", case, workflow_id=workflow_id, task_queue=task_queue)
        assert (await way.outcome(workflow_id))[0] == "FAILED"

    if kind == "SCHEDULE_TO_START":
        # Nobody takes it.
        await run()
    else:
        async with worker(work, graceful_shutdown_timeout=timedelta()):
            await run()
    events = await way.events(workflow_id)
    ended = of_kind(events, "ACTIVITY_TASK_TIMED_OUT") or of_kind(events, "ACTIVITY_TASK_FAILED")
    if kind == "SCHEDULE_TO_CLOSE" and "timeoutFailureInfo" not in ended[0]["failure"]:
        # There was no time for another attempt.
        assert ended[0]["retryState"] == "RETRY_STATE_TIMEOUT"
    else:
        assert ended[0]["failure"]["timeoutFailureInfo"]["timeoutType"] == f"TIMEOUT_TYPE_{kind}"


async def test_a_heartbeat_keeps_what_it_says_for_the_next_attempt(
    way: Way, task_queue: str, workflow_id: str, worker: Any
) -> None:
    details: list[list[Any]] = []

    @activity.defn
    async def slow() -> str:
        details.append(list(activity.info().heartbeat_details))
        if activity.info().attempt == 1:
            activity.heartbeat("half way", 50)
            raise ApplicationError("interrupted")
        return "done"

    async with worker(slow):
        await way.start("race", 3_600_000, workflow_id=workflow_id, task_queue=task_queue)
        assert await way.outcome(workflow_id) == ("COMPLETED", "done")
    assert details == [[], ["half way", 50]]


async def test_a_cancelled_activity_hears_of_it_by_its_heartbeat(
    way: Way, task_queue: str, workflow_id: str, worker: Any
) -> None:
    told = asyncio.Event()
    running = asyncio.Event()

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
        await way.start("heartbeats", workflow_id=workflow_id, task_queue=task_queue)
        await asyncio.wait_for(running.wait(), 10)
        await way.cancel(workflow_id)
        assert (await way.outcome(workflow_id))[0] == "CANCELED"
        await asyncio.wait_for(told.wait(), 10)


async def test_local_activities_run_in_a_worker_if_nobody_else_has_them(
    way: Way, task_queue: str, workflow_id: str, worker: Any
) -> None:
    async with worker(say_hello, total):
        await way.start("PyLocals", workflow_id=workflow_id, task_queue=task_queue)
        assert await way.outcome(workflow_id) == ("COMPLETED", ["Hello, ann!", "bob owes nothing"])
    assert kinds(await way.events(workflow_id)).count("ACTIVITY_TASK_COMPLETED") == 2
