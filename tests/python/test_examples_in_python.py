"""The examples whose workflows are in Python. They have a namespace of their own, since others have the same types."""

import asyncio
import importlib.util
import os
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from temporalio import activity
from temporalio.client import Client, WorkflowFailureError, WorkflowUpdateFailedError
from temporalio.exceptions import ActivityError, ApplicationError, CancelledError
from temporalio.worker import Worker

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture
async def client() -> Client:
    return await Client.connect(os.environ.get("MAINSPRING_ADDRESS", "127.0.0.1:7233"), namespace="python")


def of_example(path: str) -> ModuleType:
    """A file of an example; several have the same name."""
    spec = importlib.util.spec_from_file_location(path.replace("/", "_"), EXAMPLES / f"{path}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


async def test_an_order(client: Client, task_queue: str, workflow_id: str) -> None:
    activities = of_example("order/python/activities")
    async with Worker(client, task_queue=task_queue, activities=activities.ALL):
        receipt = await client.execute_workflow("processOrder", "o-1", id=workflow_id, task_queue=task_queue)
        assert receipt["orderId"] == "o-1"
        assert receipt["chargeId"].startswith("ch-")
        assert receipt["trackingNumber"].startswith("tr-")
        with pytest.raises(WorkflowFailureError) as raised:
            await client.execute_workflow(
                "processOrder", "unknown-1", id=f"{workflow_id}-unknown", task_queue=task_queue
            )
    failure = raised.value.cause
    assert isinstance(failure, ActivityError) and failure.activity_type == "validateOrder"
    assert isinstance(failure.cause, ApplicationError) and failure.cause.type == "UnknownOrder"


async def test_an_approval(client: Client, task_queue: str, workflow_id: str, worker: Callable[..., Worker]) -> None:
    cancelled: list[str] = []

    @activity.defn(name="cancelOrder")
    async def cancel_order(order_id: str) -> None:
        cancelled.append(order_id)

    handle = await client.start_workflow("approveOrder", "o-1", id=workflow_id, task_queue=task_queue)
    assert await handle.query("status") == "waiting"
    await handle.signal("approve", {"approver": "grace"})
    assert await handle.result() == {"orderId": "o-1", "approved": True, "approver": "grace"}
    assert await handle.query("status") == "approved by grace"
    other = await client.start_workflow("approveOrder", "o-2", id=f"{workflow_id}-2", task_queue=task_queue)
    async with worker(cancel_order):
        await other.cancel()
        with pytest.raises(WorkflowFailureError) as raised:
            await other.result()
    assert isinstance(raised.value.cause, CancelledError)
    assert cancelled == ["o-2"]
    assert await other.query("status") == "cancelled"


async def test_a_journey_is_booked_whole_or_not_at_all(client: Client, task_queue: str, workflow_id: str) -> None:
    activities = of_example("saga/python/worker")
    async with Worker(client, task_queue=task_queue, activities=activities.ALL):

        async def book(destination: str) -> Any:
            journey = {"traveller": "ada", "destination": destination}
            id = f"{workflow_id}-{destination}"
            return await client.execute_workflow("bookJourney", journey, id=id, task_queue=task_queue)

        whole, nothing = await asyncio.gather(book("paris"), book("moon"))
    assert whole == {"booked": ["flight-ada", "hotel-ada", "car-ada"], "undone": [], "problem": None}
    assert nothing["booked"] == ["flight-ada", "hotel-ada"]
    assert nothing["undone"] == ["car-ada", "hotel-ada", "flight-ada"]
    assert "there are no cars on the moon" in nothing["problem"]


async def test_a_subscription_goes_on_from_run_to_run(client: Client, task_queue: str, workflow_id: str) -> None:
    activities = of_example("subscription/python/worker")
    subscription = {"customer": "ada", "amountCents": 500, "periodSeconds": 0.02}
    async with Worker(client, task_queue=task_queue, activities=activities.ALL):
        handle = await client.start_workflow("subscription", subscription, id=workflow_id, task_queue=task_queue)
        with pytest.raises(WorkflowUpdateFailedError):
            await handle.execute_update("changeAmount", -1)
        assert await handle.execute_update("changeAmount", 700) == 500
        latest = client.get_workflow_handle(workflow_id)
        for _ in range(200):
            status = await latest.query("status")
            if status["paidPeriods"] > 12:
                break
            await asyncio.sleep(0.05)
        await latest.signal("cancel")
        last = await handle.result()
    assert last["paidPeriods"] > 12
    assert last["amountCents"] == 700
    first = [it async for it in client.list_workflows(f"WorkflowId = '{workflow_id}'")]
    assert len(first) >= 2


async def test_a_thousand_activities_at_once(client: Client, task_queue: str, workflow_id: str) -> None:
    activities = of_example("fan-out/python/worker")
    worker = Worker(client, task_queue=task_queue, activities=activities.ALL, max_concurrent_activities=200)
    async with worker:
        total = await client.execute_workflow("fanOut", {}, id=workflow_id, task_queue=task_queue)
    assert total == 4_500
