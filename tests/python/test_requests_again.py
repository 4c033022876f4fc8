"""Requests that come again because their answer was lost, recognised by their ids."""

import uuid
from typing import Any

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import (
    RequestCancelWorkflowExecutionRequest,
    SignalWithStartWorkflowExecutionRequest,
    SignalWorkflowExecutionRequest,
    StartWorkflowExecutionRequest,
)
from temporalio.client import Client

from http_json import Http, NAMESPACE


async def test_requests_that_come_again_are_recognised(client: Client, task_queue: str, workflow_id: str) -> None:
    service = client.workflow_service
    execution = WorkflowExecution(workflow_id=workflow_id)

    def started(request: Any, **more: Any) -> Any:
        queue = TaskQueue(name=task_queue)
        asked = request(namespace=client.namespace, workflow_id=workflow_id, task_queue=queue, **more)
        asked.workflow_type.name = "waits_for_signal"
        asked.input.payloads.add(metadata={"encoding": b"json/plain"}, data=b"9")
        return asked

    start = started(StartWorkflowExecutionRequest, request_id="start")
    first = await service.start_workflow_execution(start)
    assert (await service.start_workflow_execution(start)).run_id == first.run_id

    common = {"namespace": client.namespace, "workflow_execution": execution}
    both = started(SignalWithStartWorkflowExecutionRequest, request_id="both", signal_name="number")
    signal = SignalWorkflowExecutionRequest(**common, signal_name="number", request_id="signal")
    cancel = RequestCancelWorkflowExecutionRequest(**common, request_id="cancel")
    for _ in range(2):
        assert (await service.signal_with_start_workflow_execution(both)).run_id == first.run_id
        await service.signal_workflow_execution(signal)
        await service.request_cancel_workflow_execution(cancel)
    handle = client.get_workflow_handle(workflow_id)
    kinds = [event.WhichOneof("attributes") async for event in handle.fetch_history_events()]
    assert kinds.count("workflow_execution_signaled_event_attributes") == 2
    assert kinds.count("workflow_execution_cancel_requested_event_attributes") == 1


async def test_schedules_are_asked_for_again_by_http(task_queue: str, workflow_id: str, schedule_id: str) -> None:
    http = Http()
    start = {
        "workflowId": workflow_id,
        "workflowType": {"name": "idle"},
        "taskQueue": {"name": task_queue},
    }
    path = f"{NAMESPACE}/schedules/{schedule_id}"
    schedule = {"action": {"startWorkflow": start}, "spec": {"cronString": ["0 3 1 1 *"]}}
    body = {"schedule": schedule, "requestId": str(uuid.uuid4())}
    token = (await http.post(path, body))["conflictToken"]
    assert (await http.post(path, body))["conflictToken"] == token
    trigger = {"patch": {"triggerImmediately": {}}, "requestId": str(uuid.uuid4())}
    for _ in range(2):
        await http.post(f"{path}/patch", trigger)
    assert (await http.get(path))["info"]["actionCount"] == "1"
    await http.delete(path)
    await http.post(f"{NAMESPACE}/workflows/{(await only_run(http, workflow_id))}/terminate", {})


async def only_run(http: Http, workflow_id: str) -> str:
    query = f"WorkflowId STARTS_WITH '{workflow_id}'"
    [run] = (await http.get(f"{NAMESPACE}/workflows", query=query))["executions"]
    return run["execution"]["workflowId"]
