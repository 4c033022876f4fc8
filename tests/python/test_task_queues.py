"""Priorities, fairness, rates, and lists of workers, with the official SDK and the `temporal` command."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, TypeVar

import pytest
from temporalio import activity
from temporalio.api.common.v1 import Priority as WirePriority
from temporalio.api.enums.v1 import RateLimitSource, TaskQueueType
from temporalio.api.taskqueue.v1 import RateLimit, TaskQueue
from temporalio.api.workflowservice.v1 import (
    CountWorkersRequest,
    DescribeTaskQueueRequest,
    DescribeTaskQueueResponse,
    DescribeWorkerRequest,
    ListWorkersRequest,
    RecordWorkerHeartbeatRequest,
    StartWorkflowExecutionRequest,
    UpdateTaskQueueConfigRequest,
)
from temporalio.client import Client
from temporalio.common import Priority
from temporalio.runtime import Runtime, TelemetryConfig
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import Worker
from temporal_command import temporal


T = TypeVar("T")
UNKNOWN: Any = 77


async def until(look: Callable[[], Awaitable[T | None]]) -> T:
    """Looks again and again until there is something to see."""

    async def seen() -> T:
        while (seen := await look()) is None:
            await asyncio.sleep(0.02)
        return seen

    return await asyncio.wait_for(seen(), 30)


async def described(client: Client, task_queue: str, **options: bool) -> DescribeTaskQueueResponse:
    return await client.workflow_service.describe_task_queue(
        DescribeTaskQueueRequest(
            namespace=client.namespace,
            task_queue=TaskQueue(name=task_queue),
            task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
            report_stats=True,
            **options,
        )
    )


async def wait_for_backlog(client: Client, task_queue: str, count: int) -> DescribeTaskQueueResponse:
    async def look() -> DescribeTaskQueueResponse | None:
        queue = await described(client, task_queue)
        return queue if queue.stats.approximate_backlog_count == count else None

    return await until(look)


async def call(client: Client, task_queue: str, workflow_id: str, activity_type: str, argument: Any, **options: Any):
    arguments = [activity_type, argument, 1]
    return await client.start_workflow("call", args=arguments, id=workflow_id, task_queue=task_queue, **options)


async def test_an_activity_has_the_priority_of_its_workflow(
    client: Client, task_queue: str, workflow_id: str, worker: Callable[..., Worker]
) -> None:
    seen: list[Priority] = []

    @activity.defn
    async def look(_: int) -> None:
        seen.append(activity.info().priority)

    priority = Priority(priority_key=2, fairness_key="tenant", fairness_weight=2.5)
    handle = await call(client, task_queue, workflow_id, "look", 0, priority=priority)
    described = await handle.describe()
    assert described.raw_description.workflow_execution_info.priority == WirePriority(
        priority_key=2, fairness_key="tenant", fairness_weight=2.5
    )

    async def pending() -> WirePriority | None:
        pending = (await handle.describe()).raw_description.pending_activities
        return pending[0].priority if pending else None

    assert (await until(pending)).fairness_key == "tenant"
    async with worker(look):
        await handle.result()
    assert seen == [priority]
    history = await handle.fetch_history()
    assert history.events[0].workflow_execution_started_event_attributes.priority.priority_key == 2


async def test_urgent_activities_go_first(
    client: Client, task_queue: str, workflow_id: str, worker: Callable[..., Worker]
) -> None:
    order: list[int] = []

    @activity.defn
    async def note(number: int) -> None:
        order.append(number)

    handles = []
    for number, key in enumerate([None, 5, 1, 4, 2, 1]):
        options = {} if key is None else {"priority": Priority(priority_key=key)}
        handles.append(await call(client, task_queue, f"{workflow_id}-{number}", "note", number, **options))
        queue = await wait_for_backlog(client, task_queue, number + 1)
    counts = {key: stats.approximate_backlog_count for key, stats in queue.stats_by_priority_key.items()}
    assert counts == {1: 2, 2: 1, 3: 1, 4: 1, 5: 1}
    async with worker(note, max_concurrent_activities=1, max_concurrent_activity_task_polls=1):
        for handle in handles:
            await handle.result()
    assert order == [2, 5, 4, 0, 3, 1]


async def test_an_activity_may_have_a_priority_of_its_own(
    client: Client, task_queue: str, workflow_id: str, worker: Callable[..., Worker]
) -> None:
    order: list[int] = []

    @activity.defn
    async def noop(number: int) -> int:
        # What it does not say of itself is its workflow's.
        assert activity.info().priority == Priority(priority_key=number, fairness_key="tenant", fairness_weight=2.0)
        order.append(number)
        return number

    priority = Priority(priority_key=5, fairness_key="tenant", fairness_weight=2.0)
    options = {"id": workflow_id, "task_queue": task_queue, "priority": priority}
    handle = await client.start_workflow("ranked", 4, **options)
    await wait_for_backlog(client, task_queue, 4)
    async with worker(noop, max_concurrent_activities=1, max_concurrent_activity_task_polls=1):
        await handle.result()
    assert order == [1, 2, 3, 4]
    history = await handle.fetch_history()
    scheduled = [e for e in history.events if e.HasField("activity_task_scheduled_event_attributes")]
    keys = [event.activity_task_scheduled_event_attributes.priority.priority_key for event in scheduled]
    assert keys == [4, 3, 2, 1]


async def test_tenants_share_a_queue_by_weight(
    client: Client, task_queue: str, workflow_id: str, worker: Callable[..., Worker]
) -> None:
    order: list[str] = []

    @activity.defn
    async def note(tenant: str) -> None:
        order.append(tenant)

    tenants = ["loud"] * 12 + ["heavy"] * 6 + ["quiet"] * 3
    handles = []
    for number, tenant in enumerate(tenants):
        weight = 2.0 if tenant == "heavy" else None
        priority = Priority(fairness_key=tenant, fairness_weight=weight)
        handles.append(await call(client, task_queue, f"{workflow_id}-{number}", "note", tenant, priority=priority))
    await wait_for_backlog(client, task_queue, len(tenants))
    async with worker(note, max_concurrent_activities=1, max_concurrent_activity_task_polls=1):
        for handle in handles:
            await handle.result()
    first = Counter(order[:12])
    assert first["quiet"] == 3 and first["heavy"] >= 5, order


async def test_a_child_has_the_priority_of_its_parent(
    client: Client, task_queue: str, workflow_id: str
) -> None:
    priority = Priority(priority_key=4, fairness_key="tenant")
    options = {"id": workflow_id, "task_queue": task_queue, "priority": priority}
    parent = await client.start_workflow("calls_child", args=["echo", f"{workflow_id}-child", "hello"], **options)
    assert await parent.result() == "hello"
    child = await client.get_workflow_handle(f"{workflow_id}-child").describe()
    assert child.raw_description.workflow_execution_info.priority.priority_key == 4
    assert child.raw_description.workflow_execution_info.priority.fairness_key == "tenant"


@pytest.mark.parametrize(
    "priority",
    [
        WirePriority(priority_key=-1),
        WirePriority(fairness_key="k" * 65),
        WirePriority(fairness_weight=-1.0),
        WirePriority(fairness_weight=float("nan")),
    ],
)
async def test_priorities_that_make_no_sense_are_refused(
    client: Client, task_queue: str, workflow_id: str, priority: WirePriority
) -> None:
    request = StartWorkflowExecutionRequest(
        namespace=client.namespace,
        workflow_id=workflow_id,
        task_queue=TaskQueue(name=task_queue),
        priority=priority,
    )
    request.workflow_type.name = "echo"
    with pytest.raises(RPCError) as refused:
        await client.workflow_service.start_workflow_execution(request)
    assert refused.value.status == RPCStatusCode.INVALID_ARGUMENT
    assert "priority." in refused.value.message


async def test_a_rate_is_set_reported_and_taken_back(client: Client, task_queue: str) -> None:
    def request(**options: Any) -> UpdateTaskQueueConfigRequest:
        return UpdateTaskQueueConfigRequest(
            namespace=client.namespace,
            identity="operator",
            task_queue=task_queue,
            task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
            **options,
        )

    def limit(rate: float | None) -> UpdateTaskQueueConfigRequest.RateLimitUpdate:
        rate_limit = None if rate is None else RateLimit(requests_per_second=rate)
        return UpdateTaskQueueConfigRequest.RateLimitUpdate(rate_limit=rate_limit, reason="the bank asked for it")

    service = client.workflow_service
    await service.update_task_queue_config(
        request(
            update_queue_rate_limit=limit(5),
            update_fairness_key_rate_limit_default=limit(0.5),
            set_fairness_weight_overrides={"large": 9.0, "small": 0.5},
        )
    )
    queue = await described(client, task_queue, report_config=True)
    assert queue.config.queue_rate_limit.rate_limit.requests_per_second == 5
    assert queue.config.queue_rate_limit.metadata.reason == "the bank asked for it"
    assert queue.config.queue_rate_limit.metadata.update_identity == "operator"
    assert queue.config.queue_rate_limit.metadata.HasField("update_time")
    assert queue.config.fairness_keys_rate_limit_default.rate_limit.requests_per_second == 0.5
    assert queue.config.fairness_weight_overrides == {"large": 9.0, "small": 0.5}
    assert queue.effective_rate_limit.rate_limit_source == RateLimitSource.RATE_LIMIT_SOURCE_API
    assert not (await described(client, task_queue)).HasField("config")

    answer = await service.update_task_queue_config(
        request(
            update_queue_rate_limit=limit(None),
            update_fairness_key_rate_limit_default=limit(None),
            unset_fairness_weight_overrides=["large", "unknown"],
        )
    )
    assert not answer.config.HasField("queue_rate_limit")
    assert answer.config.fairness_weight_overrides == {"small": 0.5}
    assert not (await described(client, task_queue)).HasField("effective_rate_limit")

    wrong = [
        request(update_queue_rate_limit=limit(-1)),
        request(update_queue_rate_limit=limit(float("inf"))),
        request(set_fairness_weight_overrides={"k" * 65: 1.0}),
        request(set_fairness_weight_overrides={"a": 1.0}, unset_fairness_weight_overrides=["a"]),
    ]
    of_workflows = request(update_queue_rate_limit=limit(1))
    of_workflows.task_queue_type = TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW
    of_nothing_known = request(update_queue_rate_limit=limit(1))
    of_nothing_known.task_queue_type = UNKNOWN
    for bad in [*wrong, of_workflows, of_nothing_known]:
        with pytest.raises(RPCError) as refused:
            await service.update_task_queue_config(bad)
        assert refused.value.status == RPCStatusCode.INVALID_ARGUMENT
    question = DescribeTaskQueueRequest(
        namespace=client.namespace, task_queue=TaskQueue(name=task_queue), task_queue_type=UNKNOWN
    )
    with pytest.raises(RPCError) as refused:
        await service.describe_task_queue(question)
    assert refused.value.status == RPCStatusCode.INVALID_ARGUMENT and "task_queue_type" in refused.value.message


async def test_at_rate_0_nothing_goes_until_it_is_raised(
    client: Client, task_queue: str, workflow_id: str, noop_worker: list[int]
) -> None:
    config = ("task-queue", "config", "set", "--task-queue", task_queue, "--task-queue-type", "activity")
    await temporal(client, *config, "--queue-rps-limit", "0", "--queue-rps-limit-reason", "closed")
    handle = await client.start_workflow("steps", 3, id=workflow_id, task_queue=task_queue)
    await wait_for_backlog(client, task_queue, 1)
    assert noop_worker == []
    shown = await temporal(
        client, "task-queue", "config", "get", "--task-queue", task_queue, "--task-queue-type", "activity"
    )
    assert "closed" in str(shown)
    await temporal(client, *config, "--queue-rps-limit", "default")
    assert await handle.result() == 3


async def test_a_worker_names_the_rate_of_its_queue(
    client: Client, task_queue: str, workflow_id: str, worker: Callable[..., Worker]
) -> None:
    @activity.defn
    async def noop(i: int) -> int:
        return i

    async with worker(noop, max_task_queue_activities_per_second=40.0):
        result = await client.execute_workflow("steps", 3, id=workflow_id, task_queue=task_queue)
        assert result == 3
        limit = (await described(client, task_queue)).effective_rate_limit
    assert limit.requests_per_second == 40
    assert limit.rate_limit_source == RateLimitSource.RATE_LIMIT_SOURCE_WORKER


async def test_workers_say_that_they_are_there(client: Client, task_queue: str) -> None:
    @activity.defn
    async def noop(i: int) -> int:
        return i

    runtime = Runtime(telemetry=TelemetryConfig(), worker_heartbeat_interval=timedelta(seconds=1))
    theirs = await Client.connect(client.service_client.config.target_host, runtime=runtime, identity="ann@shop")
    query = f"TaskQueue = '{task_queue}' AND WorkerIdentity = 'ann@shop' AND Status = 'Running'"
    service = client.workflow_service
    async with Worker(theirs, task_queue=task_queue, activities=[noop]):

        async def look() -> list[Any] | None:
            listed = await service.list_workers(ListWorkersRequest(namespace=client.namespace, query=query))
            return list(listed.workers) or None

        [known] = await until(look)
        assert known.sdk_name == "temporal-python"
        count = await service.count_workers(CountWorkersRequest(namespace=client.namespace, query=query))
        assert count.count == 1
        key = known.worker_instance_key
        one = await service.describe_worker(
            DescribeWorkerRequest(namespace=client.namespace, worker_instance_key=key)
        )
        assert one.worker_info.worker_heartbeat.worker_identity == "ann@shop"
        assert one.worker_info.worker_heartbeat.host_info.process_id
        shown = await temporal(client, "worker", "list", "--query", query)
        assert key in str(shown)
        shown = await temporal(client, "worker", "describe", "--worker-instance-key", key)
        assert task_queue in str(shown)

    async def is_gone() -> bool | None:
        count = await service.count_workers(CountWorkersRequest(namespace=client.namespace, query=query))
        return True if count.count == 0 else None

    # It says so itself as it shuts down.
    await until(is_gone)


async def test_wrong_questions_about_workers_are_refused(client: Client) -> None:
    service = client.workflow_service
    with pytest.raises(RPCError) as refused:
        await service.list_workers(ListWorkersRequest(namespace=client.namespace, query="Colour = 'red'"))
    assert refused.value.status == RPCStatusCode.INVALID_ARGUMENT
    assert "at character 1" in refused.value.message
    with pytest.raises(RPCError) as refused:
        await service.describe_worker(DescribeWorkerRequest(namespace=client.namespace, worker_instance_key="nobody"))
    assert refused.value.status == RPCStatusCode.NOT_FOUND
    with pytest.raises(RPCError) as refused:
        request = RecordWorkerHeartbeatRequest(namespace=client.namespace)
        request.worker_heartbeat.add()
        await service.record_worker_heartbeat(request)
    assert refused.value.status == RPCStatusCode.INVALID_ARGUMENT
