"""Workflows in Python: time and chance, what a workflow has not, bugs. The module is `tests/guests/python/features.py`."""

import asyncio
from datetime import datetime

import pytest
from temporalio.client import Client

from test_guests_in_python_values import blocked


async def test_time_and_chance_are_the_runs_and_the_same_at_a_replay(
    client: Client, task_queue: str, workflow_id: str
) -> None:
    handle = await client.start_workflow("PyAmbient", id=workflow_id, task_queue=task_queue)
    for _ in range(100):
        seen = await handle.query("what")
        if len(seen) == 3:
            break
        await asyncio.sleep(0.1)
    first, second, seeded = seen
    # Each question is a replay, or the run itself: what was seen does not depend on it.
    assert await handle.query("what") == seen
    started = (await handle.describe()).start_time.timestamp()
    assert first[0] == first[1] == first[9]
    # Whole milliseconds, of which seconds and nanoseconds are each computed once: a division of the latter would round again.
    assert first[2] == round(first[0] * 1000) * 1_000_000
    assert abs(first[0] - started) < 5
    assert 1.5 <= second[0] - first[0] < 5
    # The module's time zone is UTC.
    moments = [datetime.fromisoformat(it).replace(tzinfo=None) for it in (first[4], first[5], first[6], first[8])]
    assert len(set(moments)) == 1
    assert first[3][:10] == first[7] == first[4][:10]
    drawn = first[10:] + second[10:]
    assert len({str(it) for it in drawn}) == len(drawn)
    # `random` with a seed of one's own is Python's.
    assert seeded == [0.6394267984578837, 0.6394267984578837]
    other = await client.start_workflow("PyAmbient", id=f"{workflow_id}-other", task_queue=task_queue)
    assert (await other.query("what"))[0][10:] != first[10:]
    await handle.terminate()
    await other.terminate()


async def test_what_reaches_outside_says_make_it_an_activity(client: Client, task_queue: str, workflow_id: str) -> None:
    said = await client.execute_workflow("PyOutside", id=workflow_id, task_queue=task_queue)
    advice = ": make it an activity"
    for name, what in {
        "open": "files",
        "path": "files",
        "exists": "files",
        "listdir": "files",
        "thread": "threads",
        "pool": "threads",
        "system": "processes",
        "to_thread": "threads",
        "connection": "network",
        "process": "subprocesses",
    }.items():
        assert said[name].startswith(f"RestrictedAccessError: a workflow has no {what} ("), (name, said[name])
        assert said[name].endswith(advice), said[name]
    assert "await workflow.sleep" in said["sleep"]
    assert said["import"] == (
        "ImportError: `wave` was not imported when the module was built: import it at the top of the file"
    )


@pytest.mark.parametrize(
    ("way", "reason"),
    [
        ("a key", "KeyError: 'a key'"),
        ("result", "TypeError: Object of type object is not JSON serializable"),
        ("deep", "RecursionError: maximum recursion depth exceeded"),
    ],
)
async def test_a_bug_blocks_the_run_with_a_traceback(
    client: Client, task_queue: str, workflow_id: str, way: str, reason: str
) -> None:
    handle = await client.start_workflow("PyBug", way, id=workflow_id, task_queue=task_queue)
    told = await blocked(client, workflow_id)
    assert reason in told
    if way == "a key":
        assert "feature/outside.py" in told and "return table[key]" in told and "in look_up" in told
        assert "wasm" not in told
    await handle.terminate()
