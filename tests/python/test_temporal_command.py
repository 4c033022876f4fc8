"""The official `temporal` command, unmodified."""

import asyncio
import uuid

import pytest
from temporalio.api.errordetails.v1 import NamespaceAlreadyExistsFailure
from temporalio.api.workflowservice.v1 import RegisterNamespaceRequest
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from temporal_command import start, temporal, wait_until_closed


async def test_start_and_result(client: Client, task_queue: str, workflow_id: str) -> None:
    started = await start(client, "echo", workflow_id, task_queue, '"hello"')
    assert started["workflowId"] == workflow_id
    result = await temporal(client, "workflow", "result", "--workflow-id", workflow_id)
    assert result["status"] == "COMPLETED"
    assert result["result"] == "hello"


async def test_signal_and_query(client: Client, task_queue: str, workflow_id: str) -> None:
    await start(client, "collector", workflow_id, task_queue, "2")
    signal = ("workflow", "signal", "--workflow-id", workflow_id, "--name", "collect")
    await temporal(client, *signal, "--input", '"one"')
    answer = await temporal(client, "workflow", "query", "--workflow-id", workflow_id, "--type", "collected")
    assert answer["queryResult"] == [["one"]] or answer["queryResult"] == ["one"]
    await temporal(client, *signal, "--input", '"two"')
    assert await client.get_workflow_handle(workflow_id).result() == ["one", "two"]


async def test_show(client: Client, task_queue: str, workflow_id: str, noop_worker: list[int]) -> None:
    await start(client, "steps", workflow_id, task_queue, "1")
    await client.get_workflow_handle(workflow_id).result()
    history = await temporal(client, "workflow", "show", "--workflow-id", workflow_id)
    types = [event["eventType"] for event in history["events"]]
    assert types[0] == "EVENT_TYPE_WORKFLOW_EXECUTION_STARTED"
    assert "EVENT_TYPE_ACTIVITY_TASK_COMPLETED" in types
    assert types[-1] == "EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED"


async def test_describe_list_and_count(client: Client, task_queue: str, workflow_id: str) -> None:
    await start(client, "sleeper", workflow_id, task_queue, "3600000")
    described = await temporal(client, "workflow", "describe", "--workflow-id", workflow_id)
    assert described["workflowExecutionInfo"]["execution"]["workflowId"] == workflow_id
    assert described["workflowExecutionInfo"]["status"] == "WORKFLOW_EXECUTION_STATUS_RUNNING"

    query = f"WorkflowId = '{workflow_id}'"
    for _ in range(100):
        counted = await temporal(client, "workflow", "count", "--query", query)
        if counted.get("count") == "1":
            break
        await asyncio.sleep(0.1)
    assert counted["count"] == "1"
    listed = await temporal(client, "workflow", "list", "--query", query)
    assert [execution["execution"]["workflowId"] for execution in listed] == [workflow_id]
    await client.get_workflow_handle(workflow_id).terminate()


async def test_cancel_and_terminate(client: Client, task_queue: str, workflow_id: str) -> None:
    await start(client, "sleeper", workflow_id, task_queue, "3600000")
    await temporal(client, "workflow", "cancel", "--workflow-id", workflow_id)
    # `sleeper` cleans nothing up: it is cancelled by its timer being cancelled.
    ended = await wait_until_closed(client, workflow_id)
    assert ended == WorkflowExecutionStatus.CANCELED

    await start(client, "sleeper", workflow_id, task_queue, "3600000")
    await temporal(client, "workflow", "terminate", "--workflow-id", workflow_id, "--reason", "enough")
    assert await wait_until_closed(client, workflow_id) == WorkflowExecutionStatus.TERMINATED


async def test_namespaces_are_created(client: Client) -> None:
    name = f"tenant-{uuid.uuid4()}"
    create = ("operator", "namespace", "create", "--namespace", name, "--description", "a tenant of the tests")
    await temporal(client, *create)
    described = await temporal(client, "operator", "namespace", "describe", "--namespace", name)
    assert described["namespaceInfo"]["name"] == name
    assert described["namespaceInfo"]["description"] == "a tenant of the tests"
    with pytest.raises(AssertionError, match=f"Namespace {name} already exists"):
        await temporal(client, *create)
    # It has no modules yet, and its runs are its own.
    tenant = await Client.connect(client.service_client.config.target_host, namespace=name)
    assert (await tenant.count_workflows()).count == 0
    with pytest.raises(RPCError, match="no module in namespace") as caught:
        await tenant.start_workflow("echo", "hello", id="echo", task_queue="work")
    assert caught.value.status == RPCStatusCode.NOT_FOUND


async def test_a_namespace_is_refused_what_it_would_not_keep(client: Client) -> None:
    service, name = client.workflow_service, f"tenant-{uuid.uuid4()}"
    for refused in (
        RegisterNamespaceRequest(namespace=name, security_token="secret"),
        RegisterNamespaceRequest(namespace=name, history_archival_uri="file:///archive"),
        RegisterNamespaceRequest(namespace=name, data={"much": "x" * 70_000}),
        RegisterNamespaceRequest(namespace=name, is_global_namespace=True),
        RegisterNamespaceRequest(namespace=""),
    ):
        with pytest.raises(RPCError) as caught:
            await service.register_namespace(refused)
        assert caught.value.status == RPCStatusCode.INVALID_ARGUMENT
    await service.register_namespace(RegisterNamespaceRequest(namespace=name))
    with pytest.raises(RPCError) as caught:
        await service.register_namespace(RegisterNamespaceRequest(namespace=name))
    assert caught.value.status == RPCStatusCode.ALREADY_EXISTS
    [detail] = caught.value.grpc_status.details
    assert detail.Unpack(NamespaceAlreadyExistsFailure())


async def test_reset(client: Client, task_queue: str, workflow_id: str, noop_worker: list[int]) -> None:
    await start(client, "steps", workflow_id, task_queue, "2")
    base = await client.get_workflow_handle(workflow_id).describe()
    await client.get_workflow_handle(workflow_id).result()
    reset = ("workflow", "reset", "--workflow-id", workflow_id, "--reason", "a mistake")

    last = await temporal(client, *reset, "--type", "LastWorkflowTask")
    assert last["runId"] != base.run_id
    assert await client.get_workflow_handle(workflow_id).result() == 2
    assert noop_worker == [0, 1]

    first = await temporal(client, *reset, "--type", "FirstWorkflowTask")
    assert first["runId"] not in (base.run_id, last["runId"])
    assert await client.get_workflow_handle(workflow_id).result() == 2
    assert noop_worker == [0, 1, 0, 1]

    # Where the second activity was scheduled.
    again = await temporal(client, *reset, "--run-id", base.run_id, "--event-id", "10", "--reapply-exclude", "All")
    assert await client.get_workflow_handle(workflow_id).result() == 2
    assert (await client.get_workflow_handle(workflow_id).describe()).run_id == again["runId"]
    assert noop_worker == [0, 1, 0, 1, 1]
async def test_schedules(client: Client, task_queue: str, workflow_id: str) -> None:
    schedule_id = f"schedule-{uuid.uuid4()}"
    name = ("--schedule-id", schedule_id)
    action = ("--workflow-id", workflow_id, "--type", "echo", "--task-queue", task_queue, "--input", '"hello"')
    await temporal(client, "schedule", "create", *name, *action, "--cron", "0 3 1 1 *", "--notes", "once a year")
    described = await temporal(client, "schedule", "describe", *name)
    assert described["schedule"]["state"]["notes"] == "once a year"
    assert described["schedule"]["spec"]["structuredCalendar"][0]["hour"] == [{"start": 3, "end": 3, "step": 1}]
    assert len(described["info"]["futureActionTimes"]) == 10

    await temporal(client, "schedule", "toggle", *name, "--pause", "--reason", "maintenance")
    described = await temporal(client, "schedule", "describe", *name)
    assert described["schedule"]["state"] == {"notes": "maintenance", "paused": True}
    await temporal(client, "schedule", "trigger", *name)
    span = ("--start-time", "2019-06-01T00:00:00Z", "--end-time", "2021-06-01T00:00:00Z")
    await temporal(client, "schedule", "backfill", *name, *span, "--overlap-policy", "BufferAll")
    for _ in range(200):
        info = (await temporal(client, "schedule", "describe", *name))["info"]
        if info.get("actionCount") == "3":
            break
        await asyncio.sleep(0.05)
    assert info["actionCount"] == "3"

    await temporal(client, "schedule", "update", *name, *action, "--interval", "1h/10m")
    described = await temporal(client, "schedule", "describe", *name)
    assert described["schedule"]["spec"]["interval"] == [{"interval": "3600s", "phase": "600s"}]
    listed = await temporal(client, "schedule", "list")
    assert schedule_id in [schedule["scheduleId"] for schedule in listed]
    await temporal(client, "schedule", "delete", *name)
    with pytest.raises(AssertionError, match="was not found"):
        await temporal(client, "schedule", "describe", *name)
    with pytest.raises(AssertionError, match="never comes true"):
        await temporal(client, "schedule", "create", *name, *action, "--cron", "0 0 30 2 *")
