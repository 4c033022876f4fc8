"""What is refused, by every method alike: with a code that SDKs do not try again, with words that help, and with the
detail that they go by."""

import uuid
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from google.protobuf.message import Message
from temporalio.api.batch.v1 import BatchOperationTermination
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.errordetails.v1 import (
    MultiOperationExecutionFailure,
    NamespaceNotFoundFailure,
    NotFoundFailure,
    WorkflowExecutionAlreadyStartedFailure,
)
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, RemoveSearchAttributesRequest
from temporalio.api.query.v1 import WorkflowQuery
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.update.v1 import Input as UpdateInput, Meta as UpdateMeta, Request as UpdateRequest
from temporalio.api.workflowservice.v1 import (
    CountSchedulesRequest,
    CountWorkersRequest,
    CountWorkflowExecutionsRequest,
    DescribeBatchOperationRequest,
    DescribeNamespaceRequest,
    DescribeTaskQueueRequest,
    ExecuteMultiOperationRequest,
    GetWorkerBuildIdCompatibilityRequest,
    ListBatchOperationsRequest,
    ListSchedulesRequest,
    ListWorkersRequest,
    ListWorkflowExecutionsRequest,
    PollActivityTaskQueueRequest,
    PollWorkflowTaskQueueRequest,
    QueryWorkflowRequest,
    ResetWorkflowExecutionRequest,
    StartBatchOperationRequest,
    StartWorkflowExecutionRequest,
    StopBatchOperationRequest,
    UpdateWorkflowExecutionRequest,
)
from temporalio.client import Client, Schedule, ScheduleSpec, WorkflowHandle
from temporalio.service import RPCStatusCode

from refusals import INVALID, NOT_FOUND, refused
from schedules import Starting

HOUR = 3_600_000


def calls(client: Client, handle: WorkflowHandle[Any, Any]) -> dict[str, Callable[[], Awaitable[Any]]]:
    """Everything that is said to a workflow by its id."""
    execution = WorkflowExecution(workflow_id=handle.id, run_id=handle.run_id or "")
    reset = ResetWorkflowExecutionRequest(
        namespace=client.namespace, workflow_execution=execution, workflow_task_finish_event_id=1, request_id="once"
    )
    ask = QueryWorkflowRequest(namespace=client.namespace, execution=execution, query=WorkflowQuery(query_type="x"))
    return {
        "signal": lambda: handle.signal("x"),
        "cancel": handle.cancel,
        "terminate": handle.terminate,
        "update": lambda: handle.execute_update("x"),
        "describe": handle.describe,
        "query": lambda: client.workflow_service.query_workflow(ask),
        "history": handle.fetch_history,
        "reset": lambda: client.workflow_service.reset_workflow_execution(reset),
    }


async def test_workflows_that_are_not_there(client: Client, task_queue: str, workflow_id: str) -> None:
    there = await client.start_workflow("idle", id=workflow_id, task_queue=task_queue)
    for nobody in (
        client.get_workflow_handle(f"{workflow_id}-nobody"),
        client.get_workflow_handle(workflow_id, run_id=str(uuid.uuid4())),
    ):
        for call in calls(client, nobody).values():
            await refused(call(), NOT_FOUND, "was not found", NotFoundFailure())
    for call in calls(client, client.get_workflow_handle(workflow_id, run_id="no-run-id")).values():
        await refused(call(), INVALID, "run_id")
    await there.terminate()


async def test_a_closed_run_hears_nothing_more(client: Client, task_queue: str, workflow_id: str) -> None:
    handle = await client.start_workflow("echo", 1, id=workflow_id, task_queue=task_queue)
    await handle.result()
    for name, call in calls(client, handle).items():
        match name:
            case "signal" | "terminate" | "update":
                await refused(call(), NOT_FOUND, "already completed", NotFoundFailure())
            case "query" | "reset":
                # There is no such query, and no such point.
                await refused(call(), INVALID)
            case _:
                # It can be read; and who wants it cancelled has what he wants.
                await call()


async def test_namespaces_that_are_not_there(client: Client, workflow_id: str) -> None:
    nowhere = await Client.connect(client.service_client.config.target_host, namespace="nowhere")
    service = client.workflow_service
    asked = [
        nowhere.start_workflow("echo", 1, id=workflow_id, task_queue="q"),
        nowhere.count_workflows(),
        nowhere.get_workflow_handle(workflow_id).describe(),
        nowhere.get_workflow_handle(workflow_id).signal("x"),
        nowhere.get_schedule_handle("s").describe(),
        service.describe_namespace(DescribeNamespaceRequest(namespace="nowhere")),
        service.list_batch_operations(ListBatchOperationsRequest(namespace="nowhere")),
        service.list_workers(ListWorkersRequest(namespace="nowhere")),
        service.describe_task_queue(
            DescribeTaskQueueRequest(namespace="nowhere", task_queue=TaskQueue(name="q"))
        ),
        service.poll_activity_task_queue(
            PollActivityTaskQueueRequest(namespace="nowhere", task_queue=TaskQueue(name="q"))
        ),
    ]
    for call in asked:
        detail = NamespaceNotFoundFailure()
        await refused(call, NOT_FOUND, "nowhere", detail)
        assert detail.namespace == "nowhere"


async def test_what_exists_already(client: Client, task_queue: str, workflow_id: str) -> None:
    handle = await client.start_workflow("idle", id=workflow_id, task_queue=task_queue)
    start = StartWorkflowExecutionRequest(
        namespace=client.namespace, workflow_id=workflow_id, task_queue=TaskQueue(name=task_queue), request_id="another"
    )
    start.workflow_type.name = "idle"
    started = WorkflowExecutionAlreadyStartedFailure()
    service = client.workflow_service
    await refused(service.start_workflow_execution(start), RPCStatusCode.ALREADY_EXISTS, "already", started)
    assert started.run_id == handle.result_run_id
    update = UpdateWorkflowExecutionRequest(
        namespace=client.namespace,
        workflow_execution=WorkflowExecution(workflow_id=workflow_id),
        request=UpdateRequest(meta=UpdateMeta(update_id="once"), input=UpdateInput(name="x")),
    )
    both = ExecuteMultiOperationRequest(
        namespace=client.namespace,
        operations=[
            ExecuteMultiOperationRequest.Operation(start_workflow=start),
            ExecuteMultiOperationRequest.Operation(update_workflow=update),
        ],
    )
    failure = MultiOperationExecutionFailure()
    await refused(service.execute_multi_operation(both), RPCStatusCode.ALREADY_EXISTS, "", failure)
    codes = [RPCStatusCode(status.code) for status in failure.statuses]
    assert codes == [RPCStatusCode.ALREADY_EXISTS, RPCStatusCode.ABORTED]
    assert failure.statuses[0].details[0].Unpack(started) and started.run_id == handle.result_run_id
    await handle.terminate()

    name = f"Colour_{uuid.uuid4().hex[:8]}"
    keyword, number = IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD, IndexedValueType.INDEXED_VALUE_TYPE_INT

    def add(of_type: "IndexedValueType.ValueType", name: str = name) -> Awaitable[Any]:
        request = AddSearchAttributesRequest(namespace=client.namespace, search_attributes={name: of_type})
        return client.operator_service.add_search_attributes(request)

    def remove(name: str = name) -> Awaitable[Any]:
        request = RemoveSearchAttributesRequest(namespace=client.namespace, search_attributes=[name])
        return client.operator_service.remove_search_attributes(request)

    await add(keyword)
    await refused(add(number), RPCStatusCode.ALREADY_EXISTS, name)
    await remove()
    await refused(remove(), NOT_FOUND, name, NotFoundFailure())
    await refused(add(keyword, "WorkflowId"), INVALID, "WorkflowId")
    await refused(add(keyword, ""), INVALID)
    await refused(add(IndexedValueType.INDEXED_VALUE_TYPE_UNSPECIFIED), INVALID)
    await refused(remove("StartTime"), INVALID, "StartTime")


@pytest.mark.parametrize(
    ("filter", "place"),
    [
        ("WorkflowId ==== 'x'", 13),
        ("WorkflowId = 'x' AND", 21),
        ("(WorkflowId = 'x'", 18),
        ("WorkflowId = 'x", 14),
        ("WorkflowId BETWEEN 'a'", 23),
        ("NoSuchThing = 1", 1),
        ("StartTime > 'noon'", 13),
        ("ExecutionStatus = 'Asleep'", 19),
        ("WorkflowId = 'x' GROUP BY WorkflowType", 27),
    ],
)
async def test_filters_that_make_no_sense(client: Client, filter: str, place: int) -> None:
    service, namespace = client.workflow_service, client.namespace
    batch = StartBatchOperationRequest(
        namespace=namespace,
        job_id=str(uuid.uuid4()),
        reason="it is tested",
        visibility_query=filter,
        termination_operation=BatchOperationTermination(),
    )
    for call in (
        service.list_workflow_executions(ListWorkflowExecutionsRequest(namespace=namespace, query=filter)),
        service.count_workflow_executions(CountWorkflowExecutionsRequest(namespace=namespace, query=filter)),
        service.start_batch_operation(batch),
    ):
        await refused(call, INVALID, f"at character {place}:")


async def test_filters_of_other_things(client: Client) -> None:
    service, of = client.workflow_service, dict(namespace=client.namespace, query="WorkflowId ==== 'x'")
    for call in (
        service.list_schedules(ListSchedulesRequest(**of)),
        service.count_schedules(CountSchedulesRequest(**of)),
        service.list_workers(ListWorkersRequest(**of)),
        service.count_workers(CountWorkersRequest(**of)),
    ):
        await refused(call, INVALID, "at character 13:")


async def test_batch_operations_that_are_not_there(client: Client) -> None:
    service, of = client.workflow_service, dict(namespace=client.namespace, job_id="no-such-job")
    missing: list[tuple[Awaitable[Any], Message]] = [
        (service.describe_batch_operation(DescribeBatchOperationRequest(**of)), NotFoundFailure()),
        (service.stop_batch_operation(StopBatchOperationRequest(**of, reason="enough")), NotFoundFailure()),
    ]
    for call, detail in missing:
        await refused(call, NOT_FOUND, "no-such-job", detail)


async def test_schedules_and_crons_that_never_come_true(
    client: Client, task_queue: str, workflow_id: str, schedule_id: str, starting: Starting
) -> None:
    for cron, text in (("0 0 30 2 *", "never comes true"), ("now and then", "cron")):
        spec = ScheduleSpec(cron_expressions=[cron])
        creation = client.create_schedule(schedule_id, Schedule(starting("idle"), spec))
        await refused(creation, INVALID, text)
        start = client.start_workflow("idle", id=workflow_id, task_queue=task_queue, cron_schedule=cron)
        await refused(start, INVALID)
    await refused(client.get_schedule_handle(schedule_id).describe(), NOT_FOUND, "was not found", NotFoundFailure())


async def test_what_this_server_does_not_do(client: Client) -> None:
    poll = PollWorkflowTaskQueueRequest(namespace=client.namespace, task_queue=TaskQueue(name="q"))
    # On this code workers stop, and say why.
    await refused(client.workflow_service.poll_workflow_task_queue(poll), INVALID, "module")
    unknown = GetWorkerBuildIdCompatibilityRequest(namespace=client.namespace, task_queue="q")
    call = client.workflow_service.get_worker_build_id_compatibility(unknown)
    await refused(call, RPCStatusCode.UNIMPLEMENTED, "unknown method GetWorkerBuildIdCompatibility")
