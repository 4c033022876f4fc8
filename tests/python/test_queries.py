"""Questions to runs in every state, and who does not want an answer from which."""

import asyncio

import pytest
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.errordetails.v1 import NotFoundFailure, QueryFailedFailure
from temporalio.api.query.v1 import WorkflowQuery
from temporalio.api.workflowservice.v1 import QueryWorkflowRequest
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowQueryRejectedError
from temporalio.common import QueryRejectCondition
from temporalio.service import RPCStatusCode

from refusals import INVALID, NOT_FOUND, refused

METADATA = "__temporal_workflow_metadata"


async def test_who_wants_no_answer_of_which_runs(client: Client, task_queue: str, workflow_id: str) -> None:
    none, not_open = QueryRejectCondition.NONE, QueryRejectCondition.NOT_OPEN
    not_clean = QueryRejectCondition.NOT_COMPLETED_CLEANLY
    handle = await client.start_workflow("collector", 1, id=workflow_id, task_queue=task_queue)
    for condition in (none, not_open, not_clean):
        assert await handle.query("collected", reject_condition=condition) == []
    await handle.signal("collect", "only")
    await handle.result()
    for condition in (none, not_clean):
        assert await handle.query("collected", reject_condition=condition) == ["only"]
    with pytest.raises(WorkflowQueryRejectedError) as caught:
        await handle.query("collected", reject_condition=not_open)
    assert caught.value.status == WorkflowExecutionStatus.COMPLETED

    ended = await client.start_workflow("collector", 1, id=workflow_id, task_queue=task_queue)
    await ended.terminate()
    assert await ended.query("collected", reject_condition=none) == []
    for condition in (not_open, not_clean):
        with pytest.raises(WorkflowQueryRejectedError) as caught:
            await ended.query("collected", reject_condition=condition)
        assert caught.value.status == WorkflowExecutionStatus.TERMINATED


async def test_a_blocked_run_says_what_it_can(
    client: Client, task_queue: str, workflow_id: str, noop_worker: list[int]
) -> None:
    handle = await client.start_workflow("panics", "a bug", id=workflow_id, task_queue=task_queue)
    while "mainspring.blocked" not in await (await handle.describe()).memo():
        await asyncio.sleep(0.02)
    # Its guest cannot be asked; what it is made of is known without.
    await refused(handle.query("anything"), RPCStatusCode.FAILED_PRECONDITION, "a bug")
    assert (await handle.query(METADATA)).definition.type == "panics"
    await handle.terminate()


async def test_what_a_workflow_says_of_itself(
    client: Client, task_queue: str, workflow_id: str, noop_worker: list[int]
) -> None:
    handle = await client.start_workflow("notes", "so far, so good", id=workflow_id, task_queue=task_queue)
    await handle.result()
    metadata = await handle.query(METADATA)
    assert metadata.definition.type == "notes"
    assert metadata.current_details == "so far, so good"


async def test_questions_that_have_no_answer(client: Client, task_queue: str, workflow_id: str) -> None:
    async def ask(name: str, workflow_id: str = workflow_id, run_id: str = "") -> None:
        execution = WorkflowExecution(workflow_id=workflow_id, run_id=run_id)
        query = WorkflowQuery(query_type=name)
        request = QueryWorkflowRequest(namespace=client.namespace, execution=execution, query=query)
        await client.workflow_service.query_workflow(request)

    handle = await client.start_workflow("collector", 1, id=workflow_id, task_queue=task_queue)
    failed = QueryFailedFailure()
    await refused(ask("nothing"), INVALID, "nothing", failed)
    # The names of those that there are help whoever has mistyped one.
    assert "collected" in failed.failure.message
    await refused(ask("collected", f"{workflow_id}-nobody"), NOT_FOUND, "was not found", NotFoundFailure())
    await refused(ask(METADATA, f"{workflow_id}-nobody"), NOT_FOUND, "was not found", NotFoundFailure())
    await refused(ask("collected", run_id="no-run-id"), INVALID, "run_id")
    await refused(ask(""), INVALID, "query_type")
    await handle.terminate()
