"""One order: its workflow in each language, with its activities in each language that has a worker here."""

import asyncio
import base64
import json
import os
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.json_format import MessageToDict
from temporalio import activity
from temporalio.client import Client, WorkflowFailureError
from temporalio.exceptions import ActivityError, ApplicationError
from temporalio.worker import Worker

from test_orders import activities

ADDRESS = os.environ.get("MAINSPRING_ADDRESS", "127.0.0.1:7233")
WORKER_IN_TYPESCRIPT = Path(__file__).parents[2] / "examples/order/typescript/dist/worker.js"

# By the namespace that has the workflow's module in that language.
WORKFLOWS = {"rust": "default", "typescript": "typescript", "python": "python", "go": "go"}

# What differs from one run to the next, or says which module it is.
PASSING = {
    "eventTime", "taskId", "identity", "runId", "firstExecutionRunId", "originalExecutionRunId", "requestId",
    "workflowId", "workerVersion", "sdkMetadata", "meteringMetadata", "historySizeBytes", "binaryChecksum",
}  # fmt: skip


@asynccontextmanager
async def python_worker(client: Client) -> AsyncIterator[str]:
    task_queue = f"orders-{uuid.uuid4()}"
    async with Worker(client, task_queue=task_queue, activities=activities.ALL):
        yield task_queue


@asynccontextmanager
async def typescript_worker(client: Client) -> AsyncIterator[str]:
    """The program of the example, which has a task queue by one name: namespaces keep them apart."""
    node = os.environ.get("MAINSPRING_TEST_NODE", "node")
    place = {"TEMPORAL_ADDRESS": ADDRESS, "TEMPORAL_NAMESPACE": client.namespace}
    worker = await asyncio.create_subprocess_exec(
        node, str(WORKER_IN_TYPESCRIPT), env={**os.environ, **place}, stderr=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield "orders"
    finally:
        worker.terminate()
        await worker.wait()


WORKERS = {"python": python_worker, "typescript": typescript_worker}


@pytest.mark.parametrize("worker", WORKERS)
@pytest.mark.parametrize("workflow", WORKFLOWS)
async def test_an_order_whose_workflow_and_worker_are_in(workflow: str, worker: str, workflow_id: str) -> None:
    client = await Client.connect(ADDRESS, namespace=WORKFLOWS[workflow])
    async with WORKERS[worker](client) as task_queue:
        receipt = await client.execute_workflow("processOrder", "o-1", id=workflow_id, task_queue=task_queue)
        assert receipt["orderId"] == "o-1"
        assert receipt["chargeId"].startswith("ch-") and receipt["trackingNumber"].startswith("tr-")
        with pytest.raises(WorkflowFailureError) as raised:
            await client.execute_workflow(
                "processOrder", "unknown-1", id=f"{workflow_id}-unknown", task_queue=task_queue
            )
    failure = raised.value.cause
    assert isinstance(failure, ActivityError) and failure.activity_type == "validateOrder"
    assert isinstance(failure.cause, ApplicationError) and failure.cause.type == "UnknownOrder"


@activity.defn(name="validateOrder")
async def validate_order(order_id: str) -> dict[str, Any]:
    return {"orderId": order_id, "customer": "ada", "amountCents": 1999, "items": [{"sku": "a-1", "quantity": 2}]}


@activity.defn(name="chargeCard")
async def charge_card(order: dict[str, Any]) -> dict[str, Any]:
    return {"chargeId": "ch-1", "amountCents": order["amountCents"]}


@activity.defn(name="createShipment")
async def create_shipment(_order: dict[str, Any]) -> dict[str, Any]:
    return {"trackingNumber": "tr-1"}


@activity.defn(name="updateInventory")
async def update_inventory(_items: list[Any]) -> None: ...


@activity.defn(name="sendConfirmation")
async def send_confirmation(_message: dict[str, Any]) -> None: ...


SAME_EACH_TIME = [validate_order, charge_card, create_shipment, update_inventory, send_confirmation]


async def test_the_order_has_the_same_history_in_every_language() -> None:
    workflow_id = task_queue = f"order-{uuid.uuid4()}"
    histories = {}
    for language, namespace in WORKFLOWS.items():
        client = await Client.connect(ADDRESS, namespace=namespace)
        async with Worker(client, task_queue=task_queue, activities=SAME_EACH_TIME):
            handle = await client.start_workflow("processOrder", "o-1", id=workflow_id, task_queue=task_queue)
            await handle.result()
        histories[language] = [lasting(MessageToDict(event)) async for event in handle.fetch_history_events()]
    of_rust = histories.pop("rust")
    assert sum(event["eventType"] == "EVENT_TYPE_ACTIVITY_TASK_COMPLETED" for event in of_rust) == 5
    for language, history in histories.items():
        assert history == of_rust, language


def lasting(value: Any) -> Any:
    """An event without what each run has of its own, and payloads by what they mean."""
    if isinstance(value, dict):
        return {
            name: json.loads(base64.b64decode(it)) if name == "data" else lasting(it)
            for name, it in value.items()
            if name not in PASSING
        }
    return [lasting(it) for it in value] if isinstance(value, list) else value
