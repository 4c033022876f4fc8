"""What is cancelled and terminated, in every way to say so: runs, scopes, activities."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from temporalio import activity
from temporalio.exceptions import ApplicationError

from test_scopes import Work
from ways import kinds, of_kind, status_of, Way


async def test_a_cancelled_workflow_cleans_up(way: Way, task_queue: str, workflow_id: str, worker: Any) -> None:
    work = Work()
    async with worker(work.cleanup):
        await way.start("cancellable", workflow_id=workflow_id, task_queue=task_queue)
        await way.cancel(workflow_id)
        assert (await way.outcome(workflow_id))[0] == "CANCELED"
    assert work.cleaned.is_set()
    events = kinds(await way.events(workflow_id))
    asked = events.index("WORKFLOW_EXECUTION_CANCEL_REQUESTED")
    assert asked < events.index("ACTIVITY_TASK_COMPLETED") < events.index("WORKFLOW_EXECUTION_CANCELED")


async def test_a_workflow_may_refuse_to_be_cancelled(way: Way, task_queue: str, workflow_id: str) -> None:
    await way.start("stubborn", workflow_id=workflow_id, task_queue=task_queue)
    await way.cancel(workflow_id)
    assert await way.outcome(workflow_id) == ("COMPLETED", "woken")


@pytest.fixture
async def regions(way: Way, task_queue: str, workflow_id: str, worker: Any) -> AsyncIterator[Work]:
    """A workflow with scopes, of which all activities are under way: three in one scope, of which one is tried to be
    cancelled, one waited for, one abandoned; and one outside."""
    work = Work()
    async with worker(work.slow, work.a, work.cleanup):
        await way.start("regions", workflow_id=workflow_id, task_queue=task_queue)
        await work.all_run()
        yield work


async def test_a_scope_is_cancelled_and_the_rest_goes_on(way: Way, workflow_id: str, regions: Work) -> None:
    await way.signal(workflow_id, "stop")
    await asyncio.wait_for(regions.cleaned.wait(), 30)
    assert await status_of(way, workflow_id) == "RUNNING"
    regions.go.set()
    assert await way.outcome(workflow_id) == ("COMPLETED", ["cancelled", "cancelled", "cancelled", "done"])
    # The one that was abandoned is not told, and has no end.
    events = kinds(await way.events(workflow_id))
    assert (events.count("ACTIVITY_TASK_CANCEL_REQUESTED"), events.count("ACTIVITY_TASK_CANCELED")) == (2, 2)


async def test_the_run_is_cancelled_with_all_its_scopes(way: Way, workflow_id: str, regions: Work) -> None:
    await way.cancel(workflow_id)
    assert (await way.outcome(workflow_id))[0] == "CANCELED"
    assert regions.cleaned.is_set()


async def test_what_is_shielded_goes_on(way: Way, task_queue: str, workflow_id: str, worker: Any) -> None:
    running, release = asyncio.Event(), asyncio.Event()

    @activity.defn
    async def slow() -> str:
        running.set()
        while not release.is_set():
            activity.heartbeat()
            await asyncio.sleep(0.1)
        return "slow"

    async with worker(slow):
        await way.start("shielding", workflow_id=workflow_id, task_queue=task_queue)
        await asyncio.wait_for(running.wait(), 10)
        await way.cancel(workflow_id)
        release.set()
        assert (await way.outcome(workflow_id))[0] == "COMPLETED"
    events = kinds(await way.events(workflow_id))
    assert "WORKFLOW_EXECUTION_CANCEL_REQUESTED" in events and "ACTIVITY_TASK_CANCEL_REQUESTED" not in events


async def test_a_workflow_waits_until_its_activity_has_confirmed(
    way: Way, task_queue: str, workflow_id: str, worker: Any
) -> None:
    work = Work()
    async with worker(work.slow):
        await way.start("patient", workflow_id=workflow_id, task_queue=task_queue)
        await asyncio.wait_for(work.running.acquire(), 10)
        await way.cancel(workflow_id)
        assert (await way.outcome(workflow_id))[0] == "CANCELED"
    assert work.cancelled == 1
    events = kinds(await way.events(workflow_id))
    assert events.index("ACTIVITY_TASK_CANCEL_REQUESTED") < events.index("ACTIVITY_TASK_CANCELED")


@pytest.mark.parametrize(
    ("cancellation", "answer", "ended", "told"),
    [
        ("try", "completes", "FAILED", "activity cancelled"),
        ("wait", "completes", "COMPLETED", None),
        ("wait", "fails", "FAILED", "it is too late"),
        ("abandon", "completes", "FAILED", "activity cancelled"),
    ],
)
async def test_a_worker_that_does_not_obey(
    way: Way,
    task_queue: str,
    workflow_id: str,
    worker: Any,
    cancellation: str,
    answer: str,
    ended: str,
    told: str | None,
) -> None:
    """The workflow cancels its activity after a while, and says how. The worker completes or fails it all the same.
    Who waits for it hears what it says."""
    release = asyncio.Event()

    @activity.defn
    async def work(_: str) -> str:
        await release.wait()
        if answer == "fails":
            raise ApplicationError("it is too late", non_retryable=True)
        return "done all the same"

    async with worker(work):
        case = {"cancelAfter": 300, "cancellation": cancellation}
        await way.start("golden_activity", case, workflow_id=workflow_id, task_queue=task_queue)
        if cancellation == "wait":
            while "ACTIVITY_TASK_CANCEL_REQUESTED" not in kinds(await way.events(workflow_id)):
                await asyncio.sleep(0.05)
            release.set()
        outcome = await way.outcome(workflow_id)
        release.set()
    assert outcome == (ended, "done all the same" if ended == "COMPLETED" else None)
    for failed in of_kind(await way.events(workflow_id), "WORKFLOW_EXECUTION_FAILED"):
        assert failed["failure"]["cause"]["message"] == told


async def test_the_activities_of_a_terminated_run_learn_of_it(
    way: Way, task_queue: str, workflow_id: str, worker: Any
) -> None:
    work = Work()
    async with worker(work.slow):
        await way.start("heartbeats", workflow_id=workflow_id, task_queue=task_queue)
        await asyncio.wait_for(work.running.acquire(), 10)
        await way.terminate(workflow_id)
        while work.cancelled == 0:
            await asyncio.sleep(0.05)
    assert (await way.outcome(workflow_id))[0] == "TERMINATED"
    assert len(of_kind(await way.events(workflow_id), "WORKFLOW_EXECUTION_TERMINATED")) == 1
