"""Runs that are deleted, and what namespaces can be told about keeping them."""

import asyncio
import uuid

import pytest
from google.protobuf.duration_pb2 import Duration
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import NamespaceState
from temporalio.api.errordetails.v1 import NamespaceInvalidStateFailure
from temporalio.api.namespace.v1 import NamespaceConfig, UpdateNamespaceInfo
from temporalio.api.operatorservice.v1 import DeleteNamespaceRequest
from temporalio.api.workflowservice.v1 import (
    DeleteWorkflowExecutionRequest,
    DeprecateNamespaceRequest,
    DescribeNamespaceRequest,
    DescribeNamespaceResponse,
    GetWorkflowExecutionHistoryRequest,
    RegisterNamespaceRequest,
    UpdateNamespaceRequest,
)
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowFailureError
from temporalio.service import RPCError, RPCStatusCode
from temporal_command import temporal


async def delete(client: Client, workflow_id: str, run_id: str = "") -> None:
    execution = WorkflowExecution(workflow_id=workflow_id, run_id=run_id)
    request = DeleteWorkflowExecutionRequest(namespace=client.namespace, workflow_execution=execution)
    await client.workflow_service.delete_workflow_execution(request)


async def assert_gone(client: Client, workflow_id: str, run_id: str = "") -> None:
    with pytest.raises(RPCError) as caught:
        await client.get_workflow_handle(workflow_id, run_id=run_id or None).describe()
    assert caught.value.status == RPCStatusCode.NOT_FOUND
    request = GetWorkflowExecutionHistoryRequest(
        namespace=client.namespace, execution=WorkflowExecution(workflow_id=workflow_id, run_id=run_id)
    )
    with pytest.raises(RPCError) as caught:
        await client.workflow_service.get_workflow_execution_history(request)
    assert caught.value.status == RPCStatusCode.NOT_FOUND


async def test_a_closed_run_is_deleted_with_all_it_has(client: Client, task_queue: str, workflow_id: str) -> None:
    handle = await client.start_workflow("echo", 1, id=workflow_id, task_queue=task_queue)
    await handle.result()
    run_id = handle.result_run_id or ""
    await delete(client, workflow_id)
    await assert_gone(client, workflow_id)
    await assert_gone(client, workflow_id, run_id)
    assert (await client.count_workflows(f"WorkflowId = '{workflow_id}'")).count == 0
    for again in ("", run_id):
        with pytest.raises(RPCError, match="was not found") as caught:
            await delete(client, workflow_id, again)
        assert caught.value.status == RPCStatusCode.NOT_FOUND


async def test_an_open_run_is_ended_and_its_workflow_id_is_free(
    client: Client, task_queue: str, workflow_id: str
) -> None:
    handle = await client.start_workflow("sleeper", 3_600_000, id=workflow_id, task_queue=task_queue)
    waiting = asyncio.create_task(handle.result())
    # So that it waits.
    assert (await handle.describe()).status == WorkflowExecutionStatus.RUNNING
    await delete(client, workflow_id)
    await assert_gone(client, workflow_id)
    with pytest.raises((RPCError, WorkflowFailureError)):
        await waiting
    again = await client.start_workflow("echo", 2, id=workflow_id, task_queue=task_queue)
    assert await again.result() == 2


async def test_of_several_runs_the_one_that_is_named_goes(client: Client, task_queue: str, workflow_id: str) -> None:
    runs = []
    for number in range(3):
        handle = await client.start_workflow("echo", number, id=workflow_id, task_queue=task_queue)
        await handle.result()
        runs.append(handle.result_run_id or "")
    await delete(client, workflow_id, runs[0])
    assert (await client.get_workflow_handle(workflow_id).describe()).run_id == runs[2]
    # The current one: none of the earlier ones takes its place.
    await delete(client, workflow_id)
    with pytest.raises(RPCError) as caught:
        await client.get_workflow_handle(workflow_id).describe()
    assert caught.value.status == RPCStatusCode.NOT_FOUND
    left = [run.run_id async for run in client.list_workflows(f"WorkflowId = '{workflow_id}'")]
    assert left == [runs[1]]
    assert (await client.get_workflow_handle(workflow_id, run_id=runs[1]).describe()).status is not None


async def test_the_temporal_command_deletes(client: Client, task_queue: str, workflow_id: str) -> None:
    await client.execute_workflow("echo", 1, id=workflow_id, task_queue=task_queue)
    await temporal(client, "workflow", "delete", "--workflow-id", workflow_id, "--yes")
    await assert_gone(client, workflow_id)
    with pytest.raises(AssertionError, match="was not found"):
        await temporal(client, "workflow", "delete", "--workflow-id", workflow_id, "--yes")


async def describe(client: Client, namespace: str) -> DescribeNamespaceResponse:
    return await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=namespace))


async def test_namespaces_are_changed(client: Client) -> None:
    service, name = client.workflow_service, f"tenant-{uuid.uuid4()}"
    await service.register_namespace(
        RegisterNamespaceRequest(
            namespace=name,
            description="first",
            owner_email="one@example.org",
            data={"team": "orders"},
            workflow_execution_retention_period=Duration(seconds=72 * 3600),
        )
    )
    described = await describe(client, name)
    assert described.config.workflow_execution_retention_ttl.seconds == 72 * 3600
    assert described.namespace_info.owner_email == "one@example.org"
    updated = await service.update_namespace(
        UpdateNamespaceRequest(
            namespace=name,
            update_info=UpdateNamespaceInfo(description="second", data={"stage": "test"}),
            config=NamespaceConfig(workflow_execution_retention_ttl=Duration()),
        )
    )
    assert updated.namespace_info.description == "second"
    described = await describe(client, name)
    assert described.namespace_info.owner_email == "one@example.org"
    assert dict(described.namespace_info.data) == {"team": "orders", "stage": "test"}
    # For ever.
    assert described.config.workflow_execution_retention_ttl.seconds == 0

    for refused in (
        UpdateNamespaceRequest(namespace=name, promote_namespace=True),
        UpdateNamespaceRequest(
            namespace=name, config=NamespaceConfig(workflow_execution_retention_ttl=Duration(seconds=-1))
        ),
        UpdateNamespaceRequest(
            namespace=name, config=NamespaceConfig(workflow_execution_retention_ttl=Duration(nanos=1))
        ),
        UpdateNamespaceRequest(
            namespace=name, update_info=UpdateNamespaceInfo(state=NamespaceState.NAMESPACE_STATE_DELETED)
        ),
        UpdateNamespaceRequest(namespace=name, update_info=UpdateNamespaceInfo(data={"much": "x" * 70_000})),
    ):
        with pytest.raises(RPCError) as caught:
            await service.update_namespace(refused)
        assert caught.value.status == RPCStatusCode.INVALID_ARGUMENT
    with pytest.raises(RPCError) as caught:
        await service.update_namespace(UpdateNamespaceRequest(namespace=f"{name}-unknown"))
    assert caught.value.status == RPCStatusCode.NOT_FOUND


async def test_the_temporal_command_changes_namespaces(client: Client) -> None:
    name = f"tenant-{uuid.uuid4()}"
    await temporal(client, "operator", "namespace", "create", "--namespace", name)
    # What the command asks for if nobody says otherwise.
    assert (await describe(client, name)).config.workflow_execution_retention_ttl.seconds == 72 * 3600
    update = ("operator", "namespace", "update", "--namespace", name)
    await temporal(client, *update, "--retention", "24h", "--description", "of the tests", "--data", "team=orders")
    described = await describe(client, name)
    assert described.config.workflow_execution_retention_ttl.seconds == 24 * 3600
    assert described.namespace_info.description == "of the tests"
    assert dict(described.namespace_info.data) == {"team": "orders"}


async def test_a_deprecated_namespace_takes_no_new_workflows(client: Client) -> None:
    service, name = client.workflow_service, f"tenant-{uuid.uuid4()}"
    await service.register_namespace(RegisterNamespaceRequest(namespace=name))
    await service.deprecate_namespace(DeprecateNamespaceRequest(namespace=name))
    assert (await describe(client, name)).namespace_info.state == NamespaceState.NAMESPACE_STATE_DEPRECATED
    tenant = await Client.connect(client.service_client.config.target_host, namespace=name)
    with pytest.raises(RPCError) as caught:
        await tenant.start_workflow("echo", 1, id="echo", task_queue="work")
    assert caught.value.status == RPCStatusCode.FAILED_PRECONDITION
    [detail] = caught.value.grpc_status.details
    failure = NamespaceInvalidStateFailure()
    assert detail.Unpack(failure)
    assert failure.state == NamespaceState.NAMESPACE_STATE_DEPRECATED
    # Everything else goes on.
    assert (await tenant.count_workflows()).count == 0


async def test_a_namespace_is_removed_and_its_name_is_free(client: Client) -> None:
    name = f"removed-{uuid.uuid4()}"
    await client.workflow_service.register_namespace(RegisterNamespaceRequest(namespace=name))
    known = await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=name))
    by_id = DeleteNamespaceRequest(namespace_id=known.namespace_info.id)
    assert (await client.operator_service.delete_namespace(by_id)).deleted_namespace == name
    with pytest.raises(RPCError) as caught:
        await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=name))
    assert caught.value.status == RPCStatusCode.NOT_FOUND
    while True:
        try:
            await client.workflow_service.register_namespace(RegisterNamespaceRequest(namespace=name))
            break
        except RPCError as too_early:
            assert too_early.status == RPCStatusCode.FAILED_PRECONDITION, too_early
            await asyncio.sleep(0.05)
    await temporal(client, "operator", "namespace", "delete", "--namespace", name, "--yes")
    with pytest.raises(RPCError) as caught:
        await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=name))
    assert caught.value.status == RPCStatusCode.NOT_FOUND


async def test_a_namespace_that_cannot_be_removed(client: Client) -> None:
    for request, status in (
        (DeleteNamespaceRequest(namespace="default"), RPCStatusCode.INVALID_ARGUMENT),
        (DeleteNamespaceRequest(), RPCStatusCode.INVALID_ARGUMENT),
        (DeleteNamespaceRequest(namespace="default", namespace_id="x"), RPCStatusCode.INVALID_ARGUMENT),
        (DeleteNamespaceRequest(namespace=f"nobody-{uuid.uuid4()}"), RPCStatusCode.NOT_FOUND),
        (DeleteNamespaceRequest(namespace_id=str(uuid.uuid4())), RPCStatusCode.NOT_FOUND),
        (
            DeleteNamespaceRequest(namespace="default", namespace_delete_delay=Duration(seconds=1)),
            RPCStatusCode.INVALID_ARGUMENT,
        ),
    ):
        with pytest.raises(RPCError) as caught:
            await client.operator_service.delete_namespace(request)
        assert caught.value.status == status, caught.value
