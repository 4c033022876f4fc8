"""Runs that are reset to an earlier event."""

import asyncio
import uuid
from typing import Any

import pytest
from temporalio import activity
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import EventType, ResetReapplyExcludeType, ResetReapplyType
from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowFailureError, WorkflowHandle
from temporalio.exceptions import TerminatedError
from temporalio.service import RPCError, RPCStatusCode


async def reset(client: Client, handle: WorkflowHandle[Any, Any], event_id: int, **options: Any) -> str:
    """Resets the handle's run, and returns the id of the run that goes on."""
    request = ResetWorkflowExecutionRequest(
        namespace=client.namespace,
        workflow_execution=WorkflowExecution(workflow_id=handle.id, run_id=handle.run_id or ""),
        reason="a mistake",
        workflow_task_finish_event_id=event_id,
        **{"request_id": str(uuid.uuid4()), **options},
    )
    return (await client.workflow_service.reset_workflow_execution(request)).run_id


async def tasks(handle: WorkflowHandle[Any, Any]) -> list[int]:
    """The events that completed workflow tasks."""
    completed = EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
    return [event.event_id async for event in handle.fetch_history_events() if event.event_type == completed]


async def types(handle: WorkflowHandle[Any, Any]) -> list[str]:
    return [
        EventType.Name(event.event_type).removeprefix("EVENT_TYPE_")
        async for event in handle.fetch_history_events()
    ]


async def test_a_completed_run_goes_on_from_an_earlier_point(
    client: Client, task_queue: str, workflow_id: str, noop_worker: list[int]
) -> None:
    handle = await client.start_workflow("steps", 3, id=workflow_id, task_queue=task_queue)
    assert await handle.result() == 3
    base = client.get_workflow_handle(workflow_id, run_id=handle.first_execution_run_id)
    old = [event async for event in base.fetch_history_events()]
    point = (await tasks(base))[1]

    run_id = await reset(client, base, point)
    assert run_id != handle.first_execution_run_id
    # What was done before the point is not done again.
    assert await client.get_workflow_handle(workflow_id).result() == 3
    assert noop_worker == [0, 1, 2, 1, 2]

    again = client.get_workflow_handle(workflow_id, run_id=run_id)
    new = [event async for event in again.fetch_history_events()]
    assert new[: point - 3] == old[: point - 3]
    failed = new[point - 1].workflow_task_failed_event_attributes
    assert (failed.base_run_id, failed.new_run_id) == (handle.first_execution_run_id, run_id)
    assert failed.failure.message == "a mistake"
    started = new[0].workflow_execution_started_event_attributes
    assert started.original_execution_run_id == handle.first_execution_run_id
    assert started.first_execution_run_id == handle.first_execution_run_id

    assert (await base.describe()).status == WorkflowExecutionStatus.COMPLETED
    description = await again.describe()
    assert description.status == WorkflowExecutionStatus.COMPLETED
    extended = description.raw_description.workflow_extended_info
    assert extended.original_start_time.ToDatetime() < extended.last_reset_time.ToDatetime()


async def test_an_open_run_is_terminated(client: Client, task_queue: str, workflow_id: str) -> None:
    handle = await client.start_workflow("sleeper", 3_600_000, id=workflow_id, task_queue=task_queue)
    base = client.get_workflow_handle(workflow_id, run_id=handle.first_execution_run_id)
    run_id = await reset(client, base, await first_task(base))
    with pytest.raises(WorkflowFailureError) as caught:
        await base.result()
    assert isinstance(caught.value.cause, TerminatedError)
    description = await base.describe()
    assert description.status == WorkflowExecutionStatus.TERMINATED
    assert description.raw_description.workflow_extended_info.reset_run_id == run_id
    last = [event async for event in base.fetch_history_events()][-1]
    assert last.workflow_execution_terminated_event_attributes.reason == "a mistake"

    current = client.get_workflow_handle(workflow_id)
    assert (await current.describe()).run_id == run_id
    listed = [run.run_id async for run in client.list_workflows(f"WorkflowId = '{workflow_id}'")]
    assert listed == [run_id, handle.first_execution_run_id]
    await current.terminate()


async def test_signals_after_the_point_come_again(client: Client, task_queue: str, workflow_id: str) -> None:
    handle = await client.start_workflow("collector", 3, id=workflow_id, task_queue=task_queue)
    base = client.get_workflow_handle(workflow_id, run_id=handle.first_execution_run_id)
    point = await first_task(base)
    for item in ("one", "two"):
        await handle.signal("collect", item)
    await reset(client, base, point)
    current = client.get_workflow_handle(workflow_id)
    assert await current.query("collected") == ["one", "two"]
    await current.signal("collect", "three")
    assert await current.result() == ["one", "two", "three"]


@pytest.mark.parametrize(
    "options",
    [
        {"reset_reapply_exclude_types": [ResetReapplyExcludeType.RESET_REAPPLY_EXCLUDE_TYPE_SIGNAL]},
        {"reset_reapply_type": ResetReapplyType.RESET_REAPPLY_TYPE_NONE},
    ],
)
async def test_signals_after_the_point_can_be_left_out(
    client: Client, task_queue: str, workflow_id: str, options: dict[str, Any]
) -> None:
    handle = await client.start_workflow("collector", 2, id=workflow_id, task_queue=task_queue)
    point = await first_task(handle)
    await handle.signal("collect", "one")
    await reset(client, handle, point, **options)
    current = client.get_workflow_handle(workflow_id)
    assert await current.query("collected") == []
    await current.terminate()


async def test_updates_after_the_point_come_again(client: Client, task_queue: str, workflow_id: str) -> None:
    handle = await client.start_workflow("counter", id=workflow_id, task_queue=task_queue)
    point = await first_task(handle)
    assert await handle.execute_update("add", 2, id="two") == 2
    assert await handle.execute_update("add", 3, id="three") == 5
    await reset(client, handle, point)
    current = client.get_workflow_handle(workflow_id)
    # Asked again, it has the answer of the run that goes on.
    assert await current.execute_update("add", 3, id="three") == 5
    await current.signal("close")
    assert await current.result() == 5


async def test_a_request_is_recognised_when_it_comes_again(client: Client, task_queue: str, workflow_id: str) -> None:
    handle = await client.start_workflow("sleeper", 3_600_000, id=workflow_id, task_queue=task_queue)
    point = await first_task(handle)
    first = await reset(client, handle, point, request_id="the-same")
    assert await reset(client, handle, point, request_id="the-same") == first
    assert await reset(client, handle, point, request_id="another") != first
    await client.get_workflow_handle(workflow_id).terminate()


async def test_the_run_before_a_continuation_is_reset(
    client: Client, task_queue: str, workflow_id: str, noop_worker: list[int]
) -> None:
    handle = await client.start_workflow("continues", 1, id=workflow_id, task_queue=task_queue)
    assert await handle.result() == "done"
    base = client.get_workflow_handle(workflow_id, run_id=handle.first_execution_run_id)
    run_id = await reset(client, base, (await tasks(base))[0])
    again = client.get_workflow_handle(workflow_id, run_id=run_id)
    assert await again.result() == "done"
    assert noop_worker == [1, 0, 1, 0]
    assert (await client.get_workflow_handle(workflow_id).describe()).run_id != run_id


async def test_a_child_under_way_tells_the_run_that_goes_on(
    client: Client, task_queue: str, workflow_id: str
) -> None:
    child_id = f"{workflow_id}-child"
    arguments = ["collector", child_id, 1]
    handle = await client.start_workflow("calls_child", args=arguments, id=workflow_id, task_queue=task_queue)
    base = client.get_workflow_handle(workflow_id, run_id=handle.first_execution_run_id)
    while len(await tasks(base)) < 2:
        await asyncio.sleep(0.02)
    child = await client.get_workflow_handle(child_id).describe()
    await reset(client, base, (await tasks(base))[1])

    # It is the same child, and not left behind with the run that is over.
    await client.get_workflow_handle(child_id).signal("collect", "an item")
    assert await client.get_workflow_handle(workflow_id).result() == ["an item"]
    assert (await client.get_workflow_handle(child_id).describe()).run_id == child.run_id


async def test_a_child_that_ended_after_its_parent_is_asked(client: Client, task_queue: str, workflow_id: str) -> None:
    child_id = f"{workflow_id}-child"
    arguments = ["collector", child_id, 1]
    handle = await client.start_workflow("calls_child", args=arguments, id=workflow_id, task_queue=task_queue)
    while len(await tasks(handle)) < 2:
        await asyncio.sleep(0.02)
    await handle.terminate()
    child = client.get_workflow_handle(child_id)
    with pytest.raises(WorkflowFailureError):
        await child.result()
    base = client.get_workflow_handle(workflow_id, run_id=handle.first_execution_run_id)
    await reset(client, base, (await tasks(base))[1])
    with pytest.raises(WorkflowFailureError) as caught:
        await client.get_workflow_handle(workflow_id).result()
    assert "terminated" in str(caught.value.cause.cause)


async def test_an_activity_under_way_begins_anew(client: Client, task_queue: str, workflow_id: str, worker: Any) -> None:
    runs: list[str] = []

    @activity.defn
    async def slow() -> str:
        runs.append(activity.info().workflow_run_id or "")
        while len(set(runs)) < 2:
            activity.heartbeat()
            await asyncio.sleep(0.05)
        return "done"

    async with worker(slow):
        handle = await client.start_workflow("race", 3_600_000, id=workflow_id, task_queue=task_queue)
        while not runs:
            await asyncio.sleep(0.02)
        await reset(client, handle, (await tasks(handle))[0])
        assert await client.get_workflow_handle(workflow_id).result() == "done"
    assert len(set(runs)) == 2


@pytest.mark.parametrize("event_id", [-1, 0, 1, 2, 5, 1000])
async def test_an_impossible_event_is_refused(client: Client, task_queue: str, workflow_id: str, event_id: int) -> None:
    handle = await client.start_workflow("sleeper", 3_600_000, id=workflow_id, task_queue=task_queue)
    await first_task(handle)
    with pytest.raises(RPCError) as caught:
        await reset(client, handle, event_id)
    assert caught.value.status == RPCStatusCode.INVALID_ARGUMENT
    assert caught.value.message.startswith("workflow_task_finish_event_id: ")
    # Nothing has happened to it.
    assert (await handle.describe()).status == WorkflowExecutionStatus.RUNNING
    await handle.terminate()


async def test_what_is_not_there_is_not_reset(client: Client, task_queue: str, workflow_id: str) -> None:
    nobody = client.get_workflow_handle(workflow_id)
    with pytest.raises(RPCError) as caught:
        await reset(client, nobody, 3)
    assert caught.value.status == RPCStatusCode.NOT_FOUND

    handle = await client.start_workflow("idle", id=workflow_id, task_queue=task_queue)
    point = await first_task(handle)
    with pytest.raises(RPCError) as caught:
        await reset(client, client.get_workflow_handle(workflow_id, run_id=str(uuid.uuid4())), point)
    assert caught.value.status == RPCStatusCode.NOT_FOUND
    with pytest.raises(RPCError) as caught:
        await reset(client, handle, point, reset_reapply_exclude_types=[77])
    assert caught.value.status == RPCStatusCode.INVALID_ARGUMENT
    await handle.terminate()


async def first_task(handle: WorkflowHandle[Any, Any]) -> int:
    while not (completed := await tasks(handle)):
        await asyncio.sleep(0.02)
    return completed[0]
