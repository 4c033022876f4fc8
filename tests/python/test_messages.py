"""Signals and queries."""

import pytest
from temporalio.client import Client, WorkflowQueryFailedError


async def test_signals_arrive_in_order(client: Client, task_queue: str, workflow_id: str) -> None:
    handle = await client.start_workflow("collector", 3, id=workflow_id, task_queue=task_queue)
    for item in ("one", "two", "three"):
        await handle.signal("collect", item)
    assert await handle.result() == ["one", "two", "three"]


async def test_signals_wait_until_somebody_asks_for_them(
    client: Client, task_queue: str, workflow_id: str, noop_worker: list[int]
) -> None:
    """The workflow calls an activity before it receives its first signal."""
    handle = await client.start_workflow(
        "waits_for_signal", 2, id=workflow_id, task_queue=task_queue, start_signal="number", start_signal_args=[1]
    )
    await handle.signal("number", 2)
    assert await handle.result() == [1, 2]


async def test_query_of_a_running_workflow(client: Client, task_queue: str, workflow_id: str) -> None:
    handle = await client.start_workflow("collector", 2, id=workflow_id, task_queue=task_queue)
    assert await handle.query("collected") == []
    await handle.signal("collect", "one")
    assert await handle.query("collected") == ["one"]
    assert await handle.query("itemAt", 0) == "one"
    await handle.signal("collect", "two")
    await handle.result()


async def test_query_of_a_closed_workflow(client: Client, task_queue: str, workflow_id: str) -> None:
    handle = await client.start_workflow("collector", 1, id=workflow_id, task_queue=task_queue)
    await handle.signal("collect", "only")
    await handle.result()
    assert await handle.query("collected") == ["only"]


async def test_a_query_may_fail(client: Client, task_queue: str, workflow_id: str) -> None:
    handle = await client.start_workflow("collector", 1, id=workflow_id, task_queue=task_queue)
    with pytest.raises(WorkflowQueryFailedError, match="there is no item 7"):
        await handle.query("itemAt", 7)
    await handle.terminate()


async def test_unknown_query(client: Client, task_queue: str, workflow_id: str) -> None:
    handle = await client.start_workflow("collector", 1, id=workflow_id, task_queue=task_queue)
    with pytest.raises(WorkflowQueryFailedError, match="no_such_query"):
        await handle.query("no_such_query")
    await handle.terminate()


async def test_signal_with_start(client: Client, task_queue: str, workflow_id: str) -> None:
    for item in ("one", "two"):
        handle = await client.start_workflow(
            "collector", 2, id=workflow_id, task_queue=task_queue, start_signal="collect", start_signal_args=[item]
        )
    assert await handle.result() == ["one", "two"]
