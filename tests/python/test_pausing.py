"""Runs that somebody pauses. The SDK has no methods for it yet, so these are calls of its raw service."""

import asyncio
from typing import Any

import pytest
from temporalio import activity
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import EventType, WorkflowExecutionStatus
from temporalio.api.errordetails.v1 import NotFoundFailure
from temporalio.api.workflowservice.v1 import (
    CountWorkflowExecutionsRequest,
    DescribeNamespaceRequest,
    DescribeWorkflowExecutionRequest,
    ListWorkflowExecutionsRequest,
    PauseWorkflowExecutionRequest,
    UnpauseWorkflowExecutionRequest,
)
from temporalio.client import Client, WorkflowFailureError
from temporalio.service import RPCError, RPCStatusCode

from temporal_command import temporal

HOUR = 3_600_000
RUNNING = WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING
PAUSED = WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_PAUSED


async def pause(client: Client, workflow_id: str, request_id: str = "", **more: str) -> None:
    request = PauseWorkflowExecutionRequest(
        namespace=client.namespace,
        workflow_id=workflow_id,
        identity="operator",
        reason="the card processor is down",
        request_id=request_id,
        **more,
    )
    await client.workflow_service.pause_workflow_execution(request)


async def unpause(client: Client, workflow_id: str, request_id: str = "") -> None:
    request = UnpauseWorkflowExecutionRequest(
        namespace=client.namespace,
        workflow_id=workflow_id,
        identity="operator",
        reason="it is back",
        request_id=request_id,
    )
    await client.workflow_service.unpause_workflow_execution(request)


async def describe(client: Client, workflow_id: str) -> Any:
    request = DescribeWorkflowExecutionRequest(
        namespace=client.namespace, execution=WorkflowExecution(workflow_id=workflow_id)
    )
    return await client.workflow_service.describe_workflow_execution(request)


async def test_a_paused_run_goes_on_where_it_was(client: Client, task_queue: str, workflow_id: str) -> None:
    handle = await client.start_workflow("collector", 2, id=workflow_id, task_queue=task_queue)
    await handle.signal("collect", "one")
    assert await handle.query("collected") == ["one"]
    await pause(client, workflow_id)
    await handle.signal("collect", "two")

    described = await describe(client, workflow_id)
    assert described.workflow_execution_info.status == PAUSED
    info = described.workflow_extended_info.pause_info
    assert (info.identity, info.reason) == ("operator", "the card processor is down")
    assert info.HasField("paused_time")
    # It can be asked, and knows what it knew when it was paused.
    assert await handle.query("collected") == ["one"]

    await unpause(client, workflow_id)
    assert await handle.result() == ["one", "two"]
    events = [event async for event in handle.fetch_history_events()]
    [paused] = [e for e in events if e.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_PAUSED]
    [resumed] = [e for e in events if e.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UNPAUSED]
    attributes = paused.workflow_execution_paused_event_attributes
    assert (attributes.identity, attributes.reason) == ("operator", "the card processor is down")
    assert resumed.workflow_execution_unpaused_event_attributes.reason == "it is back"
    assert paused.worker_may_ignore and resumed.worker_may_ignore
    between = [e.event_type for e in events if paused.event_id < e.event_id < resumed.event_id]
    assert between == [EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED]


async def test_a_paused_run_is_found_as_such(client: Client, task_queue: str, workflow_id: str) -> None:
    handle = await client.start_workflow("sleeper", HOUR, id=workflow_id, task_queue=task_queue)
    await pause(client, workflow_id)

    async def found(filter: str) -> int:
        query = f"WorkflowId = '{workflow_id}' AND {filter}"
        request = ListWorkflowExecutionsRequest(namespace=client.namespace, query=query)
        return len((await client.workflow_service.list_workflow_executions(request)).executions)

    assert await found("ExecutionStatus = 'Paused'") == 1
    assert await found("ExecutionStatus = 'Running'") == 0
    assert await found("CloseTime IS NULL") == 1
    query = f"WorkflowId = '{workflow_id}' GROUP BY ExecutionStatus"
    request = CountWorkflowExecutionsRequest(namespace=client.namespace, query=query)
    [group] = (await client.workflow_service.count_workflow_executions(request)).groups
    assert group.group_values[0].data == b'"Paused"'

    await unpause(client, workflow_id)
    assert await found("ExecutionStatus = 'Running'") == 1
    await pause(client, workflow_id)
    await handle.terminate()
    assert await found("ExecutionStatus = 'Terminated'") == 1


async def test_no_worker_gets_anything_of_a_paused_run(
    client: Client, task_queue: str, workflow_id: str, worker: Any
) -> None:
    """The attempt that runs may finish; what comes after it waits."""
    running, release = asyncio.Event(), asyncio.Event()
    begun: list[int] = []

    @activity.defn
    async def noop(i: int) -> int:
        begun.append(i)
        running.set()
        await release.wait()
        return i

    async with worker(noop):
        handle = await client.start_workflow("steps", 2, id=workflow_id, task_queue=task_queue)
        await asyncio.wait_for(running.wait(), 10)
        await pause(client, workflow_id)
        release.set()
        while (await describe(client, workflow_id)).pending_activities:
            await asyncio.sleep(0.02)
        # The workflow has not heard of it, so there is nothing more to do.
        assert (await describe(client, workflow_id)).workflow_execution_info.status == PAUSED
        assert begun == [0]
        await unpause(client, workflow_id)
        await handle.result()
    assert begun == [0, 1]


async def test_pauses_are_recognised_when_they_come_again(client: Client, task_queue: str, workflow_id: str) -> None:
    handle = await client.start_workflow("sleeper", HOUR, id=workflow_id, task_queue=task_queue)
    with pytest.raises(RPCError, match="not paused") as caught:
        await unpause(client, workflow_id, "resume-1")
    assert caught.value.status == RPCStatusCode.FAILED_PRECONDITION
    for _ in range(2):
        await pause(client, workflow_id, "pause-1")
    for other in ("pause-2", ""):
        with pytest.raises(RPCError, match="already paused") as caught:
            await pause(client, workflow_id, other)
        assert caught.value.status == RPCStatusCode.FAILED_PRECONDITION
    for _ in range(2):
        await unpause(client, workflow_id, "resume-1")
    await handle.terminate()


async def test_a_paused_run_takes_no_update(client: Client, task_queue: str, workflow_id: str) -> None:
    handle = await client.start_workflow("counter", id=workflow_id, task_queue=task_queue)
    await pause(client, workflow_id)
    with pytest.raises(RPCError, match="paused") as caught:
        await handle.execute_update("add", 1)
    assert caught.value.status == RPCStatusCode.FAILED_PRECONDITION
    await unpause(client, workflow_id)
    assert await handle.execute_update("add", 1) == 1
    await handle.terminate()


async def test_what_cannot_be_paused(client: Client, task_queue: str, workflow_id: str) -> None:
    for call in (pause, unpause):
        with pytest.raises(RPCError, match="was not found") as caught:
            await call(client, workflow_id)
        assert caught.value.status == RPCStatusCode.NOT_FOUND
        [detail] = caught.value.grpc_status.details
        assert detail.Unpack(NotFoundFailure())
    await client.execute_workflow("echo", "hello", id=workflow_id, task_queue=task_queue)
    for call in (pause, unpause):
        with pytest.raises(RPCError, match="already completed") as caught:
            await call(client, workflow_id)
        assert caught.value.status == RPCStatusCode.NOT_FOUND
    for wrong in (
        dict(workflow_id=""),
        dict(workflow_id=workflow_id, run_id="none"),
        dict(workflow_id=workflow_id, request_id="x" * 1001),
        dict(workflow_id=workflow_id, reason="x" * 1001),
    ):
        request = PauseWorkflowExecutionRequest(namespace=client.namespace, **wrong)
        with pytest.raises(RPCError) as caught:
            await client.workflow_service.pause_workflow_execution(request)
        assert caught.value.status == RPCStatusCode.INVALID_ARGUMENT, wrong


async def test_the_namespace_says_that_runs_can_be_paused(client: Client) -> None:
    request = DescribeNamespaceRequest(namespace=client.namespace)
    described = await client.workflow_service.describe_namespace(request)
    assert described.namespace_info.capabilities.workflow_pause


async def test_the_temporal_command_pauses_and_unpauses(client: Client, task_queue: str, workflow_id: str) -> None:
    handle = await client.start_workflow("sleeper", HOUR, id=workflow_id, task_queue=task_queue)
    this = ("--workflow-id", workflow_id)
    await temporal(client, "workflow", "pause", *this, "--reason", "lunch")
    described = await describe(client, workflow_id)
    assert described.workflow_execution_info.status == PAUSED
    assert described.workflow_extended_info.pause_info.reason == "lunch"
    with pytest.raises(AssertionError, match="already paused"):
        await temporal(client, "workflow", "pause", *this)
    [listed] = await temporal(client, "workflow", "list", "--query", f"WorkflowId = '{workflow_id}'")
    assert listed["status"] == "WORKFLOW_EXECUTION_STATUS_PAUSED"
    await temporal(client, "workflow", "unpause", *this)
    assert (await describe(client, workflow_id)).workflow_execution_info.status == RUNNING
    history = await temporal(client, "workflow", "show", *this)
    types = [event["eventType"] for event in history["events"]]
    assert "EVENT_TYPE_WORKFLOW_EXECUTION_PAUSED" in types and "EVENT_TYPE_WORKFLOW_EXECUTION_UNPAUSED" in types
    await handle.terminate()


async def test_the_temporal_command_describes_it(client: Client, task_queue: str, workflow_id: str) -> None:
    handle = await client.start_workflow("sleeper", HOUR, id=workflow_id, task_queue=task_queue)
    await pause(client, workflow_id)
    # It takes whatever does not run for closed, and asks for the event that closed it.
    described = await temporal(client, "workflow", "describe", "--workflow-id", workflow_id)
    assert described["workflowExecutionInfo"]["status"] == "WORKFLOW_EXECUTION_STATUS_PAUSED"
    assert described["workflowExtendedInfo"]["pauseInfo"]["reason"] == "the card processor is down"
    # The end of it is still waited for.
    waiting = asyncio.create_task(handle.result())
    await unpause(client, workflow_id)
    assert not waiting.done()
    await handle.terminate()
    with pytest.raises(WorkflowFailureError):
        await waiting
