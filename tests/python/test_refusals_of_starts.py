"""Starts that make no sense: refused before anything is started, with the field that is wrong."""

import asyncio
from typing import Any

import pytest
from google.protobuf.duration_pb2 import Duration
from temporalio.api.common.v1 import Header, Memo, Payload, Payloads, Priority, RetryPolicy, WorkflowExecution
from temporalio.api.errordetails.v1 import NotFoundFailure
from temporalio.api.sdk.v1 import UserMetadata
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import (
    ResetWorkflowExecutionRequest,
    SignalWithStartWorkflowExecutionRequest,
    StartWorkflowExecutionRequest,
)
from temporalio.client import Client

from refusals import INVALID, NOT_FOUND, refused
from ways import Refused, Way

BEFORE = Duration(seconds=-1)
# More than one field may hold.
LARGE = Payload(data=b"x" * (3 << 20))
TERMINATE_EXISTING, REJECT_DUPLICATE, UNKNOWN = 3, 3, 77


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"workflow_execution_timeout": BEFORE}, "workflow_execution_timeout"),
        ({"workflow_run_timeout": BEFORE}, "workflow_run_timeout"),
        ({"workflow_task_timeout": BEFORE}, "workflow_task_timeout"),
        ({"workflow_start_delay": BEFORE}, "workflow_start_delay"),
        ({"workflow_start_delay": Duration(seconds=1), "cron_schedule": "@daily"}, "workflow_start_delay"),
        ({"cron_schedule": "now and then"}, "cron_schedule"),
        ({"cron_schedule": "0 0 30 2 *"}, "never comes true"),
        ({"cron_schedule": "CRON_TZ=Mars/Base @daily"}, "Mars/Base"),
        ({"retry_policy": RetryPolicy(backoff_coefficient=0.5)}, "retry_policy"),
        ({"retry_policy": RetryPolicy(maximum_attempts=-1)}, "retry_policy"),
        ({"retry_policy": RetryPolicy(initial_interval=BEFORE)}, "retry_policy.initial_interval"),
        (
            {"retry_policy": RetryPolicy(initial_interval=Duration(seconds=9), maximum_interval=Duration(seconds=3))},
            "retry_policy",
        ),
        ({"priority": Priority(priority_key=-1)}, "priority.priority_key"),
        ({"priority": Priority(fairness_key="k" * 65)}, "priority.fairness_key"),
        ({"memo": Memo(fields={"note": LARGE})}, "memo"),
        ({"header": Header(fields={"trace": LARGE})}, "header"),
        ({"input": Payloads(payloads=[LARGE])}, "input"),
        ({"user_metadata": UserMetadata(summary=LARGE)}, "user_metadata"),
        ({"request_id": "x" * 1001}, "request_id"),
        ({"workflow_id": "x" * 1001}, "workflow_id"),
        ({"workflow_id": ""}, "workflow_id"),
        ({"task_queue": TaskQueue()}, "task_queue"),
        (
            {"workflow_id_reuse_policy": REJECT_DUPLICATE, "workflow_id_conflict_policy": TERMINATE_EXISTING},
            "workflow_id_reuse_policy",
        ),
        ({"workflow_id_reuse_policy": UNKNOWN}, "workflow_id_reuse_policy"),
        ({"workflow_id_conflict_policy": UNKNOWN}, "workflow_id_conflict_policy"),
    ],
)
async def test_a_start_that_makes_no_sense(
    client: Client, task_queue: str, workflow_id: str, fields: dict[str, Any], text: str
) -> None:
    common = {"namespace": client.namespace, "workflow_id": workflow_id, "task_queue": TaskQueue(name=task_queue)}
    for request, start in (
        (StartWorkflowExecutionRequest, client.workflow_service.start_workflow_execution),
        (SignalWithStartWorkflowExecutionRequest, client.workflow_service.signal_with_start_workflow_execution),
    ):
        asked = request(**{**common, **fields})
        asked.workflow_type.name = "collector"
        if isinstance(asked, SignalWithStartWorkflowExecutionRequest):
            asked.signal_name = "collect"
        await refused(start(asked), INVALID, text)
    await refused(client.get_workflow_handle(workflow_id).describe(), NOT_FOUND, "was not found", NotFoundFailure())


async def test_a_signal_with_start_needs_a_signal_and_a_type(
    client: Client, task_queue: str, workflow_id: str
) -> None:
    def start(workflow_type: str, signal: str, **fields: Any) -> Any:
        request = SignalWithStartWorkflowExecutionRequest(
            namespace=client.namespace,
            workflow_id=workflow_id,
            task_queue=TaskQueue(name=task_queue),
            signal_name=signal,
            **fields,
        )
        request.workflow_type.name = workflow_type
        return client.workflow_service.signal_with_start_workflow_execution(request)

    await refused(start("collector", ""), INVALID, "signal_name")
    await refused(start("", "collect"), INVALID, "workflow_type")
    await refused(start("no_such_type", "collect"), NOT_FOUND, "no_such_type")
    await refused(start("collector", "collect", signal_input=Payloads(payloads=[LARGE])), INVALID, "signal_input")
    await refused(client.get_workflow_handle(workflow_id).describe(), NOT_FOUND)


async def test_a_run_in_the_midst_of_something_is_not_reset_to_nowhere(
    client: Client, task_queue: str, workflow_id: str
) -> None:
    """With a child under way, after it was continued: to events that it does not have."""
    family = await client.start_workflow(
        "calls_child", args=["idle", f"{workflow_id}-child", None], id=workflow_id, task_queue=task_queue
    )
    while not (await family.describe()).raw_description.pending_children:
        await asyncio.sleep(0.05)
    chain = await client.start_workflow("counts_runs", args=[1, 0], id=f"{workflow_id}-chain", task_queue=task_queue)
    await chain.result()
    for handle in (family, chain):
        execution = WorkflowExecution(workflow_id=handle.id, run_id=handle.first_execution_run_id or "")
        for event_id in (2, 5, 1000):
            request = ResetWorkflowExecutionRequest(
                namespace=client.namespace,
                workflow_execution=execution,
                workflow_task_finish_event_id=event_id,
                request_id="nowhere",
            )
            call = client.workflow_service.reset_workflow_execution(request)
            await refused(call, INVALID, "workflow_task_finish_event_id: ")
    await family.terminate()


async def test_a_start_that_makes_no_sense_in_every_way(way: Way, task_queue: str, workflow_id: str) -> None:
    for options, text in (
        ({"cron_schedule": "now and then"}, "is not a cron schedule"),
        ({"cron_schedule": "CRON_TZ=Mars/Base @daily"}, "Mars/Base"),
    ):
        with pytest.raises(Refused, match=text):
            await way.start("echo", 1, workflow_id=workflow_id, task_queue=task_queue, **options)
    with pytest.raises(Refused, match="was not found"):
        await way.describe(workflow_id)
