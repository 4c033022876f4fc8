"""Signals, queries and updates, in every way to say them."""

import asyncio
from typing import Any

import pytest
from temporalio import activity
from temporalio.exceptions import ApplicationError

from ways import kinds, of_kind, Refused, Way


async def test_signals_wait_until_somebody_asks_for_them(
    way: Way, task_queue: str, workflow_id: str, worker: Any
) -> None:
    """The workflow calls an activity before it receives its first signal."""

    @activity.defn
    async def noop(i: int) -> int:
        return i

    await way.start("waits_for_signal", 2, workflow_id=workflow_id, task_queue=task_queue)
    for number in (1, 2):
        await way.signal(workflow_id, "number", number)
    async with worker(noop):
        assert await way.outcome(workflow_id) == ("COMPLETED", [1, 2])


async def test_no_signal_is_lost_that_was_taken(way: Way, task_queue: str, workflow_id: str) -> None:
    """The workflow would complete with the first. Whoever was told that his signal was taken finds it in the result."""
    for attempt in range(4):
        one = f"{workflow_id}-{attempt}"
        await way.start("collector", 1, workflow_id=one, task_queue=task_queue)
        items = [str(number) for number in range(6)]
        told = await asyncio.gather(*(way.signal(one, "collect", item) for item in items), return_exceptions=True)
        taken = [item for item, error in zip(items, told) if error is None]
        refused = [error for error in told if error is not None]
        assert all(isinstance(error, Refused) and "already completed" in str(error) for error in refused), refused
        ended, collected = await way.outcome(one)
        assert (ended, sorted(collected)) == ("COMPLETED", taken)


async def test_signal_with_start(way: Way, task_queue: str, workflow_id: str) -> None:
    of_it = {"workflow_id": workflow_id, "task_queue": task_queue}
    runs = {await way.signal_with_start("collect", item, "collector", 2, **of_it) for item in ("one", "two")}
    assert len(runs) == 1
    assert await way.outcome(workflow_id) == ("COMPLETED", ["one", "two"])


async def test_a_workflow_signals_and_cancels_another(
    way: Way, task_queue: str, workflow_id: str, noop_worker: list[int]
) -> None:
    other = f"{workflow_id}-other"
    await way.start("waits_for_signal", 3, workflow_id=other, task_queue=task_queue)
    for number, kind in ((7, "SIGNALED"), (0, "CANCEL_REQUESTED")):
        sender = f"{workflow_id}-{number}"
        await way.start("sends", other, number, workflow_id=sender, task_queue=task_queue)
        assert (await way.outcome(sender))[0] == "COMPLETED"
        assert f"EXTERNAL_WORKFLOW_EXECUTION_{kind}" in kinds(await way.events(sender))
    assert (await way.outcome(other))[0] == "CANCELED"
    signals = of_kind(await way.events(other), "WORKFLOW_EXECUTION_SIGNALED")
    senders = [signal["externalWorkflowExecution"]["workflowId"] for signal in signals]
    assert senders == [f"{workflow_id}-7", f"{workflow_id}-0"]


async def test_a_message_to_nobody_fails(way: Way, task_queue: str, workflow_id: str) -> None:
    await way.start("sends", f"{workflow_id}-nobody", 7, workflow_id=workflow_id, task_queue=task_queue)
    assert (await way.outcome(workflow_id))[0] == "FAILED"
    [failed] = of_kind(await way.events(workflow_id), "SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_FAILED")
    assert failed["cause"].endswith("EXTERNAL_WORKFLOW_EXECUTION_NOT_FOUND")


async def test_a_blocked_run_is_asked(way: Way, task_queue: str, workflow_id: str, noop_worker: list[int]) -> None:
    await way.start("panics", "a bug", workflow_id=workflow_id, task_queue=task_queue)
    while "mainspring.blocked" not in str((await way.describe(workflow_id))["workflowExecutionInfo"].get("memo")):
        await asyncio.sleep(0.05)
    with pytest.raises(Refused, match="a bug"):
        await way.query(workflow_id, "anything")
    assert "panics" in str(await way.query(workflow_id, "__temporal_workflow_metadata"))
    await way.terminate(workflow_id)


async def test_a_closed_run_is_asked(way: Way, task_queue: str, workflow_id: str) -> None:
    await way.start("collector", 1, workflow_id=workflow_id, task_queue=task_queue)
    await way.signal(workflow_id, "collect", "only")
    assert (await way.outcome(workflow_id))[0] == "COMPLETED"
    assert await way.query(workflow_id, "collected") == ["only"]
    assert await way.query(workflow_id, "itemAt", 0) == "only"
    with pytest.raises(Refused, match="there is no item 7"):
        await way.query(workflow_id, "itemAt", 7)


async def test_an_update_is_validated_and_answered(way: Way, task_queue: str, workflow_id: str) -> None:
    await way.start("counter", workflow_id=workflow_id, task_queue=task_queue)
    assert await way.update(workflow_id, "add", 2) == 2
    with pytest.raises(Refused, match="the amount is 0"):
        await way.update(workflow_id, "add", 0)
    with pytest.raises(Refused, match="subtract"):
        await way.update(workflow_id, "subtract", 1)
    assert await way.update(workflow_id, "add", 3) == 5
    await way.signal(workflow_id, "close")
    assert await way.outcome(workflow_id) == ("COMPLETED", 5)
    events = kinds(await way.events(workflow_id))
    assert events.count("WORKFLOW_EXECUTION_UPDATE_ACCEPTED") == 2
    with pytest.raises(Refused, match="already completed"):
        await way.update(workflow_id, "add", 1)


async def test_an_update_runs_an_activity(
    way: Way, task_queue: str, workflow_id: str, noop_worker: list[int]
) -> None:
    await way.start("counter", workflow_id=workflow_id, task_queue=task_queue)
    assert await way.update(workflow_id, "addSlowly", 4) == 4
    assert noop_worker == [4]
    events = kinds(await way.events(workflow_id))
    accepted = events.index("WORKFLOW_EXECUTION_UPDATE_ACCEPTED")
    completed = events.index("WORKFLOW_EXECUTION_UPDATE_COMPLETED")
    assert accepted < events.index("ACTIVITY_TASK_SCHEDULED") < events.index("ACTIVITY_TASK_COMPLETED") < completed
    await way.terminate(workflow_id)


async def test_an_update_fails_and_its_workflow_goes_on(
    way: Way, task_queue: str, workflow_id: str, worker: Any
) -> None:
    @activity.defn
    async def work(amount: int) -> int:
        raise ApplicationError("it cannot be done", type="Hopeless", non_retryable=True)

    async with worker(work):
        await way.start("golden_counter", workflow_id=workflow_id, task_queue=task_queue)
        with pytest.raises(Refused):
            await way.update(workflow_id, "work", 5)
        assert await way.update(workflow_id, "add", 1) == 1
    [failed, added] = of_kind(await way.events(workflow_id), "WORKFLOW_EXECUTION_UPDATE_COMPLETED")
    assert failed["outcome"]["failure"]["cause"]["message"] == "it cannot be done"
    assert "success" in added["outcome"]
    await way.terminate(workflow_id)


async def test_the_end_of_a_run_ends_its_updates(way: Way, task_queue: str, workflow_id: str) -> None:
    """The update waits for an activity that nobody takes."""
    await way.start("golden_counter", workflow_id=workflow_id, task_queue=task_queue)
    asked = asyncio.create_task(way.update(workflow_id, "work", 5))
    while "WORKFLOW_EXECUTION_UPDATE_ACCEPTED" not in kinds(await way.events(workflow_id)):
        await asyncio.sleep(0.05)
    await way.signal(workflow_id, "close")
    assert await way.outcome(workflow_id) == ("COMPLETED", 0)
    with pytest.raises(Refused):
        await asyncio.wait_for(asked, 30)
