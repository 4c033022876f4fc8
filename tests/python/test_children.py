"""Workflows that start, signal and cancel other workflows."""

import asyncio
from typing import Any

import pytest
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowFailureError
from temporalio.exceptions import ApplicationError, CancelledError, ChildWorkflowError

HOUR = 3_600_000


async def test_a_child_gives_its_result(client: Client, task_queue: str, workflow_id: str) -> None:
    child_id = f"{workflow_id}-child"
    handle = await client.start_workflow(
        "calls_child", args=["echo", child_id, "hello"], id=workflow_id, task_queue=task_queue
    )
    assert await handle.result() == "hello"
    kinds = await event_kinds(handle)
    for kind in (
        "start_child_workflow_execution_initiated",
        "child_workflow_execution_started",
        "child_workflow_execution_completed",
    ):
        assert kinds.count(f"{kind}_event_attributes") == 1

    child = client.get_workflow_handle(child_id)
    described = (await child.describe()).raw_description.workflow_execution_info
    assert described.parent_execution.workflow_id == workflow_id
    assert described.parent_execution.run_id == handle.first_execution_run_id
    assert described.root_execution.workflow_id == workflow_id
    started = (await child.fetch_history()).events[0].workflow_execution_started_event_attributes
    assert started.parent_workflow_execution.workflow_id == workflow_id
    assert started.root_workflow_execution.workflow_id == workflow_id
    initiated = [
        event.event_id
        for event in (await handle.fetch_history()).events
        if event.HasField("start_child_workflow_execution_initiated_event_attributes")
    ]
    assert [started.parent_initiated_event_id] == initiated

    for query in (f"ParentWorkflowId = '{workflow_id}'", f"RootWorkflowId = '{workflow_id}' AND ParentRunId IS NOT NULL"):
        assert [run.id async for run in client.list_workflows(query)] == [child_id]


async def test_a_child_fails_its_parent(client: Client, task_queue: str, workflow_id: str) -> None:
    child_id = f"{workflow_id}-child"
    with pytest.raises(WorkflowFailureError) as caught:
        await client.execute_workflow(
            "calls_child", args=["succeeds_at", child_id, 2], id=workflow_id, task_queue=task_queue
        )
    failure = caught.value.cause
    assert isinstance(failure, ChildWorkflowError)
    assert (failure.workflow_id, failure.workflow_type) == (child_id, "succeeds_at")
    assert isinstance(failure.cause, ApplicationError)
    assert failure.cause.type == "NotYet"


async def test_a_child_whose_id_is_taken_does_not_start(client: Client, task_queue: str, workflow_id: str) -> None:
    taken = await client.start_workflow("idle", id=f"{workflow_id}-child", task_queue=task_queue)
    handle = await client.start_workflow(
        "calls_child", args=["echo", taken.id, 1], id=workflow_id, task_queue=task_queue
    )
    with pytest.raises(WorkflowFailureError):
        await handle.result()
    assert "start_child_workflow_execution_failed_event_attributes" in await event_kinds(handle)
    await taken.terminate()


async def test_a_pending_child_is_visible_and_is_cancelled_with_its_parent(
    client: Client, task_queue: str, workflow_id: str
) -> None:
    child_id = f"{workflow_id}-child"
    handle = await client.start_workflow(
        "calls_child", args=["sleeper", child_id, HOUR], id=workflow_id, task_queue=task_queue
    )
    for _ in range(100):
        pending = (await handle.describe()).raw_description.pending_children
        if pending and pending[0].run_id:
            break
        await asyncio.sleep(0.05)
    assert [(child.workflow_id, child.workflow_type_name) for child in pending] == [(child_id, "sleeper")]
    initiated = (await handle.fetch_history()).events[pending[0].initiated_id - 1]
    assert initiated.start_child_workflow_execution_initiated_event_attributes.workflow_id == child_id

    await handle.cancel()
    with pytest.raises(WorkflowFailureError) as caught:
        await handle.result()
    assert isinstance(caught.value.cause, (CancelledError, ChildWorkflowError))
    child = await status_of(client, child_id, WorkflowExecutionStatus.CANCELED)
    assert child == WorkflowExecutionStatus.CANCELED
    kinds = await event_kinds(handle)
    assert "request_cancel_external_workflow_execution_initiated_event_attributes" in kinds
    assert "child_workflow_execution_canceled_event_attributes" in kinds


@pytest.mark.parametrize(
    ("policy", "status"),
    [
        ("terminate", WorkflowExecutionStatus.TERMINATED),
        ("request-cancel", WorkflowExecutionStatus.CANCELED),
        ("abandon", WorkflowExecutionStatus.RUNNING),
    ],
)
async def test_the_end_of_a_parent(
    client: Client, task_queue: str, workflow_id: str, policy: str, status: WorkflowExecutionStatus
) -> None:
    child_id = f"{workflow_id}-child"
    await client.execute_workflow("leaves_child", args=[child_id, policy], id=workflow_id, task_queue=task_queue)
    assert await status_of(client, child_id, status) == status
    if status == WorkflowExecutionStatus.RUNNING:
        await client.get_workflow_handle(child_id).terminate()


async def test_each_way_to_cancel_a_child(client: Client, task_queue: str, workflow_id: str) -> None:
    """The workflow has a child that completes and one that fails, and cancels one in each of the four ways."""
    handle = await client.start_workflow("family", id=workflow_id, task_queue=task_queue)
    assert await handle.result() == ["completed", "failed", "cancelled", "cancelled", "cancelled", "cancelled"]
    kinds = await event_kinds(handle)
    initiated = kinds.count("start_child_workflow_execution_initiated_event_attributes")
    assert (initiated, kinds.count("child_workflow_execution_started_event_attributes")) == (9, 9)
    # Who abandons a child does not ask it to cancel.
    assert kinds.count("request_cancel_external_workflow_execution_initiated_event_attributes") == 3
    # And perhaps the one that it leaves behind, which only sleeps a little.
    assert kinds.count("child_workflow_execution_completed_event_attributes") in (1, 2)
    children = f"ParentWorkflowId = '{workflow_id}'"
    for _ in range(200):
        counted = await client.count_workflows(f"{children} GROUP BY ExecutionStatus")
        ends = {group.group_values[0]: group.count for group in counted.groups}
        if "Running" not in ends:
            break
        await asyncio.sleep(0.05)
    # Cancelled are those that it asked, and one that it left behind with that policy; but for two of them it does not
    # wait, and its own end may come before theirs. Who abandons a child ends it all the same, as it ends itself.
    cancelled = ends["Canceled"]
    assert cancelled in (2, 3, 4)
    assert ends == {"Completed": 2, "Failed": 1, "Canceled": cancelled, "Terminated": 6 - cancelled}
    assert (await client.count_workflows(f"RootWorkflowId = '{workflow_id}'")).count == 10


async def test_a_workflow_signals_and_cancels_another(
    client: Client, task_queue: str, workflow_id: str, noop_worker: list[int]
) -> None:
    receiver = await client.start_workflow("waits_for_signal", 3, id=f"{workflow_id}-other", task_queue=task_queue)
    sender = await client.start_workflow("sends", args=[receiver.id, 7], id=workflow_id, task_queue=task_queue)
    await sender.result()
    assert "external_workflow_execution_signaled_event_attributes" in await event_kinds(sender)

    sender = await client.start_workflow("sends", args=[receiver.id, 0], id=workflow_id, task_queue=task_queue)
    await sender.result()
    events = (await sender.fetch_history()).events
    kinds = [event.WhichOneof("attributes") for event in events]
    assert "external_workflow_execution_cancel_requested_event_attributes" in kinds
    initiated = kinds.index("request_cancel_external_workflow_execution_initiated_event_attributes")
    [requested] = [
        event.workflow_execution_cancel_requested_event_attributes
        for event in (await receiver.fetch_history()).events
        if event.HasField("workflow_execution_cancel_requested_event_attributes")
    ]
    assert requested.external_initiated_event_id == events[initiated].event_id
    assert requested.external_workflow_execution.run_id == sender.first_execution_run_id
    with pytest.raises(WorkflowFailureError) as caught:
        await receiver.result()
    assert isinstance(caught.value.cause, CancelledError)
    signals = [
        event.workflow_execution_signaled_event_attributes
        for event in (await receiver.fetch_history()).events
        if event.HasField("workflow_execution_signaled_event_attributes")
    ]
    assert [signal.signal_name for signal in signals] == ["number", "number"]
    assert {signal.external_workflow_execution.workflow_id for signal in signals} == {workflow_id}


async def test_a_message_to_nobody_fails(client: Client, task_queue: str, workflow_id: str) -> None:
    sender = await client.start_workflow(
        "sends", args=[f"{workflow_id}-nobody", 7], id=workflow_id, task_queue=task_queue
    )
    with pytest.raises(WorkflowFailureError):
        await sender.result()
    assert "signal_external_workflow_execution_failed_event_attributes" in await event_kinds(sender)


async def status_of(client: Client, workflow_id: str, wanted: WorkflowExecutionStatus) -> Any:
    """The workflow's status, once it is the wanted one: messages between workflows take a moment."""
    for _ in range(100):
        status = (await client.get_workflow_handle(workflow_id).describe()).status
        if status == wanted:
            break
        await asyncio.sleep(0.05)
    return status


async def event_kinds(handle: Any) -> list[str]:
    events = (await handle.fetch_history()).events
    return [field.name for event in events for field, _ in event.ListFields() if field.name.endswith("_attributes")]
