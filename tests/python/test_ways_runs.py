"""Runs, runs that follow each other, and runs that wait, in every way to start them."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from temporalio import activity
from temporalio.client import Client
from temporalio.common import Priority, RetryPolicy

from ways import kinds, of_kind, Refused, status_of, Way
from ways.client import ByClient
from ways.command import ByCommand
from ways.http import ByHttp

HOUR = 3_600_000
SECOND = timedelta(seconds=1)
SOON = RetryPolicy(initial_interval=timedelta(milliseconds=10), maximum_attempts=3)


async def test_a_result_and_a_failure(way: Way, task_queue: str, workflow_id: str) -> None:
    argument = {"text": "Ünïcödé ✓", "numbers": [1, 2.5, -3], "nothing": None}
    await way.start("echo", argument, workflow_id=workflow_id, task_queue=task_queue)
    assert await way.outcome(workflow_id) == ("COMPLETED", argument)
    await way.start("fails", "OnPurpose", True, workflow_id=f"{workflow_id}-fails", task_queue=task_queue)
    assert (await way.outcome(f"{workflow_id}-fails"))[0] == "FAILED"
    [failed] = of_kind(await way.events(f"{workflow_id}-fails"), "WORKFLOW_EXECUTION_FAILED")
    assert failed["failure"]["applicationFailureInfo"]["type"] == "OnPurpose"


async def test_a_timer_fires(way: Way, task_queue: str, workflow_id: str) -> None:
    await way.start("sleeper", 300, workflow_id=workflow_id, task_queue=task_queue)
    assert (await way.outcome(workflow_id))[0] == "COMPLETED"
    events = await way.events(workflow_id)
    assert [it for it in kinds(events) if "TIMER" in it] == ["TIMER_STARTED", "TIMER_FIRED"]
    [started] = of_kind(events, "TIMER_STARTED")
    assert started["startToFireTimeout"] == "0.300s"


async def test_a_result_is_followed_through_continuations(
    way: Way, task_queue: str, workflow_id: str, noop_worker: list[int]
) -> None:
    run_id = await way.start("continues", 2, workflow_id=workflow_id, task_queue=task_queue)
    assert await way.outcome(workflow_id) == ("COMPLETED", "done")
    assert noop_worker == [2, 1, 0]
    assert await status_of(way, workflow_id, run_id) == "CONTINUED_AS_NEW"
    [continued] = of_kind(await way.events(workflow_id, run_id), "WORKFLOW_EXECUTION_CONTINUED_AS_NEW")
    [started] = of_kind(await way.events(workflow_id, continued["newExecutionRunId"]), "WORKFLOW_EXECUTION_STARTED")
    assert started["continuedExecutionRunId"] == run_id


async def test_signals_are_carried_over(way: Way, task_queue: str, workflow_id: str) -> None:
    """Each run takes what has come, and hands it to the next one. None is lost, at whatever moment it comes."""
    numbers = list(range(12))
    run_id = await way.start("gathers", len(numbers), [], workflow_id=workflow_id, task_queue=task_queue)
    for few in (numbers[:1], numbers[1:2], numbers[2:]):
        await asyncio.gather(*(way.signal(workflow_id, "number", number) for number in few))
    ended, gathered = await way.outcome(workflow_id)
    assert (ended, sorted(gathered)) == ("COMPLETED", numbers)
    assert await status_of(way, workflow_id, run_id) == "CONTINUED_AS_NEW"


@pytest.mark.parametrize("way", [ByClient, ByHttp], ids=["client", "http"], indirect=True)
async def test_a_workflow_is_tried_again(way: Way, task_queue: str, workflow_id: str) -> None:
    of_it = {"task_queue": task_queue, "retry_policy": SOON}
    run_id = await way.start("succeeds_at", 3, workflow_id=workflow_id, **of_it)
    assert await way.outcome(workflow_id) == ("COMPLETED", 3)
    assert await status_of(way, workflow_id, run_id) == "FAILED"
    [last] = of_kind(await way.events(workflow_id), "WORKFLOW_EXECUTION_STARTED")
    assert last["attempt"] == 3
    await way.start("succeeds_at", 9, workflow_id=f"{workflow_id}-hopeless", **of_it)
    assert (await way.outcome(f"{workflow_id}-hopeless"))[0] == "FAILED"


async def test_the_command_follows_a_workflow_that_is_tried_again(
    client: Client, task_queue: str, workflow_id: str
) -> None:
    """It has no option for a policy, so somebody else starts it."""
    of_it = {"task_queue": task_queue, "retry_policy": SOON}
    await client.start_workflow("succeeds_at", 3, id=workflow_id, **of_it)
    assert await ByCommand(client).outcome(workflow_id) == ("COMPLETED", 3)
    counted = await ByCommand(client).count(f"WorkflowId = '{workflow_id}' GROUP BY ExecutionStatus")
    assert counted == {"Completed": 1, "Failed": 2}


async def test_timeouts(way: Way, task_queue: str, workflow_id: str) -> None:
    for name in ("execution_timeout", "run_timeout"):
        one = f"{workflow_id}-{name}"
        await way.start("sleeper", HOUR, workflow_id=one, task_queue=task_queue, **{name: SECOND})
        assert (await way.outcome(one))[0] == "TIMED_OUT"
        events = await way.events(one)
        [started] = of_kind(events, "WORKFLOW_EXECUTION_STARTED")
        field = {"execution_timeout": "workflowExecutionTimeout", "run_timeout": "workflowRunTimeout"}[name]
        assert started[field] == "1s"
        assert kinds(events)[-1] == "WORKFLOW_EXECUTION_TIMED_OUT"


async def test_a_task_timeout_is_kept(way: Way, task_queue: str, workflow_id: str) -> None:
    """No worker has workflow tasks, so there is none that could be late; but who has said it finds it again."""
    of_it = {"task_queue": task_queue, "task_timeout": timedelta(seconds=7)}
    await way.start("idle", workflow_id=workflow_id, **of_it)
    [started] = of_kind(await way.events(workflow_id), "WORKFLOW_EXECUTION_STARTED")
    assert started["workflowTaskTimeout"] == "7s"
    described = await way.describe(workflow_id)
    assert described["executionConfig"]["defaultWorkflowTaskTimeout"] == "7s"
    await way.terminate(workflow_id)


async def test_a_delayed_start_waits(way: Way, task_queue: str, workflow_id: str) -> None:
    await way.start("echo", 1, workflow_id=workflow_id, task_queue=task_queue, start_delay=SECOND)
    assert await way.outcome(workflow_id) == ("COMPLETED", 1)
    [started] = of_kind(await way.events(workflow_id), "WORKFLOW_EXECUTION_STARTED")
    assert started["firstWorkflowTaskBackoff"] == "1s"


async def test_a_signal_ends_the_delay(way: Way, task_queue: str, workflow_id: str) -> None:
    delay = timedelta(hours=1)
    await way.start("collector", 1, workflow_id=workflow_id, task_queue=task_queue, start_delay=delay)
    await way.signal(workflow_id, "collect", "only")
    assert await asyncio.wait_for(way.outcome(workflow_id), 30) == ("COMPLETED", ["only"])


async def test_a_cron_schedule_goes_on_until_it_is_stopped(way: Way, task_queue: str, workflow_id: str) -> None:
    of_it = {"task_queue": task_queue, "cron_schedule": "@every 1s"}
    run_id = await way.start("succeeds_at", 1, workflow_id=workflow_id, **of_it)
    while await status_of(way, workflow_id, run_id) != "COMPLETED":
        await asyncio.sleep(0.1)
    [first] = of_kind(await way.events(workflow_id, run_id), "WORKFLOW_EXECUTION_COMPLETED")
    [second] = of_kind(await way.events(workflow_id, first["newExecutionRunId"]), "WORKFLOW_EXECUTION_STARTED")
    assert second["cronSchedule"] == "@every 1s" and second["lastCompletionResult"]
    await way.terminate(workflow_id)


async def test_a_cron_schedule_in_a_time_zone(way: Way, task_queue: str, workflow_id: str) -> None:
    """Nepal is 5 hours and 45 minutes ahead, all year."""
    of_it = {"task_queue": task_queue, "cron_schedule": "CRON_TZ=Asia/Kathmandu 0 12 * * *"}
    await way.start("echo", 1, workflow_id=workflow_id, **of_it)
    assert (await way.describe(workflow_id))["workflowExecutionInfo"]["executionTime"].endswith("T06:15:00Z")
    await way.terminate(workflow_id)


async def test_what_a_start_says_for_people(way: Way, task_queue: str, workflow_id: str) -> None:
    told = {"static_summary": "one order", "static_details": "of **two** items", "memo": {"customer": "ann"}}
    await way.start("idle", workflow_id=workflow_id, task_queue=task_queue, **told)
    described = await way.describe(workflow_id)
    assert {"summary", "details"} <= described["executionConfig"]["userMetadata"].keys()
    assert described["workflowExecutionInfo"]["memo"]["fields"].keys() == {"customer"}
    await way.terminate(workflow_id)


async def test_a_patch_is_in_the_history(
    way: Way, task_queue: str, workflow_id: str, noop_worker: list[int]
) -> None:
    await way.start("versions", workflow_id=workflow_id, task_queue=task_queue)
    assert await way.outcome(workflow_id) == ("COMPLETED", True)
    markers = of_kind(await way.events(workflow_id), "MARKER_RECORDED")
    assert [marker["markerName"] for marker in markers] == ["core_patch", "core_patch"]
    assert all("patch-data" in marker["details"] for marker in markers)


async def test_time_and_chance_are_the_runs(
    way: Way, task_queue: str, workflow_id: str, worker: Any
) -> None:
    """The workflow tells an activity what it drew. Asked anew, after its end, it draws the same: it is replayed."""
    drawn: list[list[Any]] = []

    @activity.defn
    async def work(*arguments: Any) -> None:
        drawn.append(list(arguments))

    async with worker(work):
        for number in range(2):
            one = f"{workflow_id}-{number}"
            await way.start("golden_chance", workflow_id=one, task_queue=task_queue)
            assert (await way.outcome(one))[0] == "COMPLETED"
            with pytest.raises(Refused, match="no query"):
                await way.query(one, "nothing")
    # Each run has its own.
    assert drawn[0][1:] != drawn[1][1:]


async def test_events_come_in_the_order_of_the_history(
    way: Way, task_queue: str, workflow_id: str, noop_worker: list[int]
) -> None:
    """The workflow waits for an activity, a timer and a signal at once, and says in which order they came."""
    await way.start("arrivals", workflow_id=workflow_id, task_queue=task_queue)
    await way.signal(workflow_id, "number", 1)
    ended, order = await way.outcome(workflow_id)
    names = {
        "ACTIVITY_TASK_COMPLETED": "activity",
        "TIMER_FIRED": "timer",
        "WORKFLOW_EXECUTION_SIGNALED": "signal",
    }
    assert ended == "COMPLETED"
    assert order == [names[kind] for kind in kinds(await way.events(workflow_id)) if kind in names]


async def test_an_activity_has_the_priority_of_its_workflow(
    way: Way, task_queue: str, workflow_id: str, worker: Any
) -> None:
    seen: list[Priority] = []

    @activity.defn
    async def noop(i: int) -> int:
        seen.append(activity.info().priority)
        return i

    priority = Priority(priority_key=2, fairness_key="tenant", fairness_weight=2.5)
    await way.start("steps", 1, workflow_id=workflow_id, task_queue=task_queue, priority=priority)
    async with worker(noop):
        assert (await way.outcome(workflow_id))[0] == "COMPLETED"
    assert seen == [priority]


async def test_urgent_activities_go_first(way: Way, task_queue: str, workflow_id: str, worker: Any) -> None:
    order: list[int] = []

    @activity.defn
    async def note(key: int) -> None:
        order.append(key)

    for key in (5, 1, 3, 4, 2):
        one = f"{workflow_id}-{key}"
        of_it = {"task_queue": task_queue, "priority": Priority(priority_key=key)}
        await way.start("call", "note", key, 1, workflow_id=one, **of_it)
        while not (await way.describe(one)).get("pendingActivities"):
            await asyncio.sleep(0.05)
    async with worker(note, max_concurrent_activities=1, max_concurrent_activity_task_polls=1):
        for key in (5, 1, 3, 4, 2):
            assert (await way.outcome(f"{workflow_id}-{key}"))[0] == "COMPLETED"
    assert order == [1, 2, 3, 4, 5]
