"""The workflow id as idempotency key."""

import pytest
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowFailureError
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

HOUR = 3_600_000


async def test_a_running_workflow_keeps_its_id(client: Client, task_queue: str, workflow_id: str) -> None:
    handle = await client.start_workflow("sleeper", HOUR, id=workflow_id, task_queue=task_queue)
    with pytest.raises(WorkflowAlreadyStartedError) as caught:
        await client.start_workflow("sleeper", HOUR, id=workflow_id, task_queue=task_queue)
    assert caught.value.workflow_id == workflow_id
    assert caught.value.run_id == handle.result_run_id
    await handle.terminate()


async def test_use_existing(client: Client, task_queue: str, workflow_id: str) -> None:
    first = await client.start_workflow("sleeper", HOUR, id=workflow_id, task_queue=task_queue)
    second = await client.start_workflow(
        "sleeper",
        HOUR,
        id=workflow_id,
        task_queue=task_queue,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
    )
    assert second.result_run_id == first.result_run_id
    await first.terminate()


async def test_terminate_existing(client: Client, task_queue: str, workflow_id: str) -> None:
    first = await client.start_workflow("sleeper", HOUR, id=workflow_id, task_queue=task_queue)
    second = await client.start_workflow(
        "sleeper",
        HOUR,
        id=workflow_id,
        task_queue=task_queue,
        id_conflict_policy=WorkflowIDConflictPolicy.TERMINATE_EXISTING,
    )
    assert second.result_run_id != first.result_run_id
    old = await client.get_workflow_handle(workflow_id, run_id=first.result_run_id).describe()
    assert old.status == WorkflowExecutionStatus.TERMINATED
    assert (await second.describe()).status == WorkflowExecutionStatus.RUNNING
    await second.terminate()


async def test_a_closed_workflow_gives_its_id_free(client: Client, task_queue: str, workflow_id: str) -> None:
    for argument in ("first", "second"):
        assert await client.execute_workflow("echo", argument, id=workflow_id, task_queue=task_queue) == argument


async def test_reject_duplicate(client: Client, task_queue: str, workflow_id: str) -> None:
    await client.execute_workflow("echo", 1, id=workflow_id, task_queue=task_queue)
    with pytest.raises(WorkflowAlreadyStartedError):
        await client.start_workflow(
            "echo",
            2,
            id=workflow_id,
            task_queue=task_queue,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
        )


async def test_allow_duplicate_failed_only(client: Client, task_queue: str, workflow_id: str) -> None:
    policy = WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY
    with pytest.raises(WorkflowFailureError):
        await client.execute_workflow("fails", args=["OnPurpose", True], id=workflow_id, task_queue=task_queue)
    await client.execute_workflow("echo", 1, id=workflow_id, task_queue=task_queue, id_reuse_policy=policy)
    with pytest.raises(WorkflowAlreadyStartedError):
        await client.start_workflow("echo", 2, id=workflow_id, task_queue=task_queue, id_reuse_policy=policy)
