"""One thing done to many runs, by the protocol and by the `temporal` command."""

import asyncio
import uuid
from collections.abc import Iterable

import pytest
from temporalio.api.batch.v1 import (
    BatchOperationCancellation,
    BatchOperationDeletion,
    BatchOperationReset,
    BatchOperationSignal,
    BatchOperationTermination,
)
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import BatchOperationState, BatchOperationType
from temporalio.api.errordetails.v1 import WorkflowExecutionAlreadyStartedFailure
from temporalio.api.workflowservice.v1 import (
    DescribeBatchOperationRequest,
    DescribeBatchOperationResponse,
    ListBatchOperationsRequest,
    StartBatchOperationRequest,
    StopBatchOperationRequest,
)
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowFailureError
from temporalio.converter import default as default_converter
from temporalio.service import RPCError, RPCStatusCode
from temporal_command import temporal

RUNNING = BatchOperationState.BATCH_OPERATION_STATE_RUNNING
COMPLETED = BatchOperationState.BATCH_OPERATION_STATE_COMPLETED
FAILED = BatchOperationState.BATCH_OPERATION_STATE_FAILED


async def sleepers(client: Client, task_queue: str, workflow_id: str, count: int) -> list[str]:
    ids = [f"{workflow_id}-{number}" for number in range(count)]
    starts = (client.start_workflow("sleeper", 3_600_000, id=one, task_queue=task_queue) for one in ids)
    await asyncio.gather(*starts)
    return ids


def request(client: Client, **fields: object) -> StartBatchOperationRequest:
    given = {"namespace": client.namespace, "job_id": str(uuid.uuid4()), "reason": "it is tested"} | fields
    return StartBatchOperationRequest(**given)


async def describe(client: Client, job_id: str) -> DescribeBatchOperationResponse:
    asked = DescribeBatchOperationRequest(namespace=client.namespace, job_id=job_id)
    return await client.workflow_service.describe_batch_operation(asked)


async def over(client: Client, job_id: str) -> DescribeBatchOperationResponse:
    for _ in range(300):
        described = await describe(client, job_id)
        if described.state != RUNNING:
            return described
        await asyncio.sleep(0.05)
    raise AssertionError(f"it goes on and on: {described}")


async def run(client: Client, **fields: object) -> DescribeBatchOperationResponse:
    started = request(client, **fields)
    await client.workflow_service.start_batch_operation(started)
    return await over(client, started.job_id)


async def statuses(client: Client, ids: Iterable[str]) -> set[WorkflowExecutionStatus | None]:
    described = await asyncio.gather(*(client.get_workflow_handle(one).describe() for one in ids))
    return {one.status for one in described}


async def test_all_that_a_filter_finds_are_terminated_and_then_deleted(
    client: Client, task_queue: str, workflow_id: str
) -> None:
    ids = await sleepers(client, task_queue, workflow_id, 25)
    await client.execute_workflow("echo", 1, id=f"{workflow_id}-closed", task_queue=task_queue)
    query = f"WorkflowId STARTS_WITH '{workflow_id}-'"
    described = await run(
        client, visibility_query=query, termination_operation=BatchOperationTermination(identity="the test")
    )
    assert described.state == COMPLETED
    # Of what is closed nothing can be terminated, so it is not counted.
    assert (described.total_operation_count, described.complete_operation_count) == (25, 25)
    assert described.failure_operation_count == 0
    assert described.operation_type == BatchOperationType.BATCH_OPERATION_TYPE_TERMINATE_WORKFLOW
    assert (described.query, described.reason, described.identity) == (query, "it is tested", "the test")
    assert described.close_time.seconds >= described.start_time.seconds > 0
    assert await statuses(client, ids) == {WorkflowExecutionStatus.TERMINATED}

    described = await run(client, visibility_query=query, deletion_operation=BatchOperationDeletion())
    assert (described.state, described.complete_operation_count) == (COMPLETED, 26)
    assert (await client.count_workflows(query)).count == 0


async def test_runs_that_are_listed_are_signalled(client: Client, task_queue: str, workflow_id: str) -> None:
    first = await client.start_workflow("collector", 1, id=f"{workflow_id}-1", task_queue=task_queue)
    second = await client.start_workflow("collector", 2, id=f"{workflow_id}-2", task_queue=task_queue)
    executions = [
        WorkflowExecution(workflow_id=first.id),
        WorkflowExecution(workflow_id=second.id, run_id=second.first_execution_run_id),
        WorkflowExecution(workflow_id=f"{workflow_id}-unknown"),
    ]
    payloads = await default_converter().encode(["hello"])
    signal = BatchOperationSignal(signal="collect", identity="the test")
    signal.input.payloads.extend(payloads)
    described = await run(client, executions=executions, signal_operation=signal)
    assert described.state == COMPLETED
    counts = (described.total_operation_count, described.complete_operation_count, described.failure_operation_count)
    assert counts == (3, 2, 1)
    assert [it.business_id for it in described.executions] == [first.id, second.id, f"{workflow_id}-unknown"]
    assert await first.result() == ["hello"]
    assert await second.query("collected") == ["hello"]
    await second.terminate()


async def test_runs_are_reset(client: Client, task_queue: str, workflow_id: str) -> None:
    handles = [
        await client.start_workflow("collector", 2, id=f"{workflow_id}-{number}", task_queue=task_queue)
        for number in range(2)
    ]
    for handle in handles:
        await handle.signal("collect", "one")
        assert await handle.query("collected") == ["one"]
    reset = BatchOperationReset()
    reset.options.first_workflow_task.SetInParent()
    described = await run(client, visibility_query=f"WorkflowId STARTS_WITH '{workflow_id}-'", reset_operation=reset)
    assert (described.state, described.complete_operation_count) == (COMPLETED, 2)
    for handle in handles:
        current = client.get_workflow_handle(handle.id)
        assert (await current.describe()).run_id != handle.first_execution_run_id
        # It has been told again.
        assert await current.query("collected") == ["one"]
        await current.terminate()


async def test_it_is_stopped(client: Client, task_queue: str, workflow_id: str) -> None:
    await sleepers(client, task_queue, workflow_id, 5)
    started = request(
        client,
        visibility_query=f"WorkflowId STARTS_WITH '{workflow_id}-'",
        # After the first, the next would come in a quarter of an hour.
        max_operations_per_second=0.001,
        cancellation_operation=BatchOperationCancellation(),
    )
    service = client.workflow_service
    await service.start_batch_operation(started)
    listed = await service.list_batch_operations(ListBatchOperationsRequest(namespace=client.namespace))
    assert (listed.operation_info[0].job_id, listed.operation_info[0].state) == (started.job_id, RUNNING)
    for _ in range(300):
        if (await describe(client, started.job_id)).complete_operation_count == 1:
            break
        await asyncio.sleep(0.05)
    stop = StopBatchOperationRequest(namespace=client.namespace, job_id=started.job_id, reason="enough of it")
    await service.stop_batch_operation(stop)
    described = await describe(client, started.job_id)
    assert (described.state, described.reason) == (FAILED, "enough of it")
    assert (described.total_operation_count, described.complete_operation_count) == (5, 1)
    with pytest.raises(RPCError, match="over already") as caught:
        await service.stop_batch_operation(stop)
    assert caught.value.status == RPCStatusCode.NOT_FOUND
    query = f"WorkflowId STARTS_WITH '{workflow_id}-' AND ExecutionStatus = 'Running'"
    left = [run.id async for run in client.list_workflows(query)]
    assert len(left) == 4
    for one in left:
        await client.get_workflow_handle(one).terminate()


async def test_what_cannot_be_is_refused(client: Client, workflow_id: str) -> None:
    service = client.workflow_service
    cancel = BatchOperationCancellation()
    one = [WorkflowExecution(workflow_id=workflow_id)]
    for words, fields in {
        "at character 16": {"visibility_query": "WorkflowType = ", "cancellation_operation": cancel},
        "GROUP BY": {"visibility_query": "GROUP BY ExecutionStatus", "cancellation_operation": cancel},
        "one of the two": {"visibility_query": "RunId = 'x'", "executions": one, "cancellation_operation": cancel},
        "visibility_query": {"cancellation_operation": cancel},
        "operation": {"executions": one},
        "reason": {"executions": one, "reason": "", "cancellation_operation": cancel},
        "job_id": {"executions": one, "job_id": "", "cancellation_operation": cancel},
        "signal_operation.signal": {"executions": one, "signal_operation": BatchOperationSignal()},
        "at most 1000": {"executions": one * 1001, "cancellation_operation": cancel},
        "max_operations_per_second": {
            "executions": one,
            "max_operations_per_second": -1.0,
            "cancellation_operation": cancel,
        },
        "run_id": {
            "executions": [WorkflowExecution(workflow_id=workflow_id, run_id="none")],
            "cancellation_operation": cancel,
        },
        "reset_operation": {"executions": one, "reset_operation": BatchOperationReset()},
    }.items():
        with pytest.raises(RPCError, match=words) as caught:
            await service.start_batch_operation(request(client, **fields))
        assert caught.value.status == RPCStatusCode.INVALID_ARGUMENT, words

    with pytest.raises(RPCError) as caught:
        await describe(client, workflow_id)
    assert caught.value.status == RPCStatusCode.NOT_FOUND
    with pytest.raises(RPCError) as caught:
        stop = StopBatchOperationRequest(namespace=client.namespace, job_id=workflow_id)
        await service.stop_batch_operation(stop)
    assert caught.value.status == RPCStatusCode.NOT_FOUND

    again = request(client, executions=one, cancellation_operation=cancel)
    for _ in range(2):
        try:
            await service.start_batch_operation(again)
        except RPCError as error:
            assert error.status == RPCStatusCode.ALREADY_EXISTS
            [detail] = error.grpc_status.details
            assert detail.Unpack(WorkflowExecutionAlreadyStartedFailure())
            break
        await over(client, again.job_id)
    else:
        raise AssertionError("a job id is taken twice")


async def test_no_more_than_ten_go_on_at_once(client: Client, task_queue: str, workflow_id: str) -> None:
    ids = await sleepers(client, task_queue, workflow_id, 2)
    service = client.workflow_service
    slow = [
        request(
            client,
            executions=[WorkflowExecution(workflow_id=one) for one in ids],
            max_operations_per_second=0.001,
            cancellation_operation=BatchOperationCancellation(),
        )
        for _ in range(11)
    ]
    for one in slow[:10]:
        await service.start_batch_operation(one)
    with pytest.raises(RPCError, match="wait for one to end") as caught:
        await service.start_batch_operation(slow[10])
    assert caught.value.status == RPCStatusCode.RESOURCE_EXHAUSTED

    async def stop(job_id: str) -> None:
        await service.stop_batch_operation(StopBatchOperationRequest(namespace=client.namespace, job_id=job_id))

    await stop(slow[0].job_id)
    await service.start_batch_operation(slow[10])
    await asyncio.gather(*(stop(one.job_id) for one in slow[1:]))
    for one in ids:
        if (await client.get_workflow_handle(one).describe()).status == WorkflowExecutionStatus.RUNNING:
            await client.get_workflow_handle(one).terminate()


async def test_lists_have_pages(client: Client, workflow_id: str) -> None:
    one = [WorkflowExecution(workflow_id=workflow_id)]
    jobs = []
    for _ in range(3):
        described = await run(client, executions=one, cancellation_operation=BatchOperationCancellation())
        jobs.append(described.job_id)
    seen, token = [], b""
    while not set(jobs) <= set(seen):
        asked = ListBatchOperationsRequest(namespace=client.namespace, page_size=2, next_page_token=token)
        page = await client.workflow_service.list_batch_operations(asked)
        assert len(page.operation_info) <= 2
        seen += [info.job_id for info in page.operation_info]
        token = page.next_page_token
        if not token:
            break
    assert [job for job in seen if job in jobs] == jobs[::-1]


async def test_the_temporal_command(client: Client, task_queue: str, workflow_id: str) -> None:
    query = f"WorkflowId STARTS_WITH '{workflow_id}-'"
    ids = [f"{workflow_id}-{number}" for number in range(3)]

    async def start() -> None:
        for one in ids:
            await client.start_workflow("collector", 2, id=one, task_queue=task_queue)

    async def command(*arguments: str, runs: int) -> None:
        before = {job["jobId"] for job in await temporal(client, "batch", "list") or []}
        await temporal(client, "workflow", *arguments, "--query", query, "--reason", "it is tested", "--yes")
        after = {job["jobId"] for job in await temporal(client, "batch", "list")}
        [job_id] = after - before
        described = await over(client, job_id)
        assert (described.state, described.complete_operation_count) == (COMPLETED, runs)
        shown = await temporal(client, "batch", "describe", "--job-id", job_id)
        assert shown["jobId"] == job_id

    await start()
    await command("signal", "--name", "collect", "--input", '"one"', runs=3)
    for one in ids:
        assert await client.get_workflow_handle(one).query("collected") == ["one"]
    await command("reset", "--type", "FirstWorkflowTask", runs=3)
    assert (await client.count_workflows(query)).count == 6
    for one in ids:
        # It has been told again.
        assert await client.get_workflow_handle(one).query("collected") == ["one"]
    await command("cancel", runs=3)
    for one in ids:
        with pytest.raises(WorkflowFailureError):
            await client.get_workflow_handle(one).result()
    await start()
    await command("terminate", runs=3)
    assert await statuses(client, ids) == {WorkflowExecutionStatus.TERMINATED}
    await command("delete", runs=9)
    assert (await client.count_workflows(query)).count == 0
