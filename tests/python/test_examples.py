"""The examples: their workflows in each language, with their activities in each language that has a worker."""

import asyncio
from typing import Any

import pytest
from temporalio import activity
from temporalio.client import WorkflowFailureError, WorkflowUpdateFailedError
from temporalio.exceptions import ActivityError, ApplicationError, CancelledError, RetryState
from temporalio.worker import Worker

from examples import NAMESPACES, WORKERS, connect, python_worker, until

every_language = pytest.mark.parametrize("language", NAMESPACES)
every_approval = pytest.mark.parametrize("language", ["rust", "typescript", "python"])
every_pairing = pytest.mark.parametrize(
    ("language", "worker"), [(workflow, worker) for workflow in ("typescript", "python") for worker in WORKERS]
)


@every_language
async def test_an_order(language: str, workflow_id: str) -> None:
    client = await connect(language)
    async with python_worker(client, "order") as task_queue:
        receipt = await client.execute_workflow("processOrder", "o-1", id=workflow_id, task_queue=task_queue)
    assert receipt["orderId"] == "o-1"
    assert receipt["chargeId"].startswith("ch-")
    assert receipt["trackingNumber"].startswith("tr-")


@every_language
async def test_an_order_that_the_shop_does_not_know(language: str, workflow_id: str) -> None:
    client = await connect(language)
    async with python_worker(client, "order") as task_queue:
        with pytest.raises(WorkflowFailureError) as raised:
            await client.execute_workflow("processOrder", "unknown-1", id=workflow_id, task_queue=task_queue)
    failure = raised.value.cause
    assert isinstance(failure, ActivityError)
    assert failure.activity_type == "validateOrder"
    assert failure.retry_state == RetryState.NON_RETRYABLE_FAILURE
    assert isinstance(failure.cause, ApplicationError)
    assert failure.cause.type == "UnknownOrder"
    assert failure.cause.non_retryable
    assert "there is no order unknown-1" in failure.cause.message


@every_approval
async def test_an_approval(language: str, task_queue: str, workflow_id: str) -> None:
    client = await connect(language)
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
    async with Worker(client, task_queue=task_queue, activities=[cancel_order]):
        await other.cancel()
        with pytest.raises(WorkflowFailureError) as raised:
            await other.result()
    assert isinstance(raised.value.cause, CancelledError)
    assert cancelled == ["o-2"]
    assert await other.query("status") == "cancelled"


@every_pairing
async def test_a_journey_is_booked_whole_or_not_at_all(language: str, worker: str, workflow_id: str) -> None:
    client = await connect(language)
    async with WORKERS[worker](client, "saga") as task_queue:

        async def book(destination: str) -> Any:
            journey = {"traveller": "ada", "destination": destination}
            id = f"{workflow_id}-{destination}"
            return await client.execute_workflow("bookJourney", journey, id=id, task_queue=task_queue)

        whole, nothing = await asyncio.gather(book("paris"), book("moon"))
    assert whole == {"booked": ["flight-ada", "hotel-ada", "car-ada"], "undone": [], "problem": None}
    assert nothing["booked"] == ["flight-ada", "hotel-ada"]
    assert nothing["undone"] == ["car-ada", "hotel-ada", "flight-ada"]
    assert nothing["problem"] == "there are no cars on the moon"


@every_pairing
async def test_a_subscription_goes_on_from_run_to_run(language: str, worker: str, workflow_id: str) -> None:
    client = await connect(language)
    subscription = {"customer": "ada", "amountCents": 500, "periodSeconds": 0.02}
    async with WORKERS[worker](client, "subscription") as task_queue:
        handle = await client.start_workflow("subscription", subscription, id=workflow_id, task_queue=task_queue)
        with pytest.raises(WorkflowUpdateFailedError) as refused:
            await handle.execute_update("changeAmount", -1)
        assert "the amount must be more than nothing" in str(refused.value.cause)
        assert await handle.execute_update("changeAmount", 700) == 500
        latest = client.get_workflow_handle(workflow_id)

        async def is_in_its_second_year() -> bool:
            return (await latest.query("status"))["paidPeriods"] > 12

        await until(is_in_its_second_year)
        await latest.signal("cancel")
        last = await handle.result()
    assert last["paidPeriods"] > 12
    assert last["amountCents"] == 700
    runs = [it async for it in client.list_workflows(f"WorkflowId = '{workflow_id}'")]
    assert len(runs) >= 2


@every_pairing
async def test_a_thousand_activities_at_once(language: str, worker: str, workflow_id: str) -> None:
    client = await connect(language)
    async with WORKERS[worker](client, "fan-out") as task_queue:
        total = await client.execute_workflow("fanOut", {}, id=workflow_id, task_queue=task_queue)
    assert total == 4_500
