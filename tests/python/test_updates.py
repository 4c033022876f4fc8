"""Updates: messages with an answer."""

import asyncio
from typing import Any

import pytest
from temporalio.client import (
    Client,
    WithStartWorkflowOperation,
    WorkflowUpdateFailedError,
    WorkflowUpdateStage,
)
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode


async def test_an_update_is_answered(client: Client, task_queue: str, workflow_id: str) -> None:
    handle = await client.start_workflow("counter", id=workflow_id, task_queue=task_queue)
    assert await handle.execute_update("add", 2) == 2
    assert await handle.execute_update("add", 3) == 5
    await handle.signal("close")
    assert await handle.result() == 5


async def test_an_update_is_accepted_before_it_is_completed(
    client: Client, task_queue: str, workflow_id: str, held_noop: asyncio.Event
) -> None:
    handle = await client.start_workflow("counter", id=workflow_id, task_queue=task_queue)
    update = await handle.start_update("addSlowly", 4, wait_for_stage=WorkflowUpdateStage.ACCEPTED, id="slow")
    assert "workflow_execution_update_accepted_event_attributes" in await kinds(handle)
    assert "workflow_execution_update_completed_event_attributes" not in await kinds(handle)
    again = handle.get_update_handle("slow")
    held_noop.set()
    assert await update.result() == 4
    assert await again.result() == 4
    assert "workflow_execution_update_completed_event_attributes" in await kinds(handle)
    await handle.terminate()


async def test_a_rejected_update_leaves_no_trace(client: Client, task_queue: str, workflow_id: str) -> None:
    handle = await client.start_workflow("counter", id=workflow_id, task_queue=task_queue)
    with pytest.raises(WorkflowUpdateFailedError) as caught:
        await handle.execute_update("add", 0)
    assert isinstance(caught.value.cause, ApplicationError)
    assert caught.value.cause.type == "NothingToAdd"
    assert not [kind for kind in await kinds(handle) if "update" in kind]
    await handle.terminate()


async def test_an_update_is_recognised_by_its_id(client: Client, task_queue: str, workflow_id: str) -> None:
    handle = await client.start_workflow("counter", id=workflow_id, task_queue=task_queue)
    assert await handle.execute_update("add", 2, id="once") == 2
    assert await handle.execute_update("add", 2, id="once") == 2
    assert await handle.execute_update("add", 2, id="twice") == 4
    await handle.terminate()


async def test_updates_that_cannot_be_taken(client: Client, task_queue: str, workflow_id: str) -> None:
    nobody = client.get_workflow_handle(workflow_id)
    assert await code_of(nobody.execute_update("add", 1)) == RPCStatusCode.NOT_FOUND
    handle = await client.start_workflow("counter", id=workflow_id, task_queue=task_queue)
    assert await code_of(handle.get_update_handle("never-sent").result()) == RPCStatusCode.NOT_FOUND
    await handle.signal("close")
    await handle.result()
    assert await code_of(handle.execute_update("add", 1)) == RPCStatusCode.NOT_FOUND


async def test_an_update_of_another_chain_is_refused(client: Client, task_queue: str, workflow_id: str) -> None:
    """A handle from a start names the chain that it means, even if another one has the workflow id by now."""
    old = await client.start_workflow("counter", id=workflow_id, task_queue=task_queue)
    await old.terminate()
    new = await client.start_workflow("counter", id=workflow_id, task_queue=task_queue)
    of_old = client.get_workflow_handle(workflow_id, first_execution_run_id=old.first_execution_run_id)
    assert await code_of(of_old.execute_update("add", 1)) == RPCStatusCode.NOT_FOUND
    assert await new.execute_update("add", 1) == 1
    await new.terminate()


async def test_update_with_start(client: Client, task_queue: str, workflow_id: str) -> None:
    for total in (1, 2):
        start = with_start(workflow_id, task_queue, WorkflowIDConflictPolicy.USE_EXISTING)
        counted = await client.execute_update_with_start_workflow("add", 1, start_workflow_operation=start)
        assert counted == total
    handle = await start.workflow_handle()
    await handle.signal("close")
    assert await handle.result() == 2


async def test_update_with_start_of_a_workflow_that_runs(client: Client, task_queue: str, workflow_id: str) -> None:
    running = await client.start_workflow("counter", id=workflow_id, task_queue=task_queue)
    start = with_start(workflow_id, task_queue, WorkflowIDConflictPolicy.FAIL)
    with pytest.raises(WorkflowAlreadyStartedError):
        await client.execute_update_with_start_workflow("add", 1, start_workflow_operation=start)
    with pytest.raises(WorkflowAlreadyStartedError):
        await start.workflow_handle()
    await running.terminate()


async def test_a_start_stays_though_its_update_is_rejected(client: Client, task_queue: str, workflow_id: str) -> None:
    start = with_start(workflow_id, task_queue, WorkflowIDConflictPolicy.FAIL)
    with pytest.raises(WorkflowUpdateFailedError):
        await client.execute_update_with_start_workflow("add", 0, start_workflow_operation=start)
    handle = await start.workflow_handle()
    assert await handle.execute_update("add", 7) == 7
    await handle.terminate()


def with_start(
    workflow_id: str, task_queue: str, policy: WorkflowIDConflictPolicy
) -> WithStartWorkflowOperation[Any, Any]:
    return WithStartWorkflowOperation(
        "counter", id=workflow_id, task_queue=task_queue, id_conflict_policy=policy, result_type=int
    )


async def code_of(request: Any) -> RPCStatusCode:
    with pytest.raises(RPCError) as caught:
        await request
    return caught.value.status


async def kinds(handle: Any) -> list[str]:
    events = [event async for event in handle.fetch_history_events()]
    return [field.name for event in events for field, _ in event.ListFields() if field.name.endswith("_attributes")]
