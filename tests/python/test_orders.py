"""The order example, whose activities are those of `examples/order/python`."""

import sys
from pathlib import Path

import pytest
from temporalio.client import Client, WorkflowFailureError
from temporalio.exceptions import ActivityError, ApplicationError, RetryState
from temporalio.worker import Worker

sys.path.insert(0, str(Path(__file__).parents[2] / "examples/order/python"))
import activities  # noqa: E402


async def test_order(client: Client, task_queue: str, workflow_id: str) -> None:
    async with Worker(client, task_queue=task_queue, activities=activities.ALL):
        receipt = await client.execute_workflow("processOrder", "o-1", id=workflow_id, task_queue=task_queue)
    assert receipt["orderId"] == "o-1"
    assert receipt["chargeId"].startswith("ch-")
    assert receipt["trackingNumber"].startswith("tr-")


async def test_unknown_order(client: Client, task_queue: str, workflow_id: str) -> None:
    async with Worker(client, task_queue=task_queue, activities=activities.ALL):
        with pytest.raises(WorkflowFailureError) as caught:
            await client.execute_workflow("processOrder", "unknown-1", id=workflow_id, task_queue=task_queue)
    failure = caught.value.cause
    assert isinstance(failure, ActivityError)
    assert failure.activity_type == "validateOrder"
    assert failure.retry_state == RetryState.NON_RETRYABLE_FAILURE
    assert isinstance(failure.cause, ApplicationError)
    assert failure.cause.type == "UnknownOrder"
    assert failure.cause.non_retryable
    assert "there is no order unknown-1" in failure.cause.message
