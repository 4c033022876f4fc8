"""Signals, queries and updates that make no sense: refused, with the field that is wrong."""

from typing import Any

import pytest
from temporalio.api.common.v1 import Payload, Payloads, WorkflowExecution
from temporalio.api.errordetails.v1 import NotFoundFailure, QueryFailedFailure
from temporalio.api.query.v1 import WorkflowQuery
from temporalio.api.update.v1 import Input, Meta, Request, UpdateRef, WaitPolicy
from temporalio.api.workflowservice.v1 import (
    PollWorkflowExecutionUpdateRequest,
    QueryWorkflowRequest,
    RequestCancelWorkflowExecutionRequest,
    ResetWorkflowExecutionRequest,
    SignalWorkflowExecutionRequest,
    TerminateWorkflowExecutionRequest,
    UpdateWorkflowExecutionRequest,
)
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowUpdateFailedError

from refusals import INVALID, NOT_FOUND, refused

# More than one field may hold.
LARGE = Payloads(payloads=[Payload(data=b"x" * (3 << 20))])
UNKNOWN: Any = 77


async def test_signals_that_make_no_sense(client: Client, task_queue: str, workflow_id: str) -> None:
    """Whether the run handles them yet or not."""

    def signal(**fields: Any) -> Any:
        execution = WorkflowExecution(workflow_id=workflow_id)
        given = {"namespace": client.namespace, "workflow_execution": execution, "signal_name": "number", **fields}
        return client.workflow_service.signal_workflow_execution(SignalWorkflowExecutionRequest(**given))

    handle = await client.start_workflow("waits_for_signal", 1, id=workflow_id, task_queue=task_queue)
    await refused(signal(signal_name=""), INVALID, "signal_name")
    await refused(signal(signal_name="a\nb"), INVALID, "signal_name")
    await refused(signal(signal_name="x" * 1001), INVALID, "signal_name")
    await refused(signal(input=LARGE), INVALID, "input")
    await refused(signal(request_id="x" * 1001), INVALID, "request_id")
    await refused(signal(workflow_execution=WorkflowExecution()), INVALID, "workflow_id")
    kinds = [event.WhichOneof("attributes") async for event in handle.fetch_history_events()]
    assert "workflow_execution_signaled_event_attributes" not in kinds
    await handle.terminate()


async def test_a_signal_that_its_handler_cannot_read_is_passed_over(
    client: Client, task_queue: str, workflow_id: str
) -> None:
    """It was taken, and is in the history; what comes after it is handled."""
    handle = await client.start_workflow("collector", 1, id=workflow_id, task_queue=task_queue)
    await handle.signal("collect", {"not": "a text"})
    await handle.signal("nobody handles this")
    await handle.signal("collect", "good")
    assert await handle.result() == ["good"]


async def test_reasons_that_are_too_long(client: Client, task_queue: str, workflow_id: str) -> None:
    """Nothing has happened to the run."""
    handle = await client.start_workflow("stubborn", id=workflow_id, task_queue=task_queue)
    execution = WorkflowExecution(workflow_id=workflow_id)
    of_it = {"namespace": client.namespace, "workflow_execution": execution, "reason": "x" * (3 << 20)}
    service = client.workflow_service
    for call in (
        service.request_cancel_workflow_execution(RequestCancelWorkflowExecutionRequest(**of_it)),
        service.terminate_workflow_execution(TerminateWorkflowExecutionRequest(**of_it)),
        service.reset_workflow_execution(ResetWorkflowExecutionRequest(**of_it, workflow_task_finish_event_id=4)),
    ):
        await refused(call, INVALID, "reason: has 3 MiB")
    assert (await handle.describe()).status == WorkflowExecutionStatus.RUNNING
    await handle.terminate(reason="x" * 10_000)


async def test_queries_that_make_no_sense(client: Client, task_queue: str, workflow_id: str) -> None:
    def query(name: str = "collected", arguments: Payloads | None = None, **fields: Any) -> Any:
        execution = WorkflowExecution(workflow_id=workflow_id)
        asked = WorkflowQuery(query_type=name, query_args=arguments)
        given = {"namespace": client.namespace, "execution": execution, "query": asked, **fields}
        return client.workflow_service.query_workflow(QueryWorkflowRequest(**given))

    handle = await client.start_workflow("collector", 1, id=workflow_id, task_queue=task_queue)
    for is_closed in (False, True):
        if is_closed:
            await handle.terminate()
        await refused(query(""), INVALID, "query_type")
        await refused(query("no_such_query"), INVALID, "no_such_query", QueryFailedFailure())
        await refused(query("itemAt"), INVALID, "", QueryFailedFailure())
        await refused(query(query_reject_condition=UNKNOWN), INVALID, "query_reject_condition")


async def test_updates_that_make_no_sense(client: Client, task_queue: str, workflow_id: str) -> None:
    def update(name: str = "add", update_id: str = "", arguments: Payloads | None = None, **fields: Any) -> Any:
        execution = WorkflowExecution(workflow_id=workflow_id)
        asked = Request(meta=Meta(update_id=update_id), input=Input(name=name, args=arguments))
        given = {"namespace": client.namespace, "workflow_execution": execution, "request": asked, **fields}
        return client.workflow_service.update_workflow_execution(UpdateWorkflowExecutionRequest(**given))

    handle = await client.start_workflow("counter", id=workflow_id, task_queue=task_queue)
    await refused(update(""), INVALID, "request.input.name")
    await refused(update(update_id="x" * 1001), INVALID, "request.meta.update_id")
    await refused(update(arguments=LARGE), INVALID, "request.input.args")
    await refused(update(wait_policy=WaitPolicy(lifecycle_stage=UNKNOWN)), INVALID, "lifecycle_stage")
    await refused(update(request=Request()), INVALID, "request.input")
    # It has a name, and an argument that is none: that is for the handler to say.
    for name, argument in (("add", "many"), ("addSlowly", "many"), ("subtract", 1)):
        with pytest.raises(WorkflowUpdateFailedError):
            await handle.execute_update(name, argument)
    kinds = [event.WhichOneof("attributes") async for event in handle.fetch_history_events()]
    assert not [kind for kind in kinds if "update" in str(kind)]

    def poll(update_id: str) -> Any:
        reference = UpdateRef(workflow_execution=WorkflowExecution(workflow_id=workflow_id), update_id=update_id)
        request = PollWorkflowExecutionUpdateRequest(namespace=client.namespace, update_ref=reference)
        return client.workflow_service.poll_workflow_execution_update(request)

    await refused(poll(""), INVALID, "update_id")
    await refused(poll("never sent"), NOT_FOUND, "", NotFoundFailure())
    await handle.terminate()
